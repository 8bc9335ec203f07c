#pragma once

#include <string_view>

#include "base/json.h"
#include "review/state.h"

namespace proviso::review {

// A case, as `case show --json` prints it (docs/formats/case.md); `now` tells what is overdue.
// kNotFound.
Result<Json> CaseJson(const ReviewState& state, std::string_view case_id, Time now);

// A report that came in: what it is, never its text.
Json ReportJson(const ReceivedReport& report);

// A hearing and an appeal with their texts, as in the case, and with the "case" that they are in.
Json HearingJson(const Hearing& hearing, Time now);
Json AppealJson(const Appeal& appeal);

// A decision: {"id","case","kind","status","plan","plan_hash","quorum","signatures",...}.
// `now` tells for how long something of it waits for attention. kNotFound.
Result<Json> DecisionJson(const ReviewState& state, std::string_view decision, Time now);

}  // namespace proviso::review
