#include "verifier/internal/history.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "crypto/hash.h"
#include "verifier/internal/history_step.h"

namespace proviso::verifier {
namespace {

constexpr std::int64_t kQuorumMin = 2;

tl::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kDataLoss, std::move(what)); }

bool IsPerson(std::string_view actor) { return actor.starts_with("p-"); }

// What the signed act behind an entry about a plan must be about.
Json DecisionArgs(const Json& data) {
  return Json::Of({{"decision", *data.Find("decision")}, {"plan_hash", *data.Find("plan_hash")}});
}

struct ActRoles {
  std::string_view act;
  std::string_view roles;  // separated by spaces
};
constexpr std::array<ActRoles, 47> kActRoles = {{
    {"appeal decide", "decider reviewer"},
    {"appeal show", "auditor decider liaison reviewer"},
    {"attribution record", "reviewer"},
    {"case close", "reviewer"},
    {"case link", "reviewer"},
    {"case open", "reviewer"},
    {"case reopen", "reviewer"},
    {"case run", "reviewer"},
    {"cessation", "auditor enforcer liaison reviewer"},
    {"claim add", "reviewer"},
    {"claim drop", "reviewer"},
    {"claim edit", "reviewer"},
    {"code renew", "decider liaison reviewer"},
    {"conflict declare", "administrator auditor decider enforcer intake liaison reviewer"},
    {"decision adopt", "decider enforcer"},
    {"decision lift", "decider reviewer"},
    {"decision lift emergency", "decider enforcer"},
    {"decision plan", "decider reviewer"},
    {"decision propose", "decider reviewer"},
    {"decision review", "decider reviewer"},
    {"decision sign", "decider"},
    {"decision withdraw", "decider reviewer"},
    {"erasure approve", "auditor decider"},
    {"erasure forget", "auditor decider"},
    {"erasure propose", "administrator liaison reviewer"},
    {"erasure withdraw", "administrator auditor decider liaison reviewer"},
    {"finding record", "reviewer"},
    {"hearing acknowledge", "liaison reviewer"},
    {"hearing answer", "liaison"},
    {"hearing open", "decider liaison reviewer"},
    {"hearing show", "auditor decider liaison reviewer"},
    {"import catalogue", "administrator"},
    {"import customers", "administrator"},
    {"import terms", "administrator"},
    {"notice issue", "liaison"},
    {"part disclose", "auditor liaison"},
    {"records import", "administrator reviewer"},
    {"records read", "auditor decider reviewer"},
    {"records register", "administrator reviewer"},
    {"report add", "intake reviewer"},
    {"report join", "reviewer"},
    {"report show", "auditor decider reviewer"},
    {"roster propose", "administrator"},
    {"statement issue", "decider liaison reviewer"},
    {"step agree", "liaison reviewer"},
    {"step record", "liaison reviewer"},
    {"update schedule", "liaison reviewer"},
}};

}  // namespace

std::vector<std::string_view> RolesFor(std::string_view act_name) {
  std::vector<std::string_view> roles;
  for (const ActRoles& row : kActRoles) {
    if (row.act != act_name) continue;
    for (std::size_t at = 0; at < row.roles.size();) {
      const std::size_t end = std::min(row.roles.find(' ', at), row.roles.size());
      roles.push_back(row.roles.substr(at, end - at));
      at = end + 1;
    }
  }
  return roles;
}

struct History::Rule {
  std::string_view type;
  Status (History::*handle)(const Step&);
};

// The types of which more is asked than the act behind them.
const History::Rule* History::FindRule(std::string_view type) {
  static const std::array<Rule, 19> kRules = {{
      {"appeal.decided", &History::DecideAppeal},
      {"appeal.filed", &History::FileAppeal},
      {"conflict.declared", &History::DeclareConflict},
      {"decision.adopted", &History::AdoptDecision},
      {"decision.lift_reviewed", &History::ReviewLift},
      {"decision.lifted_in_emergency", &History::LiftDecision},
      {"decision.planned", &History::PlanDecision},
      {"decision.proposed", &History::ProposeDecision},
      {"decision.signed", &History::SignDecision},
      {"decision.withdrawn", &History::WithdrawDecision},
      {"erasure.proposed", &History::ProposeErasure},
      {"erasure.withdrawn", &History::WithdrawErasure},
      {"keys.forgotten", &History::ForgetKeys},
      {"log.initialised", &History::CheckLog},
      {"part.erased", &History::EraseParts},
      {"roster.proposed", &History::ProposeRoster},
      {"roster.signed", &History::SignRoster},
      {"statement.issued", &History::IssueStatement},
      {"terms.imported", &History::ImportTerms},
  }};
  const auto* rule = std::find_if(kRules.begin(), kRules.end(),
                                  [&](const Rule& each) { return each.type == type; });
  return rule == kRules.end() ? nullptr : rule;
}

void History::Apply(std::uint64_t index, const Entry& entry) {
  if (const Status checked = Check(index, entry); !checked) {
    problems_.Add(
        FromMessage("entry " + std::to_string(index) + " (`" + std::string(entry.type) + "`)",
                    checked.error().message(), index));
  }
}

void History::Finish() {
  if (const Status checked = roster_.Finish(); !checked) {
    problems_.Add(FromMessage("roster", checked.error().message()));
  }
}

Status History::Check(std::uint64_t index, const Entry& entry) {
  const EntryActs* const acts = FindEntryActs(entry.type);
  if (acts == nullptr && !entry.has_act() && !IsPerson(entry.actor)) return {};
  Step step{{index, entry.type, entry.actor, entry.case_id}, {}, {}};
  if (entry.has_act()) {
    const Json act = PROVISO_TRY(ParseJson(entry.act));
    step.act = PROVISO_TRY(verifier::CheckAct(act, log_.name));
    ++acts_checked_;
  }
  PROVISO_TRY(step.act ? CheckAct(step, acts) : CheckActless(step, acts));
  PROVISO_TRY(people_.CheckMayAct(step));
  if (entry.type == "log.initialised" && index != 0) {
    return Bad("expected at index 0 only");
  }
  step.data = PROVISO_TRY(ParseJson(entry.data));
  if (const Rule* const rule = FindRule(step.type)) PROVISO_TRY((this->*rule->handle)(step));
  if (IsPerson(step.actor) && HasPart(step)) NoteParts(step);
  return {};
}

// What makes somebody a part of the case: all that they do in it, but for what hearing an appeal
// brings with it. That is reading, ruling, the letter about it, and the lift that carries it out.
bool History::HasPart(const Step& step) const {
  const bool reads = step.type == "record.read" || step.type == "part.disclosed";
  if (reads || step.type == "appeal.decided") return false;
  if (step.type == "notice.issued") return step.data.StringOr("kind", "") != "appeal-answer";
  // Only these entries are about the decision that they name; in another one it is but a member.
  if (!step.type.starts_with("decision.") && step.type != "statement.issued") return true;
  const auto decision = decisions_.find(step.data.StringOr("decision", ""));
  return decision == decisions_.end() || !decision->second.carries_out_appeal;
}

// What no person did: the service itself, or a customer who has a code.
Status History::CheckActless(const Step& step, const EntryActs* acts) const {
  using Needs = EntryActs::Needs;
  const Needs needs = acts == nullptr ? Needs::kNever : acts->needs;
  const bool missing = IsPerson(step.actor) || needs == Needs::kAlways ||
                       (needs == Needs::kOnceRostered && roster_.current() != nullptr);
  if (missing) return Bad("expected a signed act, found none");
  if (acts == nullptr) return {};
  const bool by_code = needs == Needs::kByCode || needs == Needs::kUnlessByCode;
  const std::string_view expected = by_code ? "customer" : "operator";
  if (step.actor == expected) return {};
  return Bad("expected the actor `" + std::string(expected) + "` where there is no act, found `" +
             std::string(step.actor) + "`");
}

// A person of the roster in force.
Status History::CheckAct(const Step& step, const EntryActs* acts) {
  const CheckedAct& act = *step.act;
  const bool fits = acts == nullptr ? !MustBeOpen(act.name) : acts->MayHave(act.name);
  if (!fits) return Bad("the act `" + act.name + "` does not belong to this type of entry");
  if (!acts_.insert(act.body).second) {
    return Bad("the act `" + act.name + "` stands in the log a second time");
  }
  // Rosters know by themselves who may sign them: before the first, nobody is in any.
  const bool of_roster = step.type == "roster.proposed" || step.type == "roster.signed";
  if (!of_roster) PROVISO_TRY(roster_.CheckActor(step.actor, act));
  return CheckRole(step, act);
}

Status History::CheckRole(const Step& step, const CheckedAct& act) const {
  const std::vector<std::string_view> roles = RolesFor(act.name);
  if (roles.empty() || roster_.current() == nullptr) return {};
  const RosterPerson* const person = roster_.current()->Find(step.actor);
  if (person == nullptr) return {};  // the handler of rosters refuses with the reason
  const bool may = std::ranges::any_of(
      roles, [&](std::string_view role) { return person->roles.contains(std::string(role)); });
  if (may) return {};
  std::string wanted;
  for (const std::string_view role : roles) {
    if (!wanted.empty()) wanted += " or ";
    wanted += role;
  }
  return Bad("expected `" + std::string(step.actor) + "` to have the role " + wanted + " for `" +
             act.name + "`, found no such role in the roster in force");
}

Status History::CheckLog(const Step& step) {
  const std::string origin = PROVISO_TRY(step.data.StringAt("origin"));
  const std::string vkey = PROVISO_TRY(step.data.StringAt("vkey"));
  if (origin == log_.name && vkey == log_.ToText()) return {};
  return Bad("expected the log `" + log_.ToText() + "`, found `" + vkey + "` of `" + origin + "`");
}

Status History::ProposeRoster(const Step& step) {
  return roster_.Propose(step.data, step.actor, *step.act);
}

Status History::SignRoster(const Step& step) {
  return roster_.Sign(step.data, step.actor, *step.act);
}

Status History::ImportTerms(const Step& step) {
  const std::string id = PROVISO_TRY(step.data.StringAt("terms"));
  const std::string version = PROVISO_TRY(step.data.StringAt("version"));
  Quorum imported;
  imported.digest = PROVISO_TRY(step.data.StringAt("digest"));
  PROVISO_TRY(step.data.ObjectAt("quorum"));
  const Json& quorum = *step.data.Find("quorum");
  imported.decision = PROVISO_TRY(quorum.IntegerAt("decision"));
  imported.lift = PROVISO_TRY(quorum.IntegerAt("lift"));
  if (imported.decision < kQuorumMin || imported.lift < kQuorumMin) {
    return Bad("expected quorums of 2 or more, found " + std::to_string(imported.decision) +
               " and " + std::to_string(imported.lift));
  }
  const auto [known, added] = terms_.emplace(id + "@" + version, imported);
  const bool same = known->second.digest == imported.digest &&
                    known->second.decision == imported.decision &&
                    known->second.lift == imported.lift;
  if (!added && !same) return Bad("terms `" + known->first + "` are in the log already, otherwise");
  return {};
}

Result<History::Decision*> History::DecisionOf(const Step& step) {
  const std::string id = PROVISO_TRY(step.data.StringAt("decision"));
  const auto found = decisions_.find(id);
  if (found == decisions_.end()) return Bad("decision `" + id + "` was not proposed before");
  if (found->second.case_id != step.case_id) {
    return Bad("expected an entry of `" + found->second.case_id + "`, where `" + id +
               "` was proposed, found `" + std::string(step.case_id) + "`");
  }
  if (found->second.withdrawn) return Bad("decision `" + id + "` was withdrawn before");
  return &found->second;
}

// The decision, when its newest plan is the one that the entry is about.
Result<History::Decision*> History::PlannedDecisionOf(const Step& step) {
  Decision* const decision = PROVISO_TRY(DecisionOf(step));
  const std::string hash = PROVISO_TRY(step.data.StringAt("plan_hash"));
  if (decision->plan_hash.empty()) return Bad("the decision was not planned before");
  if (decision->plan_hash != hash) {
    return Bad("expected the plan `" + decision->plan_hash + "`, found `" + hash + "`");
  }
  return decision;
}

Status History::ProposeDecision(const Step& step) {
  const std::string id = PROVISO_TRY(step.data.StringAt("decision"));
  const std::string kind = PROVISO_TRY(step.data.StringAt("kind"));
  if (kind != "interim" && kind != "final" && kind != "lift") {
    return Bad("expected the kind interim, final or lift, found `" + kind + "`");
  }
  const auto [place, added] = decisions_.try_emplace(id);
  if (!added) return Bad("decision `" + id + "` was proposed before");
  Decision& decision = place->second;
  decision.case_id = step.case_id;
  decision.preparers.emplace(step.actor);
  decision.lift = kind == "lift";
  PROVISO_TRY(NoteSupersedes(step, decision));
  if (!decision.lift) return {};
  decision.lifts = PROVISO_TRY(step.data.StringAt("lifts"));
  const auto lifted = decisions_.find(decision.lifts);
  if (lifted == decisions_.end() || !lifted->second.adopted) {
    return Bad("expected a decision in force to lift, found `" + decision.lifts + "`");
  }
  const std::string appeal = step.data.StringOr("appeal", "");
  if (appeal.empty()) return {};
  PROVISO_TRY(CheckCarriesOut(step, appeal, decision.lifts));
  decision.carries_out_appeal = true;
  return {};
}

Status History::PlanDecision(const Step& step) {
  Decision* const decision = PROVISO_TRY(DecisionOf(step));
  if (decision->adopted) return Bad("the decision is adopted already");
  PROVISO_TRY(CheckSupersedes(step, *decision));
  const std::string hash = PROVISO_TRY(step.data.StringAt("plan_hash"));
  if (!crypto::Hash::FromHex(hash)) return Bad("expected `plan_hash` as a SHA-256");
  const std::string kind = PROVISO_TRY(step.data.StringAt("kind"));
  const std::string_view expected_kind = decision->lift ? "lift" : "restrict";
  if (kind != expected_kind) {
    return Bad("expected the kind `" + std::string(expected_kind) + "`, found `" + kind + "`");
  }
  const std::string terms = PROVISO_TRY(step.data.StringAt("terms"));
  const auto found = terms_.find(terms);
  if (found == terms_.end()) return Bad("terms `" + terms + "` were not imported before");
  const std::int64_t needed = QuorumFor(*decision, found->second);
  const std::int64_t quorum = PROVISO_TRY(step.data.IntegerAt("quorum"));
  if (quorum != needed) {
    return Bad("expected the quorum of terms `" + terms + "`" +
               (decision->supersedes.empty() ? "" : " and of a lift of what it supersedes") + ", " +
               std::to_string(needed) + ", found " + std::to_string(quorum));
  }
  decision->preparers.emplace(step.actor);
  decision->plan_hash = hash;
  decision->quorum = quorum;
  decision->lift_quorum = found->second.lift;
  decision->signers.clear();
  decision->stated = false;
  return {};
}

Status History::SignDecision(const Step& step) {
  Decision* const decision = PROVISO_TRY(PlannedDecisionOf(step));
  if (step.act->args != DecisionArgs(step.data)) return Bad("the act is about another plan");
  if (decision->preparers.contains(step.actor)) {
    return Bad("`" + std::string(step.actor) + "` prepared the decision and signs it");
  }
  PROVISO_TRY(CheckSupersedes(step, *decision));
  if (!decision->signers.emplace(step.actor).second) {
    return Bad("`" + std::string(step.actor) + "` has signed this plan already");
  }
  return {};
}

Status History::IssueStatement(const Step& step) {
  Decision* const decision = PROVISO_TRY(PlannedDecisionOf(step));
  const std::string hash = PROVISO_TRY(step.data.StringAt("statement_sha256"));
  if (!crypto::Hash::FromHex(hash)) return Bad("expected `statement_sha256` as a SHA-256");
  decision->stated = true;
  return {};
}

// A signature counts while its signer may still sign, took no part in preparing the decision, and
// declared no conflict.
Status History::CheckSigners(const Decision& decision) const {
  std::int64_t valid = 0;
  for (const std::string& signer : decision.signers) {
    const RosterPerson* const person = roster_.current()->Find(signer);
    const bool counts = person != nullptr && person->roles.contains("decider") &&
                        !decision.preparers.contains(signer) && !HasConflict(decision, signer);
    valid += counts ? 1 : 0;
  }
  const std::int64_t needed = std::max(decision.quorum, kQuorumMin);
  if (valid >= needed) return {};
  return Bad("expected " + std::to_string(needed) + " valid signatures of the plan, found " +
             std::to_string(valid));
}

Status History::AdoptDecision(const Step& step) {
  ++decisions_checked_;
  Decision* const decision = PROVISO_TRY(PlannedDecisionOf(step));
  if (step.act->args != DecisionArgs(step.data)) return Bad("the act is about another plan");
  if (decision->adopted) return Bad("the decision is adopted already");
  // No secret restriction: its statement comes first. Lifting takes nothing from anybody.
  if (!decision->lift && !decision->stated) {
    return Bad("expected a statement about the plan before, found none");
  }
  PROVISO_TRY(CheckSupersedes(step, *decision));
  PROVISO_TRY(CheckSigners(*decision));
  if (decision->lift) {
    // Its proposal may have been refused for this very reason: the log goes on all the same.
    const auto found = decisions_.find(decision->lifts);
    if (found == decisions_.end()) return Bad("there is no `" + decision->lifts + "` to lift");
    Decision& lifted = found->second;
    if (lifted.lifted) return Bad("`" + decision->lifts + "` is lifted already");
    if (!lifted.superseded_by.empty()) {
      return Bad("`" + decision->lifts + "` was superseded by `" + lifted.superseded_by + "`");
    }
    lifted.lifted = true;
  }
  PROVISO_TRY(EndSuperseded(step, *decision));
  decision->adopted = true;
  return {};
}

Status History::WithdrawDecision(const Step& step) {
  Decision* const decision = PROVISO_TRY(DecisionOf(step));
  if (decision->adopted) return Bad("the decision is adopted already");
  decision->withdrawn = true;
  return {};
}

Status History::LiftDecision(const Step& step) {
  Decision* const decision = PROVISO_TRY(DecisionOf(step));
  if (step.act->args != Json::Of({{"decision", *step.data.Find("decision")}})) {
    return Bad("the act is about another decision");
  }
  if (!PROVISO_TRY(step.data.BoolAt("alarm"))) return Bad("expected the `alarm` to be raised");
  if (!decision->InForce()) return Bad("the decision is not in force");
  decision->lifted = true;
  decision->lifter = step.actor;
  return {};
}

// Someone else looks at what one person did alone.
Status History::ReviewLift(const Step& step) {
  Decision* const decision = PROVISO_TRY(DecisionOf(step));
  if (decision->lifter.empty()) return Bad("the decision was not lifted in an emergency");
  if (decision->lifter == step.actor) {
    return Bad("`" + std::string(step.actor) + "` lifted the decision and reviews it");
  }
  if (decision->lift_reviewed) return Bad("its emergency lift is reviewed already");
  decision->lift_reviewed = true;
  return {};
}

Status History::ProposeErasure(const Step& step) {
  const Json* const entry = step.data.Find("entry");
  const Json* const parts = step.data.Find("parts");
  const Json* const basis = step.data.Find("basis");
  if (entry == nullptr || parts == nullptr || basis == nullptr) {
    return Bad("expected `entry`, `parts` and `basis`");
  }
  if (step.act->args != Json::Of({{"basis", *basis}, {"entry", *entry}, {"parts", *parts}})) {
    return Bad("the act is about other parts");
  }
  const std::int64_t index = PROVISO_TRY(step.data.IntegerAt("entry"));
  if (index < 0 || std::cmp_greater_equal(index, step.index)) {
    return Bad("expected an entry before it, found " + std::to_string(index));
  }
  const std::string id = PROVISO_TRY(step.data.StringAt("erasure"));
  const bool added = erasures_
                         .emplace(id, Erasure{.proposer = std::string(step.actor),
                                              .case_id = std::string(step.case_id),
                                              .data = step.data,
                                              .done = false,
                                              .withdrawn = false})
                         .second;
  return added ? Status() : Bad("erasure `" + id + "` was proposed before");
}

Status History::WithdrawErasure(const Step& step) {
  const std::string id = PROVISO_TRY(step.data.StringAt("erasure"));
  const auto found = erasures_.find(id);
  if (found == erasures_.end() || found->second.case_id != step.case_id) {
    return Bad("erasure `" + id + "` was not proposed before");
  }
  if (found->second.done) return Bad("erasure `" + id + "` was approved before");
  if (found->second.withdrawn) return Bad("erasure `" + id + "` was withdrawn before");
  found->second.withdrawn = true;
  return {};
}

// Nobody destroys evidence alone.
Status History::EraseParts(const Step& step) {
  const std::string id = PROVISO_TRY(step.data.StringAt("erasure"));
  const auto found = erasures_.find(id);
  if (found == erasures_.end() || found->second.case_id != step.case_id) {
    return Bad("erasure `" + id + "` was not proposed before");
  }
  Erasure& erasure = found->second;
  if (erasure.done) return Bad("erasure `" + id + "` was approved before");
  if (erasure.withdrawn) return Bad("erasure `" + id + "` was withdrawn before");
  if (erasure.proposer == step.actor) {
    return Bad("`" + std::string(step.actor) + "` proposed the erasure and approves it");
  }
  if (erasure.data != step.data ||
      step.act->args != Json::Of({{"entry", *step.data.Find("entry")},
                                  {"erasure", id},
                                  {"parts", *step.data.Find("parts")}})) {
    return Bad("expected the parts that were proposed, found others");
  }
  erasure.done = true;
  return {};
}

// In older logs the operator said it, and nobody signed.
Status History::ForgetKeys(const Step& step) {
  if (!step.act && step.data == Json::MakeObject()) return {};
  if (!step.act) return Bad("expected a signed act, found none");
  for (const Json& item : *PROVISO_TRY(step.data.ArrayAt("erasures"))) {
    const std::string* const id = item.AsString();
    if (id == nullptr) return Bad("expected erasures by their ids");
    const auto found = erasures_.find(*id);
    if (found == erasures_.end() || !found->second.done) {
      return Bad("erasure `" + *id + "` was not approved before");
    }
  }
  return {};
}

Status History::DeclareConflict(const Step& step) { return people_.DeclareConflict(step); }

Status History::FileAppeal(const Step& step) {
  const std::string appeal = PROVISO_TRY(step.data.StringAt("appeal"));
  const std::string id = PROVISO_TRY(step.data.StringAt("decision"));
  const auto decision = decisions_.find(id);
  if (decision == decisions_.end() || !decision->second.adopted ||
      (!step.case_id.empty() && decision->second.case_id != step.case_id)) {
    return Bad("expected an adopted decision of `" + std::string(step.case_id) + "`, found `" + id +
               "`");
  }
  return people_.FileAppeal(step, appeal, id);
}

Status History::DecideAppeal(const Step& step) {
  return people_.DecideAppeal(step, PROVISO_TRY(step.data.StringAt("appeal")));
}

}  // namespace proviso::verifier
