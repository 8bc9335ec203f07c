#pragma once

#include <cstdint>
#include <map>
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

// That one case has to do with another.
struct CaseLink {
  std::string to;
  std::string reason;  // confidential; empty when erased
  std::string by;
  Time at;
};

// A closed case that new evidence opened again.
struct Reopening {
  EvidenceClass evidence_class = EvidenceClass::kPublic;  // of what is new
  std::string reason;                                     // confidential; empty when erased
  std::string close_reason;                               // what it had ended with
  std::string by;
  Time at;
};

// A text that was sent, as it was sent.
struct IssuedNotice {
  std::string kind;      // "staff", "public", "update", ...
  std::string decision;  // empty: of the case as a whole
  std::string audience;  // of an update; empty of all else, and of entries before it was kept
  std::string sha256;
  std::string text;  // Markdown; confidential; empty when erased
  std::string by;
  Time at;
  std::uint64_t index = 0;  // log entry
};

// Something to be said by a day.
struct ScheduledUpdate {
  std::string id;        // "update-1"
  std::string audience;  // "customer", "staff", "public"
  Date due;
  std::string by;
  std::uint64_t index = 0;  // log entry
};

struct Case {
  std::string id;     // "case-1"
  std::string title;  // confidential; empty when erased
  std::string opened_by;
  Time opened_at;
  std::optional<Time> closed_at;  // absent: open
  std::string close_reason;
  std::vector<std::string> reports;  // ids, oldest first; the same below
  std::vector<std::string> claims;
  std::vector<std::string> attributions;
  std::vector<std::string> steps;
  std::vector<std::string> decisions;
  std::vector<std::string> hearings;
  std::vector<std::string> appeals;
  std::vector<CaseLink> links;
  std::vector<Reopening> reopenings;
  std::vector<IssuedNotice> notices;
  std::vector<ScheduledUpdate> updates;
  std::vector<Json> cessations;           // what metering said after decisions; null where erased
  std::map<std::string, Time> conflicts;  // pseudonyms of those who declared one, and since when
  // Pseudonyms of all who ever acted on it, except by deciding an appeal.
  std::set<std::string> participants;

  bool open() const { return !closed_at.has_value(); }
};

// Whether what was promised by `update` was said: by an update to that audience, or by its notice
// about a decision, that was issued on the day or later. A letter before names the day itself.
bool WasGiven(const Case& owner, const ScheduledUpdate& update);
// "due", "overdue" (its day is over), "given".
std::string_view StatusName(const Case& owner, const ScheduledUpdate& update, Time now);

// A document that came in (intake). Its original is kept sealed, beside the log.
struct ReceivedReport {
  std::string id;    // "report-1"
  std::string kind;  // "article", ...
  std::string sha256;
  std::string received_by;
  Time received_at;
  std::uint64_t index = 0;         // log entry
  Json document;                   // as intake read it; null when erased
  std::string from_customer;       // that itself gave it to us; empty: another, unknown or erased
  std::string original_key;        // hexadecimal; opens the original; empty when erased
  std::vector<std::string> cases;  // that it was joined to
};

// Where a claim comes from: a sentence of a report.
struct ClaimSource {
  std::string report;
  std::int64_t begin = 0;  // byte offsets in the report's text
  std::int64_t end = 0;
  std::string quote;
  Json about;  // {"who","capability_class","region","place","quantity","time"} as far as it says
};

struct Claim {
  std::string id;  // "claim-1"
  std::string case_id;
  std::string text;                 // confidential; empty when erased
  std::vector<std::string> checks;  // canonical texts
  bool denial = false;              // the other side's claim
  std::string added_by;
  std::optional<ClaimSource> source;
  std::optional<Time> edited_at;
  std::optional<Time> dropped_at;
  std::string drop_reason;  // confidential; empty when erased
  // Of the newest evaluation; empty before the first.
  std::vector<Json> results;  // checks::CheckResult::ToJson()
  std::optional<checks::Outcome> draft;
  bool draft_untold = false;  // the newest evaluation was erased: `draft` may be of an earlier one
  std::optional<Time> evaluated_at;
  std::vector<std::string> findings;  // ids, oldest first: the last one stands

  bool dropped() const { return dropped_at.has_value(); }
};

struct Finding {
  std::string id;  // "finding-1"
  std::string claim;
  checks::Outcome outcome = checks::Outcome::kRecordsMissing;
  std::string reason;  // confidential; empty when erased
  // What the checks had drafted; absent: nothing, or the entry is of before this was kept.
  std::optional<checks::Outcome> drafted;
  std::string against_draft;  // why it says otherwise; confidential; empty: it does not, or erased
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

// What a person said became of an agreed step.
struct StepRecord {
  bool met = false;
  std::string reason;  // confidential; empty when erased
  std::string by;
  Time at;
};

// What a customer agreed to do by a day, and what shows that it was done.
struct AgreedStep {
  std::string id;  // "step-1"
  std::string case_id;
  std::string text;  // confidential; empty when erased
  Date due;
  std::vector<std::string> checks;  // canonical texts
  std::string agreed_by;
  Time agreed_at;
  std::vector<Json> results;  // of the newest evaluation
  std::optional<Time> evaluated_at;
  std::vector<StepRecord> records;  // oldest first; the last one counts; empty: not yet
};
// "open", "overdue" (open after its day), "met", "missed".
std::string_view StatusName(const AgreedStep& step, Time now);

// The customer is told what is intended, and answers, before anybody signs.
struct Hearing {
  std::string id;  // "hearing-1"
  std::string case_id;
  std::string decision;
  std::string opened_by;
  Time opened_at;
  Date until;                                      // the last day for an answer
  std::vector<enforcement::Restriction> intended;  // empty when the plan was erased
  std::string notice_sha256;
  std::string notice;       // Markdown; confidential, as all texts here
  std::string code_sha256;  // of the code by which the customer answers
  std::string answer;
  std::string answered_notice;  // SHA-256 of the notice that the answer names; empty: it names none
  std::string answered_by;      // "customer", or the pseudonym of who took it down
  std::optional<Time> answered_at;
  std::string acknowledgement;
  std::string acknowledgement_sha256;  // empty when erased, and of older entries
  std::string acknowledged_by;
  std::optional<Time> acknowledged_at;

  // Answered and acknowledged, or the last day has passed without an answer.
  bool Concluded(Time now) const;
};
// "open", "answered", "acknowledged", "lapsed".
std::string_view StatusName(const Hearing& hearing, Time now);

enum class AppealOutcome { kUpheld, kChanged, kReversed };  // of the decision
std::string_view AppealOutcomeName(AppealOutcome outcome);  // "upheld", ...
Result<AppealOutcome> ParseAppealOutcome(std::string_view name);

struct Appeal {
  std::string id;  // "appeal-1"
  std::string case_id;
  std::string decision;
  std::string text;  // confidential; empty when erased
  Time filed_at;
  std::optional<AppealOutcome> outcome;
  std::string reason;  // confidential
  std::string heard_by;
  std::optional<Time> decided_at;
  std::uint64_t decided_index = 0;  // log entry
  std::string lift;                 // the decision that carries it out; empty: none yet
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

// A proposal that is pursued no more.
struct Withdrawal {
  std::string by;
  Time at;
  std::string reason;  // confidential; empty when erased
};

// What somebody else made of an emergency lift.
struct LiftReview {
  std::string outcome;      // "confirmed", "restored-by-new-decision"
  std::string restored_by;  // the decision that took its place; empty when confirmed
  std::string by;
  Time at;
  std::string reason;  // confidential; empty when erased
};

// One person's act that took a decision out of force. Asks for attention until it is reviewed.
struct EmergencyLift {
  std::string by;
  Time at;
  std::uint64_t index = 0;  // log entry
  std::string reason;       // confidential; empty when erased
  std::optional<LiftReview> review;
};

struct Decision {
  std::string id;  // "decision-1"
  std::string case_id;
  DecisionKind kind = DecisionKind::kInterim;
  std::string proposed_by;
  Time proposed_at;
  std::uint64_t planned_index = 0;  // log entry of the newest plan
  Json file;           // the decision file (docs/formats/decision.md); null for a lift or if erased
  std::string reason;  // of a lift
  std::string lifts;   // of a lift: the decision that it lifts
  std::string appeal;  // of a lift: the appeal that it carries out; empty: none
  // Decisions whose place it takes: they end when it is adopted. None of a lift.
  std::vector<std::string> supersedes;

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
  std::set<std::string> appeal_codes;  // SHA-256 of the codes that went out with the statement

  std::string adopted_by;
  std::optional<Time> adopted_at;
  std::uint64_t adopted_index = 0;
  // Frozen at adoption, windows fixed; absent for a lift, or when the plan was erased.
  std::optional<std::vector<enforcement::Restriction>> restrictions;
  std::optional<Time> lifted_at;
  std::string lifted_by;  // id of the lifting decision; empty in an emergency
  std::optional<Time> superseded_at;
  std::string superseded_by;  // id of the decision that took its place, which may end in its turn
  std::optional<EmergencyLift> emergency;
  std::optional<Withdrawal> withdrawal;

  bool adopted() const { return adopted_at.has_value(); }
  bool in_force() const {
    return kind != DecisionKind::kLift && adopted() && !ended_at().has_value();
  }
  // When it was lifted or superseded, after which nothing brings it back; absent: it was not. That
  // its windows ran out is another thing: see HasRunOut().
  const std::optional<Time>& ended_at() const { return lifted_at ? lifted_at : superseded_at; }
  bool PreparedBy(std::string_view pseudonym) const {
    return proposed_by == pseudonym || planned_by.contains(std::string(pseudonym));
  }
  bool SignedBy(std::string_view pseudonym) const;
};

// The attributions that the targets of its plan cite; none when the plan was erased.
std::set<std::string> AttributionsCitedBy(const Decision& decision);

// Every window of it is over: it denies nothing any more, and a lift would change nothing. False
// before its adoption, and where its plan was erased: what still holds cannot be told.
bool HasRunOut(const Decision& decision, Time now);

// "proposed", "planned", "signed" (by the quorum), "adopted", "lifted", "superseded", "withdrawn".
std::string_view StatusName(const Decision& decision);

}  // namespace proviso::review
