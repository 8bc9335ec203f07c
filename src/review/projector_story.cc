// Projects reports, links, conflicts, steps, hearings, notices and appeals.
#include <utility>

#include "enforcement/plan.h"
#include "review/internal/hearer.h"
#include "review/internal/projector.h"
#include "review/internal/shared_checks.h"

namespace proviso::review {
namespace {

// A member of a sealed part that may have been erased.
std::string TextOf(const Json* part, std::string_view key) {
  return part == nullptr ? std::string() : part->StringOr(key, "");
}

Result<std::vector<std::string>> ChecksOf(const Json* part) {
  if (part == nullptr) return std::vector<std::string>();
  return part->StringsAt("checks");
}

}  // namespace

Result<Date> Projector::OpenDate(std::string_view key) const {
  const std::string text = PROVISO_TRY(Open(key));
  return ParseDate(text);
}

Result<AgreedStep*> Projector::TheStep(const std::string& id) {
  const AgreedStep* found = state_.FindStep(id);
  if (found == nullptr || found->case_id != event_.case_id) {
    return Damaged("there is no step `" + id + "` in case `" + event_.case_id + "`");
  }
  return &state_.steps_[static_cast<std::size_t>(found - state_.steps_.data())];
}

Result<Hearing*> Projector::TheHearing() {
  const std::string id = PROVISO_TRY(Open("hearing"));
  const Hearing* found = state_.FindHearing(id);
  if (found == nullptr || found->case_id != event_.case_id) {
    return Damaged("there is no hearing `" + id + "` in case `" + event_.case_id + "`");
  }
  return &state_.hearings_[static_cast<std::size_t>(found - state_.hearings_.data())];
}

// INVARIANT (design, section 3, "different people"): checked at each replay too.
Status Projector::NoteParticipant() {
  if (event_.case_id.empty() || !event_.actor.starts_with("p-")) return {};
  // Who hears an appeal has a part in that ruling, and not in what else the case decides
  // (hearer.h).
  if (event_.event.type == "appeal.decided") return {};
  Case* owner = PROVISO_TRY(TheCase());
  owner->participants.insert(event_.actor);
  if (!event_.event.type.starts_with("decision.")) return {};
  // Whoever works on what ends a decision has a part in the case of that one too.
  const Decision* decision = state_.FindDecision(event_.event.open.StringOr("decision", ""));
  if (decision == nullptr) return {};
  for (const std::string& id : decision->supersedes) {
    const Case* of = state_.FindCase(state_.FindDecision(id)->case_id);
    state_.cases_[static_cast<std::size_t>(of - state_.cases_.data())].participants.insert(
        event_.actor);
  }
  return {};
}

Status Projector::ReceiveReport() {
  ReceivedReport report;
  report.id = PROVISO_TRY(Open("report"));
  PROVISO_TRY(ExpectNext(state_.NextReportId(), report.id));
  report.kind = PROVISO_TRY(Open("kind"));
  const Json* details = Sealed("details");
  report.sha256 = TextOf(details, "sha256");
  if (details != nullptr && details->Find("document") != nullptr) {
    report.document = *details->Find("document");
  }
  report.from_customer = TextOf(details, "from_customer");
  PROVISO_TRY(CheckFromCustomer(report.kind, report.from_customer));
  report.original_key = TextOf(Sealed("original"), "key");
  report.received_by = event_.actor;
  report.received_at = event_.time;
  report.index = event_.index;
  state_.reports_.push_back(std::move(report));
  return {};
}

Status Projector::JoinReport() {
  Case* owner = PROVISO_TRY(TheCase());
  const std::string id = PROVISO_TRY(Open("report"));
  const ReceivedReport* found = state_.FindReport(id);
  if (found == nullptr) return Damaged("there is no report `" + id + "`");
  state_.reports_[static_cast<std::size_t>(found - state_.reports_.data())].cases.push_back(
      owner->id);
  owner->reports.push_back(id);
  return {};
}

Status Projector::EditClaim() {
  const std::string id = PROVISO_TRY(Open("claim"));
  Claim* claim = PROVISO_TRY(TheClaim(id));
  const Json* details = Sealed("details");
  std::vector<std::string> checks = PROVISO_TRY(ChecksOf(details));
  claim->text = TextOf(details, "text");
  claim->checks = std::move(checks);
  claim->edited_at = event_.time;
  claim->results.clear();
  claim->draft.reset();
  claim->evaluated_at.reset();
  return {};
}

Status Projector::DropClaim() {
  const std::string id = PROVISO_TRY(Open("claim"));
  Claim* claim = PROVISO_TRY(TheClaim(id));
  if (!claim->findings.empty()) return Damaged("claim `" + id + "` has a finding");
  claim->dropped_at = event_.time;
  claim->drop_reason = SealedText("reason");
  return {};
}

Status Projector::ReopenCase() {
  Case* closed = PROVISO_TRY(TheCase());
  if (closed->open()) return Damaged("case `" + closed->id + "` is open");
  Reopening reopening;
  const std::string evidence = PROVISO_TRY(Open("class"));
  reopening.evidence_class = PROVISO_TRY(ParseEvidenceClass(evidence));
  reopening.reason = SealedText("reason");
  reopening.close_reason = std::move(closed->close_reason);
  reopening.by = event_.actor;
  reopening.at = event_.time;
  closed->closed_at.reset();
  closed->close_reason.clear();
  closed->reopenings.push_back(std::move(reopening));
  return {};
}

Status Projector::LinkCase() {
  Case* owner = PROVISO_TRY(TheCase());
  std::string to = PROVISO_TRY(Open("to"));
  if (state_.FindCase(to) == nullptr) return Damaged("there is no case `" + to + "`");
  owner->links.push_back(
      {.to = std::move(to), .reason = SealedText("reason"), .by = event_.actor, .at = event_.time});
  return {};
}

Status Projector::DeclareConflict() {
  Case* owner = PROVISO_TRY(TheCase());
  owner->conflicts.emplace(event_.actor, event_.time);
  return {};
}

Status Projector::AgreeStep() {
  Case* owner = PROVISO_TRY(TheCase());
  AgreedStep step;
  step.id = PROVISO_TRY(Open("step"));
  PROVISO_TRY(ExpectNext(state_.NextStepId(), step.id));
  const Json* details = Sealed("details");
  step.case_id = owner->id;
  step.text = TextOf(details, "text");
  if (details != nullptr) step.due = PROVISO_TRY(ParseDate(TextOf(details, "due")));
  step.checks = PROVISO_TRY(ChecksOf(details));
  step.agreed_by = event_.actor;
  step.agreed_at = event_.time;
  owner->steps.push_back(step.id);
  state_.steps_.push_back(std::move(step));
  return {};
}

Status Projector::RecordStep() {
  const std::string id = PROVISO_TRY(Open("step"));
  AgreedStep* step = PROVISO_TRY(TheStep(id));
  const std::string outcome = PROVISO_TRY(Open("outcome"));
  if (outcome != "met" && outcome != "missed") {
    return Damaged("expected `met` or `missed`, found `" + outcome + "`");
  }
  // That a step can still be met is not asked here: logs of before that rule may hold it.
  PROVISO_TRY(CheckStepRecord(*step, outcome == "met", event_.event.open.StringOr("corrects", "")));
  step->records.push_back({.met = outcome == "met",
                           .reason = SealedText("reason"),
                           .by = event_.actor,
                           .at = event_.time});
  return {};
}

Status Projector::EvaluateSteps(const Json& results) {
  const Json* steps = results.Find("steps");
  if (steps == nullptr || steps->AsArray() == nullptr) return {};
  for (const Json& item : *steps->AsArray()) {
    const std::string id = PROVISO_TRY(item.StringAt("step"));
    AgreedStep* step = PROVISO_TRY(TheStep(id));
    const Json::Array* evaluated = PROVISO_TRY(item.ArrayAt("results"));
    step->results = *evaluated;
    step->evaluated_at = event_.time;
  }
  return {};
}

Status Projector::OpenHearing() {
  Case* owner = PROVISO_TRY(TheCase());
  const Decision* decision = PROVISO_TRY(TheStandingDecision());
  Hearing hearing;
  hearing.id = PROVISO_TRY(Open("hearing"));
  PROVISO_TRY(ExpectNext(state_.NextHearingId(), hearing.id));
  hearing.case_id = owner->id;
  hearing.decision = decision->id;
  hearing.opened_by = event_.actor;
  hearing.opened_at = event_.time;
  if (!decision->plan.IsNull()) {
    hearing.intended = PROVISO_TRY(enforcement::RestrictionsOfPlan(decision->plan, event_.time));
  }
  hearing.until = PROVISO_TRY(OpenDate("until"));
  hearing.notice_sha256 = PROVISO_TRY(Open("notice_sha256"));
  hearing.notice = SealedText("notice");
  hearing.code_sha256 = TextOf(Sealed("code"), "sha256");
  owner->hearings.push_back(hearing.id);
  state_.hearings_.push_back(std::move(hearing));
  return {};
}

Status Projector::AnswerHearing() {
  Hearing* hearing = PROVISO_TRY(TheHearing());
  if (hearing->answered_at) return Damaged(hearing->id + " is answered already");
  hearing->answer = SealedText("answer");
  hearing->answered_notice = event_.event.open.StringOr("notice_sha256", "");
  hearing->answered_by = event_.actor;
  hearing->answered_at = event_.time;
  return {};
}

// The code before is void: it may lie with somebody else. An erased code opens nothing.
Status Projector::RenewCode() {
  const std::string code = TextOf(Sealed("code"), "sha256");
  if (event_.event.open.Find("hearing") != nullptr) {
    Hearing* hearing = PROVISO_TRY(TheHearing());
    PROVISO_TRY(CheckRenewable(*hearing, event_.time));
    hearing->code_sha256 = code;
    return {};
  }
  Decision* decision = PROVISO_TRY(TheDecision());
  PROVISO_TRY(CheckRenewable(*decision, event_.time));
  decision->appeal_codes.clear();
  if (!code.empty()) decision->appeal_codes.insert(code);
  return {};
}

Status Projector::AcknowledgeAnswer() {
  Hearing* hearing = PROVISO_TRY(TheHearing());
  if (!hearing->answered_at) return Damaged(hearing->id + " has no answer");
  hearing->acknowledgement = SealedText("acknowledgement");
  hearing->acknowledgement_sha256 = TextOf(Sealed("details"), "sha256");
  hearing->acknowledged_by = event_.actor;
  hearing->acknowledged_at = event_.time;
  return {};
}

Status Projector::IssueNotice() {
  Case* owner = PROVISO_TRY(TheCase());
  IssuedNotice notice;
  notice.kind = PROVISO_TRY(Open("kind"));
  // That it is about no withdrawn decision is not asked here: logs of before that rule may hold
  // one.
  notice.decision = event_.event.open.StringOr("decision", "");
  notice.audience = event_.event.open.StringOr("audience", "");
  notice.sha256 = TextOf(Sealed("details"), "sha256");
  notice.text = SealedText("text");
  notice.by = event_.actor;
  notice.at = event_.time;
  notice.index = event_.index;
  owner->notices.push_back(std::move(notice));
  return {};
}

Status Projector::ScheduleUpdate() {
  Case* owner = PROVISO_TRY(TheCase());
  ScheduledUpdate update;
  update.id = PROVISO_TRY(Open("update"));
  PROVISO_TRY(ExpectNext(state_.NextUpdateId(), update.id));
  update.audience = PROVISO_TRY(Open("audience"));
  update.due = PROVISO_TRY(OpenDate("due"));
  update.by = event_.actor;
  update.index = event_.index;
  owner->updates.push_back(std::move(update));
  ++state_.updates_;
  return {};
}

Status Projector::FileAppeal() {
  Case* owner = PROVISO_TRY(TheCase());
  const Decision* decision = PROVISO_TRY(TheDecision());
  if (!decision->adopted()) return Damaged(decision->id + " is not adopted");
  Appeal appeal;
  appeal.id = PROVISO_TRY(Open("appeal"));
  PROVISO_TRY(ExpectNext(state_.NextAppealId(), appeal.id));
  appeal.case_id = owner->id;
  appeal.decision = decision->id;
  appeal.text = SealedText("text");
  appeal.filed_at = event_.time;
  owner->appeals.push_back(appeal.id);
  state_.appeals_.push_back(std::move(appeal));
  return {};
}

Status Projector::NoteCessation() {
  Case* owner = PROVISO_TRY(TheCase());
  PROVISO_TRY(TheDecision());
  const Json* result = Sealed("result");
  owner->cessations.push_back(result == nullptr ? Json() : *result);
  return {};
}

Status Projector::DecideAppeal() {
  const Case* owner = PROVISO_TRY(TheCase());
  const std::string id = PROVISO_TRY(Open("appeal"));
  const Appeal* found = state_.FindAppeal(id);
  if (found == nullptr || found->case_id != owner->id) {
    return Damaged("there is no appeal `" + id + "` in case `" + owner->id + "`");
  }
  if (found->outcome) return Damaged("appeal `" + id + "` is decided already");
  // INVARIANT (design, section 3, "different people"), at each replay too.
  if (!WhatBars(state_, *found, event_.actor, Untold::kPasses).empty()) {
    return Damaged(event_.actor + " had a part in " + owner->id + " and cannot hear its appeal");
  }
  const std::string outcome = PROVISO_TRY(Open("outcome"));
  const AppealOutcome parsed = PROVISO_TRY(ParseAppealOutcome(outcome));
  Appeal& appeal = state_.appeals_[static_cast<std::size_t>(found - state_.appeals_.data())];
  appeal.outcome = parsed;
  appeal.reason = SealedText("reason");
  appeal.heard_by = event_.actor;
  appeal.decided_at = event_.time;
  appeal.decided_index = event_.index;
  return {};
}

}  // namespace proviso::review
