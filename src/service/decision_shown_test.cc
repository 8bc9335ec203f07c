#include "service/internal/decision_shown.h"

#include <gtest/gtest.h>

namespace proviso::service {
namespace {

// A case with a decision that was proposed and not planned yet.
class DecisionShown : public testing::Test {
 protected:
  DecisionShown() {
    Apply("case.opened", Json::MakeObject());
    Apply("decision.proposed", Json::Of({{"decision", "decision-1"}, {"kind", "interim"}}));
  }
  void Apply(const std::string& type, const Json& open) {
    const Status applied =
        state_.review.Apply({.index = index_++,
                             .time = now_,
                             .case_id = "case-1",
                             .actor = "p-anna",
                             .act = {},
                             .event = Event{.type = type, .open = open, .sealed = {}}});
    ASSERT_TRUE(applied) << applied.error().message();
  }
  Json Next() const { return NextStepOf(state_, *state_.review.FindDecision("decision-1"), now_); }

  State state_;
  std::uint64_t index_ = 0;
  const Time now_ = ParseTime("2026-11-22T09:30:00Z").value();
};

TEST_F(DecisionShown, AWithdrawnOneHasNoNextStep) {
  EXPECT_EQ(Next().StringOr("command", ""), "proviso decision plan decision-1");
  Apply("decision.withdrawn", Json::Of({{"decision", "decision-1"}}));
  EXPECT_TRUE(Next().IsNull());
}

}  // namespace
}  // namespace proviso::service
