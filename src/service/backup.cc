// A copy of the data directory while it is in use; the keys of its parts lie apart.
#include "service/internal/backup.h"

#include <algorithm>

#include "crypto/hash.h"
#include "io/files/mapped_file.h"
#include "ledger/backup.h"
#include "service/internal/backup_manifest.h"
#include "service/internal/backup_places.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

bool IsInside(const fs::path& inner, const fs::path& outer) {
  const std::string relative = inner.lexically_relative(outer).string();
  return !relative.empty() && !relative.starts_with("..");
}

class Backup {
 public:
  explicit Backup(const Context& context)
      : context_(context), core_(context.core), files_(*context.core.environment.files) {}

  Result<Json> Run() {
    PROVISO_TRY(ReadFolders());
    PROVISO_TRY(Begin());
    PROVISO_TRY(CopyLog());
    for (const std::string_view folder : kKeptFolders) PROVISO_TRY(CopyKept(folder));
    for (const char* path : {"proviso.json", "table/current"}) PROVISO_TRY(Copy(path, false));
    PROVISO_TRY(Finish());
    PROVISO_TRY(RemoveOthers());
    return Json::Of({{"bytes", bytes_},
                     {"copied", copied_},
                     {"files", manifest_.files.size()},
                     {"folder", folder_.string()},
                     {"keys", keys_.string()},
                     {"log_key", core_.config.log_key.string()},
                     {"size", manifest_.size},
                     {"unreached", unreached_}});
  }

 private:
  Status ReadFolders() {
    folder_ = PROVISO_TRY(context_.request.args.StringAt("folder"));
    keys_ = PROVISO_TRY(context_.request.args.StringAt("keys"));
    const fs::path& data = core_.directory;
    if (IsInside(folder_, data) || IsInside(keys_, data) || IsInside(data, folder_)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "a backup lies outside of the data directory `" + data.string() + "`");
    }
    if (folder_ == keys_ || IsInside(keys_, folder_) || IsInside(folder_, keys_)) {
      return Fail(ErrorCode::kInvalidArgument,
                  "keys lie apart from what they open, so that an erased part is gone from every "
                  "copy; give two folders that are not in one another");
    }
    if (const auto earlier = ReadManifest(files_, folder_)) {
      if (earlier->vkey != core_.config.vkey) {
        return Fail(ErrorCode::kFailedPrecondition, "`" + folder_.string() +
                                                        "` is a backup of the log `" +
                                                        earlier->origin + "`; give another folder");
      }
      earlier_ = *earlier;
    } else if (earlier.error().code() == ErrorCode::kNotFound && PROVISO_TRY(HasForeignFiles())) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "`" + folder_.string() + "` has other files; give a folder of its own");
    }
    return {};
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
    const MutexLock lock(core_.mutex);
    PROVISO_TRY(context_.Record(
        "", Event{.type = "backup.begun", .open = Json::MakeObject(), .sealed = {}}));
    const ledger::Checkpoint latest = core_.ledger->latest();
    manifest_.origin = core_.config.origin;
    manifest_.vkey = core_.config.vkey;
    manifest_.size = latest.size;
    manifest_.checkpoint = latest.note;
    manifest_.made_at = FormatTime(context_.now());
    PROVISO_TRY(files_.CreateDirectories(folder_));
    return files_.CreateDirectories(folder_ / "table");
  }

  Status CopyLog() {
    manifest_.database = "log-" + std::to_string(manifest_.size) + ".db";
    const fs::path to = folder_ / manifest_.database;
    PROVISO_TRY(ledger::CopyDatabase(core_.ledger->options(), manifest_.size, to,
                                     [&](double share) { Tell("log", share); }));
    ++copied_;
    return List(manifest_.database, to);
  }

  // Files that never change under one name: those that are there already stay.
  Status CopyKept(std::string_view folder) {
    const fs::path from = core_.directory / folder;
    if (!PROVISO_TRY(files_.Exists(from))) return {};
    PROVISO_TRY(files_.CreateDirectories(folder_ / folder));
    std::vector<std::string> names = PROVISO_TRY(files_.List(from));
    std::erase_if(names, [&](const std::string& name) {
      std::error_code failure;
      return name.front() == '.' || !fs::is_regular_file(from / name, failure);
    });
    for (std::size_t i = 0; i < names.size(); ++i) {
      PROVISO_TRY(Copy((fs::path(folder) / names[i]).string(), true));
      Tell(folder, static_cast<double>(i + 1) / static_cast<double>(names.size()));
    }
    if (names.empty()) return {};
    return files_.SyncDirectory(folder_ / folder);
  }

  Status Copy(const std::string& path, bool never_changes) {
    const fs::path from = core_.directory / path;
    const BackupFile* before = never_changes ? earlier_.Find(path) : nullptr;
    std::error_code failure;
    if (before != nullptr && fs::file_size(folder_ / path, failure) == before->bytes && !failure) {
      manifest_.files.push_back(*before);
      return {};
    }
    // An original that was erased meanwhile, or a table that was never compiled.
    if (!PROVISO_TRY(files_.Exists(from))) return {};
    const io::MappedFile mapped = PROVISO_TRY(io::MappedFile::Open(from));
    const std::string sha256 = crypto::Sha256(mapped.bytes()).Hex();
    manifest_.files.push_back({.path = path, .bytes = mapped.bytes().size(), .sha256 = sha256});
    if (PROVISO_TRY(IsThere(folder_ / path, sha256))) return {};
    PROVISO_TRY(files_.WriteFile(folder_ / path, mapped.bytes(), 0600));
    PROVISO_TRY(files_.SyncFile(folder_ / path));
    ++copied_;
    bytes_ += mapped.bytes().size();
    return {};
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
    PROVISO_TRY(RememberBackupPlace(core_, keys_));
    PROVISO_TRY(WritePartKeys(core_, keys_));
    unreached_ = PROVISO_TRY(CatchUpBackupPlaces(core_));
    PROVISO_TRY(files_.SyncDirectory(folder_ / "table"));
    PROVISO_TRY(files_.SyncDirectory(folder_));
    return io::WriteFileDurably(files_, folder_ / kManifestName, AsBytes(manifest_.ToText()), 0600);
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
        const bool candidate = !folder.empty() || name.starts_with("log-");
        if (!candidate || manifest_.Find(path) != nullptr) continue;
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
  BackupManifest earlier_;
  BackupManifest manifest_;
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
