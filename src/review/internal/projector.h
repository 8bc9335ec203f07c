#pragma once

#include <string>
#include <string_view>

#include "review/state.h"

namespace proviso::review {

// Applies one event to a state. Lives for one call of ReviewState::Apply. Every step reads and
// checks all that it needs before it changes anything.
class Projector {
 public:
  Projector(ReviewState& state, const RecordedEvent& event) : state_(state), event_(event) {}
  Status Run();

 private:
  Status PassOver();

  // projector_story.cc
  Status ReceiveReport();
  Status JoinReport();
  Status EditClaim();
  Status DropClaim();
  Status ReopenCase();
  Status LinkCase();
  Status DeclareConflict();
  Status AgreeStep();
  Status RecordStep();
  Status OpenHearing();
  Status AnswerHearing();
  Status RenewCode();
  Status AcknowledgeAnswer();
  Status IssueNotice();
  Status ScheduleUpdate();
  Status FileAppeal();
  Status DecideAppeal();
  Status NoteCessation();

  // projector_erasure.cc
  Status ProposeErasure();
  Status WithdrawErasure();
  Status EraseParts();
  Status ForgetKeys();

  // projector.cc
  Status OpenCase();
  Status AddClaim();
  Status Evaluate();
  Status RecordFinding();
  Status RecordAttribution();
  Status CloseCase();
  Status ProposeDecision();
  Status PlanDecision();
  Status WithdrawDecision();
  Status SignDecision();
  Status IssueStatement();
  Status AdoptDecision();
  Status NoteSuperseded(Decision& decision);
  Status CheckSupersedes(const Decision& decision) const;
  Status EndSuperseded(const Decision& by);
  Status LiftInEmergency();
  Status ReviewLift();

  // Who acts takes part; who declared a conflict must not act.
  Status NoteParticipant();
  Status CheckNoConflict() const;
  Status EvaluateSteps(const Json& results);

  tl::unexpected<Error> Damaged(const std::string& why) const;
  // The sealed part `name`, or nullptr when it was erased.
  const Json* Sealed(std::string_view name) const;
  std::string SealedText(std::string_view name) const;
  // A string of the open data; kDataLoss when there is none.
  Result<std::string> Open(std::string_view key) const;

  Result<Case*> TheCase();
  Result<Claim*> TheClaim(const std::string& id);
  Result<Decision*> TheDecision();
  // The same; kDataLoss when it was withdrawn.
  Result<Decision*> TheStandingDecision();
  Result<AgreedStep*> TheStep(const std::string& id);
  Result<Hearing*> TheHearing();
  Result<Date> OpenDate(std::string_view key) const;
  // The decision of the event, when the event speaks of its newest plan.
  Result<Decision*> ThePlannedDecision();
  Status ExpectNext(const std::string& expected, const std::string& found) const;

  ReviewState& state_;
  const RecordedEvent& event_;
};

}  // namespace proviso::review
