// A data directory made of a backup.
#include "service/restore.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "crypto/note.h"
#include "io/files/mapped_file.h"
#include "ledger/backup.h"
#include "ledger/checkpoint.h"
#include "ledger/opening.h"
#include "service/instance.h"
#include "service/internal/backup_manifest.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPartKeysBytesMax = std::uint64_t{1} << 34U;
constexpr std::uint64_t kLogKeyBytesMax = std::uint64_t{1} << 20U;
constexpr std::size_t kAbsentListed = 200;

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
    // What an interrupted restore left.
    PROVISO_TRY(files_.RemoveTree(partial_));
    PROVISO_TRY(files_.CreateDirectories(partial_));
    Result<Json> made = Make();
    if (!made) {
      const Status removed = files_.RemoveTree(partial_);
      if (!removed) return tl::unexpected(std::move(made).error().Context("restore"));
      return made;
    }
    PROVISO_TRY(files_.Rename(partial_, to_));
    PROVISO_TRY(files_.SyncDirectory(to_.parent_path()));
    return made;
  }

 private:
  Status CheckPlaces() {
    if (PROVISO_TRY(files_.Exists(to_))) {
      return Fail(ErrorCode::kAlreadyExists, "`" + to_.string() +
                                                 "` exists, and a restore overwrites nothing; name "
                                                 "a directory that does not");
    }
    if (!options_.published.empty() || options_.accept_fork_risk) return {};
    return Fail(ErrorCode::kFailedPrecondition,
                "entries after the backup may have been published, and writing on without them "
                "would fork the log; name the folder of the published log, --published FOLDER, or "
                "say that there is none, --accept-fork-risk");
  }

  Status ReadBackup() {
    manifest_ = PROVISO_TRY(ReadManifest(files_, options_.folder));
    const fs::path path = options_.keys / kPartKeysName;
    const Bytes bytes = PROVISO_TRY(files_.ReadFile(path, kPartKeysBytesMax));
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
    PROVISO_TRY(OpenOnce());
    Json answer =
        Json::Of({{"data", to_.string()},
                  {"keys", inserted},
                  {"made_at", manifest_.made_at},
                  {"origin", manifest_.origin},
                  {"brought_forward",
                   published > manifest_.size ? published - manifest_.size : std::uint64_t{0}},
                  {"size", std::max(published, manifest_.size)}});
    PROVISO_TRY(ListAbsent(log, std::max(published, manifest_.size), answer));
    return answer;
  }

  Status CopyFiles() {
    std::uint64_t done = 0;
    for (const BackupFile& file : manifest_.files) {
      const fs::path from = options_.folder / file.path;
      const Result<io::MappedFile> mapped = io::MappedFile::Open(from);
      if (!mapped) {
        return Fail(ErrorCode::kDataLoss,
                    "the backup lacks `" + file.path + "`: " + mapped.error().message());
      }
      const std::string sha256 = crypto::Sha256(mapped->bytes()).Hex();
      if (sha256 != file.sha256) {
        return Fail(ErrorCode::kDataLoss, "`" + from.string() +
                                              "` is damaged: expected the SHA-256 " + file.sha256 +
                                              ", found " + sha256);
      }
      const fs::path to =
          partial_ / (file.path == manifest_.database ? std::string("proviso.db") : file.path);
      PROVISO_TRY(files_.CreateDirectories(to.parent_path()));
      PROVISO_TRY(files_.WriteFile(to, mapped->bytes(), 0600));
      PROVISO_TRY(files_.SyncFile(to));
      Tell("copy", static_cast<double>(++done) / static_cast<double>(manifest_.files.size()));
    }
    for (const char* folder : {"lake", "quarantine", "table"}) {
      PROVISO_TRY(files_.CreateDirectories(partial_ / folder));
    }
    return SyncFolders();
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
  // writes the files to publish.
  Status OpenOnce() {
    auto instance = PROVISO_TRY(Instance::Open(partial_, environment_));
    return instance->Close();
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
  ledger::PartKeys keys_;
  DataConfig config_;
};

}  // namespace

Result<Json> Restore(const RestoreOptions& options, const Environment& environment,
                     const Progress& progress) {
  return Restoration(options, environment, progress).Run();
}

}  // namespace proviso::service
