#pragma once

#include <filesystem>

#include "service/data_directory.h"
#include "service/request.h"

namespace proviso::service {

struct RestoreOptions {
  std::filesystem::path folder;     // the backup
  std::filesystem::path keys;       // the folder of its part.keys
  std::filesystem::path to;         // a data directory that does not exist yet
  std::filesystem::path published;  // folder of the published log; empty: none is at hand
  std::filesystem::path log_key;    // private key of the log; empty: where it was before
  bool accept_fork_risk = false;    // nothing was published after the backup
  bool accept_missing = false;      // go on without files that the backup lacks
};

// Makes a data directory of a backup (docs/formats/backup.md), whole or not at all. Answers
// {"data","size","brought_forward","keys","absent":[{"entry","part","type"}],
// "absent_files":[{"entry","path"}],"faults":[{"entry","path","what","why"}],...}.
Result<Json> Restore(const RestoreOptions& options, const Environment& environment,
                     const Progress& progress);

}  // namespace proviso::service
