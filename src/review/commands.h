#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/event.h"
#include "catalogue/customers.h"
#include "checks/evaluate.h"
#include "enforcement/plan.h"
#include "enforcement/roster.h"
#include "review/state.h"

namespace proviso::review {

inline constexpr std::size_t kTitleBytesMax = 500;
inline constexpr std::size_t kTextBytesMax = 20'000;  // claims and reasons
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
};
struct RecordEvaluation {
  std::string case_id;
  // By claim: one result a check, in the order of the claim's checks. Claims without checks may be
  // left out; all others must be there.
  std::map<std::string, std::vector<checks::CheckResult>> results;
};
struct RecordFinding {
  std::string case_id;
  std::string claim;
  std::string outcome;
  std::string reason;
};
struct RecordAttribution {
  std::string case_id;
  std::string subscription;
  std::string unit;  // id, name or alias
  std::string evidence_class;
  std::string reason;
  const catalogue::Customers* customers = nullptr;  // never nullptr
};
// Refused while a claim has no finding, or an interim decision is in force.
struct CloseCase {
  std::string case_id;
  std::string reason;
};

struct ProposeDecision {
  std::string case_id;
  Json file;  // docs/formats/decision.md
};
struct ProposeLift {
  std::string decision;  // adopted and not yet lifted
  std::string reason;
};
struct PlanDecision {
  std::string decision;
  enforcement::Plan plan;  // of ExpandRestriction, or of ExpandLift
  int quorum = 0;          // that the terms require
};
struct SignDecision {
  std::string decision;
  std::string plan_hash;
};
struct IssueStatement {
  std::string decision;
  std::string plan_hash;         // as the act says
  std::string statement_sha256;  // of the text that was read, as the act says
  std::string markdown;          // the text of this moment
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

Result<Event> Handle(const ReviewState& state, const OpenCase& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const AddClaim& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordEvaluation& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordFinding& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const RecordAttribution& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const CloseCase& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ProposeDecision& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const ProposeLift& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const PlanDecision& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const SignDecision& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const IssueStatement& command, Actor actor);
Result<Event> Handle(const ReviewState& state, const AdoptDecision& command, Actor actor,
                     Moment now);
Result<Event> Handle(const ReviewState& state, const EmergencyLiftDecision& command, Actor actor);

}  // namespace proviso::review
