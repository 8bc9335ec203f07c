#pragma once

#include <string_view>

#include "base/json.h"
#include "review/state.h"

namespace proviso::review {

// A case, as `case show --json` prints it (docs/formats/case.md). kNotFound.
Result<Json> CaseJson(const ReviewState& state, std::string_view case_id);

// A decision: {"id","case","kind","status","plan","plan_hash","quorum","signatures",...}.
// kNotFound.
Result<Json> DecisionJson(const ReviewState& state, std::string_view decision);

}  // namespace proviso::review
