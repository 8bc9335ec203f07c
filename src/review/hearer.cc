// Who may hear an appeal.
#include "review/internal/hearer.h"

#include <algorithm>
#include <set>

namespace proviso::review {
namespace {

constexpr std::size_t kPeopleNamedMax = 10;

// Whether two decisions restrict something in common.
bool Overlap(const Decision& one, const Decision& other, Untold untold) {
  if (!one.restrictions || !other.restrictions) return untold == Untold::kBars;
  std::set<enforcement::Target> targets;
  for (const enforcement::Restriction& restriction : *one.restrictions) {
    targets.insert(restriction.targets.begin(), restriction.targets.end());
  }
  const auto common = [&](const enforcement::Restriction& restriction) {
    return std::any_of(restriction.targets.begin(), restriction.targets.end(),
                       [&](const enforcement::Target& target) { return targets.contains(target); });
  };
  return std::any_of(other.restrictions->begin(), other.restrictions->end(), common);
}

// A ruling that upheld a decision changed nothing. Any other one is followed by what was planned
// after it about the same targets, whenever that was proposed. After it in the log: a clock may go
// wrong.
bool Follows(const ReviewState& state, const Decision& decision, const Appeal& ruling,
             Untold untold) {
  return ruling.outcome != AppealOutcome::kUpheld &&
         decision.planned_index > ruling.decided_index &&
         Overlap(*state.FindDecision(ruling.decision), decision, untold);
}

}  // namespace

std::string WhatBars(const ReviewState& state, const Appeal& appeal, std::string_view pseudonym,
                     Untold untold) {
  const Case& owner = *state.FindCase(appeal.case_id);
  if (owner.participants.contains(std::string(pseudonym))) return "who has acted in it";
  for (const std::string& id : owner.appeals) {
    const Appeal& earlier = *state.FindAppeal(id);
    if (!earlier.outcome || earlier.heard_by != pseudonym) continue;
    if (earlier.decision == appeal.decision) {
      return "who heard " + id + " against the same decision";
    }
    if (Follows(state, *state.FindDecision(appeal.decision), earlier, untold)) {
      return "whose ruling in " + id + " " + appeal.decision + " follows";
    }
  }
  return "";
}

std::string WhoCouldHear(const ReviewState& state, const Appeal& appeal,
                         const enforcement::Roster& roster) {
  std::string people;
  std::size_t count = 0;
  for (const enforcement::Person& person : roster.people) {
    if (!enforcement::MayPerform(person, "appeal decide") ||
        !WhatBars(state, appeal, person.pseudonym, Untold::kBars).empty() ||
        !state.CheckNoConflict(appeal.case_id, person.pseudonym)) {
      continue;
    }
    if (++count <= kPeopleNamedMax) people += (people.empty() ? "" : ", ") + person.Called();
  }
  if (count == 0) return "nobody of the roster could: it needs one more reviewer or decider";
  if (count > kPeopleNamedMax) {
    people += " and " + std::to_string(count - kPeopleNamedMax) + " more";
  }
  return "these of the roster could hear it: " + people;
}

}  // namespace proviso::review
