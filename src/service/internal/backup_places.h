#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ledger/backup.h"
#include "service/internal/core.h"

namespace proviso::service {

// A folder that has a part.keys of this log, and how many erasures had been done when it was last
// written: with fewer than there are, it still opens parts that are erased.
struct BackupPlace {
  std::filesystem::path folder;
  std::uint64_t erasures = 0;
  // Size of the log by then: its keys are of entries before. Absent in older files.
  std::optional<std::uint64_t> entries = {};
};

// Those that DATA/backup-places.json remembers.
Result<std::vector<BackupPlace>> ReadBackupPlaces(const Instance::Core& core);
// Writes that file into a data directory that is being made.
Status WriteBackupPlaces(io::FileSystem& files, const std::filesystem::path& directory,
                         const std::vector<BackupPlace>& places);
// Makes the folder when it is not there. kFailedPrecondition when it has the keys of another log,
// of another history of this one, or of a longer one; any other failure when nothing can be
// written.
Status CheckBackupPlace(const Instance::Core& core, const std::filesystem::path& folder);
// Remembers the place, then writes part.keys there, as a whole. A place where nothing could be
// written is not remembered.
Status AddBackupPlace(const Instance::Core& core, const std::filesystem::path& folder);
// The keys that lie in `folder`; none where they cannot be read.
ledger::PartKeys KeysInPlace(const Instance::Core& core, const std::filesystem::path& folder);
// The place as it is remembered; kNotFound when it is not, kFailedPrecondition as long as its
// part.keys is there.
Result<BackupPlace> FindForgettable(const Instance::Core& core,
                                    const std::filesystem::path& folder);
// Ids of the erasures that are done and never reached the place.
std::vector<std::string> MissedErasures(const State& state, const BackupPlace& place);
// No erasure needs to reach the place any more.
Status ForgetBackupPlace(const Instance::Core& core, const std::filesystem::path& folder);
// Remembers those forgotten places again that turned up with keys of parts that are erased, so that
// the erasures reach them; [{"at","by","erasures","folder","index"}] of these, each once.
Result<Json> TakeBackForgotten(const Instance::Core& core);
// The folders that were forgotten and never had this erasure, as far as anybody knows;
// [{"at","by","folder","index","reason","sure"}].
Result<Json> ForgottenWithout(const Instance::Core& core, const review::Erasure& erasure);
// Writes those that lack an erasure; [{"folder","why"}] of all that could not be reached. Where the
// log tells of a backup and no place is remembered, `folder` is null.
Result<Json> CatchUpBackupPlaces(const Instance::Core& core);

}  // namespace proviso::service
