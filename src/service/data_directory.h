#pragma once

#include <filesystem>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "io/files/file_system.h"

namespace proviso::service {

// What a use case may touch of the outside.
struct Environment {
  io::FileSystem* files = nullptr;
  const Clock* clock = nullptr;
  Random* random = nullptr;
};

// DATA/proviso.json: what does not stand in the log. Written once by `proviso init`.
struct DataConfig {
  std::string origin;             // name of the log
  std::string vkey;               // public key of the log, as a signed-note verifier key
  std::filesystem::path log_key;  // the log's private key: outside of the data directory
  // Where several servers keep the log's database: a PostgreSQL connection URI. Empty: proviso.db.
  std::string store = {};
  std::filesystem::path policy = {};  // file that names the log's witnesses; empty: there are none

  static Result<DataConfig> Read(io::FileSystem& files, const std::filesystem::path& directory);
  Status Write(io::FileSystem& files, const std::filesystem::path& directory) const;
};

struct InitOptions {
  std::string origin;             // empty: "proviso.example/log-" and eight random hex digits
  std::filesystem::path log_key;  // empty: DATA.keys/log.key, beside the data directory
  std::string store = {};         // as in DataConfig
};

// Makes a data directory: configuration, key of the log, and a log with its first entry.
// kAlreadyExists when there is one, or the store has a log; kInvalidArgument when the key would lie
// inside of it, or the store has a password in it. One that was interrupted is finished.
Result<DataConfig> Initialise(const std::filesystem::path& directory, const InitOptions& options,
                              const Environment& environment);

}  // namespace proviso::service
