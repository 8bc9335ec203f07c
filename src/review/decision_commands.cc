#include <algorithm>
#include <map>

#include "base/check.h"
#include "crypto/hash.h"
#include "review/attention.h"
#include "review/commands.h"
#include "review/decision_file.h"
#include "review/internal/refusal.h"
#include "review/internal/supersession.h"

namespace proviso::review {
namespace {

constexpr std::size_t kFaultsShownMax = 20;

Result<const Decision*> Find(const ReviewState& state, std::string_view id) {
  const Decision* decision = state.FindDecision(id);
  if (decision != nullptr) return decision;
  return Fail(ErrorCode::kNotFound, "there is no decision " + Quoted(id));
}

Status CheckInForce(const Decision& decision) {
  if (decision.in_force()) return {};
  const std::string found =
      decision.kind == DecisionKind::kLift ? "one that lifts"
      : decision.lifted_at
          ? "one lifted at " + FormatTime(*decision.lifted_at) +
                (decision.lifted_by.empty() ? " in an emergency" : " by " + decision.lifted_by)
      : decision.superseded_at ? "one superseded at " + FormatTime(*decision.superseded_at) +
                                     " by " + decision.superseded_by
                               : "one that is " + std::string(StatusName(decision));
  return Refuse(ErrorCode::kFailedPrecondition, "there is nothing of " + decision.id + " to lift",
                {"an adopted decision in force", found});
}

// The findings that a decision rests on must be of its case, and must stand.
Status CheckFacts(const ReviewState& state, const std::string& case_id,
                  const std::vector<std::string>& facts) {
  for (const std::string& id : facts) {
    const Finding* finding = state.FindFinding(id);
    const Claim* claim = finding == nullptr ? nullptr : state.FindClaim(finding->claim);
    if (claim == nullptr || claim->case_id != case_id) {
      return Refuse(ErrorCode::kNotFound, "a decision rests on findings of its case",
                    {"a finding of " + case_id, Quoted(id)});
    }
    if (claim->findings.back() == id) continue;
    return Refuse(ErrorCode::kFailedPrecondition, id + " no longer stands for " + claim->id,
                  {claim->findings.back(), id});
  }
  // INVARIANT (a finding is not a decision, and there is none without one): something must have
  // been found.
  const bool found = std::any_of(facts.begin(), facts.end(), [&](const std::string& id) {
    return Carries(state, *state.FindFinding(id));
  });
  if (found) return {};
  return Refuse(ErrorCode::kFailedPrecondition, "nothing that the decision rests on was found",
                {"a finding that is `supported` or `partly_supported`, or a denial that is "
                 "`contradicted`",
                 "none among its facts"});
}

Status CheckNotWithdrawn(const Decision& decision) {
  if (!decision.withdrawal) return {};
  return Refuse(ErrorCode::kFailedPrecondition,
                decision.id + " is pursued no more: propose another one",
                {"a pending decision", "one withdrawn at " + FormatTime(decision.withdrawal->at)});
}

// What must hold from the plan until the adoption: not adopted yet; a restriction needs an open
// case, findings that stand, and in force what it supersedes, a lift something to lift.
Status CheckPending(const ReviewState& state, const Decision& decision, Moment now) {
  if (decision.adopted()) {
    return Refuse(
        ErrorCode::kFailedPrecondition, decision.id + " is settled",
        {"a decision not yet adopted", "one adopted at " + FormatTime(*decision.adopted_at)});
  }
  PROVISO_TRY(CheckNotWithdrawn(decision));
  if (decision.kind == DecisionKind::kLift) {
    return CheckInForce(*state.FindDecision(decision.lifts));
  }
  PROVISO_TRY(FindOpenCase(state, decision.case_id));
  PROVISO_TRY(CheckSupersedable(state, decision.supersedes, now.at));
  const DecisionFile file = PROVISO_TRY(DecisionFile::FromJson(decision.file));
  return CheckFacts(state, decision.case_id, file.facts);
}

Status CheckPlanHash(const Decision& decision, const std::string& hash) {
  if (decision.plan_hash.empty()) {
    return Refuse(ErrorCode::kFailedPrecondition, decision.id + " has no plan yet",
                  {"a planned decision", "a proposed one"});
  }
  if (decision.plan_hash != hash) {
    return Refuse(ErrorCode::kFailedPrecondition, "this is not the newest plan of " + decision.id,
                  {"plan hash " + Quoted(decision.plan_hash), Quoted(hash)});
  }
  // INVARIANT: nobody signs, tells or adopts what cannot be read.
  if (!decision.plan.IsNull()) return {};
  return Refuse(ErrorCode::kDataLoss, "the plan of " + decision.id + " cannot be read here",
                {"part `plan` of log entry " + std::to_string(decision.planned_index),
                 "a damaged or absent one: put it back from a backup, or plan anew"});
}

Status CheckFinalHasFindings(const ReviewState& state, const Case& owner) {
  std::string open;
  std::size_t count = 0;
  for (const std::string& id : owner.claims) {
    const Claim& claim = *state.FindClaim(id);
    if (claim.dropped() || !claim.findings.empty()) continue;
    if (count < kFaultsShownMax) open += (open.empty() ? "" : ", ") + id;
    ++count;
  }
  if (count == 0) return {};
  return Refuse(ErrorCode::kFailedPrecondition,
                "a final decision waits for the findings; an `interim` one does not",
                {"a finding for each claim", "none for " + open});
}

std::string Listed(const std::vector<std::string>& ids) {
  std::string listed;
  for (const std::string& id : ids) listed += (listed.empty() ? "" : ", ") + Quoted(id);
  return listed.empty() ? "none" : listed;
}

Status CheckPlanIsOf(const Decision& decision, const PlanDecision& command) {
  const Json& json = command.plan.json;
  const std::string_view kind = decision.kind == DecisionKind::kLift ? "lift" : "restrict";
  if (json.StringOr("decision", "") != decision.id || json.StringOr("kind", "") != kind ||
      json.StringOr("lifts", "") != decision.lifts) {
    return Refuse(ErrorCode::kInvalidArgument, "the plan is of something else",
                  {"kind " + Quoted(kind) + " of " + decision.id,
                   "kind " + Quoted(json.StringOr("kind", "")) + " of " +
                       Quoted(json.StringOr("decision", ""))});
  }
  const std::vector<std::string> superseded = PROVISO_TRY(SupersededByPlan(json));
  if (superseded != decision.supersedes) {
    return Refuse(ErrorCode::kInvalidArgument, "the plan supersedes something else",
                  {Listed(decision.supersedes), Listed(superseded)});
  }
  const std::string hash = crypto::Sha256(json.Canonical()).Hex();
  if (hash != command.plan.hash) {
    return Refuse(ErrorCode::kInvalidArgument, "the plan does not have its hash",
                  {Quoted(hash), Quoted(command.plan.hash)});
  }
  // INVARIANT: what is signed covers why, whom it rests on, and how the customer was heard.
  const std::string record =
      enforcement::RecordDigest(RecordOf(decision), json.StringOr("nonce", ""));
  if (json.StringOr("record", "") != record) {
    return Refuse(ErrorCode::kInvalidArgument,
                  "the plan is not bound to what " + decision.id + " says",
                  {"record " + Quoted(record), Quoted(json.StringOr("record", ""))});
  }
  if (command.quorum < terms::Quorum::kFloor) {
    return Refuse(ErrorCode::kFailedPrecondition, "one person's key is not enough",
                  {"a quorum of " + std::to_string(terms::Quorum::kFloor) + " or more",
                   std::to_string(command.quorum)});
  }
  if (json.IntegerOr("quorum", command.quorum) == command.quorum) return {};
  return Refuse(ErrorCode::kInvalidArgument, "the plan names another quorum",
                {std::to_string(command.quorum), std::to_string(json.IntegerOr("quorum", 0))});
}

// INVARIANT (different people): who prepares does not approve.
Status CheckSigner(const Decision& decision, const enforcement::Person& person) {
  PROVISO_TRY(enforcement::MayPerform(person, "decision sign"));
  if (decision.PreparedBy(person.pseudonym)) {
    return Refuse(
        ErrorCode::kPermissionDenied, "who prepares a decision does not approve it",
        {"somebody who neither proposed nor planned " + decision.id,
         person.Called() + (decision.proposed_by == person.pseudonym ? ", who proposed it"
                                                                     : ", who planned it")});
  }
  if (!decision.SignedBy(person.pseudonym)) return {};
  return Refuse(ErrorCode::kAlreadyExists, "one person signs once",
                {"somebody who has not signed this plan", person.Called() + ", who has"});
}

// True when nothing is decided that the customer was not heard about: each target was intended, for
// the same operations or more, and until the same time or a later one.
Result<bool> CoveredBy(const Hearing& hearing, const Decision& decision, Time now) {
  std::map<enforcement::Target, std::vector<const enforcement::Restriction*>> intended;
  for (const enforcement::Restriction& restriction : hearing.intended) {
    for (const enforcement::Target& target : restriction.targets) {
      intended[target].push_back(&restriction);
    }
  }
  const auto restrictions = PROVISO_TRY(enforcement::RestrictionsOfPlan(decision.plan, now));
  for (const enforcement::Restriction& restriction : restrictions) {
    const auto covers = [&](const enforcement::Restriction* wider) {
      const bool as_long =
          !wider->until || (restriction.until && *restriction.until <= *wider->until);
      const int more = enforcement::Denied(restriction.stage, restriction.operations) &
                       ~enforcement::Denied(wider->stage, wider->operations);
      return as_long && more == 0;
    };
    for (const enforcement::Target& target : restriction.targets) {
      const auto& candidates = intended[target];
      if (std::none_of(candidates.begin(), candidates.end(), covers)) return false;
    }
  }
  return true;
}

// INVARIANT: the customer was heard before anybody signs, or the signers sign why not.
Status CheckHeard(const ReviewState& state, const Decision& decision, Time now) {
  if (decision.kind == DecisionKind::kLift) return {};
  bool concluded = false;
  for (const std::string& id : state.FindCase(decision.case_id)->hearings) {
    const Hearing& hearing = *state.FindHearing(id);
    if (!concluded && hearing.Concluded(now)) {
      concluded = PROVISO_TRY(CoveredBy(hearing, decision, now));
    }
    if (hearing.decision != decision.id || hearing.Concluded(now)) continue;
    return Refuse(
        ErrorCode::kFailedPrecondition, "the customer is being heard about this decision",
        {hearing.id + " acknowledged, or without an answer by " + FormatDate(hearing.until),
         "one that is " + std::string(StatusName(hearing, now))});
  }
  const DecisionFile file = PROVISO_TRY(DecisionFile::FromJson(decision.file));
  if (concluded || !file.hearing.held) return {};
  return Refuse(ErrorCode::kFailedPrecondition,
                decision.id + " says that the customer was heard, and the case does not show it",
                {"a concluded hearing about all that it restricts, or `hearing.waived` with the "
                 "reason",
                 "none; open one with: proviso hearing open"});
}

Status CheckSignatures(const ReviewState& state, const Decision& decision,
                       const enforcement::Roster& roster) {
  const int valid = state.ValidSignatures(decision, roster);
  if (valid >= decision.quorum) return {};
  return Refuse(ErrorCode::kFailedPrecondition, decision.id + " is not signed by its quorum",
                {std::to_string(decision.quorum) + " signatures of people who may sign",
                 std::to_string(valid)});
}

Status CheckWonAppeal(const ReviewState& state, const std::string& id,
                      const std::string& decision) {
  const Appeal* appeal = state.FindAppeal(id);
  // Or against one whose place the decision took: what was wrong of it may go on in this one.
  if (appeal == nullptr || !Succeeds(state, decision, *state.FindDecision(appeal->decision))) {
    return Refuse(
        ErrorCode::kNotFound, "a lift carries out an appeal against its decision",
        {"an appeal against " + decision + ", or against one that it superseded", Quoted(id)});
  }
  if (appeal->outcome && *appeal->outcome != AppealOutcome::kUpheld) return {};
  return Refuse(ErrorCode::kFailedPrecondition, id + " gives no reason to lift " + decision,
                {"`reversed` or `changed`",
                 appeal->outcome ? Quoted(AppealOutcomeName(*appeal->outcome)) : "no outcome yet"});
}

// The customer is owed an explanation, and not only the findings (DSA, article 17(3)(e)). Decisions
// that were proposed before it was asked for stay as they are.
Status CheckExplains(const DecisionFile& file) {
  if (!file.why_incompatible.empty()) return {};
  return Refuse(
      ErrorCode::kInvalidArgument,
      "a decision explains why what was found is incompatible with clause " + Quoted(file.clause),
      {"`why_incompatible`, a text for the customer", "nothing"});
}

Status CheckWindows(const Decision& decision, Time now) {
  const auto restrictions = PROVISO_TRY(enforcement::RestrictionsOfPlan(decision.plan, now));
  for (const enforcement::Restriction& restriction : restrictions) {
    if (!restriction.until || *restriction.until > now) continue;
    return Refuse(ErrorCode::kFailedPrecondition,
                  "the window of " + restriction.id + " is already over",
                  {"an end after " + FormatTime(now), FormatTime(*restriction.until)});
  }
  return {};
}

}  // namespace

Result<Event> Handle(const ReviewState& state, const ProposeDecision& command, Actor actor,
                     Moment now) {
  PROVISO_TRY(CheckPerson(actor, "propose a decision"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const DecisionFile file = PROVISO_TRY(DecisionFile::FromJson(command.file));
  PROVISO_TRY(CheckExplains(file));
  PROVISO_TRY(CheckFacts(state, owner->id, file.facts));
  if (file.kind == DecisionKind::kFinal) PROVISO_TRY(CheckFinalHasFindings(state, *owner));
  PROVISO_TRY(CheckSupersedable(state, file.supersedes, now.at));
  PROVISO_TRY(CheckNoConflictIn(state, file.supersedes, actor.person->pseudonym));
  Json open =
      Json::Of({{"decision", state.NextDecisionId()}, {"kind", DecisionKindName(file.kind)}});
  if (!file.supersedes.empty()) open["supersedes"] = IdsJson(file.supersedes);
  return Event{.type = "decision.proposed",
               .open = std::move(open),
               .sealed = {{"details", Json::Of({{"file", command.file}})}}};
}

Result<Event> Handle(const ReviewState& state, const ProposeLift& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "propose to lift a decision"));
  const Decision* target = PROVISO_TRY(Find(state, command.decision));
  PROVISO_TRY(CheckInForce(*target));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  Json open = Json::Of({{"decision", state.NextDecisionId()},
                        {"kind", DecisionKindName(DecisionKind::kLift)},
                        {"lifts", target->id}});
  if (!command.appeal.empty()) {
    PROVISO_TRY(CheckWonAppeal(state, command.appeal, target->id));
    open["appeal"] = command.appeal;
  }
  return Event{.type = "decision.proposed",
               .open = std::move(open),
               .sealed = {{"details", Json::Of({{"reason", command.reason}})}}};
}

Result<Event> Handle(const ReviewState& state, const PlanDecision& command, Actor actor,
                     Moment now) {
  PROVISO_TRY(CheckPerson(actor, "plan a decision"));
  const Decision* decision = PROVISO_TRY(Find(state, command.decision));
  PROVISO_TRY(CheckPending(state, *decision, now));
  PROVISO_TRY(CheckNoConflictIn(state, decision->supersedes, actor.person->pseudonym));
  PROVISO_TRY(CheckPlanIsOf(*decision, command));
  const std::string terms = PROVISO_TRY(command.plan.json.StringAt("terms"));
  const bool lift = decision->kind == DecisionKind::kLift;
  Json open = Json::Of({{"decision", decision->id},
                        {"kind", lift ? "lift" : "restrict"},
                        {"plan_hash", command.plan.hash},
                        {"quorum", command.quorum},
                        {"terms", terms}});
  if (lift) open["lifts"] = decision->lifts;
  if (!decision->supersedes.empty()) open["supersedes"] = IdsJson(decision->supersedes);
  return Event{
      .type = "decision.planned", .open = std::move(open), .sealed = {{"plan", command.plan.json}}};
}

Result<Event> Handle(const ReviewState& state, const WithdrawDecision& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "withdraw a decision"));
  const Decision* decision = PROVISO_TRY(Find(state, command.decision));
  if (decision->adopted()) {
    return Refuse(
        ErrorCode::kFailedPrecondition,
        decision->id + " is no proposal any more: lift it with proviso decision lift",
        {"a decision not yet adopted", "one adopted at " + FormatTime(*decision->adopted_at)});
  }
  PROVISO_TRY(CheckNotWithdrawn(*decision));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "decision.withdrawn",
               .open = Json::Of({{"decision", decision->id}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const SignDecision& command, Actor actor,
                     Moment now) {
  PROVISO_TRY(CheckPerson(actor, "sign a decision"));
  const Decision* decision = PROVISO_TRY(Find(state, command.decision));
  PROVISO_TRY(CheckPending(state, *decision, now));
  PROVISO_TRY(CheckPlanHash(*decision, command.plan_hash));
  PROVISO_TRY(CheckSigner(*decision, *actor.person));
  PROVISO_TRY(CheckNoConflictIn(state, decision->supersedes, actor.person->pseudonym));
  PROVISO_TRY(CheckHeard(state, *decision, now.at));
  return Event{.type = "decision.signed",
               .open = Json::Of({{"decision", decision->id}, {"plan_hash", decision->plan_hash}}),
               .sealed = {}};
}

Result<Event> Handle(const ReviewState& state, const IssueStatement& command, Actor actor,
                     Moment now) {
  PROVISO_TRY(CheckPerson(actor, "issue a statement"));
  const Decision* decision = PROVISO_TRY(Find(state, command.decision));
  PROVISO_TRY(CheckPending(state, *decision, now));
  PROVISO_TRY(CheckPlanHash(*decision, command.plan_hash));
  PROVISO_TRY(CheckText("the statement", command.markdown, kStatementBytesMax));
  // INVARIANT: who issues a statement has signed for these very words.
  const std::string sha256 = crypto::Sha256(command.markdown).Hex();
  if (command.statement_sha256 != sha256) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  "the act is not about this statement of " + decision->id +
                      ": read it again, and issue that",
                  {"statement " + Quoted(sha256), Quoted(command.statement_sha256)});
  }
  std::map<std::string, Json> sealed = {{"statement", Json(command.markdown)}};
  if (!command.appeal_code_sha256.empty()) {
    sealed["appeal_code"] = Json::Of({{"sha256", command.appeal_code_sha256}});
  }
  return Event{.type = "statement.issued",
               .open = Json::Of({{"decision", decision->id},
                                 {"plan_hash", decision->plan_hash},
                                 {"statement_sha256", sha256}}),
               .sealed = std::move(sealed)};
}

Result<Event> Handle(const ReviewState& state, const AdoptDecision& command, Actor actor,
                     Moment now) {
  PROVISO_CHECK(command.roster != nullptr, "an adoption reads the roster in force");
  PROVISO_TRY(CheckPerson(actor, "adopt a decision"));
  PROVISO_TRY(enforcement::MayPerform(*actor.person, "decision adopt"));
  const Decision* decision = PROVISO_TRY(Find(state, command.decision));
  PROVISO_TRY(CheckPending(state, *decision, now));
  PROVISO_TRY(CheckPlanHash(*decision, command.plan_hash));
  if (command.fresh_plan_hash != decision->plan_hash) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  "the plan of " + decision->id + " is stale: plan it anew and have that signed",
                  {"an expansion of this moment with the hash " + Quoted(decision->plan_hash),
                   Quoted(command.fresh_plan_hash)});
  }
  PROVISO_TRY(CheckNoConflictIn(state, decision->supersedes, actor.person->pseudonym));
  PROVISO_TRY(CheckSignatures(state, *decision, *command.roster));
  // Somebody may have begun to hear the customer since the signatures.
  PROVISO_TRY(CheckHeard(state, *decision, now.at));
  // INVARIANT (no secret restriction): the customer has the statement before anything is denied.
  if (decision->kind != DecisionKind::kLift && decision->statement_sha256.empty()) {
    return Refuse(ErrorCode::kFailedPrecondition, "the customer has not been told yet",
                  {"a statement issued for plan " + Quoted(decision->plan_hash), "none"});
  }
  PROVISO_TRY(CheckWindows(*decision, now.at));
  Json open = Json::Of({{"decision", decision->id}, {"plan_hash", decision->plan_hash}});
  if (!decision->supersedes.empty()) open["supersedes"] = IdsJson(decision->supersedes);
  return Event{.type = "decision.adopted", .open = std::move(open), .sealed = {}};
}

Result<Event> Handle(const ReviewState& state, const EmergencyLiftDecision& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "lift a decision in an emergency"));
  PROVISO_TRY(enforcement::MayPerform(*actor.person, "decision lift emergency"));
  const Decision* decision = PROVISO_TRY(Find(state, command.decision));
  PROVISO_TRY(CheckInForce(*decision));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "decision.lifted_in_emergency",
               .open = Json::Of({{"alarm", true}, {"decision", decision->id}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

}  // namespace proviso::review
