#include "review/attention.h"
#include "review/review_fixture.h"

namespace proviso::review {
namespace {

class LiftReviewTest : public ReviewTest {
 protected:
  // decision-1 is lifted by elif, an enforcer, and by nobody else.
  void Lifted() {
    Review();
    Propose();
    Enforce("decision-1");
    Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "A hospital is hit."}, "elif");
  }
  static ReviewEmergencyLift Reviewed(const std::string& outcome,
                                      const std::string& restored_by = "") {
    return {.decision = "decision-1",
            .outcome = outcome,
            .reason = "The hospital was no part of it.",
            .restored_by = restored_by};
  }
};

TEST_F(LiftReviewTest, AnEmergencyLiftAsksForAttentionUntilSomebodyElseReviewedIt) {
  Lifted();
  const Json open = AttentionJson(state_, "case-1", now_ + std::chrono::hours(73));
  ASSERT_EQ(open.AsArray()->size(), 1U);
  const Json& item = (*open.AsArray())[0];
  EXPECT_EQ(item.StringOr("kind", ""), "emergency_lift");
  EXPECT_EQ(item.StringOr("by", ""), "p-elif");
  EXPECT_EQ(item.IntegerOr("age_days", 0), 3);
  EXPECT_EQ(item.StringOr("text", ""),
            "decision-1 was lifted in an emergency, and nobody has reviewed that");
  EXPECT_EQ(state_.EmergencyLiftsToReview(), std::vector<std::string>{"decision-1"});
  Do(Reviewed("confirmed"), "bram");
  EXPECT_TRUE(AttentionOf(state_, "case-1", now_).empty());
  EXPECT_TRUE(state_.EmergencyLiftsToReview().empty());
  const Json shown = DecisionJson(state_, "decision-1", now_).value();
  const Json& lift = *shown.Find("emergency_lift");
  EXPECT_FALSE(lift.BoolOr("review_due", true));
  EXPECT_EQ(lift.Find("review")->StringOr("outcome", ""), "confirmed");
  EXPECT_EQ(lift.Find("review")->StringOr("by", ""), "p-bram");
}

TEST_F(LiftReviewTest, IsRefusedToWhoLiftedAndWithoutReasonOrOutcome) {
  Review();
  Propose();
  Enforce("decision-1");
  ExpectRefused(Reviewed("confirmed"), "bram", ErrorCode::kFailedPrecondition,
                "there is no emergency lift to review; expected a decision lifted in an "
                "emergency, found decision-1, which is adopted");
  Do(EmergencyLiftDecision{.decision = "decision-1", .reason = "r"}, "cora");
  ExpectRefused(Reviewed("confirmed"), "cora", ErrorCode::kPermissionDenied,
                "who lifts in an emergency does not review it; expected somebody else, found "
                "p-cora, who lifted decision-1");
  ExpectRefused(Reviewed("fine"), "bram", ErrorCode::kInvalidArgument,
                "there is no such outcome of a review; expected `confirmed` or "
                "`restored-by-new-decision`, found `fine`");
  ReviewEmergencyLift silent = Reviewed("confirmed");
  silent.reason = " ";
  ExpectRefused(silent, "bram", ErrorCode::kInvalidArgument,
                "the reason is missing; expected text, found none");
  EXPECT_EQ(Try(Reviewed("confirmed"), "elif").error().code(), ErrorCode::kPermissionDenied);
  Do(Reviewed("confirmed"), "bram");
  ExpectRefused(Reviewed("confirmed"), "dirk", ErrorCode::kAlreadyExists,
                "the emergency lift of decision-1 is reviewed already; expected one that waits for "
                "its review, found `confirmed` by p-bram");
}

TEST_F(LiftReviewTest, RestoresByANewDecisionInForceAlone) {
  Lifted();
  const std::string restored = "restored-by-new-decision";
  const std::string wanted =
      "nothing is restored before a new decision is in force: propose, sign and adopt it, and name "
      "it with --restored-by; expected a decision of case-1 that was adopted after the lift of "
      "decision-1 and is in force, found ";
  ExpectRefused(Reviewed(restored), "bram", ErrorCode::kFailedPrecondition, wanted + "none");
  ExpectRefused(Reviewed(restored, "decision-1"), "bram", ErrorCode::kFailedPrecondition,
                wanted + "`decision-1`");
  ExpectRefused(Reviewed("confirmed", "decision-1"), "bram", ErrorCode::kInvalidArgument,
                "a lift that is confirmed is not restored; expected no new decision, found "
                "`decision-1`");
  Propose();
  ExpectRefused(Reviewed(restored, "decision-2"), "bram", ErrorCode::kFailedPrecondition,
                wanted + "`decision-2`");
  Enforce("decision-2");
  Do(Reviewed(restored, "decision-2"), "bram");
  EXPECT_EQ(state_.FindDecision("decision-1")->emergency->review->restored_by, "decision-2");
  EXPECT_FALSE(state_.FindDecision("decision-1")->in_force());
}

TEST_F(LiftReviewTest, IsCheckedAtEachReplay) {
  Lifted();
  Do(Reviewed("confirmed"), "bram");
  log_.back().actor = "p-elif";
  ReviewState replayed;
  Status status;
  for (const RecordedEvent& event : log_) {
    status = replayed.Apply(event);
    if (!status) break;
  }
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace proviso::review
