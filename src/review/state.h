#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/event.h"
#include "enforcement/restriction.h"
#include "review/case.h"
#include "review/erasure.h"

namespace proviso::enforcement {
struct Roster;
}  // namespace proviso::enforcement

namespace proviso::review {

// Which subscription belongs to which unit, as a case has found so far. When a case says it twice,
// the newest unit counts, cited by the first attribution that said so.
struct Attributions {
  std::map<std::string, std::string> ids;    // subscription -> attribution id
  std::map<std::string, std::string> units;  // subscription -> unit id
};

// Reports, cases and all that belongs to them, projected from the log. Only Apply() changes it;
// commands (review/commands.h) read it. Pointers are valid until the next Apply().
class ReviewState {
 public:
  // Ignores events of other rooms. Parts that were erased are taken as empty. kDataLoss when the
  // log says what it must not, such as a claim in a case that does not exist; then nothing changed.
  Status Apply(const RecordedEvent& event);

  const std::vector<Case>& cases() const { return cases_; }  // oldest first; so below
  const std::vector<Claim>& claims() const { return claims_; }
  const std::vector<Finding>& findings() const { return findings_; }
  const std::vector<Attribution>& attributions() const { return attributions_; }
  const std::vector<Decision>& decisions() const { return decisions_; }
  const std::vector<ReceivedReport>& reports() const { return reports_; }
  const std::vector<Erasure>& erasures() const { return erasures_; }
  const std::vector<ForgottenKeys>& forgotten_keys() const { return forgotten_keys_; }

  // nullptr when there is none.
  const Case* FindCase(std::string_view id) const;
  const Claim* FindClaim(std::string_view id) const;
  const Finding* FindFinding(std::string_view id) const;
  const Attribution* FindAttribution(std::string_view id) const;
  const Decision* FindDecision(std::string_view id) const;
  const ReceivedReport* FindReport(std::string_view id) const;
  const ReceivedReport* FindReportByHash(std::string_view sha256) const;
  const AgreedStep* FindStep(std::string_view id) const;
  const Hearing* FindHearing(std::string_view id) const;
  const Hearing* FindHearingByCode(std::string_view code_sha256) const;
  const Appeal* FindAppeal(std::string_view id) const;
  const Erasure* FindErasure(std::string_view id) const;
  const Decision* FindDecisionByAppealCode(std::string_view code_sha256) const;
  // The claim of a case that quotes this place of a report and was not dropped, or nullptr.
  const Claim* FindClaimFrom(std::string_view case_id, const ClaimSource& source) const;
  // The finding that stands for a claim, or nullptr.
  const Finding* CurrentFinding(const Claim& claim) const;

  // The id that the next one gets: counted over the whole log.
  std::string NextCaseId() const;
  std::string NextClaimId() const;
  std::string NextFindingId() const;
  std::string NextAttributionId() const;
  std::string NextDecisionId() const;
  std::string NextReportId() const;
  std::string NextStepId() const;
  std::string NextHearingId() const;
  std::string NextAppealId() const;
  std::string NextUpdateId() const;
  std::string NextErasureId() const;

  Attributions AttributionsOf(std::string_view case_id) const;

  // What every adopted and not lifted decision restricts, in the order of adoption; windows are
  // for the reader to apply. kDataLoss when the plan of such a decision was erased: what it
  // restricts must not be guessed.
  Result<std::vector<enforcement::Restriction>> InForce() const;
  // The same where they lie: valid while nothing is applied.
  Result<std::vector<const enforcement::Restriction*>> InForceInPlace() const;

  // kPermissionDenied when the person declared a conflict of interest in the case.
  Status CheckNoConflict(std::string_view case_id, std::string_view pseudonym) const;

  // How many signatures of the decision's plan count for its adoption: of people who by `roster`
  // may sign still, did not prepare it, and declared no conflict in its case.
  int ValidSignatures(const Decision& decision, const enforcement::Roster& roster) const;

  // Emergency lifts that nobody has reviewed yet: decision ids.
  std::vector<std::string> EmergencyLiftsToReview() const;

 private:
  friend class Projector;  // state.cc
  std::vector<Case> cases_;
  std::vector<Claim> claims_;
  std::vector<Finding> findings_;
  std::vector<Attribution> attributions_;
  std::vector<Decision> decisions_;
  std::vector<ReceivedReport> reports_;
  std::vector<AgreedStep> steps_;
  std::vector<Hearing> hearings_;
  std::vector<Appeal> appeals_;
  std::vector<Erasure> erasures_;
  std::vector<ForgottenKeys> forgotten_keys_;
  std::size_t updates_ = 0;
  std::vector<std::string> adoptions_;  // decision ids, in the order of adoption
};

}  // namespace proviso::review
