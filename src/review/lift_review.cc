// The review of what one person lifted alone.
#include "review/internal/lift_review.h"

#include "review/commands.h"
#include "review/internal/refusal.h"

namespace proviso::review {
namespace {

constexpr std::string_view kConfirmed = "confirmed";
constexpr std::string_view kRestored = "restored-by-new-decision";

Status CheckRestored(const ReviewState& state, const Decision& lifted, const LiftReview& review) {
  if (review.outcome == kConfirmed) {
    if (review.restored_by.empty()) return {};
    return Refuse(ErrorCode::kInvalidArgument, "a lift that is confirmed is not restored",
                  {"no new decision", Quoted(review.restored_by)});
  }
  const Decision* restored = state.FindDecision(review.restored_by);
  const bool stands = restored != nullptr && restored->case_id == lifted.case_id &&
                      restored->in_force() && restored->adopted_index > lifted.emergency->index;
  if (stands) return {};
  return Refuse(
      ErrorCode::kFailedPrecondition,
      "nothing is restored before a new decision is in force: propose, sign and adopt it, "
      "and name it with --restored-by",
      {"a decision of " + lifted.case_id + " that was adopted after the lift of " + lifted.id +
           " and is in force",
       review.restored_by.empty() ? "none" : Quoted(review.restored_by)});
}

}  // namespace

Status CheckLiftReview(const ReviewState& state, const Decision& decision,
                       const LiftReview& review) {
  if (!decision.emergency) {
    return Refuse(ErrorCode::kFailedPrecondition, "there is no emergency lift to review",
                  {"a decision lifted in an emergency",
                   decision.id + ", which is " + std::string(StatusName(decision))});
  }
  const EmergencyLift& lift = *decision.emergency;
  if (lift.review) {
    return Refuse(
        ErrorCode::kAlreadyExists, "the emergency lift of " + decision.id + " is reviewed already",
        {"one that waits for its review", Quoted(lift.review->outcome) + " by " + lift.review->by});
  }
  if (lift.by == review.by) {
    return Refuse(ErrorCode::kPermissionDenied, "who lifts in an emergency does not review it",
                  {"somebody else", review.by + ", who lifted " + decision.id});
  }
  if (review.outcome != kConfirmed && review.outcome != kRestored) {
    return Refuse(ErrorCode::kInvalidArgument, "there is no such outcome of a review",
                  {Quoted(kConfirmed) + " or " + Quoted(kRestored), Quoted(review.outcome)});
  }
  return CheckRestored(state, decision, review);
}

Result<Event> Handle(const ReviewState& state, const ReviewEmergencyLift& command, Actor actor) {
  PROVISO_TRY(CheckPerson(actor, "review an emergency lift"));
  PROVISO_TRY(enforcement::MayPerform(*actor.person, "decision review"));
  const Decision* decision = state.FindDecision(command.decision);
  if (decision == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision " + Quoted(command.decision));
  }
  LiftReview review;
  review.outcome = command.outcome;
  review.restored_by = command.restored_by;
  review.by = actor.person->pseudonym;
  PROVISO_TRY(CheckLiftReview(state, *decision, review));
  PROVISO_TRY(CheckText("the reason", command.reason, kTextBytesMax));
  Json open = Json::Of({{"decision", decision->id}, {"outcome", command.outcome}});
  if (!command.restored_by.empty()) open["restored_by"] = command.restored_by;
  return Event{.type = "decision.lift_reviewed",
               .open = std::move(open),
               .sealed = {{"reason", Json(command.reason)}}};
}

}  // namespace proviso::review
