#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/event.h"
#include "catalogue/customers.h"
#include "checks/evaluate.h"
#include "enforcement/plan.h"
#include "enforcement/roster.h"
#include "review/erasure.h"
#include "review/state.h"

namespace proviso::review {

inline constexpr std::size_t kTitleBytesMax = 500;
inline constexpr std::size_t kTextBytesMax = 20'000;  // claims and reasons
inline constexpr std::size_t kNoticeDaysMax = 3660;   // how far ahead a day may lie
inline constexpr std::size_t kStatementBytesMax = 1U << 20U;
inline constexpr std::size_t kChecksPerClaimMax = 32;
inline constexpr std::size_t kResultsPerEvaluationMax = 400;

// Who does it: a person of the roster in force, found by the key of the act. nullptr: nobody of it,
// which every command refuses, for each of these is a person's step.
struct Actor {
  const enforcement::Person* person = nullptr;
};
struct Moment {
  Time at;
};

// The commands. Each becomes one event of the case that it is about, or is refused with the reason,
// with what was expected and what was found; a refusal changes nothing.

struct OpenCase {
  std::string title;
};
struct AddClaim {
  std::string case_id;
  std::string text;
  std::vector<std::string> checks;  // texts; validated against the inventory by the caller
  bool denial = false;
  std::optional<ClaimSource> source = std::nullopt;  // of a report that is in the case
};
// Until a finding was recorded; what was evaluated before counts no more.
struct EditClaim {
  std::string case_id;
  std::string claim;
  std::string text;
  std::vector<std::string> checks;  // texts; validated against the inventory by the caller
  std::string reason;
};
// A claim that is not pursued. It stays in the record, and needs no finding.
struct DropClaim {
  std::string case_id;
  std::string claim;
  std::string reason;
};
struct RecordEvaluation {
  std::string case_id;
  // By claim or agreed step: one result a check, in the order of its checks. Those without checks,
  // and claims that were dropped, may be left out; all others must be there.
  std::map<std::string, std::vector<checks::CheckResult>> results;
  // What was read for it: [{"class","source"?}]. A read of records stands in the log in clear.
  Json reads = Json::MakeArray();
};
struct RecordFinding {
  std::string case_id;
  std::string claim;
  std::string outcome;
  std::string reason;
  // Why the finding is not what the checks drafted. Must be given then, and only then.
  std::string against_draft = {};
};
struct RecordAttribution {
  std::string case_id;
  std::string subscription;
  std::string unit;  // id, name or alias
  std::string evidence_class;
  std::string reason;
  const catalogue::Customers* customers = nullptr;  // never nullptr
};
// Refused while a claim has no finding, an interim decision is in force, an emergency lift waits
// for its review, a hearing goes on or an appeal waits. Older entries hold closings over some of
// these, so that a replay does not ask.
struct CloseCase {
  std::string case_id;
  std::string reason;
};

// Opens a closed case again, for new evidence.
struct ReopenCase {
  std::string case_id;
  std::string evidence_class;  // of what is new
  std::string reason;
};
struct LinkCase {
  std::string case_id;
  std::string to;
  std::string reason;
};
// From then on, the person acts on this case no more.
struct DeclareConflict {
  std::string case_id;
  std::string reason;
};

// A document that came in, as intake read it. Belongs to no case yet.
struct ReceiveReport {
  std::string kind;
  std::string sha256;
  Json document;
  std::string original_key;  // hexadecimal
  // The customer that itself gave it to us, as the person who takes it in says; empty: another, or
  // not known. Only a letter has one.
  std::string from_customer = {};
};
struct JoinReport {
  std::string case_id;
  std::string report;
};

// What the customer agreed to do by a day.
struct AgreeStep {
  std::string case_id;
  std::string text;
  Date due{};
  std::vector<std::string> checks;  // texts; validated against the inventory by the caller
};
// A step is missed when its day is over, and no sooner. A later word corrects an earlier one, and
// both stay.
struct RecordStep {
  std::string case_id;
  std::string step;
  bool met = false;
  std::string reason;
};

// Tells the customer what is intended, and asks for an answer. Nobody signs before it is concluded.
struct OpenHearing {
  std::string decision;
  Date until{};
  std::string notice;         // Markdown
  std::string notice_sha256;  // of the text that was read, as the act says
  std::string code_sha256;    // of the code that goes out with it
};
// By the customer with the code, or taken down by a person.
struct AnswerHearing {
  std::string hearing;
  std::string text;
  // Of the notice that was read, where the answer says so; another one is refused.
  std::string notice_sha256 = {};
};
struct AcknowledgeAnswer {
  std::string hearing;
  std::string text;    // Markdown
  std::string sha256;  // of the text that was read, as the act says
};

// A new code for an open hearing or against a stated decision, where the one before was lost; what
// went out before is void.
struct RenewCode {
  std::string of;           // "hearing-1" or "decision-1"
  std::string code_sha256;  // of the new code
};

// A text that goes out: about an adopted decision, or about the case as a whole.
struct IssueNotice {
  std::string case_id;
  std::string decision;  // empty: the case
  std::string kind;
  std::string text;           // Markdown
  std::string sha256;         // of the text that was read, as the act says
  std::string audience = {};  // of an update; empty of all else
};
struct ScheduleUpdate {
  std::string case_id;
  std::string audience;  // "customer", "staff", "public"
  Date due{};
};

// How many months after a statement an appeal may be filed.
inline constexpr int kAppealMonths = 6;
// The last day for an appeal against what was stated on `stated`: the same day six months later, or
// the last one of that month.
Date LastDayForAppeal(Date stated);

// By the customer, with the code that went out with the statement.
struct FileAppeal {
  std::string decision;
  std::string text;
};
struct DecideAppeal {
  std::string appeal;
  std::string outcome;
  std::string reason;
  // Whose people a refusal names, who could decide it. nullptr: nobody is named.
  const enforcement::Roster* roster = nullptr;
};

// What metering says after a decision (docs/formats/cessation.md).
struct RecordCessation {
  std::string decision;
  Json result;
};
// A person looks at a report or at rows of a register, for a purpose of the case.
struct ReadRecord {
  std::string case_id;
  std::string evidence_class;
  std::string what;     // "report-1", or a source of records
  std::string purpose;  // "review", "hearing", "appeal", "audit"
};

struct ProposeDecision {
  std::string case_id;
  Json file;  // docs/formats/decision.md
};
struct ProposeLift {
  std::string decision;  // adopted and not yet lifted
  std::string reason;
  std::string appeal = {};  // that it carries out; empty: none
};
struct PlanDecision {
  std::string decision;
  enforcement::Plan plan;  // of ExpandRestriction, or of ExpandLift
  int quorum = 0;          // that the terms require
};
// A proposal, a lift among them, that was refused, replaced or wrong. By anybody who may propose.
struct WithdrawDecision {
  std::string decision;  // not adopted
  std::string reason;
};
struct SignDecision {
  std::string decision;
  std::string plan_hash;
};
struct IssueStatement {
  std::string decision;
  std::string plan_hash;                // as the act says
  std::string statement_sha256;         // of the text that was read, as the act says
  std::string markdown;                 // the text of this moment
  std::string appeal_code_sha256 = {};  // of the code that goes out with it
};
struct AdoptDecision {
  std::string decision;
  std::string plan_hash;
  std::string fresh_plan_hash;  // of the same decision expanded on the inventory of this moment
  // Only signatures of people who are still in it, and still may sign, count. Never nullptr.
  const enforcement::Roster* roster = nullptr;
};
// One person's; out of force at once; the event carries an alarm, and waits for a review.
struct EmergencyLiftDecision {
  std::string decision;
  std::string reason;
};

// By somebody else than who lifted. What was lifted stays so: what should be restricted again takes
// a decision of its own, which is in force by then.
struct ReviewEmergencyLift {
  std::string decision;
  std::string outcome;  // "confirmed", "restored-by-new-decision"
  std::string reason;
  std::string restored_by = {};  // that new decision
};

// Confidential parts of one entry are to be destroyed. Nothing is, until somebody else approves.
struct ProposeErasure {
  ErasedEntry entry;
  std::vector<PartName> parts;
  std::string basis;  // "request", "retention", "court-order", "mistake"
  std::string reason;
};
// A confidential part is handed to somebody outside.
struct DisclosePart {
  ErasedEntry entry;
  std::string part;
  std::string purpose;  // "appeal", "audit", "court", "publication", "request"
  std::string to;
};
// By somebody else than who proposed it. The event comes first, then the keys are destroyed.
struct ApproveErasure {
  std::string erasure;
  ErasedEntry entry;
  std::vector<PartName> parts;  // as the act has them: what was approved is what was proposed
};
// A proposal that waits is taken back, or declined by who would approve it.
struct WithdrawErasure {
  std::string erasure;
  std::string reason;
};
// A folder of keys is no more, or out of reach for good: erasures need not reach it.
struct ForgetKeys {
  std::string folder;
  std::string reason;
  std::uint64_t entries = 0;        // its keys are of entries before this one
  std::vector<std::string> missed;  // erasures that were done and never reached it
};

Result<Event> Handle(const ReviewState& state, const OpenCase& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const AddClaim& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordEvaluation& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordFinding& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordAttribution& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const CloseCase& command, Actor actor, Moment now);
Result<Event> Handle(const ReviewState& state, const EditClaim& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const DropClaim& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ReopenCase& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const LinkCase& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const DeclareConflict& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ReceiveReport& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const JoinReport& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const AgreeStep& command, Actor actor, Moment now);
Result<Event> Handle(const ReviewState& state, const RecordStep& command, Actor actor, Moment now);
Result<Event> Handle(const ReviewState& state, const OpenHearing& command, Actor actor, Moment now);
// These two are the customer's, who is no person of the roster.
Result<Event> Handle(const ReviewState& state, const AnswerHearing& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const FileAppeal& command, Actor actor, Moment now);
Result<Event> Handle(const ReviewState& state, const AcknowledgeAnswer& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RenewCode& command, Actor actor, Moment now);
Result<Event> Handle(const ReviewState& state, const IssueNotice& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ScheduleUpdate& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const DecideAppeal& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordCessation& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ReadRecord& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ProposeDecision& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const ProposeLift& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const PlanDecision& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const WithdrawDecision& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const SignDecision& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const IssueStatement& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const AdoptDecision& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const EmergencyLiftDecision& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ReviewEmergencyLift& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ProposeErasure& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ApproveErasure& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const WithdrawErasure& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ForgetKeys& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const DisclosePart& command, Actor actor);

}  // namespace proviso::review
