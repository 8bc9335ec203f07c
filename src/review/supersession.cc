// Decisions that take the place of others.
#include "review/internal/supersession.h"

#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

std::string FoundOf(const Decision& decision) {
  if (decision.kind == DecisionKind::kLift) return decision.id + ", which lifts";
  if (decision.lifted_at) {
    return decision.id + ", lifted at " + FormatTime(*decision.lifted_at) +
           (decision.lifted_by.empty() ? " in an emergency" : " by " + decision.lifted_by);
  }
  if (decision.superseded_at) {
    return decision.id + ", superseded at " + FormatTime(*decision.superseded_at) + " by " +
           decision.superseded_by;
  }
  return decision.id + ", which is " + std::string(StatusName(decision));
}

Status CheckOne(const ReviewState& state, const std::string& id, std::optional<Time> now) {
  constexpr std::string_view kExpected = "an adopted decision in force";
  const Decision* decision = state.FindDecision(id);
  if (decision == nullptr) {
    return Refuse(ErrorCode::kNotFound, "there is no decision " + Quoted(id) + " to supersede",
                  {kExpected, Quoted(id)});
  }
  if (!decision->in_force()) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  "nothing of " + id + " is in force to supersede: propose a decision without it",
                  {kExpected, FoundOf(*decision)});
  }
  if (!decision->restrictions) {
    return Fail(ErrorCode::kDataLoss, "the plan of " + id +
                                          " cannot be read here; what its end gives back "
                                          "cannot be told: lift it first");
  }
  if (!now || !HasRunOut(*decision, *now)) return {};
  return Refuse(ErrorCode::kFailedPrecondition,
                "nothing of " + id + " is in force to supersede: propose a decision without it",
                {kExpected, id + ", whose windows are all over"});
}

}  // namespace

Status CheckSupersedable(const ReviewState& state, const std::vector<std::string>& decisions,
                         std::optional<Time> now) {
  for (const std::string& id : decisions) PROVISO_TRY(CheckOne(state, id, now));
  return {};
}

Status CheckNoConflictIn(const ReviewState& state, const std::vector<std::string>& decisions,
                         std::string_view pseudonym) {
  for (const std::string& id : decisions) {
    const Decision* decision = state.FindDecision(id);
    if (decision != nullptr) PROVISO_TRY(state.CheckNoConflict(decision->case_id, pseudonym));
  }
  return {};
}

bool Succeeds(const ReviewState& state, std::string_view decision, const Decision& earlier) {
  // Each was adopted later than the one before, so this ends.
  for (const Decision* next = &earlier; next != nullptr;
       next = state.FindDecision(next->superseded_by)) {
    if (next->id == decision) return true;
  }
  return false;
}

Json IdsJson(const std::vector<std::string>& decisions) {
  Json list = Json::MakeArray();
  for (const std::string& id : decisions) list.Append(id);
  return list;
}

Result<std::vector<std::string>> SupersededByPlan(const Json& plan) {
  std::vector<std::string> ids;
  if (plan.Find("supersedes") == nullptr) return ids;
  const Json::Array* list = PROVISO_TRY(plan.ArrayAt("supersedes"));
  for (const Json& item : *list) ids.push_back(PROVISO_TRY(item.StringAt("decision")));
  return ids;
}

}  // namespace proviso::review
