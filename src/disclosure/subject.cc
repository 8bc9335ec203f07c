#include "disclosure/internal/subject.h"

#include <string>

#include "enforcement/plan.h"

namespace proviso::disclosure {
namespace {

using enforcement::Restriction;

// The one customer that all targets belong to.
Result<const catalogue::Customer*> CustomerOf(const std::vector<Restriction>& restrictions,
                                              const catalogue::Customers& customers) {
  const catalogue::Customer* only = nullptr;
  for (const Restriction& restriction : restrictions) {
    for (const enforcement::Target& target : restriction.targets) {
      const catalogue::Customer* owner = customers.CustomerOfSubscription(target.subscription);
      if (owner == nullptr) {
        return Fail(ErrorCode::kNotFound, "subscription `" + target.subscription +
                                              "` of the plan belongs to no customer any more");
      }
      if (only != nullptr && only != owner) {
        return Fail(ErrorCode::kFailedPrecondition,
                    "a statement speaks to one customer; expected targets of `" + only->id +
                        "` only, found those of `" + owner->id +
                        "` too: propose a decision for each");
      }
      only = owner;
    }
  }
  if (only != nullptr) return only;
  return Fail(ErrorCode::kFailedPrecondition, "the plan has no targets to make a statement about");
}

Status CheckTerms(const StatementInputs& inputs, const review::Decision& decision) {
  const std::string given = inputs.terms->id + "@" + inputs.terms->version;
  if (decision.terms == given) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "expected the terms `" + decision.terms + "` of the plan, found `" + given + "`");
}

}  // namespace

Result<Subject> FindSubject(const StatementInputs& inputs, std::string_view decision) {
  Subject subject;
  subject.decision = inputs.state->FindDecision(decision);
  if (subject.decision == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + std::string(decision) + "`");
  }
  const review::Decision& found = *subject.decision;
  if (found.plan.IsNull()) {
    return Fail(ErrorCode::kFailedPrecondition,
                found.id + " has no plan yet; a statement is about a plan");
  }
  PROVISO_TRY(CheckTerms(inputs, found));
  subject.of = inputs.state->FindCase(found.case_id);
  if (found.kind == review::DecisionKind::kLift) {
    const review::Decision* lifted = inputs.state->FindDecision(found.lifts);
    if (lifted != nullptr && lifted->restrictions) subject.restrictions = *lifted->restrictions;
  } else {
    subject.file = PROVISO_TRY(review::DecisionFile::FromJson(found.file));
    // Before adoption the moment of it is not known; windows are told from the decision file.
    subject.restrictions =
        PROVISO_TRY(enforcement::RestrictionsOfPlan(found.plan, found.adopted_at.value_or(Time{})));
    if (subject.restrictions.size() != subject.file->restrictions.size()) {
      return Fail(ErrorCode::kDataLoss,
                  "expected " + std::to_string(subject.file->restrictions.size()) +
                      " restrictions in the plan of " + found.id + ", found " +
                      std::to_string(subject.restrictions.size()));
    }
  }
  subject.customer = PROVISO_TRY(CustomerOf(subject.restrictions, *inputs.customers));
  return subject;
}

}  // namespace proviso::disclosure
