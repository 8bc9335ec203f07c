#pragma once

#include <functional>

#include "base/json.h"

namespace proviso::cli {

// Prints what the log refers to and is not there, or not as it was, of the member `faults`; behind
// each what `more` says of it. Not all of them where there are many.
void PrintFileFaults(const Json& faults,
                     const std::function<std::string(const Json&)>& more = nullptr);

// What to do about files of the data directory that are missing or damaged.
void PrintFileRemedy();

}  // namespace proviso::cli
