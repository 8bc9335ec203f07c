// A copy of the data directory while it is in use; the keys of its parts lie apart.
#include "service/internal/backup.h"

#include <algorithm>
#include <map>
#include <set>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "io/files/mapped_file.h"
#include "io/files/replace_file.h"
#include "ledger/addenda_check.h"
#include "ledger/backup.h"
#include "ledger/checkpoint.h"
#include "service/internal/backup_manifest.h"
#include "service/internal/backup_places.h"
#include "service/internal/damaged_parts.h"
#include "service/internal/kept_files.h"
#include "service/internal/places.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

// With more damaged parts than this, what earlier backups have is left where it is.
constexpr std::size_t kDamagedMax = 100'000;

class Backup {
 public:
  explicit Backup(const Context& context)
      : context_(context), core_(context.core), files_(*context.core.environment.files) {}

  Result<Json> Run() {
    PROVISO_TRY(ReadFolders());
    PROVISO_TRY(Begin());
    PROVISO_TRY(CopyLog());
    PROVISO_TRY(CopyKept());
    for (const char* path : {"proviso.json", "table/current"}) PROVISO_TRY(Copy(path));
    PROVISO_TRY(Finish());
    PROVISO_TRY(RemoveOthers());
    return Json::Of({{"bytes", bytes_},
                     {"copied", copied_},
                     {"faults", faults_},
                     {"files", manifest_.files.size()},
                     {"folder", folder_.string()},
                     {"found_again", found_again_},
                     {"keys", keys_.string()},
                     {"log_key", core_.config.log_key.string()},
                     {"names", names_},
                     {"size", manifest_.size},
                     {"unreached", unreached_}});
  }

 private:
  Status ReadFolders() {
    folder_ = PROVISO_TRY(context_.request.args.StringAt("folder"));
    keys_ = PROVISO_TRY(context_.request.args.StringAt("keys"));
    PROVISO_TRY(CheckName(folder_));
    PROVISO_TRY(CheckName(keys_));
    const fs::path& data = core_.directory;
    if (IsInside(folder_, data) || IsInside(keys_, data) || IsInside(data, folder_)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "a backup lies outside of the data directory `" + data.string() + "`");
    }
    if (IsInside(keys_, folder_) || IsInside(folder_, keys_)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "keys lie apart from what they open, so that an erased part is gone from every "
                  "copy; give two folders that are not in one another");
    }
    if (!core_.config.store.empty()) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "the log lies in a database server, and is backed up there: "
                  "docs/guides/several-servers.md");
    }
    const auto earlier = ReadManifest(files_, folder_);
    if (earlier) return ReadEarlier(*earlier);
    if (earlier.error().code() != ErrorCode::kNotFound) {
      return Fail(earlier.error().code(),
                  earlier.error().message() +
                      "; give another folder, or move the file away and back up again");
    }
    if (PROVISO_TRY(HasForeignFiles())) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "`" + folder_.string() + "` has other files; give a folder of its own");
    }
    return {};
  }

  // The folder has a backup of this log, and this log goes on from there.
  Status ReadEarlier(const BackupManifest& earlier) {
    if (earlier.vkey != core_.config.vkey) {
      return Fail(ErrorCode::kFailedPrecondition, "`" + folder_.string() +
                                                      "` is a backup of the log `" +
                                                      earlier.origin + "`; give another folder");
    }
    for (const BackupFile& file : earlier.files) earlier_.emplace(file.path, file);
    const auto size = [&] {
      const MutexLock lock(core_.mutex);
      return core_.ledger->latest().size;
    }();
    if (earlier.size > size) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "`" + folder_.string() + "` is a backup of " + std::to_string(earlier.size) +
                      " entries, this log has " + std::to_string(size) +
                      ": is the directory that this one was copied or restored from still in use? "
                      "Give another folder");
    }
    const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(earlier.vkey));
    const ledger::Checkpoint before =
        PROVISO_TRY_DOING(ledger::OpenCheckpoint(earlier.checkpoint, verifier), folder_.string());
    const crypto::Hash root = PROVISO_TRY(ledger::ReadRoot(
        core_.ledger->options(), earlier.size, [&](double share) { Tell("history", share); }));
    if (before.size == earlier.size && before.root == root) return {};
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + folder_.string() +
                    "` is a backup of another history of this log: expected the root " +
                    root.Hex() + " over " + std::to_string(earlier.size) + " entries, found " +
                    before.root.Hex() +
                    ". Two directories were written on with one key; give "
                    "another folder, and find out which one is right");
  }

  // What an interrupted backup left is ours.
  Result<bool> HasForeignFiles() {
    if (!PROVISO_TRY(files_.Exists(folder_))) return false;
    const std::vector<std::string> names = PROVISO_TRY(files_.List(folder_));
    return std::ranges::any_of(names, [](const std::string& name) {
      const bool ours = name == "table" || name == "proviso.json" || name.starts_with("log-") ||
                        io::IsTemporaryName(name) ||
                        std::ranges::find(kKeptFolders, name) != kKeptFolders.end();
      return !ours;
    });
  }

  // Says in the log that all of it is copied, and takes its size: all that the copy must have is
  // durable by now.
  Status Begin() {
    PROVISO_TRY(files_.CreateDirectories(folder_ / "table"));
    const MutexLock lock(core_.mutex);
    PROVISO_TRY(CheckBackupPlace(core_, keys_));
    PROVISO_TRY(context_.Record(
        "", Event{.type = "backup.begun", .open = Json::MakeObject(), .sealed = {}}));
    const ledger::Checkpoint latest = core_.ledger->latest();
    manifest_.origin = core_.config.origin;
    manifest_.vkey = core_.config.vkey;
    manifest_.size = latest.size;
    manifest_.checkpoint = latest.note;
    root_ = latest.root;
    manifest_.made_at = FormatTime(context_.now());
    referred_ = FilesOf(core_.state);
    return {};
  }

  // The copy is without the keys that tell whether a sealed part is whole: so that is seen here.
  Status CheckLog() {
    std::size_t listed = 0;
    const auto hear = [&](const ledger::UnreadPart& part) {
      if (part.state == ledger::PartState::kDamaged && ++listed > kDamagedMax) return;
      if (part.state != ledger::PartState::kAbsent) damaged_.push_back(part);
    };
    const ledger::AddendaReport found =
        PROVISO_TRY(ledger::CheckAddenda(core_.ledger->options(), manifest_.size, hear));
    if (found.root != root_) {
      return Fail(ErrorCode::kDataLoss,
                  "the log's database is damaged: expected the root " + root_.Hex() + " over " +
                      std::to_string(manifest_.size) + " entries, found " + found.root.Hex() +
                      "; the backup before stays as it is");
    }
    logs_stay_ = found.damaged > kDamagedMax;
    const MutexLock lock(core_.mutex);
    damaged_ = NotErased(core_.state, std::move(damaged_));
    return {};
  }

  Status CopyLog() {
    PROVISO_TRY(CheckLog());
    manifest_.database = "log-" + std::to_string(manifest_.size) + ".db";
    const fs::path to = folder_ / manifest_.database;
    PROVISO_TRY(ledger::CopyDatabase(core_.ledger->options(), manifest_.size, to,
                                     [&](double share) { Tell("log", share); }));
    PROVISO_TRY(MendLog(to));
    ++copied_;
    return List(manifest_.database, to);
  }

  // Parts that are damaged here and whole in the backup before go on as they are there. For others
  // the logs of earlier backups stay: another file of keys may open them.
  Status MendLog(const fs::path& copy) {
    if (damaged_.empty()) return {};
    ledger::PartsToMend parts{
        .damaged = damaged_, .keys = KeysInPlace(core_, keys_), .earlier = {}};
    for (const std::string& name : PROVISO_TRY(files_.List(folder_))) {
      const bool is_log = name.starts_with("log-") && name.ends_with(".db");
      if (is_log && name != manifest_.database) parts.earlier.push_back(folder_ / name);
    }
    const std::vector<ledger::UnreadPart> left =
        PROVISO_TRY(ledger::MendParts(core_.ledger->options(), parts, copy));
    logs_stay_ = logs_stay_ || !left.empty();
    for (const ledger::UnreadPart& part : damaged_) {
      Json fault = DamagedPartFault(core_, part);
      fault["kept"] = std::ranges::find(left, part) == left.end();
      faults_.Append(std::move(fault));
    }
    return {};
  }

  // Files that never change under one name. Each is read, here and where it is copied to: disks
  // forget.
  Status CopyKept() {
    for (const std::string_view folder : kKeptFolders) {
      if (!PROVISO_TRY(files_.Exists(core_.directory / folder))) continue;
      PROVISO_TRY(files_.CreateDirectories(folder_ / folder));
    }
    for (std::size_t i = 0; i < referred_.size(); ++i) {
      PROVISO_TRY(Keep(referred_[i]));
      Tell("files", static_cast<double>(i + 1) / static_cast<double>(referred_.size()));
    }
    for (const std::string_view folder : kKeptFolders) {
      if (!PROVISO_TRY(files_.Exists(folder_ / folder))) continue;
      PROVISO_TRY(files_.SyncDirectory(folder_ / folder));
    }
    return {};
  }

  // INVARIANT: a good copy is never replaced by anything else, and what is bad here is not copied.
  Status Keep(KeptFile file) {
    // The log has no hash of rows that were set aside: the backup before knows their bytes.
    const bool is_hashed = !file.sha256.empty() || file.original.has_value();
    const auto before = earlier_.find(file.path);
    const bool is_known = is_hashed || before != earlier_.end();
    if (!is_hashed && is_known) file.sha256 = before->second.sha256;
    const FileSeen here = LookAt(files_, core_.directory, file);
    const FileSeen copy = LookAt(files_, folder_, file);
    if (!here.whole()) {
      Json fault = FaultJson(file, here);
      fault["kept"] = copy.whole();
      wrong_.emplace_back(file.path, std::move(fault));
    }
    const bool stays = copy.whole() && (is_known || !here.whole());
    const FileSeen& good = stays ? copy : here;
    if (!good.whole()) return {};
    manifest_.files.push_back(
        {.path = file.path, .bytes = good.mapped->bytes().size(), .sha256 = good.sha256});
    return stays ? Status() : Write(file.path, good.mapped->bytes());
  }

  Status Write(const std::string& path, ByteView bytes) {
    PROVISO_TRY(files_.WriteFile(folder_ / path, bytes, 0600));
    PROVISO_TRY(files_.SyncFile(folder_ / path));
    ++copied_;
    bytes_ += bytes.size();
    return {};
  }

  Status Copy(const std::string& path) {
    const fs::path from = core_.directory / path;
    if (!PROVISO_TRY(files_.Exists(from))) return {};  // a table that was never compiled
    const io::MappedFile mapped = PROVISO_TRY(io::MappedFile::Open(from));
    const std::string sha256 = crypto::Sha256(mapped.bytes()).Hex();
    manifest_.files.push_back({.path = path, .bytes = mapped.bytes().size(), .sha256 = sha256});
    if (PROVISO_TRY(IsThere(folder_ / path, sha256))) return {};
    return Write(path, mapped.bytes());
  }

  // What an interrupted backup has copied already.
  Result<bool> IsThere(const fs::path& path, const std::string& sha256) {
    if (!PROVISO_TRY(files_.Exists(path))) return false;
    const io::MappedFile mapped = PROVISO_TRY(io::MappedFile::Open(path));
    return crypto::Sha256(mapped.bytes()).Hex() == sha256;
  }

  Status List(const std::string& path, const fs::path& written) {
    const io::MappedFile mapped = PROVISO_TRY(io::MappedFile::Open(written));
    bytes_ += mapped.bytes().size();
    manifest_.files.push_back({.path = path,
                               .bytes = mapped.bytes().size(),
                               .sha256 = crypto::Sha256(mapped.bytes()).Hex()});
    return {};
  }

  // Keys first: a backup that stands can be opened. Under the lock, so that no erasure comes
  // between the database and the file.
  Status Finish() {
    const MutexLock lock(core_.mutex);
    ForgetErased();
    found_again_ = PROVISO_TRY(TakeBackForgotten(core_));
    names_ = NamesIn(core_.state, found_again_);
    PROVISO_TRY(AddBackupPlace(core_, keys_));
    unreached_ = PROVISO_TRY(CatchUpBackupPlaces(core_));
    PROVISO_TRY(files_.SyncDirectory(folder_ / "table"));
    PROVISO_TRY(files_.SyncDirectory(folder_));
    return io::ReplaceFileDurably(files_, folder_ / kManifestName, AsBytes(manifest_.ToText()),
                                  0600);
  }

  // What was erased meanwhile is neither missing nor part of the backup. Where the key of an
  // original is not here though nobody erased it, its copy cannot be told from others: all stay.
  void ForgetErased() {
    std::set<std::string> referred;
    for (const KeptFile& file : FilesOf(core_.state)) referred.insert(file.path);
    std::erase_if(manifest_.files, [&](const BackupFile& file) {
      return IsKeptPath(file.path) && !referred.contains(file.path);
    });
    for (auto& [path, fault] : wrong_) {
      if (referred.contains(path)) faults_.Append(std::move(fault));
    }
    for (const BackupFile& file : manifest_.files) stay_.insert(file.path);
    if (!KnowsAllOriginals(core_.state)) {
      for (const auto& [path, file] : earlier_) {
        if (!path.starts_with("reports/") || referred.contains(path)) continue;
        manifest_.files.push_back(file);
        stay_.insert(path);
      }
    }
    // A copy that the log refers to is not thrown away, however bad it is.
    stay_.insert(referred.begin(), referred.end());
  }

  // Earlier copies of the log, and originals that were erased.
  Status RemoveOthers() {
    std::vector<std::string> folders = {""};
    folders.insert(folders.end(), kKeptFolders.begin(), kKeptFolders.end());
    for (const std::string& folder : folders) {
      if (!PROVISO_TRY(files_.Exists(folder_ / folder))) continue;
      const std::vector<std::string> names = PROVISO_TRY(files_.List(folder_ / folder));
      for (const std::string& name : names) {
        const std::string path = folder.empty() ? name : folder + "/" + name;
        const bool candidate = !folder.empty() || (name.starts_with("log-") && !logs_stay_);
        if (!candidate || stay_.contains(path)) continue;
        PROVISO_TRY(files_.RemoveTree(folder_ / path));
      }
    }
    return {};
  }

  void Tell(std::string_view phase, double share) const {
    context_.Report(
        Json::Of({{"phase", phase}, {"share", static_cast<std::int64_t>(share * 1000)}}));
  }

  const Context& context_;
  Instance::Core& core_;
  io::FileSystem& files_;
  fs::path folder_;
  fs::path keys_;
  std::map<std::string, BackupFile> earlier_;  // what the backup before had, by path
  std::vector<KeptFile> referred_;             // by the log, when the backup began
  BackupManifest manifest_;
  crypto::Hash root_;                        // of the log at that size
  std::vector<ledger::UnreadPart> damaged_;  // parts here
  bool logs_stay_ = false;  // in `folder_`: one of them may have a part whole that is damaged here
  std::vector<std::pair<std::string, Json>> wrong_;  // what is missing or damaged here, by path
  std::set<std::string> stay_;                       // paths in `folder_`
  Json faults_ = Json::MakeArray();
  Json found_again_ = Json::MakeArray();
  Json names_ = Json::MakeObject();  // of people in `found_again`
  Json unreached_ = Json::MakeArray();
  std::uint64_t copied_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Result<Json> BackUp(const Context& context) {
  // One at a time, and none while an import fills the lake.
  const MutexLock lock(context.core.import_mutex);
  return Backup(context).Run();
}

}  // namespace proviso::service
