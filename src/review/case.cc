#include "review/case.h"

#include <algorithm>
#include <array>
#include <utility>

#include "review/internal/day.h"

namespace proviso::review {
namespace {

constexpr std::array<std::pair<EvidenceClass, std::string_view>, 6> kEvidenceClasses{{
    {EvidenceClass::kUsage, "usage"},
    {EvidenceClass::kBilling, "billing"},
    {EvidenceClass::kContract, "contract"},
    {EvidenceClass::kCorrespondence, "correspondence"},
    {EvidenceClass::kPublic, "public"},
    {EvidenceClass::kCustomerStatement, "customer_statement"},
}};
constexpr std::array<std::pair<DecisionKind, std::string_view>, 3> kDecisionKinds{{
    {DecisionKind::kInterim, "interim"},
    {DecisionKind::kFinal, "final"},
    {DecisionKind::kLift, "lift"},
}};

constexpr std::array<std::pair<AppealOutcome, std::string_view>, 3> kAppealOutcomes{{
    {AppealOutcome::kUpheld, "upheld"},
    {AppealOutcome::kChanged, "changed"},
    {AppealOutcome::kReversed, "reversed"},
}};

template <typename Table>
std::string Names(const Table& table) {
  std::string names;
  for (const auto& [value, name] : table) {
    names += (names.empty() ? "`" : ", `") + std::string(name) + "`";
  }
  return names;
}

}  // namespace

std::string_view EvidenceClassName(EvidenceClass evidence_class) {
  return kEvidenceClasses[static_cast<std::size_t>(evidence_class)].second;
}

Result<EvidenceClass> ParseEvidenceClass(std::string_view name) {
  for (const auto& [evidence_class, known] : kEvidenceClasses) {
    if (known == name) return evidence_class;
  }
  // INVARIANT (no content): what a customer stores or says is no evidence here, so it has no class.
  if (name == "content") {
    return Fail(ErrorCode::kPermissionDenied,
                "there is no evidence class for customer content, because content is never read; "
                "expected one of " +
                    Names(kEvidenceClasses) + ", found `content`");
  }
  return Fail(ErrorCode::kInvalidArgument, "expected an evidence class, one of " +
                                               Names(kEvidenceClasses) + "; found `" +
                                               std::string(name) + "`");
}

std::string_view DecisionKindName(DecisionKind kind) {
  return kDecisionKinds[static_cast<std::size_t>(kind)].second;
}

Result<DecisionKind> ParseDecisionKind(std::string_view name) {
  for (const auto& [kind, known] : kDecisionKinds) {
    if (known == name) return kind;
  }
  return Fail(ErrorCode::kInvalidArgument, "expected a kind of decision, one of " +
                                               Names(kDecisionKinds) + "; found `" +
                                               std::string(name) + "`");
}

std::string_view AppealOutcomeName(AppealOutcome outcome) {
  return kAppealOutcomes[static_cast<std::size_t>(outcome)].second;
}

Result<AppealOutcome> ParseAppealOutcome(std::string_view name) {
  for (const auto& [outcome, known] : kAppealOutcomes) {
    if (known == name) return outcome;
  }
  return Fail(ErrorCode::kInvalidArgument, "expected what becomes of the decision, one of " +
                                               Names(kAppealOutcomes) + "; found `" +
                                               std::string(name) + "`");
}

std::string_view StatusName(const AgreedStep& step, Time now) {
  if (!step.records.empty()) return step.records.back().met ? "met" : "missed";
  return DayOf(now) > step.due ? "overdue" : "open";
}

bool Hearing::Concluded(Time now) const {
  return answered_at ? acknowledged_at.has_value() : DayOf(now) > until;
}

std::string_view StatusName(const Hearing& hearing, Time now) {
  if (hearing.acknowledged_at) return "acknowledged";
  if (hearing.answered_at) return "answered";
  return DayOf(now) > hearing.until ? "lapsed" : "open";
}

bool Decision::SignedBy(std::string_view pseudonym) const {
  return std::any_of(signatures.begin(), signatures.end(),
                     [&](const DecisionSignature& signature) { return signature.by == pseudonym; });
}

bool WasGiven(const Case& owner, const ScheduledUpdate& update) {
  return std::any_of(owner.notices.begin(), owner.notices.end(), [&](const IssuedNotice& notice) {
    const bool to_them = notice.kind == "update"
                             ? notice.audience.empty() || notice.audience == update.audience
                             : notice.kind == update.audience;
    return to_them && notice.index > update.index &&
           std::chrono::floor<std::chrono::days>(notice.at) >= update.due;
  });
}

std::string_view StatusName(const Case& owner, const ScheduledUpdate& update, Time now) {
  if (WasGiven(owner, update)) return "given";
  return update.due < std::chrono::floor<std::chrono::days>(now) ? "overdue" : "due";
}

std::set<std::string> AttributionsCitedBy(const Decision& decision) {
  std::set<std::string> cited;
  const Json* restrictions = decision.plan.Find("restrictions");
  if (restrictions == nullptr || restrictions->AsArray() == nullptr) return cited;
  for (const Json& restriction : *restrictions->AsArray()) {
    const Json* targets = restriction.Find("targets");
    if (targets == nullptr || targets->AsArray() == nullptr) continue;
    for (const Json& target : *targets->AsArray()) {
      cited.insert(target.StringOr("attribution", ""));
    }
  }
  return cited;
}

bool HasRunOut(const Decision& decision, Time now) {
  if (!decision.restrictions) return false;
  return std::all_of(
      decision.restrictions->begin(), decision.restrictions->end(),
      [&](const enforcement::Restriction& one) { return one.until && *one.until <= now; });
}

std::string_view StatusName(const Decision& decision) {
  if (decision.withdrawal) return "withdrawn";
  if (decision.lifted_at) return "lifted";
  if (decision.superseded_at) return "superseded";
  if (decision.adopted()) return "adopted";
  if (decision.plan_hash.empty()) return "proposed";
  const bool enough = decision.signatures.size() >= static_cast<std::size_t>(decision.quorum);
  return enough ? "signed" : "planned";
}

}  // namespace proviso::review
