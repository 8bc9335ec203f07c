#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "review/state.h"

namespace proviso::review {

// What about a decision, or a promised update, waits for a person to look at it. Nothing is lifted,
// restored or signed because of it.
struct Attention {
  enum class Kind {
    kGroundFallen,        // a newer finding no longer carries what one carried
    kGroundChanged,       // a newer finding has another outcome
    kAttributionChanged,  // a target belongs to another unit by now
    kEmergencyLift,       // one person lifted it, and nobody has reviewed that
    kUpdateOverdue,       // an update that was promised was not given, and its day is over
  };
  Kind kind = Kind::kGroundFallen;
  std::string decision;  // empty of an update
  std::string claim;     // of a ground; this and the next are empty of an emergency lift
  std::string ground;    // what the decision rests on: a finding, or an attribution
  std::string was;       // outcome, or unit
  std::string finding;   // what stands in its place: a finding, or an attribution
  std::string now;       // outcome, or unit
  std::string by;
  Time at;
  bool carried = false;     // a finding about another claim that it rests on still carries it
  bool carries = false;     // what stands in its place still does
  std::string update = {};  // one that is overdue; empty of all else, as its audience
  std::string audience = {};
};
std::string_view KindName(Attention::Kind kind);  // "ground_fallen", ...

// Of all decisions of the case, in their order, and then of its updates. What rests on an erased
// decision file or plan cannot be told, and is not among it; nor what rests on a decision of which
// every window is over at `now`, since a lift would change nothing.
std::vector<Attention> AttentionOf(const ReviewState& state, std::string_view case_id, Time now);

// Each with `text`, a sentence about it, `remedy`, what can be done, and `age_days` until `now`.
Json AttentionJson(const ReviewState& state, std::string_view case_id, Time now);

// True when `finding` gives a reason to restrict: something was found, or a denial was
// contradicted.
bool Carries(const ReviewState& state, const Finding& finding);

}  // namespace proviso::review
