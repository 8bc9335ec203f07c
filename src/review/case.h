#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "checks/outcome.h"
#include "enforcement/restriction.h"

namespace proviso::review {

// What kind of record a piece of evidence is. There is none for customer content.
enum class EvidenceClass {
  kUsage,
  kBilling,
  kContract,
  kCorrespondence,
  kPublic,
  kCustomerStatement,
};
std::string_view EvidenceClassName(EvidenceClass evidence_class);  // "usage", ...
// kPermissionDenied for "content", with the reason; kInvalidArgument for other unknown names.
Result<EvidenceClass> ParseEvidenceClass(std::string_view name);

struct Case {
  std::string id;     // "case-1"
  std::string title;  // confidential; empty when erased
  std::string opened_by;
  Time opened_at;
  std::optional<Time> closed_at;  // absent: open
  std::string close_reason;
  std::vector<std::string> claims;  // ids, oldest first; the same below
  std::vector<std::string> attributions;
  std::vector<std::string> decisions;

  bool open() const { return !closed_at.has_value(); }
};

struct Claim {
  std::string id;  // "claim-1"
  std::string case_id;
  std::string text;                 // confidential; empty when erased
  std::vector<std::string> checks;  // canonical texts
  bool denial = false;              // the other side's claim
  std::string added_by;
  // Of the newest evaluation; empty before the first.
  std::vector<Json> results;  // checks::CheckResult::ToJson()
  std::optional<checks::Outcome> draft;
  std::optional<Time> evaluated_at;
  std::vector<std::string> findings;  // ids, oldest first: the last one stands
};

struct Finding {
  std::string id;  // "finding-1"
  std::string claim;
  checks::Outcome outcome = checks::Outcome::kRecordsMissing;
  std::string reason;  // confidential; empty when erased
  std::string by;
  Time at;
  std::vector<std::string> results;  // hashes of the check results that it was written on
};

// The finding that a subscription belongs to a unit.
struct Attribution {
  std::string id;  // "attribution-1"
  std::string case_id;
  std::string subscription;  // confidential; empty when erased
  std::string unit;          // id; confidential
  EvidenceClass evidence_class = EvidenceClass::kUsage;
  std::string reason;  // confidential
  std::string by;
  Time at;
};

enum class DecisionKind { kInterim, kFinal, kLift };
std::string_view DecisionKindName(DecisionKind kind);  // "interim", "final", "lift"
Result<DecisionKind> ParseDecisionKind(std::string_view name);

struct DecisionSignature {
  std::string by;  // pseudonym
  Time at;
  std::uint64_t index = 0;  // log entry
  Json act;                 // as recorded: enforcement::Act::ToLogJson()
};

// One person's act that took a decision out of force. Stays marked until it is reviewed.
struct EmergencyLift {
  std::string by;
  Time at;
  std::string reason;  // confidential; empty when erased
};

struct Decision {
  std::string id;  // "decision-1"
  std::string case_id;
  DecisionKind kind = DecisionKind::kInterim;
  std::string proposed_by;
  Time proposed_at;
  Json file;           // the decision file (docs/formats/decision.md); null for a lift or if erased
  std::string reason;  // of a lift
  std::string lifts;   // of a lift: the decision that it lifts

  // Everybody who ever made a plan of it counts as preparer.
  std::set<std::string> planned_by;
  // Of the newest plan; a new one voids signatures and statement, which are bound to its hash.
  std::string plan_hash;  // empty: none yet
  Json plan;              // null when there is none, or it was erased
  int quorum = 0;
  std::string terms;  // "id@version"
  std::vector<DecisionSignature> signatures;
  std::string statement;         // Markdown
  std::string statement_sha256;  // empty: not issued for this plan
  std::optional<Time> statement_at;

  std::string adopted_by;
  std::optional<Time> adopted_at;
  std::uint64_t adopted_index = 0;
  // Frozen at adoption, windows fixed; absent for a lift, or when the plan was erased.
  std::optional<std::vector<enforcement::Restriction>> restrictions;
  std::optional<Time> lifted_at;
  std::string lifted_by;  // id of the lifting decision; empty in an emergency
  std::optional<EmergencyLift> emergency;

  bool adopted() const { return adopted_at.has_value(); }
  bool in_force() const {
    return kind != DecisionKind::kLift && adopted() && !lifted_at.has_value();
  }
  bool PreparedBy(std::string_view pseudonym) const {
    return proposed_by == pseudonym || planned_by.contains(std::string(pseudonym));
  }
  bool SignedBy(std::string_view pseudonym) const;
};

// "proposed", "planned", "signed" (by the quorum), "adopted", "lifted".
std::string_view StatusName(const Decision& decision);

}  // namespace proviso::review
