#pragma once

#include <string>

#include "base/json.h"

namespace proviso::cli {

// "planned", or "adopted, ran out 2026-10-01" where all that it restricts ended by itself.
std::string StandingOf(const Json& decision);
// After signing, when the plan was shown before: the status, the signatures and what is next.
void PrintSigned(const Json& decision);

}  // namespace proviso::cli
