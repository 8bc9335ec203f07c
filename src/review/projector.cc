#include "review/internal/projector.h"

#include <array>
#include <utility>

#include "enforcement/plan.h"
#include "review/internal/lift_review.h"
#include "review/internal/shared_checks.h"
#include "review/internal/supersession.h"

namespace proviso::review {
namespace {

// The members of a sealed part that may have been erased.
std::string TextOf(const Json* part, std::string_view key) {
  return part == nullptr ? std::string() : part->StringOr(key, "");
}

Result<std::vector<std::string>> StringsOf(const Json* part, std::string_view key) {
  if (part == nullptr) return std::vector<std::string>();
  return part->StringsAt(key);
}

}  // namespace

Status Projector::Run() {
  using Step = Status (Projector::*)();
  static constexpr std::array<std::pair<std::string_view, Step>, 36> kSteps{{
      {"report.received", &Projector::ReceiveReport},
      {"report.joined", &Projector::JoinReport},
      {"claim.edited", &Projector::EditClaim},
      {"claim.dropped", &Projector::DropClaim},
      {"case.reopened", &Projector::ReopenCase},
      {"case.linked", &Projector::LinkCase},
      {"conflict.declared", &Projector::DeclareConflict},
      {"step.agreed", &Projector::AgreeStep},
      {"step.recorded", &Projector::RecordStep},
      {"hearing.opened", &Projector::OpenHearing},
      {"hearing.answered", &Projector::AnswerHearing},
      {"code.renewed", &Projector::RenewCode},
      {"hearing.acknowledged", &Projector::AcknowledgeAnswer},
      {"notice.issued", &Projector::IssueNotice},
      {"update.scheduled", &Projector::ScheduleUpdate},
      {"appeal.filed", &Projector::FileAppeal},
      {"appeal.decided", &Projector::DecideAppeal},
      {"cessation.checked", &Projector::NoteCessation},
      {"case.opened", &Projector::OpenCase},
      {"claim.added", &Projector::AddClaim},
      {"case.evaluated", &Projector::Evaluate},
      {"finding.recorded", &Projector::RecordFinding},
      {"attribution.recorded", &Projector::RecordAttribution},
      {"case.closed", &Projector::CloseCase},
      {"decision.proposed", &Projector::ProposeDecision},
      {"decision.planned", &Projector::PlanDecision},
      {"decision.withdrawn", &Projector::WithdrawDecision},
      {"decision.signed", &Projector::SignDecision},
      {"statement.issued", &Projector::IssueStatement},
      {"decision.adopted", &Projector::AdoptDecision},
      {"decision.lifted_in_emergency", &Projector::LiftInEmergency},
      {"decision.lift_reviewed", &Projector::ReviewLift},
      {"erasure.proposed", &Projector::ProposeErasure},
      {"erasure.withdrawn", &Projector::WithdrawErasure},
      {"part.erased", &Projector::EraseParts},
      {"keys.forgotten", &Projector::ForgetKeys},
  }};
  for (const auto& [type, step] : kSteps) {
    if (event_.event.type != type) continue;
    PROVISO_TRY(CheckNoConflict());
    Status applied = (this->*step)();
    if (applied) applied = NoteParticipant();
    if (applied || applied.error().code() == ErrorCode::kDataLoss) return applied;
    return Damaged(applied.error().message());
  }
  return PassOver();
}

// What projects into nothing: events that belong to no case, readings, and what a later version
// wrote (docs/formats/events.md). The rules about people hold for it all the same.
Status Projector::PassOver() {
  if (state_.FindCase(event_.case_id) == nullptr) return {};
  PROVISO_TRY(CheckNoConflict());
  const std::string& type = event_.event.type;
  return type == "record.read" || type == "part.disclosed" ? Status() : NoteParticipant();
}

// INVARIANT: nobody acts on a case in which they declared a conflict; at each replay too.
Status Projector::CheckNoConflict() const {
  const Status allowed = state_.CheckNoConflict(event_.case_id, event_.actor);
  if (allowed || event_.event.type == "conflict.declared") return {};
  return Damaged(allowed.error().message());
}

tl::unexpected<Error> Projector::Damaged(const std::string& why) const {
  return Fail(ErrorCode::kDataLoss,
              "log entry " + std::to_string(event_.index) + " (" + event_.event.type + "): " + why);
}

const Json* Projector::Sealed(std::string_view name) const {
  const auto found = event_.event.sealed.find(std::string(name));
  return found == event_.event.sealed.end() ? nullptr : &found->second;
}

std::string Projector::SealedText(std::string_view name) const {
  const Json* part = Sealed(name);
  return part == nullptr || part->AsString() == nullptr ? std::string() : *part->AsString();
}

Result<std::string> Projector::Open(std::string_view key) const {
  return event_.event.open.StringAt(key);
}

Status Projector::ExpectNext(const std::string& expected, const std::string& found) const {
  if (expected == found) return {};
  return Damaged("expected the id `" + expected + "`, found `" + found + "`");
}

Result<Case*> Projector::TheCase() {
  const Case* found = state_.FindCase(event_.case_id);
  if (found == nullptr) return Damaged("there is no case `" + event_.case_id + "`");
  return &state_.cases_[static_cast<std::size_t>(found - state_.cases_.data())];
}

Result<Claim*> Projector::TheClaim(const std::string& id) {
  const Claim* found = state_.FindClaim(id);
  if (found == nullptr || found->case_id != event_.case_id) {
    return Damaged("there is no claim `" + id + "` in case `" + event_.case_id + "`");
  }
  return &state_.claims_[static_cast<std::size_t>(found - state_.claims_.data())];
}

Result<Decision*> Projector::TheDecision() {
  const std::string id = PROVISO_TRY(Open("decision"));
  const Decision* found = state_.FindDecision(id);
  if (found == nullptr || found->case_id != event_.case_id) {
    return Damaged("there is no decision `" + id + "` in case `" + event_.case_id + "`");
  }
  return &state_.decisions_[static_cast<std::size_t>(found - state_.decisions_.data())];
}

Result<Decision*> Projector::TheStandingDecision() {
  Decision* decision = PROVISO_TRY(TheDecision());
  if (decision->withdrawal) return Damaged(decision->id + " was withdrawn");
  return decision;
}

Result<Decision*> Projector::ThePlannedDecision() {
  Decision* decision = PROVISO_TRY(TheStandingDecision());
  const std::string hash = PROVISO_TRY(Open("plan_hash"));
  if (decision->plan_hash.empty() || decision->plan_hash != hash) {
    return Damaged("expected the hash of the newest plan of " + decision->id + ", `" +
                   decision->plan_hash + "`, found `" + hash + "`");
  }
  if (decision->adopted()) return Damaged(decision->id + " is adopted already");
  return decision;
}

Status Projector::OpenCase() {
  PROVISO_TRY(ExpectNext(state_.NextCaseId(), event_.case_id));
  Case opened;
  opened.id = event_.case_id;
  opened.title = TextOf(Sealed("details"), "title");
  opened.opened_by = event_.actor;
  opened.opened_at = event_.time;
  state_.cases_.push_back(std::move(opened));
  return {};
}

Status Projector::AddClaim() {
  Case* owner = PROVISO_TRY(TheCase());
  const Json* details = Sealed("details");
  Claim claim;
  claim.id = PROVISO_TRY(Open("claim"));
  PROVISO_TRY(ExpectNext(state_.NextClaimId(), claim.id));
  claim.case_id = event_.case_id;
  claim.text = TextOf(details, "text");
  claim.checks = PROVISO_TRY(StringsOf(details, "checks"));
  claim.denial = details != nullptr && details->BoolOr("denial", false);
  claim.added_by = event_.actor;
  if (const Json* source = details == nullptr ? nullptr : details->Find("source")) {
    claim.source =
        ClaimSource{.report = source->StringOr("report", ""),
                    .begin = source->IntegerOr("begin", 0),
                    .end = source->IntegerOr("end", 0),
                    .quote = source->StringOr("quote", ""),
                    .about = source->Find("about") == nullptr ? Json() : *source->Find("about")};
  }
  // That a place of a report is one claim of a case is not asked here: logs of before that rule may
  // hold it twice.
  owner->claims.push_back(claim.id);
  state_.claims_.push_back(std::move(claim));
  return {};
}

Status Projector::Evaluate() {
  PROVISO_TRY(TheCase());
  const Json* results = Sealed("results");
  if (results == nullptr) {  // erased: earlier results stay what is known
    for (Claim& claim : state_.claims_) {
      if (claim.case_id == event_.case_id) claim.draft_untold = true;
    }
    return {};
  }
  struct Evaluated {
    Claim* claim;
    std::vector<Json> results;
    std::optional<checks::Outcome> draft;
  };
  std::vector<Evaluated> evaluated;
  for (const Json& item : *PROVISO_TRY(results->ArrayAt("claims"))) {
    const std::string id = PROVISO_TRY(item.StringAt("claim"));
    Claim* claim = PROVISO_TRY(TheClaim(id));
    const Json::Array* found = PROVISO_TRY(item.ArrayAt("results"));
    Evaluated next{claim, *found, {}};
    const std::string draft = item.StringOr("draft", "");
    if (!draft.empty()) next.draft = PROVISO_TRY(checks::ParseOutcome(draft));
    evaluated.push_back(std::move(next));
  }
  for (Evaluated& next : evaluated) {
    next.claim->results = std::move(next.results);
    next.claim->draft = next.draft;
    next.claim->draft_untold = false;
    next.claim->evaluated_at = event_.time;
  }
  return EvaluateSteps(*results);
}

Status Projector::RecordFinding() {
  PROVISO_TRY(TheCase());
  const std::string claim_id = PROVISO_TRY(Open("claim"));
  Claim* claim = PROVISO_TRY(TheClaim(claim_id));
  Finding finding;
  finding.id = PROVISO_TRY(Open("finding"));
  PROVISO_TRY(ExpectNext(state_.NextFindingId(), finding.id));
  finding.claim = claim_id;
  const std::string outcome = PROVISO_TRY(Open("outcome"));
  finding.outcome = PROVISO_TRY(checks::ParseOutcome(outcome));
  finding.reason = SealedText("reason");
  if (const std::string drafted = event_.event.open.StringOr("drafted", ""); !drafted.empty()) {
    finding.drafted = PROVISO_TRY(checks::ParseOutcome(drafted));
  }
  PROVISO_TRY(CheckDrafted(*claim, event_.event.open.Find("drafted"), finding.drafted));
  finding.against_draft = SealedText("against_draft");
  finding.by = event_.actor;
  finding.at = event_.time;
  if (const Json* results = Sealed("results")) {
    finding.results = PROVISO_TRY(Json::Of({{"results", *results}}).StringsAt("results"));
  }
  claim->findings.push_back(finding.id);
  state_.findings_.push_back(std::move(finding));
  return {};
}

Status Projector::RecordAttribution() {
  Case* owner = PROVISO_TRY(TheCase());
  Attribution attribution;
  attribution.id = PROVISO_TRY(Open("attribution"));
  PROVISO_TRY(ExpectNext(state_.NextAttributionId(), attribution.id));
  const std::string evidence_class = PROVISO_TRY(Open("class"));
  attribution.evidence_class = PROVISO_TRY(ParseEvidenceClass(evidence_class));
  const Json* details = Sealed("details");
  attribution.case_id = event_.case_id;
  attribution.subscription = TextOf(details, "subscription");
  attribution.unit = TextOf(details, "unit");
  attribution.reason = TextOf(details, "reason");
  attribution.by = event_.actor;
  attribution.at = event_.time;
  owner->attributions.push_back(attribution.id);
  state_.attributions_.push_back(std::move(attribution));
  return {};
}

Status Projector::CloseCase() {
  Case* closed = PROVISO_TRY(TheCase());
  if (!closed->open()) return Damaged("case `" + closed->id + "` is closed already");
  closed->closed_at = event_.time;
  closed->close_reason = SealedText("reason");
  return {};
}

Status Projector::ProposeDecision() {
  Case* owner = PROVISO_TRY(TheCase());
  Decision decision;
  decision.id = PROVISO_TRY(Open("decision"));
  PROVISO_TRY(ExpectNext(state_.NextDecisionId(), decision.id));
  const std::string kind = PROVISO_TRY(Open("kind"));
  decision.kind = PROVISO_TRY(ParseDecisionKind(kind));
  decision.case_id = event_.case_id;
  decision.proposed_by = event_.actor;
  decision.proposed_at = event_.time;
  const Json* details = Sealed("details");
  if (decision.kind == DecisionKind::kLift) {
    decision.lifts = PROVISO_TRY(Open("lifts"));
    const Decision* lifted = state_.FindDecision(decision.lifts);
    if (lifted == nullptr || lifted->case_id != event_.case_id) {
      return Damaged("there is no decision `" + decision.lifts + "` to lift in this case");
    }
    decision.reason = TextOf(details, "reason");
    decision.appeal = event_.event.open.StringOr("appeal", "");
    const Appeal* appeal = state_.FindAppeal(decision.appeal);
    if (appeal == nullptr && !decision.appeal.empty()) {
      return Damaged("there is no appeal `" + decision.appeal + "`");
    }
    if (appeal != nullptr) {
      state_.appeals_[static_cast<std::size_t>(appeal - state_.appeals_.data())].lift = decision.id;
    }
  } else if (details != nullptr && details->Find("file") != nullptr) {
    decision.file = *details->Find("file");
  }
  PROVISO_TRY(NoteSuperseded(decision));
  owner->decisions.push_back(decision.id);
  state_.decisions_.push_back(std::move(decision));
  return {};
}

// What a decision is to supersede, and that its file, where it was not erased, says the same.
Status Projector::NoteSuperseded(Decision& decision) {
  decision.supersedes = PROVISO_TRY(event_.event.open.StringsAt("supersedes"));
  const std::vector<std::string> asked = PROVISO_TRY(decision.file.StringsAt("supersedes"));
  if (!decision.file.IsNull() && asked != decision.supersedes) {
    return Damaged("its file supersedes something else");
  }
  for (const std::string& id : decision.supersedes) {
    const Decision* superseded = state_.FindDecision(id);
    if (superseded == nullptr || !superseded->adopted() ||
        superseded->kind == DecisionKind::kLift || decision.kind == DecisionKind::kLift) {
      return Damaged("there is no decision `" + id + "` for it to supersede");
    }
  }
  return CheckSupersedes(decision);
}

// INVARIANT: whoever ends a decision acts on its case too, at each replay.
Status Projector::CheckSupersedes(const Decision& decision) const {
  const std::vector<std::string> said = PROVISO_TRY(event_.event.open.StringsAt("supersedes"));
  if (said != decision.supersedes) return Damaged("it supersedes other decisions than it says");
  const Status allowed = CheckNoConflictIn(state_, decision.supersedes, event_.actor);
  return allowed ? Status() : Damaged(allowed.error().message());
}

Status Projector::PlanDecision() {
  Decision* decision = PROVISO_TRY(TheStandingDecision());
  PROVISO_TRY(CheckSupersedes(*decision));
  if (decision->adopted()) return Damaged(decision->id + " is adopted already");
  const std::string hash = PROVISO_TRY(Open("plan_hash"));
  const std::string terms = PROVISO_TRY(Open("terms"));
  const std::int64_t quorum = PROVISO_TRY(event_.event.open.IntegerAt("quorum"));
  if (quorum < terms::Quorum::kFloor || quorum > 1000) {
    return Damaged("expected a quorum of 2 to 1000, found " + std::to_string(quorum));
  }
  const Json* plan = Sealed("plan");
  if (hash.empty() || (plan != nullptr && crypto::Sha256(plan->Canonical()).Hex() != hash)) {
    return Damaged("the plan does not have the hash `" + hash + "`");
  }
  if (plan != nullptr && PROVISO_TRY(SupersededByPlan(*plan)) != decision->supersedes) {
    return Damaged("the plan supersedes something else");
  }
  decision->planned_by.insert(event_.actor);
  decision->planned_index = event_.index;
  decision->plan_hash = hash;
  decision->plan = plan == nullptr ? Json() : *plan;
  decision->quorum = static_cast<int>(quorum);
  decision->terms = terms;
  decision->signatures.clear();
  decision->statement.clear();
  decision->statement_sha256.clear();
  decision->statement_at.reset();
  decision->appeal_codes.clear();
  return {};
}

Status Projector::WithdrawDecision() {
  Decision* decision = PROVISO_TRY(TheStandingDecision());
  if (decision->adopted()) return Damaged(decision->id + " is adopted already");
  decision->withdrawal =
      Withdrawal{.by = event_.actor, .at = event_.time, .reason = SealedText("reason")};
  // A won appeal is carried out by the newest lift that is still pursued, or waits for another.
  for (Appeal& appeal : state_.appeals_) {
    if (appeal.lift != decision->id) continue;
    appeal.lift.clear();
    for (const Decision& lift : state_.decisions_) {
      if (lift.appeal == appeal.id && !lift.withdrawal) appeal.lift = lift.id;
    }
  }
  return {};
}

Status Projector::SignDecision() {
  Decision* decision = PROVISO_TRY(ThePlannedDecision());
  if (decision->SignedBy(event_.actor)) {
    return Damaged(event_.actor + " has signed " + decision->id + " already");
  }
  if (decision->PreparedBy(event_.actor)) {
    return Damaged(event_.actor + " prepared " + decision->id + " and cannot sign it");
  }
  if (const Status allowed = CheckNoConflictIn(state_, decision->supersedes, event_.actor);
      !allowed) {
    return Damaged(allowed.error().message());
  }
  decision->signatures.push_back(
      {.by = event_.actor, .at = event_.time, .index = event_.index, .act = event_.act});
  return {};
}

Status Projector::IssueStatement() {
  Decision* decision = PROVISO_TRY(ThePlannedDecision());
  const std::string hash = PROVISO_TRY(Open("statement_sha256"));
  decision->statement = SealedText("statement");
  decision->statement_sha256 = hash;
  decision->statement_at = event_.time;
  // An earlier letter keeps its code: it may be the one that was read.
  const std::string code = TextOf(Sealed("appeal_code"), "sha256");
  if (!code.empty()) decision->appeal_codes.insert(code);
  return {};
}

// What the decision supersedes ends at this very moment.
Status Projector::EndSuperseded(const Decision& by) {
  for (const std::string& id : by.supersedes) {
    const Decision* found = state_.FindDecision(id);
    Decision& ended = state_.decisions_[static_cast<std::size_t>(found - state_.decisions_.data())];
    if (!ended.in_force()) return Damaged(id + " is not in force");
    ended.superseded_at = event_.time;
    ended.superseded_by = by.id;
  }
  return {};
}

Status Projector::AdoptDecision() {
  Decision* decision = PROVISO_TRY(ThePlannedDecision());
  PROVISO_TRY(CheckSupersedes(*decision));
  if (decision->signatures.size() < static_cast<std::size_t>(decision->quorum)) {
    return Damaged("expected " + std::to_string(decision->quorum) + " signatures of " +
                   decision->id + ", found " + std::to_string(decision->signatures.size()));
  }
  Decision* lifted = nullptr;
  if (decision->kind == DecisionKind::kLift) {
    const Decision* target = state_.FindDecision(decision->lifts);
    lifted = &state_.decisions_[static_cast<std::size_t>(target - state_.decisions_.data())];
    if (!lifted->in_force()) return Damaged(lifted->id + " is not in force");
  } else if (decision->statement_sha256.empty()) {
    return Damaged("no statement was issued for the plan of " + decision->id);
  } else if (!decision->plan.IsNull()) {
    decision->restrictions =
        PROVISO_TRY(enforcement::RestrictionsOfPlan(decision->plan, event_.time));
    for (enforcement::Restriction& restriction : *decision->restrictions) {
      restriction.of_case = decision->case_id;
    }
  }
  PROVISO_TRY(EndSuperseded(*decision));
  decision->adopted_by = event_.actor;
  decision->adopted_at = event_.time;
  decision->adopted_index = event_.index;
  state_.adoptions_.push_back(decision->id);
  if (lifted == nullptr) return {};
  // Only this decision's restrictions leave; those of others stay, for restrictions stack.
  lifted->lifted_at = event_.time;
  lifted->lifted_by = decision->id;
  return {};
}

Status Projector::LiftInEmergency() {
  Decision* decision = PROVISO_TRY(TheDecision());
  if (!decision->in_force()) return Damaged(decision->id + " is not in force");
  decision->lifted_at = event_.time;
  decision->emergency = EmergencyLift{.by = event_.actor,
                                      .at = event_.time,
                                      .index = event_.index,
                                      .reason = SealedText("reason"),
                                      .review = std::nullopt};
  return {};
}

Status Projector::ReviewLift() {
  Decision* decision = PROVISO_TRY(TheDecision());
  const std::string outcome = PROVISO_TRY(Open("outcome"));
  LiftReview review;
  review.outcome = outcome;
  review.restored_by = event_.event.open.StringOr("restored_by", "");
  review.by = event_.actor;
  review.at = event_.time;
  review.reason = SealedText("reason");
  PROVISO_TRY(CheckLiftReview(state_, *decision, review));
  decision->emergency->review = std::move(review);
  return {};
}

}  // namespace proviso::review
