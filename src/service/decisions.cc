// Decisions: proposed, planned, signed, stated, adopted, lifted.
#include "crypto/hash.h"
#include "disclosure/statement.h"
#include "enforcement/plan.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "review/decision_file.h"
#include "service/internal/code.h"
#include "service/internal/core.h"
#include "service/internal/decision_shown.h"
#include "service/internal/letters.h"
#include "service/internal/table_difference.h"

namespace proviso::service {
namespace {

Result<const review::Decision*> Decision(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("decision"));
  const review::Decision* decision = context.state().review.FindDecision(id);
  if (decision == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + id + "`");
  }
  return decision;
}

Result<Json> Shown(const Context& context, const std::string& id) {
  Json shown = PROVISO_TRY(review::DecisionJson(context.state().review, id, context.now()));
  const review::Decision& decision = *context.state().review.FindDecision(id);
  const Json basis = BasisOf(context.state(), decision);
  for (const auto& [key, value] : *basis.AsObject()) shown[key] = value;
  shown["next"] = NextStepOf(context.state(), decision, context.now());
  shown["names"] = NamesIn(context.state(), shown);
  return shown;
}

// The same for who reads the plan: with what it means for the answers of the decision points.
Result<Json> ShownWithDifference(const Context& context, const std::string& id) {
  Json shown = PROVISO_TRY(Shown(context, id));
  shown["table_difference"] =
      TableDifferenceOf(context.state(), *context.state().review.FindDecision(id), context.now());
  return shown;
}

// The customer whose contract says under which terms a decision is made: of the first thing that
// its first restriction names. Targets that other terms bind are refused when it is expanded.
const catalogue::Customer* CustomerOf(const enforcement::PlanInputs& inputs,
                                      const catalogue::Customers& customers) {
  for (const enforcement::RequestedRestriction& restriction : inputs.restrictions) {
    if (!restriction.customer.empty()) return customers.FindCustomer(restriction.customer);
    if (!restriction.unit.empty()) {
      const catalogue::Unit* unit = customers.FindUnit(restriction.unit);
      return unit == nullptr ? nullptr : customers.CustomerOfUnit(unit->id);
    }
    for (const std::string& subscription : restriction.subscriptions) {
      if (const auto* customer = customers.CustomerOfSubscription(subscription)) return customer;
    }
  }
  return nullptr;
}

struct Expanded {
  enforcement::Plan plan;
  const terms::Terms* terms = nullptr;
  int quorum = terms::Quorum::kFloor;
};

// Adds the inventory and the terms that bind the customer whom `inputs` is about.
Status AddInventory(const State& state, enforcement::PlanInputs& inputs) {
  if (!state.catalogue || !state.customers) {
    return Fail(ErrorCode::kFailedPrecondition, "import the catalogue and the customers first");
  }
  inputs.catalogue = &*state.catalogue;
  inputs.customers = &*state.customers;
  const catalogue::Customer* customer = CustomerOf(inputs, *state.customers);
  if (customer == nullptr) {
    return Fail(ErrorCode::kNotFound,
                "the decision names no customer, unit or subscription that exists");
  }
  inputs.terms = state.FindTerms(customer->contract.terms, customer->contract.version);
  if (inputs.terms == nullptr) {
    return Fail(ErrorCode::kNotFound,
                "the contract of `" + customer->id + "` names terms `" + customer->contract.terms +
                    "` version `" + customer->contract.version + "`, which were not imported");
  }
  return {};
}

Result<const terms::Terms*> TermsOfPlan(const State& state, const review::Decision& decision) {
  const auto found = state.terms.find(decision.terms);
  if (found == state.terms.end()) {
    return Fail(ErrorCode::kNotFound, "terms `" + decision.terms + "` were not imported");
  }
  return &found->second;
}

// To end another decision takes as many as to lift it, by the terms of its own plan.
Status AddLiftQuorums(const State& state, enforcement::PlanInputs& inputs) {
  for (enforcement::Superseded& superseded : inputs.supersedes) {
    const review::Decision& decision = *state.review.FindDecision(superseded.decision);
    superseded.lift_quorum = PROVISO_TRY(TermsOfPlan(state, decision))->quorum.lift;
  }
  return {};
}

Result<Expanded> ExpandNew(const State& state, const review::Decision& decision,
                           const std::string& nonce) {
  enforcement::PlanInputs inputs = PROVISO_TRY(review::PlanInputsOf(state.review, decision.id));
  inputs.nonce = nonce;
  PROVISO_TRY(AddInventory(state, inputs));
  PROVISO_TRY(AddLiftQuorums(state, inputs));
  Expanded made;
  made.plan = PROVISO_TRY(enforcement::ExpandRestriction(inputs));
  made.terms = inputs.terms;
  made.quorum = made.plan.quorum;
  return made;
}

Result<Expanded> ExpandLifting(const State& state, const review::Decision& decision,
                               const std::string& nonce) {
  const review::Decision* lifted = state.review.FindDecision(decision.lifts);
  if (lifted == nullptr || !lifted->restrictions) {
    return Fail(ErrorCode::kFailedPrecondition,
                "decision `" + decision.lifts + "` restricts nothing that could be lifted");
  }
  const terms::Terms* terms = PROVISO_TRY(TermsOfPlan(state, *lifted));
  Expanded made;
  enforcement::LiftInputs inputs;
  inputs.decision = decision.id;
  inputs.nonce = nonce;
  inputs.lifted = lifted->id;
  inputs.restrictions = &*lifted->restrictions;
  inputs.terms = terms;
  inputs.record = review::RecordOf(decision);
  made.plan = PROVISO_TRY(enforcement::ExpandLift(inputs));
  made.terms = terms;
  made.quorum = made.plan.quorum;
  return made;
}

Result<Expanded> Expand(const State& state, const review::Decision& decision,
                        const std::string& nonce) {
  return decision.kind == review::DecisionKind::kLift ? ExpandLifting(state, decision, nonce)
                                                      : ExpandNew(state, decision, nonce);
}

// As it would be given out today; another day's text is another one.
Result<disclosure::Document> Render(const State& state, const review::Decision& decision,
                                    Time now) {
  if (decision.plan_hash.empty()) {
    return Fail(
        ErrorCode::kFailedPrecondition,
        decision.id + " has no plan yet; make one with: proviso decision plan " + decision.id);
  }
  disclosure::StatementInputs inputs = PROVISO_TRY(LetterInputs(state, decision.terms, now));
  // No day is the day on which a proposal that was withdrawn is given out.
  if (decision.withdrawal) inputs.day.reset();
  return disclosure::RenderStatement(inputs, decision.id);
}

// Records what `Handle` made of a command about `decision`, and shows the decision as it is then.
Result<Json> RecordAndShow(const Context& context, const review::Decision& decision, Event event) {
  const std::string id = decision.id;
  PROVISO_TRY(context.Record(decision.case_id, std::move(event)));
  return Shown(context, id);
}

}  // namespace

Result<Json> ProposeDecision(const Context& context) {
  const Json* file = context.request.args.Find("decision");
  review::ProposeDecision command;
  command.case_id = PROVISO_TRY(context.request.args.StringAt("case"));
  if (file != nullptr) command.file = *file;
  const std::string id = context.state().review.NextDecisionId();
  Event event = PROVISO_TRY(review::Handle(context.state().review, command,
                                           {.person = context.person}, {.at = context.now()}));
  enforcement::PlanInputs inputs =
      PROVISO_TRY(review::PlanInputsOfFile(context.state().review, command.case_id, command.file));
  PROVISO_TRY(AddInventory(context.state(), inputs));
  PROVISO_TRY(enforcement::CheckProposable(inputs));
  PROVISO_TRY(context.Record(command.case_id, std::move(event)));
  return Shown(context, id);
}

Result<Json> WithdrawDecision(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  review::WithdrawDecision command;
  command.decision = decision.id;
  command.reason = PROVISO_TRY(context.request.args.StringAt("reason"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return RecordAndShow(context, decision, std::move(event));
}

Result<Json> PlanDecision(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  Bytes nonce(16);
  context.core.environment.random->Fill(nonce);
  Expanded expanded = PROVISO_TRY(Expand(context.state(), decision, HexEncode(nonce)));
  const review::PlanDecision command{
      .decision = decision.id, .plan = std::move(expanded.plan), .quorum = expanded.quorum};
  Event event = PROVISO_TRY(review::Handle(context.state().review, command,
                                           {.person = context.person}, {.at = context.now()}));
  const std::string id = decision.id;
  PROVISO_TRY(context.Record(decision.case_id, std::move(event)));
  return ShownWithDifference(context, id);
}

Result<Json> SignDecision(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  review::SignDecision command;
  command.decision = decision.id;
  command.plan_hash = PROVISO_TRY(context.request.args.StringAt("plan_hash"));
  Event event = PROVISO_TRY(review::Handle(context.state().review, command,
                                           {.person = context.person}, {.at = context.now()}));
  return RecordAndShow(context, decision, std::move(event));
}

Result<Json> ShowStatement(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  // What was issued is shown as it was issued, not as it would be written today.
  const bool issued = !decision.statement_sha256.empty();
  Json letter = issued ? Json::Of({{"markdown", decision.statement},
                                   {"sha256", crypto::Sha256(decision.statement).Hex()}})
                       : LetterJson(PROVISO_TRY(Render(context.state(), decision, context.now())));
  letter["decision"] = decision.id;
  letter["issued"] = issued;
  letter["note"] = disclosure::StatementNote(decision);
  letter["plan_hash"] = decision.plan_hash;
  return letter;
}

// The act names the plan and the very text: who issues it has read this one, and no later one.
Result<Json> IssueStatement(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  review::IssueStatement command;
  command.decision = decision.id;
  command.plan_hash = PROVISO_TRY(context.request.args.StringAt("plan_hash"));
  command.statement_sha256 = PROVISO_TRY(context.request.args.StringAt("statement_sha256"));
  command.markdown =
      disclosure::ToMarkdown(PROVISO_TRY(Render(context.state(), decision, context.now())));
  const std::string code = NewCode(*context.core.environment.random);
  if (decision.kind != review::DecisionKind::kLift) {
    command.appeal_code_sha256 = PROVISO_TRY(HashOfCode(code));
  }
  Event event = PROVISO_TRY(review::Handle(context.state().review, command,
                                           {.person = context.person}, {.at = context.now()}));
  const std::uint64_t index = PROVISO_TRY(context.Record(decision.case_id, std::move(event)));
  return Json::Of({{"decision", command.decision},
                   {"issued", true},
                   {"markdown", command.markdown},
                   {"sha256", command.statement_sha256},
                   {"appeal_code", command.appeal_code_sha256.empty() ? Json() : Json(code)},
                   {"index", index}});
}

Result<Json> AdoptDecision(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  std::string fresh_hash;
  if (!decision.plan_hash.empty()) {
    const std::string nonce = decision.plan.StringOr("nonce", "");
    // A decision that cannot be expanded any more is stale too, and says why.
    fresh_hash = PROVISO_TRY_DOING(Expand(context.state(), decision, nonce),
                                   "the plan is stale: it cannot be expanded today")
                     .plan.hash;
  }
  review::AdoptDecision command;
  command.decision = decision.id;
  command.plan_hash = PROVISO_TRY(context.request.args.StringAt("plan_hash"));
  command.fresh_plan_hash = fresh_hash;
  command.roster = context.state().roster.current();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person},
                                 {.at = context.core.environment.clock->Now()}));
  return RecordAndShow(context, decision, std::move(event));
}

Result<Json> LiftDecision(const Context& context) {
  const review::Decision& lifted = *PROVISO_TRY(Decision(context));
  review::ProposeLift command;
  command.decision = lifted.id;
  command.appeal = context.request.args.StringOr("appeal", "");
  command.reason = PROVISO_TRY(context.request.args.StringAt("reason"));
  const std::string id = context.state().review.NextDecisionId();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  PROVISO_TRY(context.Record(lifted.case_id, std::move(event)));
  return Shown(context, id);
}

Result<Json> LiftInEmergency(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  review::EmergencyLiftDecision command;
  command.decision = decision.id;
  command.reason = PROVISO_TRY(context.request.attachments.StringAt("reason"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return RecordAndShow(context, decision, std::move(event));
}

Result<Json> ReviewEmergencyLift(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  const Json& args = context.request.args;
  review::ReviewEmergencyLift command;
  command.decision = decision.id;
  command.outcome = PROVISO_TRY(args.StringAt("outcome"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  command.restored_by = args.StringOr("restored_by", "");
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return RecordAndShow(context, decision, std::move(event));
}

Result<Json> ShowDecision(const Context& context) {
  const review::Decision& decision = *PROVISO_TRY(Decision(context));
  Json shown = PROVISO_TRY(ShownWithDifference(context, decision.id));
  // A key that is asked about: nobody reads a whole plan only to be refused.
  const std::string key = context.request.args.StringOr("signing_key", "");
  if (key.empty()) return shown;
  const enforcement::Roster* roster = context.state().roster.current();
  const crypto::PublicKey parsed = PROVISO_TRY(crypto::PublicKey::FromText(key));
  const enforcement::Person* person = roster == nullptr ? nullptr : roster->FindByKey(parsed);
  const Status may = person == nullptr
                         ? Status(Fail(ErrorCode::kPermissionDenied,
                                       "the key `" + key + "` is not in the roster in force"))
                         : CheckMaySign(context.state(), decision, *person, context.now());
  shown["signing"] =
      AnswerToJson(may ? Result<Json>(Json("ready")) : Result<Json>(tl::unexpected(may.error())));
  return shown;
}

}  // namespace proviso::service
