// A data directory made of a backup.
#include "service/restore.h"

#include <algorithm>
#include <map>

#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "crypto/note.h"
#include "io/files/mapped_file.h"
#include "ledger/backup.h"
#include "ledger/checkpoint.h"
#include "ledger/opening.h"
#include "review/erasure.h"
#include "service/instance.h"
#include "service/internal/backup_manifest.h"
#include "service/internal/backup_places.h"
#include "service/internal/places.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLogKeyBytesMax = std::uint64_t{1} << 20U;
constexpr std::uint64_t kCheckpointBytesMax = std::uint64_t{1} << 20U;
constexpr std::size_t kAbsentListed = 200;
constexpr std::size_t kFaultsListed = 20;

class Restoration {
 public:
  Restoration(const RestoreOptions& options, const Environment& environment,
              const Progress& progress)
      : options_(options),
        environment_(environment),
        files_(*environment.files),
        progress_(progress),
        to_(fs::absolute(options.to).lexically_normal()),
        partial_(to_.parent_path() / ("." + to_.filename().string() + ".restoring")) {}

  Result<Json> Run() {
    PROVISO_TRY(CheckPlaces());
    PROVISO_TRY(ReadBackup());
    PROVISO_TRY(CheckPublishedIsThis());
    PROVISO_TRY_DOING(files_.RemoveTree(partial_),
                      "remove what an interrupted restore left, `" + partial_.string() + "`");
    PROVISO_TRY(files_.CreateDirectories(partial_));
    Result<Json> made = Make();
    if (!made) {
      const Status removed = files_.RemoveTree(partial_);
      if (!removed) return WithRemains(made.error(), removed.error());
      return made;
    }
    PROVISO_TRY(files_.Rename(partial_, to_));
    PROVISO_TRY(files_.SyncDirectory(to_.parent_path()));
    return made;
  }

 private:
  // What is left has confidential parts, and their keys.
  tl::unexpected<Error> WithRemains(const Error& why, const Error& removing) const {
    return Fail(why.code(), why.message() +
                                "; and what was made so far, with keys in it, could not "
                                "be removed: " +
                                removing.message() + "; remove `" + partial_.string() + "`");
  }

  Status CheckPlaces() {
    if (PROVISO_TRY(files_.Exists(to_))) {
      return Fail(ErrorCode::kAlreadyExists, "`" + to_.string() +
                                                 "` exists, and a restore overwrites nothing; name "
                                                 "a directory that does not");
    }
    PROVISO_TRY(CheckNames());
    PROVISO_TRY(CheckPublished());
    if (!options_.published.empty() || options_.accept_fork_risk) return {};
    return Fail(ErrorCode::kFailedPrecondition,
                "entries after the backup may have been published, and writing on without them "
                "would fork the log; name the folder of the published log, --published FOLDER, or "
                "say that there is none, --accept-fork-risk");
  }

  // Before anything is copied.
  Status CheckPublished() {
    if (options_.published.empty()) return {};
    const std::string name = options_.published.string();
    constexpr std::string_view kWhere =
        "; give DATA/log of before, the folder that a web server publishes, or `log` of an export";
    if (name.find("://") != std::string::npos) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--published: expected a folder of the published log, found the address `" +
                      name + "`" + std::string(kWhere));
    }
    if (PROVISO_TRY(files_.Exists(options_.published / "checkpoint"))) return {};
    return Fail(ErrorCode::kNotFound,
                "--published: expected a folder of the published log, and there is no `" +
                    (options_.published / "checkpoint").string() + "`" + std::string(kWhere));
  }

  Status CheckNames() {
    for (const fs::path& name : {to_, fs::absolute(options_.keys), options_.log_key}) {
      PROVISO_TRY(CheckName(name));
    }
    for (const fs::path& outer : {options_.folder, options_.keys, options_.published}) {
      if (outer.empty() || !IsInside(to_, outer)) continue;
      return Fail(ErrorCode::kInvalidArgument,
                  "a data directory lies outside of `" + outer.string() +
                      "`, which is copied, kept apart or published; name another one");
    }
    return {};
  }

  Status ReadBackup() {
    manifest_ = PROVISO_TRY(ReadManifest(files_, options_.folder));
    const fs::path path = options_.keys / kPartKeysName;
    const auto found = files_.ReadFile(path, ledger::kPartKeysBytesMax);
    if (!found && found.error().code() == ErrorCode::kNotFound) {
      return Fail(ErrorCode::kNotFound,
                  "--keys: `" + options_.keys.string() + "` has no `" + std::string(kPartKeysName) +
                      "`; give the folder that `proviso backup --keys` wrote for this backup");
    }
    const Bytes bytes = PROVISO_TRY(found);
    keys_ = PROVISO_TRY_DOING(ledger::ParsePartKeys(bytes), path.string());
    if (keys_.origin != manifest_.origin) {
      return Fail(ErrorCode::kInvalidArgument, "`" + path.string() + "` is of the log `" +
                                                   keys_.origin + "`, the backup of `" +
                                                   manifest_.origin + "`");
    }
    if (keys_.size < manifest_.size) {
      return Fail(ErrorCode::kInvalidArgument,
                  "`" + path.string() + "` was written when the log had " +
                      std::to_string(keys_.size) + " entries, and the backup has " +
                      std::to_string(manifest_.size) + "; use the one that went with it");
    }
    return {};
  }

  // By what it says of itself; its signature is looked at where its entries are taken.
  Status CheckPublishedIsThis() {
    if (options_.published.empty()) return {};
    const fs::path path = options_.published / "checkpoint";
    const Bytes note = PROVISO_TRY(files_.ReadFile(path, kCheckpointBytesMax));
    const std::string_view text = AsText(note);
    const std::string_view origin = text.substr(0, text.find('\n'));
    if (origin == manifest_.origin || origin.empty()) return {};
    return Fail(ErrorCode::kInvalidArgument,
                "--published: `" + path.string() + "` is another log's: it is of `" +
                    std::string(origin) + "`, the backup of `" + manifest_.origin +
                    "`; give the published log of the latter");
  }

  Result<Json> Make() {
    PROVISO_TRY(CopyFiles());
    PROVISO_TRY(WriteConfig());
    const ledger::LedgerOptions log = LogOptions();
    PROVISO_TRY(CheckTree(log));
    const std::uint64_t inserted = PROVISO_TRY(ledger::InsertPartKeys(log, keys_));
    std::uint64_t published = 0;
    if (!options_.published.empty()) {
      const crypto::PrivateKey key = PROVISO_TRY(ReadLogKey());
      published = PROVISO_TRY(ledger::BringForward(
          log, key, options_.published, [&](double share) { Tell("published", share); }));
    }
    const Opened opened = PROVISO_TRY(OpenOnce());
    PROVISO_TRY(RememberKeys(opened.erasures));
    Json answer =
        Json::Of({{"data", to_.string()},
                  {"keys", inserted},
                  {"made_at", manifest_.made_at},
                  {"origin", manifest_.origin},
                  {"brought_forward",
                   published > manifest_.size ? published - manifest_.size : std::uint64_t{0}},
                  {"size", std::max(published, manifest_.size)}});
    PROVISO_TRY(ListAbsent(log, std::max(published, manifest_.size), answer));
    PROVISO_TRY(ListFaults(opened.files, answer));
    return answer;
  }

  Status CopyFiles() {
    std::uint64_t done = 0;
    for (const BackupFile& file : manifest_.files) {
      PROVISO_TRY(CopyFile(file));
      Tell("copy", static_cast<double>(++done) / static_cast<double>(manifest_.files.size()));
    }
    for (const char* folder : {"lake", "quarantine", "table"}) {
      PROVISO_TRY(files_.CreateDirectories(partial_ / folder));
    }
    return SyncFolders();
  }

  // Without the log nothing can be put back; of all else, the log says what is lacking.
  Status CopyFile(const BackupFile& file) {
    const fs::path from = options_.folder / file.path;
    const Result<io::MappedFile> mapped = io::MappedFile::Open(from);
    const std::string sha256 = mapped ? crypto::Sha256(mapped->bytes()).Hex() : "";
    if (sha256 != file.sha256) {
      const std::string why = mapped ? "expected the SHA-256 " + file.sha256 + ", found " + sha256
                                     : mapped.error().message();
      if (IsKeptPath(file.path)) {
        bad_.emplace(file.path, why);
        return {};
      }
      return Fail(ErrorCode::kDataLoss,
                  "the backup's `" + file.path + "` is missing or damaged: " + why);
    }
    const fs::path to =
        partial_ / (file.path == manifest_.database ? std::string("proviso.db") : file.path);
    PROVISO_TRY(files_.CreateDirectories(to.parent_path()));
    PROVISO_TRY(files_.WriteFile(to, mapped->bytes(), 0600));
    return files_.SyncFile(to);
  }

  Status SyncFolders() {
    const std::vector<std::string> names = PROVISO_TRY(files_.List(partial_));
    for (const std::string& name : names) {
      std::error_code failure;
      if (fs::is_directory(partial_ / name, failure)) {
        PROVISO_TRY(files_.SyncDirectory(partial_ / name));
      }
    }
    return files_.SyncDirectory(partial_);
  }

  Status WriteConfig() {
    config_ = PROVISO_TRY(DataConfig::Read(files_, partial_));
    if (config_.origin != manifest_.origin || config_.vkey != manifest_.vkey) {
      return Fail(ErrorCode::kDataLoss, "the backup's proviso.json is of another log");
    }
    if (options_.log_key.empty()) return {};
    config_.log_key = fs::absolute(options_.log_key).lexically_normal();
    return config_.Write(files_, partial_);
  }

  // The log's private key, which is in no backup.
  Result<crypto::PrivateKey> ReadLogKey() const {
    const Result<Bytes> text = files_.ReadFile(config_.log_key, kLogKeyBytesMax);
    if (!text) {
      return Fail(text.error().code(), "the log's private key is in no backup, and needed here: " +
                                           text.error().message() + "; say where it is, --log-key");
    }
    crypto::PrivateKey key =
        PROVISO_TRY_DOING(crypto::ParseServiceKey(AsText(*text)), config_.log_key.string());
    const std::string vkey =
        crypto::NoteVerifier{.name = manifest_.origin, .key = key.Public()}.ToText();
    if (vkey == manifest_.vkey) return key;
    return Fail(
        ErrorCode::kFailedPrecondition,
        "`" + config_.log_key.string() + "` is not the key of the log `" + manifest_.origin + "`");
  }

  ledger::LedgerOptions LogOptions() const {
    ledger::LedgerOptions log;
    log.directory = partial_;
    log.origin = manifest_.origin;
    log.files = &files_;
    log.random = environment_.random;
    return log;
  }

  // The entries of the backup are those that the log's key signed.
  Status CheckTree(const ledger::LedgerOptions& log) {
    const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(manifest_.vkey));
    const ledger::Checkpoint signed_tree = PROVISO_TRY_DOING(
        ledger::OpenCheckpoint(manifest_.checkpoint, verifier), "the manifest of the backup");
    const ledger::DatabaseTree tree =
        PROVISO_TRY(ledger::ReadDatabaseTree(log, [&](double share) { Tell("verify", share); }));
    if (tree.size == signed_tree.size && tree.root == signed_tree.root &&
        tree.size == manifest_.size) {
      return {};
    }
    return Fail(ErrorCode::kDataLoss, "the backup's log is damaged: expected root " +
                                          signed_tree.root.Hex() + " over " +
                                          std::to_string(signed_tree.size) + " entries, found " +
                                          tree.root.Hex() + " over " + std::to_string(tree.size));
  }

  // Opening replays the log with all its rules, opens each part, does what erasures ask for, and
  // writes the files to publish. All files are then held to what the log says of them.
  struct Opened {
    Json files;     // as `files check` answers
    Json erasures;  // as `erasure list` answers
  };
  Result<Opened> OpenOnce() {
    auto instance = PROVISO_TRY(Instance::Open(partial_, environment_));
    Opened opened;
    opened.files = PROVISO_TRY(instance->Perform({.use_case = "files check"}, progress_));
    opened.erasures = PROVISO_TRY(instance->Perform({.use_case = "erasure list"}, {}));
    PROVISO_TRY(instance->Close());
    return opened;
  }

  // Erasures must reach the keys that this was made with. The file is left alone as long as it has
  // none that is erased: who tries out a restore changes nothing of the directory in use.
  Status RememberKeys(const Json& answer) {
    std::uint64_t done = 0;
    bool opens_erased = false;
    for (const Json& erasure : *PROVISO_TRY(answer.ArrayAt("erasures"))) {
      if (!erasure.BoolOr("done", false)) continue;
      ++done;
      for (const review::PartName& part : PROVISO_TRY(review::ParseParts(erasure))) {
        opens_erased |= std::ranges::any_of(keys_.keys, [&](const ledger::PartKey& key) {
          return static_cast<std::int64_t>(key.position) == erasure.IntegerOr("entry", -1) &&
                 key.name == part.name;
        });
      }
    }
    const BackupPlace place{.folder = fs::absolute(options_.keys).lexically_normal(),
                            .erasures = opens_erased ? 0 : done};
    return WriteBackupPlaces(files_, partial_, {place});
  }

  // What the backup should have. Of entries after it, no backup has the files.
  Status ListFaults(const Json& checked, Json& answer) {
    Json absent = Json::MakeArray();
    Json faults = Json::MakeArray();
    for (Json fault : *PROVISO_TRY(checked.ArrayAt("faults"))) {
      const std::string path = fault.StringOr("path", "");
      if (const std::string part = fault.StringOr("part", ""); !part.empty()) {
        // Its key may have been destroyed by an erasure that came after this backup.
        if (fault.StringOr("what", "") == "damaged") faults.Append(std::move(fault));
        continue;
      }
      if (static_cast<std::uint64_t>(fault.IntegerOr("entry", 0)) >= manifest_.size) {
        absent.Append(Json::Of({{"entry", fault.IntegerOr("entry", 0)}, {"path", path}}));
        continue;
      }
      if (const auto bad = bad_.find(path); bad != bad_.end()) {
        fault["what"] = "damaged";
        fault["why"] = bad->second;
      }
      PROVISO_TRY(files_.Remove(partial_ / path));
      faults.Append(std::move(fault));
    }
    if (!faults.AsArray()->empty() && !options_.accept_missing) {
      return RefuseFaults(faults, checked.IntegerOr("files", 0));
    }
    answer["absent_files"] = std::move(absent);
    answer["faults"] = std::move(faults);
    return {};
  }

  // A line for each, for there may be many.
  static Status RefuseFaults(const Json& faults, std::int64_t files) {
    const std::size_t count = faults.AsArray()->size();
    std::string text = "the backup lacks " + std::to_string(count) + " of " +
                       std::to_string(files) + " files that its log refers to:\n";
    std::size_t listed = 0;
    for (const Json& fault : *faults.AsArray()) {
      if (listed++ == kFaultsListed) break;
      text += "  `" + fault.StringOr("path", "") + "` (log entry " +
              std::to_string(fault.IntegerOr("entry", 0)) + ") is " + fault.StringOr("what", "") +
              ": " + fault.StringOr("why", "") + "\n";
    }
    if (listed > kFaultsListed)
      text += "  and " + std::to_string(count - kFaultsListed) + " more\n";
    return Fail(ErrorCode::kDataLoss,
                text + "use another copy of the backup, or go on without them, --accept-missing");
  }

  Status ListAbsent(const ledger::LedgerOptions& log, std::uint64_t size, Json& answer) {
    Json absent = Json::MakeArray();
    std::uint64_t count = 0;
    for (std::uint64_t index = manifest_.size; index < size; ++index) {
      const ledger::OpenedEntry entry = PROVISO_TRY(ledger::OpenEntry(log, index));
      for (const ledger::OpenedPart& part : entry.parts) {
        if (part.state != ledger::PartState::kAbsent || ++count > kAbsentListed) continue;
        absent.Append(
            Json::Of({{"entry", index}, {"part", part.name}, {"type", entry.event.event.type}}));
      }
    }
    answer["absent"] = std::move(absent);
    answer["absent_parts"] = count;
    return {};
  }

  void Tell(std::string_view phase, double share) const {
    if (!progress_) return;
    progress_(Json::Of({{"phase", phase}, {"share", static_cast<std::int64_t>(share * 1000)}}));
  }

  const RestoreOptions& options_;
  const Environment& environment_;
  io::FileSystem& files_;
  const Progress& progress_;
  const fs::path to_;
  const fs::path partial_;
  BackupManifest manifest_;
  std::map<std::string, std::string> bad_;  // files of the backup, and what is wrong with them
  ledger::PartKeys keys_;
  DataConfig config_;
};

}  // namespace

Result<Json> Restore(const RestoreOptions& options, const Environment& environment,
                     const Progress& progress) {
  return Restoration(options, environment, progress).Run();
}

}  // namespace proviso::service
