#include "enforcement/in_force.h"

namespace proviso::enforcement {
namespace {

using terms::Stage;

Time At(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

Restriction Make(const std::string& decision, Stage stage, std::int64_t from = 0) {
  return {.id = decision + "/1",
          .clause = "4.2",
          .stage = stage,
          .from = At(from),
          .until = std::nullopt,
          .targets = {{"sub-1", "blob-store", "nl-1"}}};
}

Adoption Adopting(const std::string& decision, std::int64_t at,
                  std::vector<std::string> supersedes = {}) {
  return {.decision = decision,
          .at = At(at),
          .restrictions = {Make(decision, Stage::kSuspended)},
          .supersedes = std::move(supersedes)};
}

std::string IdsAt(const RestrictionsInForce& history, std::int64_t at) {
  std::string ids;
  for (const Restriction& one : history.At(At(at))) ids += (ids.empty() ? "" : " ") + one.id;
  return ids;
}

TEST(RestrictionsInForce, HoldFromAdoptionUntilLifted) {
  RestrictionsInForce history;
  ASSERT_TRUE(history.Adopt(Adopting("decision-1", 1000)));
  ASSERT_TRUE(history.Adopt(Adopting("decision-2", 2000)));
  ASSERT_TRUE(history.Lift("decision-1", At(3000)));
  EXPECT_EQ(IdsAt(history, 999), "");
  EXPECT_EQ(IdsAt(history, 1000), "decision-1/1");
  EXPECT_EQ(IdsAt(history, 2000), "decision-1/1 decision-2/1");
  EXPECT_EQ(IdsAt(history, 2999), "decision-1/1 decision-2/1");
  EXPECT_EQ(IdsAt(history, 3000), "decision-2/1");
}

TEST(RestrictionsInForce, NeverBeginBeforeTheAdoption) {
  RestrictionsInForce history;
  ASSERT_TRUE(history.Adopt(Adopting("decision-1", 1000)));
  EXPECT_EQ(history.At(At(1000)).front().from, At(1000));
}

TEST(RestrictionsInForce, ChangeHandsInOneInstantWhenSuperseded) {
  RestrictionsInForce history;
  ASSERT_TRUE(history.Adopt(Adopting("decision-1", 1000)));
  ASSERT_TRUE(history.Adopt(Adopting("decision-2", 1000)));
  ASSERT_TRUE(history.Adopt(Adopting("decision-3", 1500)));
  ASSERT_TRUE(history.Adopt(Adopting("decision-4", 2000, {"decision-1", "decision-2"})));
  EXPECT_EQ(IdsAt(history, 1999), "decision-1/1 decision-2/1 decision-3/1");
  EXPECT_EQ(IdsAt(history, 2000), "decision-3/1 decision-4/1");
  ASSERT_TRUE(history.Lift("decision-4", At(3000)));
  EXPECT_EQ(IdsAt(history, 3000), "decision-3/1") << "what was superseded does not come back";
}

TEST(RestrictionsInForce, RefuseWhatCannotFollow) {
  RestrictionsInForce history;
  ASSERT_TRUE(history.Adopt(Adopting("decision-1", 1000)));
  ASSERT_TRUE(history.Adopt(Adopting("decision-2", 2000, {"decision-1"})));
  const std::vector<std::pair<Status, const char*>> refusals = {
      {history.Adopt(Adopting("decision-2", 3000)), "`decision-2` was adopted before"},
      {history.Adopt(Adopting("decision-1", 3000)), "`decision-1` was adopted before"},
      {history.Adopt(Adopting("decision-3", 3000, {"decision-1"})),
       "expected a decision in force to supersede, found `decision-1`"},
      {history.Adopt(Adopting("decision-3", 3000, {"decision-2", "decision-9"})),
       "expected a decision in force to supersede, found `decision-9`"},
      {history.Adopt(Adopting("decision-3", 3000, {"decision-3"})),
       "expected a decision in force to supersede, found `decision-3`"},
      {history.Lift("decision-1", At(3000)),
       "expected a decision in force to lift, found `decision-1`"},
      {history.Lift("decision-9", At(3000)),
       "expected a decision in force to lift, found `decision-9`"},
      {history.Lift("decision-2", At(1999)),
       "expected a change at 1970-01-01T00:00:02.000Z or later, found one at "
       "1970-01-01T00:00:01.999Z"},
      {history.Adopt(Adopting("decision-3", 1999)),
       "expected a change at 1970-01-01T00:00:02.000Z or later, found one at "
       "1970-01-01T00:00:01.999Z"}};
  for (const auto& [refusal, message] : refusals) {
    ASSERT_FALSE(refusal) << message;
    EXPECT_EQ(refusal.error().message(), message);
  }
  EXPECT_EQ(IdsAt(history, 1999), "decision-1/1");
  EXPECT_EQ(IdsAt(history, 9000), "decision-2/1") << "nothing was changed by what was refused";
}

constexpr OperationSet kWrites =
    SetOf(Operation::kCreate) | SetOf(Operation::kInvoke) | SetOf(Operation::kWrite);
constexpr OperationSet kReads = SetOf(Operation::kRead) | SetOf(Operation::kDelete);

// What a difference says, one change a line: "denied sub-1 blob-store nl-1 63 [1000,2000) [5000,".
std::string Shown(const TableDifference& difference) {
  std::string text;
  const auto add = [&](const char* kind, const std::vector<AnswerChange>& changes) {
    for (const AnswerChange& change : changes) {
      text += std::string(kind) + " " + change.target.subscription + " " + change.target.service +
              " " + change.target.region + " " + std::to_string(change.operations);
      for (const Window& window : change.windows) {
        text += " [" + std::to_string(window.from.time_since_epoch().count()) + ",";
        if (window.until) text += std::to_string(window.until->time_since_epoch().count()) + ")";
      }
      text += "\n";
    }
  };
  add("denied", difference.denied);
  add("allowed", difference.allowed);
  return text;
}

std::string Line(const std::string& kind, OperationSet operations, const std::string& windows) {
  return kind + " sub-1 blob-store nl-1 " + std::to_string(operations) + " " + windows + "\n";
}

TEST(TableDifference, IsNothingWhenAnswersStayTheSame) {
  const std::vector<Restriction> one = {Make("decision-1", Stage::kReadOnly, 1000)};
  std::vector<Restriction> two = one;
  two.push_back(Make("decision-2", Stage::kNoNew, 2000));
  EXPECT_EQ(Shown(DifferenceOf(one, one, At(0))), "");
  EXPECT_EQ(Shown(DifferenceOf(one, two, At(0))), "") << "denied already";
  EXPECT_EQ(Shown(DifferenceOf(two, one, At(0))), "") << "denied still";
}

TEST(TableDifference, TellsWhatAStricterStageAddsAndAMilderOneOpens) {
  const std::vector<Restriction> milder = {Make("decision-1", Stage::kReadOnly, 1000)};
  const std::vector<Restriction> stricter = {Make("decision-2", Stage::kSuspended, 1000)};
  EXPECT_EQ(Shown(DifferenceOf({}, stricter, At(0))), Line("denied", kWrites | kReads, "[1000,"));
  EXPECT_EQ(Shown(DifferenceOf(milder, stricter, At(0))), Line("denied", kReads, "[1000,"));
  EXPECT_EQ(Shown(DifferenceOf(stricter, milder, At(0))), Line("allowed", kReads, "[1000,"));
}

TEST(TableDifference, TellsWhatStaysDeniedInBoth) {
  const std::vector<Restriction> milder = {Make("decision-1", Stage::kReadOnly, 1000)};
  Restriction later = Make("decision-2", Stage::kSuspended, 2000);
  later.until = At(5000);
  const TableDifference difference = DifferenceOf(milder, {later}, At(0));
  const std::vector<AnswerChange> stays = {
      {.target = milder[0].targets[0], .operations = kWrites, .windows = {{At(2000), At(5000)}}}};
  EXPECT_EQ(difference.stays, stays);
  EXPECT_TRUE(DifferenceOf({}, milder, At(0)).stays.empty());
  EXPECT_TRUE(DifferenceOf(milder, {}, At(0)).stays.empty());
}

TEST(TableDifference, CutsWindowsOutOfWindows) {
  Restriction inner = Make("decision-1", Stage::kNoNew, 2000);
  inner.until = At(3000);
  Restriction touching = Make("decision-1", Stage::kNoNew, 3000);
  touching.until = At(4000);
  Restriction outer = Make("decision-2", Stage::kNoNew, 1000);
  outer.until = At(5000);
  const OperationSet create = SetOf(Operation::kCreate);
  EXPECT_EQ(Shown(DifferenceOf({inner}, {outer}, At(0))),
            Line("denied", create, "[1000,2000) [3000,5000)"));
  EXPECT_EQ(Shown(DifferenceOf({touching, inner}, {outer}, At(0))),
            Line("denied", create, "[1000,2000) [4000,5000)"))
      << "two windows that touch are one";
  EXPECT_EQ(Shown(DifferenceOf({outer}, {inner}, At(0))),
            Line("allowed", create, "[1000,2000) [3000,5000)"));
  EXPECT_EQ(Shown(DifferenceOf({outer}, {inner}, At(2500))), Line("allowed", create, "[3000,5000)"))
      << "what is over is no matter";
  outer.until.reset();
  EXPECT_EQ(Shown(DifferenceOf({inner}, {outer}, At(0))),
            Line("denied", create, "[1000,2000) [3000,"));
}

TEST(TableDifference, TellsOperationsOfOtherWindowsApart) {
  Restriction reads = Make("decision-1", Stage::kSuspended, 2000);
  reads.operations = kReads;
  const Restriction writes = Make("decision-1", Stage::kReadOnly, 1000);
  EXPECT_EQ(Shown(DifferenceOf({}, {reads, writes}, At(0))),
            Line("denied", kWrites, "[1000,") + Line("denied", kReads, "[2000,"));
}

}  // namespace
}  // namespace proviso::enforcement
