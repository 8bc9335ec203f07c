#pragma once

#include "base/json.h"

namespace proviso::cli {

// What a plan hits, what each target loses, and what is kept on.
void PrintPlan(const Json& plan);
// After signing, when the plan was shown before: the status, the signatures and what is next.
void PrintSigned(const Json& decision);

}  // namespace proviso::cli
