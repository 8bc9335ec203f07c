#include "disclosure/internal/standing.h"

#include <algorithm>
#include <array>
#include <map>

#include "disclosure/internal/words.h"

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

bool StopsTheSame(const Restriction& one, const Restriction& other) {
  return (StoppedBy(one) & StoppedBy(other)) != 0;
}

// Whether `other` stops all that `one` stops.
bool StopsAllOf(const Restriction& one, const Restriction& other) {
  return (StoppedBy(one) & ~StoppedBy(other)) == 0;
}

// Whether something that `restriction` stops is stopped by what is covered too.
bool Overlaps(const Restriction& restriction, const Covered& covered) {
  return std::any_of(
      restriction.targets.begin(), restriction.targets.end(), [&](const auto& target) {
        const auto found = covered.find(target);
        return found != covered.end() &&
               std::any_of(found->second.begin(), found->second.end(),
                           [&](const auto* other) { return StopsTheSame(restriction, *other); });
      });
}

// Since when one target of a restriction is covered as strictly and for as long. Absent: it is not.
std::optional<Time> CoveredSince(const Restriction& restriction,
                                 const std::vector<const Restriction*>& by) {
  std::optional<Time> since;
  for (const Restriction* other : by) {
    const bool as_long =
        !other->until || (restriction.until && *restriction.until <= *other->until);
    if (!as_long || !StopsAllOf(restriction, *other)) continue;
    since = since ? std::min(*since, other->from) : other->from;
  }
  return since;
}

// Since when nothing that `decision` denies from `now` on would be open without it. Absent: some of
// it would be.
std::optional<Time> TookAllOver(const Covered& covered, const review::Decision& decision,
                                Time now) {
  Time all{};
  for (const Restriction& restriction : *decision.restrictions) {
    if (HasEnded(restriction, now)) continue;
    for (const enforcement::Target& target : restriction.targets) {
      const auto found = covered.find(target);
      if (found == covered.end()) return std::nullopt;
      const std::optional<Time> since = CoveredSince(restriction, found->second);
      if (!since) return std::nullopt;
      all = std::max(all, *since);
    }
  }
  return all;
}

// The other decisions of its case that are in force, in the order of their adoption, which need not
// be that of their ids.
std::vector<const review::Decision*> OthersInForce(const review::ReviewState& state,
                                                   const review::Decision& decision) {
  std::vector<const review::Decision*> others;
  const review::Case* of = state.FindCase(decision.case_id);
  if (of == nullptr) return others;
  for (const std::string& id : of->decisions) {
    const review::Decision* other = state.FindDecision(id);
    if (other->in_force() && other->restrictions && other->id != decision.id) {
      others.push_back(other);
    }
  }
  std::sort(others.begin(), others.end(),
            [](const auto* a, const auto* b) { return a->adopted_index < b->adopted_index; });
  return others;
}

void FindOthers(const review::ReviewState& state, const review::Decision& decision, Time now,
                Standing& standing) {
  for (const review::Decision* other : OthersInForce(state, decision)) {
    const Covered covered = CoveredBy(*other, now);
    const bool later = other->adopted_index > decision.adopted_index;
    const bool overlaps =
        std::any_of(decision.restrictions->begin(), decision.restrictions->end(),
                    [&](const Restriction& restriction) { return Overlaps(restriction, covered); });
    if (overlaps) standing.overlapping.push_back(other);
    if (later && standing.holds()) {
      if (const std::optional<Time> since = TookAllOver(covered, decision, now)) {
        standing.stand = Stand::kReplaced;
        standing.at = std::max(*since, *other->adopted_at);
        standing.successor = other;
      }
    }
    // What is replaced stays so, though yet another decision restricts a part of it.
    const bool counts = overlaps && (later || standing.over());
    if (counts && standing.stand != Stand::kReplaced) standing.successor = other;
  }
}

void JudgeWindows(const std::vector<Restriction>& all, Time now, Standing& standing) {
  std::size_t ended = 0;
  std::size_t going_on = 0;
  std::optional<Time> end;
  std::optional<Time> begins;
  for (const Restriction& one : all) {
    if (HasEnded(one, now)) {
      ++ended;
      end = end ? std::max(*end, *one.until) : *one.until;
    } else if (one.from <= now) {
      ++going_on;
    } else {
      begins = begins ? std::min(*begins, one.from) : one.from;
    }
  }
  if (ended == all.size()) {
    standing.stand = Stand::kEnded;
    standing.at = *end;
  } else if (ended > 0) {
    standing.stand = Stand::kPartlyEnded;
    if (going_on == 0) standing.resumes = begins;
  } else if (going_on == 0) {
    standing.stand = Stand::kNotYet;
    standing.at = *begins;
  }
}

}  // namespace

std::string_view StandName(Stand stand) {
  constexpr std::array<std::string_view, 8> kNames{"pending",      "not_yet",   "in_force",
                                                   "partly_ended", "ended",     "replaced",
                                                   "lifted",       "superseded"};
  return kNames[static_cast<std::size_t>(stand)];
}

Standing StandingOf(const review::ReviewState& state, const review::Decision& decision,
                    std::optional<Time> now) {
  Standing standing;
  if (!decision.adopted()) return standing;
  const std::optional<Time>& ended = decision.ended_at();
  const Time at = now.value_or(ended.value_or(*decision.adopted_at));
  standing.stand = decision.lifted_at       ? Stand::kLifted
                   : decision.superseded_at ? Stand::kSuperseded
                                            : Stand::kInForce;
  if (ended) standing.at = *ended;
  const review::Decision* by = state.FindDecision(decision.superseded_by);
  if (by != nullptr && by->case_id == decision.case_id) standing.superseded_by = by;
  if (!decision.restrictions || decision.restrictions->empty()) return standing;
  if (ended) {
    standing.begun = std::any_of(decision.restrictions->begin(), decision.restrictions->end(),
                                 [&](const Restriction& one) { return one.from <= *ended; });
  } else {
    JudgeWindows(*decision.restrictions, at, standing);
  }
  FindOthers(state, decision, at, standing);
  return standing;
}

std::string SuccessorInWords(const Standing& standing) {
  return standing.superseded_by == nullptr ? "a later decision" : standing.superseded_by->id;
}

std::string PredecessorsInWords(const review::ReviewState& state,
                                const review::Decision& decision) {
  std::vector<Text> words;
  std::size_t elsewhere = 0;
  for (const std::string& id : decision.supersedes) {
    if (state.FindDecision(id)->case_id == decision.case_id) {
      words.emplace_back(id);
    } else {
      ++elsewhere;
    }
  }
  if (elsewhere == 1) words.emplace_back("an earlier decision");
  if (elsewhere > 1) words.emplace_back(std::to_string(elsewhere) + " earlier decisions");
  return words.empty() ? "" : Listed(words).Plain();
}

Json PredecessorsJson(const review::ReviewState& state, const review::Decision& decision) {
  Json ids = Json::MakeArray();
  for (const std::string& id : decision.supersedes) {
    if (state.FindDecision(id)->case_id == decision.case_id) ids.Append(id);
  }
  return ids;
}

std::string OverlapInWords(const Standing& standing) {
  if (standing.overlapping.empty()) return "";
  std::vector<Text> ids;
  for (const review::Decision* other : standing.overlapping) ids.emplace_back(other->id);
  return Listed(ids).Plain() + (ids.size() == 1 ? " restricts" : " restrict") +
         " the same, or a part of it";
}

std::string OpensInWords(const Standing& standing) {
  if (!standing.begun) return "Nothing of it had begun";
  const std::string others = OverlapInWords(standing);
  return "What it stopped works again as before where no other decision restricts it" +
         (others.empty() ? "" : "; " + others);
}

}  // namespace proviso::disclosure
