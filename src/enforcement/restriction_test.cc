#include "enforcement/restriction.h"

#include <array>

namespace proviso::enforcement {
namespace {

constexpr std::array<terms::Stage, 4> kStages = {terms::Stage::kNotice, terms::Stage::kNoNew,
                                                 terms::Stage::kReadOnly, terms::Stage::kSuspended};

TEST(Restriction, NeverDeniesToManage) {
  for (const terms::Stage stage : kStages) EXPECT_FALSE(Denies(stage, Operation::kManage));
}

TEST(Restriction, HigherStagesDenyWhatLowerOnesDo) {
  for (std::size_t i = 1; i < kStages.size(); ++i) {
    for (int operation = 0; operation < kOperationCount; ++operation) {
      const auto asked = static_cast<Operation>(operation);
      EXPECT_LE(Denies(kStages[i - 1], asked), Denies(kStages[i], asked));
    }
  }
}

TEST(Restriction, OperationNamesRoundTrip) {
  for (int i = 0; i < kOperationCount; ++i) {
    const auto operation = static_cast<Operation>(i);
    EXPECT_EQ(ParseOperation(OperationName(operation)).value(), operation);
  }
  const auto wrong = ParseOperation("Read");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(wrong.error().message().find("`Read`"), std::string::npos);
}

class DecideNaivelyTest : public testing::Test {
 protected:
  static Time At(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }
  static Restriction Make(std::string id, terms::Stage stage) {
    return {.id = std::move(id),
            .clause = "4.2",
            .stage = stage,
            .from = At(1000),
            .until = At(2000),
            .targets = {{"sub-1", "blob-store", "nl-1"}}};
  }
  static Question Ask(Operation operation, std::int64_t at) {
    return {"sub-1", "blob-store", "nl-1", operation, At(at)};
  }
};

TEST_F(DecideNaivelyTest, NamesTheFirstThatDenies) {
  const std::vector<Restriction> restrictions = {Make("decision-1/1", terms::Stage::kNoNew),
                                                 Make("decision-2/1", terms::Stage::kSuspended)};
  EXPECT_EQ(DecideNaively(restrictions, Ask(Operation::kCreate, 1500)).restriction, "decision-1/1");
  const Answer answer = DecideNaively(restrictions, Ask(Operation::kRead, 1500));
  EXPECT_FALSE(answer.allowed);
  EXPECT_EQ(answer.restriction, "decision-2/1");
  EXPECT_EQ(answer.clause, "4.2");
  EXPECT_EQ(answer.stage, terms::Stage::kSuspended);
  EXPECT_EQ(answer.until, At(2000));
  EXPECT_EQ(answer.reason, "restricted by decision-2 under clause 4.2: suspended");
}

TEST_F(DecideNaivelyTest, TakesFromAsInclusiveAndUntilAsExclusive) {
  const std::vector<Restriction> restrictions = {Make("decision-1/1", terms::Stage::kSuspended)};
  const std::vector<std::pair<std::int64_t, bool>> cases = {
      {999, true}, {1000, false}, {1999, false}, {2000, true}};
  for (const auto& [at, allowed] : cases) {
    EXPECT_EQ(DecideNaively(restrictions, Ask(Operation::kRead, at)).allowed, allowed) << at;
  }
}

TEST_F(DecideNaivelyTest, DeniesWhatIsCoveredAndDeniedByTheStage) {
  Restriction writes = Make("decision-1/1", terms::Stage::kReadOnly);
  // The stage allows to read, and nothing denies to manage: to cover them changes nothing.
  writes.operations =
      SetOf(Operation::kWrite) | SetOf(Operation::kRead) | SetOf(Operation::kManage);
  for (int i = 0; i < kOperationCount; ++i) {
    const auto operation = static_cast<Operation>(i);
    const bool denied = operation == Operation::kWrite;
    EXPECT_EQ(DecideNaively({writes}, Ask(operation, 1500)).allowed, !denied)
        << OperationName(operation);
    EXPECT_EQ(Includes(Denied(writes.stage, writes.operations), operation), denied)
        << OperationName(operation);
  }
}

TEST_F(DecideNaivelyTest, SaysWhichCaseItIsOf) {
  Restriction restriction = Make("decision-1/1", terms::Stage::kSuspended);
  restriction.of_case = "case-7";
  EXPECT_EQ(DecideNaively({restriction}, Ask(Operation::kRead, 1500)).of_case, "case-7");
  EXPECT_EQ(DecideNaively({restriction}, Ask(Operation::kRead, 2000)).of_case, "");
}

TEST_F(DecideNaivelyTest, LeavesEverythingElseAlone) {
  const std::vector<Restriction> restrictions = {Make("decision-1/1", terms::Stage::kSuspended)};
  for (const Target& other :
       {Target{"sub-2", "blob-store", "nl-1"}, Target{"sub-1", "speech", "nl-1"},
        Target{"sub-1", "blob-store", "de-1"}}) {
    EXPECT_TRUE(DecideNaively(restrictions, {other.subscription, other.service, other.region,
                                             Operation::kRead, At(1500)})
                    .allowed);
  }
}

}  // namespace
}  // namespace proviso::enforcement
