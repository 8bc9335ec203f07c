#include "disclosure/internal/standing.h"

#include <algorithm>
#include <array>
#include <map>

namespace proviso::disclosure {
namespace {

using enforcement::Restriction;

bool HasEnded(const Restriction& restriction, Time now) {
  return restriction.until && *restriction.until <= now;
}

// What a decision denies at `now`: each target with its stage and its end.
using Covered = std::map<enforcement::Target, std::vector<const Restriction*>>;

Covered CoveredBy(const review::Decision& decision, Time now) {
  Covered covered;
  for (const Restriction& restriction : *decision.restrictions) {
    if (restriction.from > now || HasEnded(restriction, now)) continue;
    for (const enforcement::Target& target : restriction.targets) {
      covered[target].push_back(&restriction);
    }
  }
  return covered;
}

bool SharesATarget(const review::Decision& decision, const Covered& covered) {
  return std::any_of(decision.restrictions->begin(), decision.restrictions->end(),
                     [&](const Restriction& restriction) {
                       return std::any_of(
                           restriction.targets.begin(), restriction.targets.end(),
                           [&](const auto& target) { return covered.contains(target); });
                     });
}

// True when nothing that `decision` denies from `now` on would be open without it.
bool TakesAllOver(const Covered& covered, const review::Decision& decision, Time now) {
  for (const Restriction& restriction : *decision.restrictions) {
    if (HasEnded(restriction, now)) continue;
    const auto is_wider = [&](const Restriction* other) {
      const bool as_long =
          !other->until || (restriction.until && *restriction.until <= *other->until);
      return as_long && other->stage >= restriction.stage;
    };
    for (const enforcement::Target& target : restriction.targets) {
      const auto found = covered.find(target);
      if (found == covered.end()) return false;
      if (std::none_of(found->second.begin(), found->second.end(), is_wider)) return false;
    }
  }
  return true;
}

void FindSuccessor(const review::ReviewState& state, const review::Decision& decision, Time now,
                   Standing& standing) {
  const review::Case* of = state.FindCase(decision.case_id);
  if (of == nullptr) return;
  for (const std::string& id : of->decisions) {
    const review::Decision& other = *state.FindDecision(id);
    const bool later = other.in_force() && other.restrictions && other.id != decision.id &&
                       other.adopted_index > decision.adopted_index;
    if (!later) continue;
    const Covered covered = CoveredBy(other, now);
    if (!SharesATarget(decision, covered)) continue;
    standing.successor = &other;
    if (standing.holds() && TakesAllOver(covered, decision, now)) {
      standing.stand = Stand::kReplaced;
      standing.at = *other.adopted_at;
    }
  }
}

void JudgeWindows(const std::vector<Restriction>& all, Time now, Standing& standing) {
  const auto ended = static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const Restriction& one) { return HasEnded(one, now); }));
  const bool begun =
      std::any_of(all.begin(), all.end(), [&](const Restriction& one) { return one.from <= now; });
  if (ended == all.size()) {
    standing.stand = Stand::kEnded;
    standing.at = *all.front().until;
    for (const Restriction& one : all) standing.at = std::max(standing.at, *one.until);
  } else if (!begun) {
    standing.stand = Stand::kNotYet;
    standing.at = all.front().from;
    for (const Restriction& one : all) standing.at = std::min(standing.at, one.from);
  } else if (ended > 0) {
    standing.stand = Stand::kPartlyEnded;
  }
}

}  // namespace

std::string_view StandName(Stand stand) {
  constexpr std::array<std::string_view, 7> kNames{
      "pending", "not_yet", "in_force", "partly_ended", "ended", "replaced", "lifted"};
  return kNames[static_cast<std::size_t>(stand)];
}

Standing StandingOf(const review::ReviewState& state, const review::Decision& decision,
                    std::optional<Time> now) {
  Standing standing;
  if (!decision.adopted()) return standing;
  const Time at = now.value_or(decision.lifted_at.value_or(*decision.adopted_at));
  standing.stand = decision.lifted_at ? Stand::kLifted : Stand::kInForce;
  if (decision.lifted_at) standing.at = *decision.lifted_at;
  if (!decision.restrictions || decision.restrictions->empty()) return standing;
  if (!decision.lifted_at) JudgeWindows(*decision.restrictions, at, standing);
  FindSuccessor(state, decision, at, standing);
  return standing;
}

}  // namespace proviso::disclosure
