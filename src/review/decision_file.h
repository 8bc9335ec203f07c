#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "enforcement/plan.h"
#include "review/case.h"

namespace proviso::review {

// Whether the customer was heard before: how, or why not.
struct HeardOrWaived {
  bool held = false;
  std::string text;
};

// What a person proposes to decide (docs/formats/decision.md).
struct DecisionFile {
  DecisionKind kind = DecisionKind::kInterim;  // never kLift
  std::string clause;
  std::string terms;  // "id@version"; empty: those of the customer's contract
  std::string summary;
  // Why what was found is incompatible with the clause, as those who decide explain it. Empty in
  // decisions that were proposed before it was asked for: then a statement gives a general
  // sentence.
  std::string why_incompatible;
  std::vector<std::string> facts;       // finding ids
  std::vector<std::string> supersedes;  // decisions in force whose place it takes; may be empty
  HeardOrWaived hearing;
  std::vector<enforcement::RequestedRestriction> restrictions;
  std::vector<std::string> keep_on_classes;
  std::vector<std::string> keep_on_services;

  // kInvalidArgument lists every fault, one a line, with the place: "restrictions[0].stage: ...".
  static Result<DecisionFile> FromJson(const Json& json);
};

// What a decision says in words, which its plan is bound to (enforcement::RecordDigest): {"file"}
// of its decision file, or {"reason"} of a lift.
Json RecordOf(const Decision& decision);

// What an expansion needs of a case and its decision, its record among it; the caller adds nonce,
// catalogue, customers, terms, and of what it supersedes the quorum of a lift. Looks into `state`,
// and is valid while nothing is applied to it. kNotFound when there is no such decision;
// kFailedPrecondition for a lift, and when what it supersedes is not in force any more.
class ReviewState;
Result<enforcement::PlanInputs> PlanInputsOf(const ReviewState& state, std::string_view decision);
// The same of a file that nobody has proposed yet, without its record.
Result<enforcement::PlanInputs> PlanInputsOfFile(const ReviewState& state, std::string_view case_id,
                                                 const Json& file);

}  // namespace proviso::review
