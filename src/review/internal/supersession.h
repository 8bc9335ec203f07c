#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "review/state.h"

namespace proviso::review {

// Why one of these decisions cannot be superseded: it does not exist, is a lift, was never adopted,
// or has ended. With `now`, also when its windows are all over. kDataLoss where its plan was
// erased: what its end would give back cannot be told.
Status CheckSupersedable(const ReviewState& state, const std::vector<std::string>& decisions,
                         std::optional<Time> now);

// Whoever ends a decision acts on its case too: kPermissionDenied when the person declared a
// conflict in the case of one of these.
Status CheckNoConflictIn(const ReviewState& state, const std::vector<std::string>& decisions,
                         std::string_view pseudonym);

// Whether `decision` is `earlier`, or took its place, or that of one that did.
bool Succeeds(const ReviewState& state, std::string_view decision, const Decision& earlier);

// ["decision-1","decision-2"]
Json IdsJson(const std::vector<std::string>& decisions);

// The ids of a plan's `supersedes`; none where it has none.
Result<std::vector<std::string>> SupersededByPlan(const Json& plan);

}  // namespace proviso::review
