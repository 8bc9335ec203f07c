#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "review/state.h"

namespace proviso::disclosure {

enum class Stand {
  kPending,      // not adopted
  kNotYet,       // adopted; nothing of it has begun
  kInForce,      // all that has begun goes on
  kPartlyEnded,  // some of its restrictions have run out, others go on or are to begin
  kEnded,        // all have run out
  kReplaced,     // in force, and another decision restricts the same, at least as strictly
  kLifted,
};
std::string_view StandName(Stand stand);  // "pending", "not_yet", "in_force", ...

// How a decision that restricts stands at a time: what a text about it must say first.
struct Standing {
  Stand stand = Stand::kPending;
  Time at{};  // of kNotYet: when it begins; kReplaced: since when; kEnded, kLifted: when it ended
  // In force, and restricts what this one does or did, or a part of it. nullptr: none.
  const review::Decision* successor = nullptr;

  // Whether anything of it holds at that time.
  bool holds() const {
    return stand == Stand::kInForce || stand == Stand::kPartlyEnded || stand == Stand::kReplaced;
  }
  bool over() const { return stand == Stand::kEnded || stand == Stand::kLifted; }
};

// Not for a lift, which restricts nothing. Absent `now`: the moment of its last change.
Standing StandingOf(const review::ReviewState& state, const review::Decision& decision,
                    std::optional<Time> now);

}  // namespace proviso::disclosure
