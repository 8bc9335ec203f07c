#include "service/data_directory.h"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "crypto/key_file.h"
#include "crypto/note.h"
#include "io/sql/postgres.h"
#include "ledger/appender_seat.h"
#include "ledger/ledger.h"
#include "service/internal/places.h"

namespace proviso::service {
namespace {

constexpr std::string_view kConfigName = "proviso.json";
constexpr std::string_view kUnfinishedName = "init-unfinished.json";
// What an ML-DSA cosignature can carry (C2SP tlog-cosignature).
constexpr std::size_t kOriginBytesMax = 255;
constexpr std::uint64_t kMarkerBytesMax = std::uint64_t{1} << 20U;

std::string RandomHex(Random& random, std::size_t bytes) {
  Bytes buffer(bytes);
  random.Fill(buffer);
  return HexEncode(buffer);
}

// What a new data directory is made of. As long as it is not whole, DATA/init-unfinished.json says
// so, with the name of the log and where its key goes: who dies in between can go on, for what was
// made is known as its own.
class Initialisation {
 public:
  Initialisation(std::filesystem::path data, const InitOptions& options,
                 const Environment& environment)
      : data_(std::move(data)),
        options_(options),
        environment_(environment),
        files_(*environment.files) {}

  // What can be refused is refused before anything is made, so that another try begins anew.
  Result<DataConfig> Run() {
    PROVISO_TRY(Choose());
    PROVISO_TRY(CheckUnfinished());
    PROVISO_TRY(TakeKey());
    PROVISO_TRY(CheckDatabase());
    PROVISO_TRY(Make());
    return config_;
  }

 private:
  Status Choose();
  Status CheckUnfinished();
  Status TakeKey();
  Status CheckDatabase();
  Status CheckOwnDatabase() const;
  Status Make();
  std::filesystem::path Marker() const { return data_ / kUnfinishedName; }
  std::string Begun() const {
    return "an `init` of the log `" + config_.origin + "` ended before it was done in `" +
           data_.string() + "`";
  }
  // What is to be removed before another try begins anew.
  std::string Remains() const {
    return "`" + data_.string() + "` and `" + config_.log_key.string() + "`";
  }

  const std::filesystem::path data_;
  const InitOptions& options_;
  const Environment& environment_;
  io::FileSystem& files_;
  DataConfig config_;
  bool goes_on_ = false;  // an interrupted one is finished
  std::optional<crypto::PrivateKey> key_;
  bool key_is_there_ = false;
  std::unique_ptr<ledger::AppenderSeat> seat_;
};

// A URI on a command line is seen by everybody on the machine.
Status CheckStore(const std::string& store) {
  if (store.empty()) return {};
  if (!store.starts_with("postgresql://")) {
    return Fail(ErrorCode::kInvalidArgument,
                "`" + store +
                    "` is no store; expected `postgresql://HOST/DATABASE`, or none for a "
                    "database in the data directory");
  }
  if (PROVISO_TRY(io::HasPassword(store))) {
    return Fail(ErrorCode::kInvalidArgument,
                "the store's URI has a password, which others can see; leave it out and name a "
                "password file: PGPASSFILE, or `passfile=` in the URI");
  }
  return {};
}

ledger::Draft FirstEntry(const DataConfig& config, const Environment& environment) {
  ledger::Draft draft;
  draft.time = environment.clock->Now();
  draft.actor = "operator";
  draft.event.type = "log.initialised";
  draft.event.open = Json::Of({{"origin", config.origin}, {"vkey", config.vkey}});
  draft.event.sealed["pseudonym_key"] = RandomHex(*environment.random, 32);
  return draft;
}

Status Initialisation::Choose() {
  config_.log_key =
      std::filesystem::absolute(
          !options_.log_key.empty()
              ? options_.log_key
              : (data_.parent_path() / (data_.filename().string() + ".keys")) / "log.key")
          .lexically_normal();
  PROVISO_TRY(CheckName(data_));
  PROVISO_TRY(CheckName(config_.log_key));
  if (IsInside(config_.log_key, data_)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the log key may not lie in the data directory, where backups take it along; give "
                "another place with --log-key");
  }
  if (PROVISO_TRY(files_.Exists(data_ / kConfigName))) {
    return Fail(ErrorCode::kAlreadyExists, "`" + data_.string() + "` is a data directory already");
  }
  PROVISO_TRY(CheckDirectoryMode(data_));
  PROVISO_TRY(CheckStore(options_.store));
  config_.store = options_.store;
  config_.origin = !options_.origin.empty()
                       ? options_.origin
                       : "proviso.example/log-" + RandomHex(*environment_.random, 4);
  if (config_.origin.size() <= kOriginBytesMax) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "a log keeps its name for ever, and no witness cosigns a longer one: expected an "
              "--origin of at most " +
                  std::to_string(kOriginBytesMax) + " bytes, found " +
                  std::to_string(config_.origin.size()));
}

Status Initialisation::CheckUnfinished() {
  const Result<Bytes> bytes = files_.ReadFile(Marker(), kMarkerBytesMax);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return {};
  const Json json = PROVISO_TRY_DOING(ParseJson(AsText(PROVISO_TRY(bytes))), Marker().string());
  DataConfig begun;
  begun.origin = PROVISO_TRY_DOING(json.StringAt("origin"), Marker().string());
  begun.log_key = PROVISO_TRY_DOING(json.StringAt("log_key"), Marker().string());
  begun.store = json.StringOr("store", "");
  const bool same = (options_.origin.empty() || options_.origin == begun.origin) &&
                    config_.log_key == begun.log_key && config_.store == begun.store;
  config_ = begun;
  goes_on_ = true;
  if (same) return {};
  return Fail(ErrorCode::kAlreadyExists, Begun() + "; finish it with --origin " + begun.origin +
                                             " --log-key " + begun.log_key.string() +
                                             (begun.store.empty() ? std::string(" and no --store")
                                                                  : " --store " + begun.store) +
                                             ", or remove " + Remains() + " and begin anew");
}

Status Initialisation::TakeKey() {
  key_is_there_ = PROVISO_TRY(files_.Exists(config_.log_key));
  if (key_is_there_ && !goes_on_) {
    return Fail(ErrorCode::kAlreadyExists,
                "the log key `" + config_.log_key.string() +
                    "` exists, and a key belongs to one log; give another place with --log-key, or "
                    "remove it if no data directory uses it");
  }
  if (key_is_there_) {
    const Bytes text = PROVISO_TRY(files_.ReadFile(config_.log_key, kMarkerBytesMax));
    key_.emplace(
        PROVISO_TRY_DOING(crypto::ParseServiceKey(AsText(text)), config_.log_key.string()));
  } else {
    key_.emplace(crypto::PrivateKey::Generate(*environment_.random));
  }
  config_.vkey = crypto::NoteVerifier{.name = config_.origin, .key = key_->Public()}.ToText();
  PROVISO_TRY(crypto::NoteVerifier::FromText(config_.vkey));
  return {};
}

Status Initialisation::CheckDatabase() {
  if (config_.store.empty()) return CheckOwnDatabase();
  seat_ = PROVISO_TRY(ledger::AppenderSeat::Take(config_.store, std::chrono::milliseconds(0)));
  const auto there = PROVISO_TRY(seat_->FindLog());
  const bool is_ours =
      there && goes_on_ && there->origin == config_.origin && there->key == key_->Public().ToText();
  if (!there || is_ours) return {};
  return Fail(ErrorCode::kAlreadyExists,
              "the database at `" + seat_->place() + "` has the log `" + there->origin +
                  "` already; give an empty one, or use the data directory that this log was made "
                  "with");
}

Status Initialisation::CheckOwnDatabase() const {
  const std::filesystem::path database = data_ / "proviso.db";
  if (!PROVISO_TRY(files_.Exists(database)) || (goes_on_ && key_is_there_)) return {};
  if (goes_on_) {
    return Fail(ErrorCode::kFailedPrecondition,
                Begun() + ", and its key is gone; remove " + Remains() + " and begin anew");
  }
  return Fail(ErrorCode::kAlreadyExists,
              "`" + database.string() +
                  "` is the database of a log, and proviso.json beside it is missing; put it back, "
                  "or name another directory");
}

Status Initialisation::Make() {
  PROVISO_TRY(files_.CreateDirectories(data_));
  Json marker = Json::Of({{"log_key", config_.log_key.string()}, {"origin", config_.origin}});
  if (!config_.store.empty()) marker["store"] = config_.store;
  PROVISO_TRY(io::WriteFileDurably(files_, Marker(), AsBytes(marker.Pretty() + "\n"), 0600));
  if (!key_is_there_) {
    PROVISO_TRY(files_.CreateDirectories(config_.log_key.parent_path()));
    PROVISO_TRY(io::WriteFileDurably(files_, config_.log_key,
                                     AsBytes(crypto::FormatServiceKey(*key_)), 0600));
  }
  for (const char* folder : {"lake", "quarantine", "table"}) {
    PROVISO_TRY(files_.CreateDirectories(data_ / folder));
  }
  auto ledger = PROVISO_TRY(ledger::Ledger::Open({.directory = data_,
                                                  .origin = config_.origin,
                                                  .postgres = config_.store,
                                                  .seat = seat_.get(),
                                                  .files = &files_,
                                                  .random = environment_.random},
                                                 std::move(*key_)));
  if (ledger->latest().size == 0) {
    PROVISO_TRY(ledger->Append({FirstEntry(config_, environment_)}));
  }
  PROVISO_TRY(ledger->Close());
  // The configuration comes last: a directory with one is whole.
  PROVISO_TRY(config_.Write(files_, data_));
  return files_.Remove(Marker());
}

}  // namespace

Result<DataConfig> DataConfig::Read(io::FileSystem& files, const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kConfigName;
  const Result<Bytes> bytes = files.ReadFile(path, 1U << 20U);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound,
                "`" + directory.string() +
                    "` is no data directory of proviso; make one with: proviso -C " +
                    directory.string() + " init");
  }
  const Json json = PROVISO_TRY_DOING(ParseJson(AsText(PROVISO_TRY(bytes))), path.string());
  DataConfig config;
  config.origin = PROVISO_TRY_DOING(json.StringAt("origin"), path.string());
  config.vkey = PROVISO_TRY_DOING(json.StringAt("vkey"), path.string());
  config.log_key = PROVISO_TRY_DOING(json.StringAt("log_key"), path.string());
  config.store = json.StringOr("store", "");
  if (!config.store.empty() && !config.store.starts_with("postgresql://")) {
    return Fail(ErrorCode::kUnimplemented,
                path.string() +
                    ": expected a `store` that begins with `postgresql://`, or none; this build "
                    "knows no other");
  }
  config.policy = json.StringOr("policy", "");
  return config;
}

Status DataConfig::Write(io::FileSystem& files, const std::filesystem::path& directory) const {
  Json json = Json::Of({{"origin", origin}, {"vkey", vkey}, {"log_key", log_key.string()}});
  if (!store.empty()) json["store"] = store;
  if (!policy.empty()) json["policy"] = policy.string();
  return io::WriteFileDurably(files, directory / kConfigName, AsBytes(json.Pretty() + "\n"), 0600);
}

Result<DataConfig> Initialise(const std::filesystem::path& directory, const InitOptions& options,
                              const Environment& environment) {
  return Initialisation(std::filesystem::absolute(directory).lexically_normal(), options,
                        environment)
      .Run();
}

}  // namespace proviso::service
