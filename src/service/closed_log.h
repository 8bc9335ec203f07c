#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "service/data_directory.h"

namespace proviso::service {

// What can be said of the log of a data directory that does not open, because of `why`: from its
// files and its database alone, of which neither is changed. One damaged part keeps all else
// closed, and it is then that somebody must be told which one it is; and a full disk, or one that
// may only be read, holds a log as well as any other.

// Whether an error may say that the directory cannot be opened as it stands. Where it says that
// this was the wrong thing to ask, the functions below fail as well, and theirs is not the better
// answer.
bool MayBeClosed(const Error& error);

// Why `table/current` of a data directory cannot be used, for people; empty when it can, or when
// there is none because nothing was done there since `init`.
std::string FaultOfTable(io::FileSystem& files, const std::filesystem::path& directory);

// Names in `log` of a data directory that are none of a log's own. No command removes what it did
// not write: nobody here knows what it is.
Result<std::vector<std::string>> StrangersInLog(io::FileSystem& files,
                                                const std::filesystem::path& directory);

// As `log verify` answers, where nobody appends and the published files or the decision table are
// damaged: to open the directory would write them anew, and leave no trace of the damage. Absent
// when they are whole, or when another process appends: then the directory is to be asked.
Result<std::optional<Json>> VerifyDamagedLog(const std::filesystem::path& directory,
                                             const Environment& environment, const Json& args);

// As `log verify` answers; never that the log holds where `why` is damage. Where the directory only
// cannot be opened, that stands in `closed`, and in `unchecked` what could not be looked at. `args`
// are those of that use case.
Result<Json> VerifyClosedLog(const std::filesystem::path& directory, const Environment& environment,
                             const Json& args, const Error& why);

// As `log open` answers, with no text of any part, and in `closed` why.
Result<Json> OpenEntryOfClosedLog(const std::filesystem::path& directory,
                                  const Environment& environment, const Json& args,
                                  const Error& why);

// As `log checkpoint` and `log prove` answer, with why in `closed`: by the published files, which
// are what was written last. A proof has the newest checkpoint, not an older one with more
// signatures.
Result<Json> CheckpointOfClosedLog(const std::filesystem::path& directory,
                                   const Environment& environment, const Error& why);
Result<Json> ProveEntryOfClosedLog(const std::filesystem::path& directory,
                                   const Environment& environment, const Json& args,
                                   const Error& why);

}  // namespace proviso::service
