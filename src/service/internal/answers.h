#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "delivery/row_counts.h"
#include "service/state.h"

namespace proviso::service {

// What an act made: its id and log index.
Json Made(const std::string& id, std::uint64_t index);

Json RowCountsJson(const delivery::RowCounts& rows);

// Refuses checks that name what does not exist, with the nearest name.
Status ValidateChecks(const State& state, const std::vector<std::string>& texts);

// `case show`: the case with its stories, names, people and timeline.
struct Context;
Result<Json> FullCase(const Context& context, const std::string& case_id);

}  // namespace proviso::service
