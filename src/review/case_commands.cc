#include <algorithm>

#include "base/check.h"
#include "checks/check.h"
#include "checks/outcome.h"
#include "review/commands.h"
#include "review/internal/refusal.h"
#include "review/internal/shared_checks.h"

namespace proviso::review {
namespace {

// The results of one claim or step, when they are those of its checks in their order.
Status CheckResultsOf(const std::string& id, const std::vector<std::string>& checks,
                      const std::vector<checks::CheckResult>& results) {
  if (results.size() != checks.size()) {
    return Refuse(ErrorCode::kInvalidArgument, "the evaluation of " + id + " is incomplete",
                  {std::to_string(checks.size()) + " results", std::to_string(results.size())});
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].check == checks[i]) continue;
    return Refuse(ErrorCode::kInvalidArgument,
                  "result " + std::to_string(i + 1) + " of " + id + " is of another check",
                  {Quoted(checks[i]), Quoted(results[i].check)});
  }
  return {};
}

Json ResultsJson(const std::vector<checks::CheckResult>& results) {
  Json array = Json::MakeArray();
  for (const checks::CheckResult& result : results) array.Append(result.ToJson());
  return array;
}

Json EvaluatedClaim(const std::string& id, const std::vector<checks::CheckResult>& results) {
  std::vector<std::optional<bool>> outcomes;
  for (const checks::CheckResult& result : results) outcomes.push_back(result.holds);
  const std::optional<checks::Outcome> draft = checks::DraftOutcome(outcomes);
  return Json::Of({{"claim", id},
                   {"draft", draft ? Json(checks::OutcomeName(*draft)) : Json()},
                   {"results", ResultsJson(results)}});
}

// A claim that may still change: no finding was made of it, and nobody dropped it.
Result<const Claim*> FindOpenClaim(const ReviewState& state, const Case& owner,
                                   const std::string& id) {
  const Claim* claim = PROVISO_TRY(FindClaimOf(state, owner, id));
  if (claim->dropped()) {
    return Refuse(ErrorCode::kFailedPrecondition, claim->id + " is not pursued any more",
                  {"a claim that stands", "one dropped at " + FormatTime(*claim->dropped_at)});
  }
  if (claim->findings.empty()) return claim;
  return Refuse(ErrorCode::kFailedPrecondition,
                claim->id + " has ended; add another claim where something new is said",
                {"a claim without a finding", claim->findings.back()});
}

// A claim quotes what stands in a report of its case.
Result<Json> SourceJson(const ReviewState& state, const Case& owner, const ClaimSource& source) {
  const ReceivedReport* report = state.FindReport(source.report);
  if (report == nullptr ||
      std::find(owner.reports.begin(), owner.reports.end(), source.report) == owner.reports.end()) {
    return Refuse(ErrorCode::kNotFound, "a claim comes from a report of its case",
                  {"a report of " + owner.id, Quoted(source.report)});
  }
  const std::string text = report->document.StringOr("text", "");
  const auto size = static_cast<std::int64_t>(text.size());
  if (source.begin < 0 || source.end <= source.begin || source.end > size) {
    return Refuse(ErrorCode::kInvalidArgument, "the claim's place is not in " + report->id,
                  {"a place within " + std::to_string(size) + " bytes",
                   std::to_string(source.begin) + " to " + std::to_string(source.end)});
  }
  if (const Claim* earlier = state.FindClaimFrom(owner.id, source)) {
    return Refuse(ErrorCode::kAlreadyExists, "this place of " + report->id + " is a claim already",
                  {"a sentence that no claim of " + owner.id + " quotes",
                   earlier->id + ", which quotes it; edit that, or drop it first"});
  }
  const auto begin = static_cast<std::size_t>(source.begin);
  return Json::Of({{"report", source.report},
                   {"begin", source.begin},
                   {"end", source.end},
                   {"quote", text.substr(begin, static_cast<std::size_t>(source.end) - begin)},
                   {"about", source.about}});
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

// INVARIANT: nobody departs from what the checks drafted unawares, nor without saying why.
Status CheckDraftFollowed(const Claim& claim, checks::Outcome outcome, const std::string& against) {
  const bool departs = claim.draft && *claim.draft != outcome;
  const std::string drafted = claim.draft ? Quoted(checks::OutcomeName(*claim.draft)) : "none";
  if (departs && against.empty()) {
    return Refuse(ErrorCode::kFailedPrecondition,
                  "the checks of " + claim.id +
                      " drafted another outcome: look at them, or say with --against-draft why "
                      "they are not followed",
                  {drafted + ", or a reason against it",
                   Quoted(checks::OutcomeName(outcome)) + " without one"});
  }
  if (departs) return CheckText("the reason against the draft", against, kTextBytesMax);
  if (against.empty()) return {};
  return Refuse(ErrorCode::kInvalidArgument,
                "the finding departs from no draft: leave --against-draft out",
                {"a draft other than " + Quoted(checks::OutcomeName(outcome)), drafted});
}

}  // namespace

Status CheckDrafted(const Claim& claim, const Json* said,
                    const std::optional<checks::Outcome>& drafted) {
  if (said == nullptr || claim.draft_untold || drafted == claim.draft) return {};
  const auto name = [](const std::optional<checks::Outcome>& draft) {
    return draft ? Quoted(checks::OutcomeName(*draft)) : std::string("none");
  };
  return Refuse(ErrorCode::kInvalidArgument, "a finding keeps what the checks drafted",
                {name(claim.draft) + " for " + claim.id, name(drafted)});
}

Result<Event> Handle(const ReviewState& /*state*/, const OpenCase& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "open a case"));
  PROVISO_TRY(CheckLine("the title", command.title, kTitleBytesMax));
  return Event{.type = "case.opened",
               .open = Json::MakeObject(),
               .sealed = {{"details", Json::Of({{"title", command.title}})}}};
}

Result<Event> Handle(const ReviewState& state, const AddClaim& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "add a claim"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  PROVISO_TRY(CheckText("the claim's text", command.text, kTextBytesMax));
  Json checks = PROVISO_TRY(CanonicalChecks(command.checks));
  Json details =
      Json::Of({{"text", command.text}, {"checks", std::move(checks)}, {"denial", command.denial}});
  if (command.source) details["source"] = PROVISO_TRY(SourceJson(state, *owner, *command.source));
  return Event{.type = "claim.added",
               .open = Json::Of({{"claim", state.NextClaimId()}}),
               .sealed = {{"details", std::move(details)}}};
}

Result<Event> Handle(const ReviewState& state, const EditClaim& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "edit a claim"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const Claim* claim = PROVISO_TRY(FindOpenClaim(state, *owner, command.claim));
  PROVISO_TRY(CheckText("the claim's text", command.text, kTextBytesMax));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  Json checks = PROVISO_TRY(CanonicalChecks(command.checks));
  return Event{.type = "claim.edited",
               .open = Json::Of({{"claim", claim->id}}),
               .sealed = {{"details", Json::Of({{"text", command.text},
                                                {"checks", std::move(checks)},
                                                {"reason", command.reason}})}}};
}

Result<Event> Handle(const ReviewState& state, const DropClaim& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "drop a claim"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const Claim* claim = PROVISO_TRY(FindOpenClaim(state, *owner, command.claim));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  return Event{.type = "claim.dropped",
               .open = Json::Of({{"claim", claim->id}}),
               .sealed = {{"reason", Json(command.reason)}}};
}

Result<Event> Handle(const ReviewState& state, const RecordEvaluation& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "evaluate a case"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  for (const auto& [id, results] : command.results) {
    const AgreedStep* step = state.FindStep(id);
    if (step == nullptr || step->case_id != owner->id) {
      PROVISO_TRY(FindClaimOf(state, *owner, id));
    }
  }
  static const std::vector<checks::CheckResult> kNone;
  std::size_t count = 0;
  const auto given = [&](const std::string& id) -> const std::vector<checks::CheckResult>& {
    const auto found = command.results.find(id);
    return found == command.results.end() ? kNone : found->second;
  };
  Json claims = Json::MakeArray();
  for (const std::string& id : owner->claims) {
    const Claim& claim = *state.FindClaim(id);
    if (claim.dropped()) continue;
    PROVISO_TRY(CheckResultsOf(id, claim.checks, given(id)));
    claims.Append(EvaluatedClaim(id, given(id)));
    count += given(id).size();
  }
  Json steps = Json::MakeArray();
  for (const std::string& id : owner->steps) {
    PROVISO_TRY(CheckResultsOf(id, state.FindStep(id)->checks, given(id)));
    steps.Append(Json::Of({{"step", id}, {"results", ResultsJson(given(id))}}));
    count += given(id).size();
  }
  if (count > kResultsPerEvaluationMax) {
    return Refuse(ErrorCode::kResourceExhausted, "the case has too many checks for one evaluation",
                  {"at most " + std::to_string(kResultsPerEvaluationMax), std::to_string(count)});
  }
  Json results = Json::Of({{"claims", std::move(claims)}});
  if (!owner->steps.empty()) results["steps"] = std::move(steps);
  return Event{.type = "case.evaluated",
               .open = Json::Of({{"results", count}, {"read", command.reads}}),
               .sealed = {{"results", std::move(results)}}};
}

Result<Event> Handle(const ReviewState& state, const RecordFinding& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "record a finding"));
  const Case* owner = PROVISO_TRY(FindOpenCase(state, command.case_id));
  const Claim* claim = PROVISO_TRY(FindClaimOf(state, *owner, command.claim));
  if (claim->dropped()) PROVISO_TRY(FindOpenClaim(state, *owner, command.claim));
  const checks::Outcome outcome = PROVISO_TRY(checks::ParseOutcome(command.outcome));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  PROVISO_TRY(CheckDraftFollowed(*claim, outcome, command.against_draft));
  // A result says little where records are missing, so that its hash could be guessed: sealed.
  Json hashes = Json::MakeArray();
  for (const Json& result : claim->results) hashes.Append(result.StringOr("hash", ""));
  std::map<std::string, Json> sealed = {{"reason", Json(command.reason)},
                                        {"results", std::move(hashes)}};
  if (!command.against_draft.empty()) sealed["against_draft"] = command.against_draft;
  return Event{.type = "finding.recorded",
               .open = Json::Of(
                   {{"claim", claim->id},
                    {"finding", state.NextFindingId()},
                    {"outcome", checks::OutcomeName(outcome)},
                    {"drafted", claim->draft ? Json(checks::OutcomeName(*claim->draft)) : Json()},
                    {"results", claim->results.size()}}),
               .sealed = std::move(sealed)};
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

}  // namespace proviso::review
