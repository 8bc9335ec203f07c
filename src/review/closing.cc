// Closing a case: what must have ended by then, and what it leaves open.
#include "review/closing.h"

#include <algorithm>

#include "review/internal/day.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

Status CheckClaimsEnded(const ReviewState& state, const Case& closed) {
  for (const std::string& id : closed.claims) {
    const Claim& claim = *state.FindClaim(id);
    if (claim.dropped() || !claim.findings.empty()) continue;
    return Refuse(ErrorCode::kFailedPrecondition, "a case closes when each claim has ended",
                  {"a finding for " + id,
                   "none; `undeterminable` and `records_missing` are "
                   "findings too"});
  }
  return {};
}

Status CheckDecisionsEnded(const ReviewState& state, const Case& closed) {
  for (const std::string& id : closed.decisions) {
    const Decision& decision = *state.FindDecision(id);
    if (decision.emergency && !decision.emergency->review) {
      return Refuse(ErrorCode::kFailedPrecondition,
                    "a case closes when its emergency lifts are reviewed: proviso decision "
                    "review " +
                        id,
                    {"a review of the lift of " + id + " by somebody else", "none"});
    }
    if (decision.kind != DecisionKind::kInterim || !decision.in_force()) continue;
    return Refuse(ErrorCode::kFailedPrecondition, "an interim decision needs an open case",
                  {id + " lifted first", "it in force"});
  }
  return {};
}

// A hearing about a proposal that was withdrawn has nothing left to hear about.
Status CheckHearingsEnded(const ReviewState& state, const Case& closed, Time now) {
  for (const std::string& id : closed.hearings) {
    const Hearing& hearing = *state.FindHearing(id);
    if (hearing.Concluded(now) || state.FindDecision(hearing.decision)->withdrawal) continue;
    const std::string remedy =
        hearing.answered_at ? "acknowledge the answer: proviso hearing acknowledge " + id
                            : "wait for the answer, or withdraw the proposal: proviso decision "
                              "withdraw " +
                                  hearing.decision;
    return Refuse(
        ErrorCode::kFailedPrecondition, "a case closes when its hearings are over; " + remedy,
        {id + " concluded or its proposal withdrawn",
         "it " + std::string(StatusName(hearing, now)) + " until " + FormatDate(hearing.until)});
  }
  return {};
}

Status CheckAppealsEnded(const ReviewState& state, const Case& closed) {
  for (const std::string& id : closed.appeals) {
    if (state.FindAppeal(id)->outcome) continue;
    return Refuse(ErrorCode::kFailedPrecondition, "a case closes when its appeals are decided",
                  {"an outcome of " + id, "none"});
  }
  return {};
}

}  // namespace

Result<Event> Handle(const ReviewState& state, const CloseCase& command, Actor actor, Moment now) {
  PROVISO_TRY(CheckPerson(actor, "close a case"));
  const Case* closed = PROVISO_TRY(FindOpenCase(state, command.case_id));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  PROVISO_TRY(CheckClaimsEnded(state, *closed));
  PROVISO_TRY(CheckDecisionsEnded(state, *closed));
  PROVISO_TRY(CheckHearingsEnded(state, *closed, now.at));
  PROVISO_TRY(CheckAppealsEnded(state, *closed));
  return Event{.type = "case.closed",
               .open = Json::MakeObject(),
               .sealed = {{"reason", Json(command.reason)}}};
}

std::vector<LeftOpen> LeftOpenBy(const ReviewState& state, std::string_view case_id, Time now) {
  std::vector<LeftOpen> left;
  const Case* closed = state.FindCase(case_id);
  if (closed == nullptr) return left;
  for (const std::string& id : closed->decisions) {
    const Decision& decision = *state.FindDecision(id);
    if (decision.adopted() || decision.withdrawal) continue;
    left.push_back({id, "a proposal that was neither adopted nor withdrawn"});
  }
  for (const std::string& id : closed->steps) {
    const AgreedStep& step = *state.FindStep(id);
    if (!step.records.empty()) continue;
    left.push_back({id, "a step that is " + std::string(StatusName(step, now)) + ", due " +
                            FormatDate(step.due)});
  }
  for (const ScheduledUpdate& update : closed->updates) {
    if (WasGiven(*closed, update)) continue;
    left.push_back({update.id, "an update for " + update.audience + " that was not given, due " +
                                   FormatDate(update.due)});
  }
  return left;
}

}  // namespace proviso::review
