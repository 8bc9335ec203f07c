#include "review/state.h"

#include "review/internal/numbered.h"
#include "review/internal/projector.h"

namespace proviso::review {

Status ReviewState::Apply(const RecordedEvent& event) { return Projector(*this, event).Run(); }

const Case* ReviewState::FindCase(std::string_view id) const {
  return FindNumbered(cases_, "case-", id);
}
const Claim* ReviewState::FindClaim(std::string_view id) const {
  return FindNumbered(claims_, "claim-", id);
}
const Finding* ReviewState::FindFinding(std::string_view id) const {
  return FindNumbered(findings_, "finding-", id);
}
const Attribution* ReviewState::FindAttribution(std::string_view id) const {
  return FindNumbered(attributions_, "attribution-", id);
}
const Decision* ReviewState::FindDecision(std::string_view id) const {
  return FindNumbered(decisions_, "decision-", id);
}

const Finding* ReviewState::CurrentFinding(const Claim& claim) const {
  return claim.findings.empty() ? nullptr : FindFinding(claim.findings.back());
}

std::string ReviewState::NextCaseId() const { return NextNumbered(cases_, "case-"); }
std::string ReviewState::NextClaimId() const { return NextNumbered(claims_, "claim-"); }
std::string ReviewState::NextFindingId() const { return NextNumbered(findings_, "finding-"); }
std::string ReviewState::NextAttributionId() const {
  return NextNumbered(attributions_, "attribution-");
}
std::string ReviewState::NextDecisionId() const { return NextNumbered(decisions_, "decision-"); }

Attributions ReviewState::AttributionsOf(std::string_view case_id) const {
  Attributions result;
  const Case* found = FindCase(case_id);
  if (found == nullptr) return result;
  for (const std::string& id : found->attributions) {
    const Attribution& attribution = *FindAttribution(id);
    if (attribution.subscription.empty()) continue;  // erased
    std::string& unit = result.units[attribution.subscription];
    if (unit == attribution.unit) continue;
    unit = attribution.unit;
    result.ids[attribution.subscription] = id;
  }
  return result;
}

Result<std::vector<enforcement::Restriction>> ReviewState::InForce() const {
  std::vector<enforcement::Restriction> in_force;
  for (const std::string& id : adoptions_) {
    const Decision& decision = *FindDecision(id);
    if (!decision.in_force()) continue;
    if (!decision.restrictions) {
      return Fail(ErrorCode::kDataLoss, "the plan of " + id +
                                            ", which is in force, was erased; what it restricts "
                                            "cannot be told: lift it first");
    }
    in_force.insert(in_force.end(), decision.restrictions->begin(), decision.restrictions->end());
  }
  return in_force;
}

std::vector<std::string> ReviewState::EmergencyLiftsToReview() const {
  std::vector<std::string> ids;
  for (const Decision& decision : decisions_) {
    if (decision.emergency) ids.push_back(decision.id);
  }
  return ids;
}

}  // namespace proviso::review
