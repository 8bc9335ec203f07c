// A decision as it is shown: what it rests on, and what is next.
#include "service/internal/decision_shown.h"

#include <algorithm>
#include <set>

#include "review/commands.h"
#include "review/decision_file.h"

namespace proviso::service {
namespace {

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json ClauseOf(const State& state, const review::Decision& decision) {
  if (decision.kind == review::DecisionKind::kLift) return {};
  const std::string id = decision.file.StringOr("clause", "");
  Json json =
      Json::Of({{"id", TextOrNull(id)}, {"title", Json()}, {"terms", TextOrNull(decision.terms)}});
  const auto found = state.terms.find(decision.terms);
  if (found == state.terms.end()) return json;
  for (const terms::Clause& clause : found->second.clauses) {
    if (clause.id == id) json["title"] = clause.title;
  }
  return json;
}

Json GroundsOf(const review::ReviewState& state, const review::Decision& decision) {
  Json grounds = Json::MakeArray();
  const Json* facts = decision.file.Find("facts");
  if (facts == nullptr || facts->AsArray() == nullptr) return grounds;
  for (const Json& fact : *facts->AsArray()) {
    const review::Finding* finding =
        fact.AsString() == nullptr ? nullptr : state.FindFinding(*fact.AsString());
    if (finding == nullptr) continue;
    const review::Claim& claim = *state.FindClaim(finding->claim);
    grounds.Append(Json::Of({{"finding", finding->id},
                             {"claim", claim.id},
                             {"text", claim.text},
                             {"denial", claim.denial},
                             {"outcome", checks::OutcomeName(finding->outcome)},
                             {"reason", finding->reason},
                             {"stands", claim.findings.back() == finding->id}}));
  }
  return grounds;
}

// Those that the plan cites; before there is one, all that the case has.
Json AttributionsOf(const review::ReviewState& state, const review::Decision& decision) {
  Json attributions = Json::MakeArray();
  if (decision.kind == review::DecisionKind::kLift) return attributions;
  const std::set<std::string> cited = AttributionsCitedBy(decision);
  for (const std::string& id : state.FindCase(decision.case_id)->attributions) {
    if (!decision.plan_hash.empty() && !cited.contains(id)) continue;
    const review::Attribution& item = *state.FindAttribution(id);
    attributions.Append(
        Json::Of({{"id", item.id},
                  {"subscription", item.subscription},
                  {"unit", item.unit},
                  {"evidence_class", review::EvidenceClassName(item.evidence_class)},
                  {"reason", item.reason}}));
  }
  return attributions;
}

// A step that may come next, and why it cannot be taken now.
struct Step {
  std::string act;
  std::string words;  // of the command, after `proviso`
  std::string waits_for = {};
};

// The people of the roster whom `act` is open to: by role, and without a conflict in the case.
std::vector<const enforcement::Person*> PeopleFor(const State& state, const std::string& case_id,
                                                  std::string_view act) {
  std::vector<const enforcement::Person*> people;
  const enforcement::Roster* roster = state.roster.current();
  if (roster == nullptr) return people;
  for (const enforcement::Person& person : roster->people) {
    if (enforcement::MayPerform(person, act) &&
        state.review.CheckNoConflict(case_id, person.pseudonym)) {
      people.push_back(&person);
    }
  }
  return people;
}

Json ToJson(const Step& step, const std::vector<const enforcement::Person*>& people) {
  Json roles = Json::MakeArray();
  for (const enforcement::Role role : enforcement::RolesFor(step.act)) {
    roles.Append(enforcement::RoleName(role));
  }
  Json names = Json::MakeArray();
  for (const enforcement::Person* person : people) names.Append(person->pseudonym);
  return Json::Of({{"act", step.act},
                   {"command", "proviso " + step.words},
                   {"roles", std::move(roles)},
                   {"people", std::move(names)},
                   {"waits_for", TextOrNull(step.waits_for)}});
}

Json ByRole(const State& state, const review::Decision& decision, const Step& step) {
  return ToJson(step, PeopleFor(state, decision.case_id, step.act));
}

// A hearing about this very decision that is not over: the customer's turn, or ours.
const review::Hearing* HearingUnderWay(const State& state, const review::Decision& decision,
                                       Time now) {
  for (const std::string& id : state.review.FindCase(decision.case_id)->hearings) {
    const review::Hearing* hearing = state.review.FindHearing(id);
    if (hearing->decision == decision.id && !hearing->Concluded(now)) return hearing;
  }
  return nullptr;
}

bool WasHeard(const State& state, const review::Decision& decision) {
  const auto& hearings = state.review.FindCase(decision.case_id)->hearings;
  return std::any_of(hearings.begin(), hearings.end(), [&](const std::string& id) {
    return state.review.FindHearing(id)->decision == decision.id;
  });
}

bool IsSigned(const State& state, const review::Decision& decision) {
  const enforcement::Roster* roster = state.roster.current();
  return roster != nullptr && state.review.ValidSignatures(decision, *roster) >= decision.quorum;
}

// Whether something that it is to supersede has ended by now: then it is never adopted.
bool NamesWhatIsGone(const State& state, const review::Decision& decision) {
  return std::any_of(
      decision.supersedes.begin(), decision.supersedes.end(),
      [&](const std::string& id) { return !state.review.FindDecision(id)->in_force(); });
}

// The rules themselves say who may sign: they are asked for each person, and nothing is recorded.
Json Signing(const State& state, const review::Decision& decision, Time now) {
  std::vector<const enforcement::Person*> able;
  std::string refusal;
  for (const enforcement::Person* person : PeopleFor(state, decision.case_id, "decision sign")) {
    const Result<Event> signing = review::Handle(
        state.review,
        review::SignDecision{.decision = decision.id, .plan_hash = decision.plan_hash},
        {.person = person}, {.at = now});
    const bool another =
        decision.PreparedBy(person->pseudonym) || decision.SignedBy(person->pseudonym);
    if (signing) able.push_back(person);
    if (!signing && !another) refusal = signing.error().message();
  }
  const auto file = review::DecisionFile::FromJson(decision.file);
  if (able.empty() && !refusal.empty() && file && file->hearing.held &&
      !WasHeard(state, decision)) {
    return ByRole(state, decision,
                  {"hearing open", "hearing open " + decision.id + " --until DAY"});
  }
  Step step{"decision sign", "decision sign " + decision.id};
  if (able.empty()) {
    step.waits_for = refusal.empty()
                         ? "a decider who neither prepared it nor signed it: the roster has none"
                         : refusal;
  }
  return ToJson(step, able);
}

}  // namespace

Json BasisOf(const State& state, const review::Decision& decision) {
  return Json::Of({{"clause", ClauseOf(state, decision)},
                   {"grounds", GroundsOf(state.review, decision)},
                   {"attributions", AttributionsOf(state.review, decision)}});
}

Status CheckMaySign(const State& state, const review::Decision& decision,
                    const enforcement::Person& person, Time now) {
  PROVISO_TRY(enforcement::MayPerform(person, "decision sign"));
  PROVISO_TRY(state.review.CheckNoConflict(decision.case_id, person.pseudonym));
  PROVISO_TRY(review::Handle(
      state.review, review::SignDecision{.decision = decision.id, .plan_hash = decision.plan_hash},
      {.person = &person}, {.at = now}));
  return {};
}

Json NextStepOf(const State& state, const review::Decision& decision, Time now) {
  const bool lift = decision.kind == review::DecisionKind::kLift;
  if (decision.adopted() || decision.withdrawal) return {};
  if (!lift && !state.review.FindCase(decision.case_id)->open()) return {};
  if (NamesWhatIsGone(state, decision)) {
    return ByRole(state, decision,
                  {"decision withdraw", "decision withdraw " + decision.id + " --reason WHY"});
  }
  if (decision.plan_hash.empty()) {
    return ByRole(state, decision, {"decision plan", "decision plan " + decision.id});
  }
  if (const review::Hearing* hearing = HearingUnderWay(state, decision, now)) {
    if (hearing->answered_at) {
      return ByRole(state, decision, {"hearing acknowledge", "hearing acknowledge " + hearing->id});
    }
    Step step{"hearing answer", "hearing answer FILE --hearing " + hearing->id};
    step.waits_for = "the customer's answer in " + hearing->id + ", by code, until " +
                     FormatDate(hearing->until);
    return ByRole(state, decision, step);
  }
  if (!IsSigned(state, decision)) return Signing(state, decision, now);
  if (!lift && decision.statement_sha256.empty()) {
    return ByRole(state, decision,
                  {"statement issue", "decision statement " + decision.id + " --issue"});
  }
  return ByRole(state, decision, {"decision adopt", "decision adopt " + decision.id});
}

}  // namespace proviso::service
