#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "review/commands.h"

namespace proviso::review {

// Something that a case may be closed over, and that somebody should know of.
struct LeftOpen {
  std::string id;    // "decision-3", "step-1", "update-2"
  std::string text;  // "a step that is open, due 2026-09-10"
};

// What a case has not ended at `now`, beside what keeps it from being closed at all: proposals,
// agreed steps, scheduled updates; in this order. Empty for a case that does not exist.
std::vector<LeftOpen> LeftOpenBy(const ReviewState& state, std::string_view case_id, Time now);

}  // namespace proviso::review
