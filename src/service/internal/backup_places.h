#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "service/internal/core.h"

namespace proviso::service {

// A folder that has a part.keys of this log, and how many erasures had been done when it was last
// written: with fewer than there are, it still opens parts that are erased.
struct BackupPlace {
  std::filesystem::path folder;
  std::uint64_t erasures = 0;
};

// Those that DATA/backup-places.json remembers.
Result<std::vector<BackupPlace>> ReadBackupPlaces(const Instance::Core& core);
// Remembers the place before anything is written there, so that no key file is ever forgotten.
Status RememberBackupPlace(const Instance::Core& core, const std::filesystem::path& folder);
// Writes part.keys anew, as a whole. kFailedPrecondition when the folder has one of another log.
Status WritePartKeys(const Instance::Core& core, const std::filesystem::path& folder);
// Writes those that lack an erasure; [{"folder","why"}] of all that could not be reached.
Result<Json> CatchUpBackupPlaces(const Instance::Core& core);

}  // namespace proviso::service
