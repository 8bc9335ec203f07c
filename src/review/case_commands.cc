#include <algorithm>

#include "base/check.h"
#include "checks/check.h"
#include "checks/outcome.h"
#include "review/commands.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

// The results of one claim, when they are those of its checks in their order.
Status CheckResultsOf(const Claim& claim, const std::vector<checks::CheckResult>& results) {
  if (results.size() != claim.checks.size()) {
    return Refuse(
        ErrorCode::kInvalidArgument, "the evaluation of " + claim.id + " is incomplete",
        {std::to_string(claim.checks.size()) + " results", std::to_string(results.size())});
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].check == claim.checks[i]) continue;
    return Refuse(ErrorCode::kInvalidArgument,
                  "result " + std::to_string(i + 1) + " of " + claim.id + " is of another check",
                  {Quoted(claim.checks[i]), Quoted(results[i].check)});
  }
  return {};
}

Json EvaluatedClaim(const Claim& claim, const std::vector<checks::CheckResult>& results,
                    std::size_t& count) {
  std::vector<std::optional<bool>> outcomes;
  Json array = Json::MakeArray();
  for (const checks::CheckResult& result : results) {
    outcomes.push_back(result.holds);
    array.Append(result.ToJson());
    ++count;
  }
  const std::optional<checks::Outcome> draft = checks::DraftOutcome(outcomes);
  return Json::Of({{"claim", claim.id},
                   {"draft", draft ? Json(checks::OutcomeName(*draft)) : Json()},
                   {"results", std::move(array)}});
}

Status CheckAttributedNames(const RecordAttribution& command) {
  const catalogue::Customers& customers = *command.customers;
  const catalogue::Customer* owner = customers.CustomerOfSubscription(command.subscription);
  if (owner == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no subscription " + Quoted(command.subscription));
  }
  const catalogue::Unit* unit = customers.FindUnit(command.unit);
  if (unit == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no unit " + Quoted(command.unit) +
                                          ", or more than one of that name; give its id");
  }
  if (customers.CustomerOfUnit(unit->id) == owner) return {};
  return Refuse(ErrorCode::kInvalidArgument, "a subscription belongs to a unit of its own customer",
                {"a unit of customer " + Quoted(owner->id), "unit " + Quoted(unit->id)});
}

}  // namespace

Result<Event> Handle(const ReviewState& /*state*/, const OpenCase& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "open a case"));
  PROVISO_TRY(CheckLine("the title", command.title, kTitleBytesMax));
  return Event{.type = "case.opened",
               .open = Json::MakeObject(),
               .sealed = {{"details", Json::Of({{"title", command.title}})}}};
}

Result<Event> Handle(const ReviewState& state, const AddClaim& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "add a claim"));
  PROVISO_TRY(FindOpenCase(state, command.case_id));
  PROVISO_TRY(CheckText("the claim's text", command.text, kTextBytesMax));
  if (command.checks.size() > kChecksPerClaimMax) {
    return Refuse(
        ErrorCode::kInvalidArgument, "the claim has too many checks",
        {"at most " + std::to_string(kChecksPerClaimMax), std::to_string(command.checks.size())});
  }
  std::vector<std::string> canonical;
  for (std::size_t i = 0; i < command.checks.size(); ++i) {
    const checks::Check check =
        PROVISO_TRY_DOING(checks::ParseCheck(command.checks[i]), "check " + std::to_string(i + 1));
    std::string text = checks::PrintCheck(check);
    PROVISO_TRY(CheckLine("check " + std::to_string(i + 1), text, kTextBytesMax));
    if (std::find(canonical.begin(), canonical.end(), text) != canonical.end()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the check " + Quoted(text) + " is given twice; keep one");
    }
    canonical.push_back(std::move(text));
  }
  Json checks = Json::MakeArray();
  for (std::string& text : canonical) checks.Append(std::move(text));
  return Event{.type = "claim.added",
               .open = Json::Of({{"claim", state.NextClaimId()}}),
               .sealed = {{"details", Json::Of({{"text", command.text},
                                                {"checks", std::move(checks)},
                                                {"denial", command.denial}})}}};
}

Result<Event> Handle(const ReviewState& state, const RecordEvaluation& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "evaluate a case"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  for (const auto& [id, results] : command.results) {
    PROVISO_TRY(FindClaimOf(state, *owner, id));
  }
  static const std::vector<checks::CheckResult> kNone;
  std::size_t count = 0;
  Json claims = Json::MakeArray();
  for (const std::string& id : owner->claims) {
    const Claim& claim = *state.FindClaim(id);
    const auto given = command.results.find(id);
    const auto& results = given == command.results.end() ? kNone : given->second;
    PROVISO_TRY(CheckResultsOf(claim, results));
    claims.Append(EvaluatedClaim(claim, results, count));
  }
  if (count > kResultsPerEvaluationMax) {
    return Refuse(ErrorCode::kResourceExhausted, "the case has too many checks for one evaluation",
                  {"at most " + std::to_string(kResultsPerEvaluationMax), std::to_string(count)});
  }
  return Event{.type = "case.evaluated",
               .open = Json::Of({{"results", count}}),
               .sealed = {{"results", Json::Of({{"claims", std::move(claims)}})}}};
}

Result<Event> Handle(const ReviewState& state, const RecordFinding& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "record a finding"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const Claim* claim = PROVISO_TRY(FindClaimOf(state, *owner, command.claim));
  const checks::Outcome outcome = PROVISO_TRY(checks::ParseOutcome(command.outcome));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  // A result says little where records are missing, so that its hash could be guessed: sealed.
  Json hashes = Json::MakeArray();
  for (const Json& result : claim->results) hashes.Append(result.StringOr("hash", ""));
  return Event{.type = "finding.recorded",
               .open = Json::Of({{"claim", claim->id},
                                 {"finding", state.NextFindingId()},
                                 {"outcome", checks::OutcomeName(outcome)},
                                 {"results", claim->results.size()}}),
               .sealed = {{"reason", Json(command.reason)}, {"results", std::move(hashes)}}};
}

Result<Event> Handle(const ReviewState& state, const RecordAttribution& command, Actor actor) {
  PROVISO_CHECK(command.customers != nullptr, "an attribution reads the customers");
  PROVISO_TRY(CheckPerson(actor, "record an attribution"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const EvidenceClass evidence = PROVISO_TRY(ParseEvidenceClass(command.evidence_class));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  PROVISO_TRY(CheckAttributedNames(command));
  const std::string unit = command.customers->FindUnit(command.unit)->id;
  for (const std::string& id : owner->attributions) {
    const Attribution& earlier = *state.FindAttribution(id);
    if (earlier.subscription != command.subscription || earlier.unit != unit ||
        earlier.evidence_class != evidence) {
      continue;
    }
    return Refuse(
        ErrorCode::kAlreadyExists,
        Quoted(command.subscription) + " is attributed to " + Quoted(unit) + " already",
        {"another class of evidence", id + " of class " + Quoted(EvidenceClassName(evidence))});
  }
  return Event{.type = "attribution.recorded",
               .open = Json::Of({{"attribution", state.NextAttributionId()},
                                 {"class", EvidenceClassName(evidence)}}),
               .sealed = {{"details", Json::Of({{"subscription", command.subscription},
                                                {"unit", unit},
                                                {"reason", command.reason}})}}};
}

Result<Event> Handle(const ReviewState& state, const CloseCase& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "close a case"));
  const Case* closed = PROVISO_TRY(FindOpenCase(state, command.case_id));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  for (const std::string& id : closed->claims) {
    if (!state.FindClaim(id)->findings.empty()) continue;
    return Refuse(ErrorCode::kFailedPrecondition, "a case closes when each claim has ended",
                  {"a finding for " + id,
                   "none; `undeterminable` and `records_missing` are "
                   "findings too"});
  }
  for (const std::string& id : closed->decisions) {
    const Decision& decision = *state.FindDecision(id);
    if (decision.kind != DecisionKind::kInterim || !decision.in_force()) continue;
    return Refuse(ErrorCode::kFailedPrecondition, "an interim decision needs an open case",
                  {id + " lifted first", "it in force"});
  }
  return Event{.type = "case.closed",
               .open = Json::MakeObject(),
               .sealed = {{"reason", Json(command.reason)}}};
}

}  // namespace proviso::review
