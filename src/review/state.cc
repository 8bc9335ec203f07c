#include "review/state.h"

#include <algorithm>

#include "enforcement/roster.h"
#include "review/internal/numbered.h"
#include "review/internal/projector.h"
#include "review/internal/refusal.h"
#include "review/internal/supersession.h"

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

const ReceivedReport* ReviewState::FindReport(std::string_view id) const {
  return FindNumbered(reports_, "report-", id);
}
const AgreedStep* ReviewState::FindStep(std::string_view id) const {
  return FindNumbered(steps_, "step-", id);
}
const Hearing* ReviewState::FindHearing(std::string_view id) const {
  return FindNumbered(hearings_, "hearing-", id);
}
const Appeal* ReviewState::FindAppeal(std::string_view id) const {
  return FindNumbered(appeals_, "appeal-", id);
}
const Erasure* ReviewState::FindErasure(std::string_view id) const {
  return FindNumbered(erasures_, "erasure-", id);
}

const ReceivedReport* ReviewState::FindReportByHash(std::string_view sha256) const {
  const auto found = std::find_if(reports_.begin(), reports_.end(), [&](const auto& report) {
    return !report.sha256.empty() && report.sha256 == sha256;
  });
  return found == reports_.end() ? nullptr : &*found;
}
const Hearing* ReviewState::FindHearingByCode(std::string_view code_sha256) const {
  const auto found = std::find_if(hearings_.begin(), hearings_.end(), [&](const auto& hearing) {
    return !hearing.code_sha256.empty() && hearing.code_sha256 == code_sha256;
  });
  return found == hearings_.end() ? nullptr : &*found;
}
const Decision* ReviewState::FindDecisionByAppealCode(std::string_view code_sha256) const {
  const auto found = std::find_if(decisions_.begin(), decisions_.end(), [&](const auto& decision) {
    return decision.appeal_codes.contains(std::string(code_sha256));
  });
  return found == decisions_.end() ? nullptr : &*found;
}

Status ReviewState::CheckNoConflict(std::string_view case_id, std::string_view pseudonym) const {
  const Case* found = FindCase(case_id);
  if (found == nullptr) return {};
  const auto conflict = found->conflicts.find(std::string(pseudonym));
  if (conflict == found->conflicts.end()) return {};
  return Refuse(ErrorCode::kPermissionDenied,
                "nobody acts on a case in which they declared a conflict",
                {"somebody without a conflict in " + found->id,
                 conflict->first + ", who declared one at " + FormatTime(conflict->second)});
}

int ReviewState::ValidSignatures(const Decision& decision,
                                 const enforcement::Roster& roster) const {
  return static_cast<int>(
      std::ranges::count_if(decision.signatures, [&](const DecisionSignature& signature) {
        const enforcement::Person* person = roster.FindByPseudonym(signature.by);
        return person != nullptr && enforcement::MayPerform(*person, "decision sign").has_value() &&
               !decision.PreparedBy(signature.by) &&
               CheckNoConflict(decision.case_id, signature.by).has_value() &&
               CheckNoConflictIn(*this, decision.supersedes, signature.by).has_value();
      }));
}

const Claim* ReviewState::FindClaimFrom(std::string_view case_id, const ClaimSource& source) const {
  const auto found = std::find_if(claims_.begin(), claims_.end(), [&](const Claim& claim) {
    return claim.case_id == case_id && !claim.dropped() && claim.source &&
           claim.source->report == source.report && claim.source->begin == source.begin &&
           claim.source->end == source.end;
  });
  return found == claims_.end() ? nullptr : &*found;
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
std::string ReviewState::NextReportId() const { return NextNumbered(reports_, "report-"); }
std::string ReviewState::NextStepId() const { return NextNumbered(steps_, "step-"); }
std::string ReviewState::NextHearingId() const { return NextNumbered(hearings_, "hearing-"); }
std::string ReviewState::NextAppealId() const { return NextNumbered(appeals_, "appeal-"); }
std::string ReviewState::NextErasureId() const { return NextNumbered(erasures_, "erasure-"); }
std::string ReviewState::NextUpdateId() const { return "update-" + std::to_string(updates_ + 1); }

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
  const std::vector<const enforcement::Restriction*> in_place = PROVISO_TRY(InForceInPlace());
  std::vector<enforcement::Restriction> in_force;
  in_force.reserve(in_place.size());
  for (const enforcement::Restriction* one : in_place) in_force.push_back(*one);
  return in_force;
}

Result<std::vector<const enforcement::Restriction*>> ReviewState::InForceInPlace() const {
  std::vector<const enforcement::Restriction*> in_force;
  for (const std::string& id : adoptions_) {
    const Decision& decision = *FindDecision(id);
    if (!decision.in_force()) continue;
    if (!decision.restrictions) {
      return Fail(ErrorCode::kDataLoss,
                  "the plan of " + id +
                      ", which is in force, cannot be read here (part `plan` of "
                      "log entry " +
                      std::to_string(decision.planned_index) +
                      "); what it restricts cannot be told: put the part back from a backup, or "
                      "lift that decision first");
    }
    for (const enforcement::Restriction& one : *decision.restrictions) in_force.push_back(&one);
  }
  return in_force;
}

std::vector<std::string> ReviewState::EmergencyLiftsToReview() const {
  std::vector<std::string> ids;
  for (const Decision& decision : decisions_) {
    if (decision.emergency && !decision.emergency->review) ids.push_back(decision.id);
  }
  return ids;
}

}  // namespace proviso::review
