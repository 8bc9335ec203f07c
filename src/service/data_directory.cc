#include "service/data_directory.h"

#include <array>

#include "crypto/key_file.h"
#include "crypto/note.h"
#include "io/sql/postgres.h"
#include "ledger/ledger.h"

namespace proviso::service {
namespace {

constexpr std::string_view kConfigName = "proviso.json";

// True when `inner` lies in or below `outer`.
bool IsInside(const std::filesystem::path& inner, const std::filesystem::path& outer) {
  const std::string relative = inner.lexically_relative(outer).string();
  return !relative.empty() && !relative.starts_with("..");
}

std::string RandomHex(Random& random, std::size_t bytes) {
  Bytes buffer(bytes);
  random.Fill(buffer);
  return HexEncode(buffer);
}

Status WriteLogKey(io::FileSystem& files, const std::filesystem::path& path,
                   const crypto::PrivateKey& key) {
  if (PROVISO_TRY(files.Exists(path))) {
    return Fail(ErrorCode::kAlreadyExists,
                "the log key `" + path.string() +
                    "` exists, and a key belongs to one log; give another place with --log-key, or "
                    "remove it if no data directory uses it");
  }
  PROVISO_TRY(files.CreateDirectories(path.parent_path()));
  return io::WriteFileDurably(files, path, AsBytes(crypto::FormatServiceKey(key)), 0600);
}

// A URI on a command line is seen by everybody on the machine.
Status CheckStore(const std::string& store) {
  if (store.empty()) return {};
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
  io::FileSystem& files = *environment.files;
  const std::filesystem::path data = std::filesystem::absolute(directory).lexically_normal();
  DataConfig config;
  config.origin = !options.origin.empty()
                      ? options.origin
                      : "proviso.example/log-" + RandomHex(*environment.random, 4);
  config.log_key =
      std::filesystem::absolute(!options.log_key.empty()
                                    ? options.log_key
                                    : (data.parent_path() / (data.filename().string() + ".keys")) /
                                          "log.key")
          .lexically_normal();
  if (IsInside(config.log_key, data)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the log key may not lie in the data directory, where backups take it along; give "
                "another place with --log-key");
  }
  if (PROVISO_TRY(files.Exists(data / kConfigName))) {
    return Fail(ErrorCode::kAlreadyExists, "`" + data.string() + "` is a data directory already");
  }
  PROVISO_TRY(CheckStore(options.store));
  config.store = options.store;
  PROVISO_TRY(files.CreateDirectories(data));
  crypto::PrivateKey key = crypto::PrivateKey::Generate(*environment.random);
  config.vkey = crypto::NoteVerifier{.name = config.origin, .key = key.Public()}.ToText();
  PROVISO_TRY(crypto::NoteVerifier::FromText(config.vkey));
  PROVISO_TRY(WriteLogKey(files, config.log_key, key));
  for (const char* folder : {"lake", "quarantine", "table"}) {
    PROVISO_TRY(files.CreateDirectories(data / folder));
  }
  auto ledger = PROVISO_TRY(ledger::Ledger::Open({.directory = data,
                                                  .origin = config.origin,
                                                  .postgres = config.store,
                                                  .files = &files,
                                                  .random = environment.random},
                                                 std::move(key)));
  PROVISO_TRY(ledger->Append({FirstEntry(config, environment)}));
  PROVISO_TRY(ledger->Close());
  // The configuration comes last: a directory with one is whole.
  PROVISO_TRY(config.Write(files, data));
  return config;
}

}  // namespace proviso::service
