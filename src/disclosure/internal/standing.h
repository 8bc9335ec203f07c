#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  kSuperseded,  // another decision took its place, and ended it
};
std::string_view StandName(Stand stand);  // "pending", "not_yet", "in_force", ...

// How a decision that restricts stands at a time: what a text about it must say first.
struct Standing {
  Stand stand = Stand::kPending;
  Time at{};  // of kNotYet: when it begins; kReplaced: since when; else of what is over: when it
              // ended
  std::optional<Time> resumes;  // of kPartlyEnded: nothing goes on, and the rest begins then
  bool begun = true;            // of kLifted, kSuperseded: whether anything of it began before
  // Of kReplaced, the decision that took all over; else the newest of `overlapping` that is later
  // than this one or outlived it. nullptr: none.
  const review::Decision* successor = nullptr;
  // Of kSuperseded, the decision that took its place, where that is of the same case.
  const review::Decision* superseded_by = nullptr;
  // Those of the case that are in force, and stop something of what this one stops or stopped; in
  // the order of their adoption.
  std::vector<const review::Decision*> overlapping;

  // Whether anything of it holds at that time.
  bool holds() const {
    return stand == Stand::kInForce || stand == Stand::kReplaced ||
           (stand == Stand::kPartlyEnded && !resumes);
  }
  bool over() const {
    return stand == Stand::kEnded || stand == Stand::kLifted || stand == Stand::kSuperseded;
  }
};

// Not for a lift, which restricts nothing. Absent `now`: the moment of its last change.
Standing StandingOf(const review::ReviewState& state, const review::Decision& decision,
                    std::optional<Time> now);

// "decision-2", or "a later decision" where that is of another case.
std::string SuccessorInWords(const Standing& standing);
// What the decision takes, or took, the place of: "decision-1 and decision-2", or "decision-1 and
// an earlier decision" where one is of another case. Empty: of nothing.
std::string PredecessorsInWords(const review::ReviewState& state, const review::Decision& decision);
// The ids of those of its own case.
Json PredecessorsJson(const review::ReviewState& state, const review::Decision& decision);
// "decision-1 and decision-3 restrict the same, or a part of it"; empty when nothing overlaps.
std::string OverlapInWords(const Standing& standing);
// What a lift opens, as a sentence without its end. Decisions of other cases are not named, for who
// reads about one case need not learn of another.
std::string OpensInWords(const Standing& standing);

}  // namespace proviso::disclosure
