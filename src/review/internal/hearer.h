#pragma once

#include <string>
#include <string_view>

#include "enforcement/roster.h"
#include "review/state.h"

namespace proviso::review {

// What is taken of two decisions when a plan was erased and nobody can tell what both restrict.
enum class Untold {
  kBars,   // by a command: in doubt somebody else hears the appeal
  kPasses  // at replay: the plan may have been there when the ruling was allowed
};

// INVARIANT (different people): an appeal is heard by somebody who had no part in what it is
// against. What bars `pseudonym`, as in "who has acted in it"; empty when nothing does. Who heard
// an earlier appeal had a part in that ruling alone: it bars from another appeal against the same
// decision, and from one against a decision that followed from the ruling.
std::string WhatBars(const ReviewState& state, const Appeal& appeal, std::string_view pseudonym,
                     Untold untold);

// The people of the roster who have the role for it, no part and no conflict, for a message.
std::string WhoCouldHear(const ReviewState& state, const Appeal& appeal,
                         const enforcement::Roster& roster);

}  // namespace proviso::review
