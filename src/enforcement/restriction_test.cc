#include "enforcement/restriction.h"

#include <array>
#include <fstream>
#include <set>
#include <sstream>

namespace proviso::enforcement {
namespace {

constexpr std::array<terms::Stage, 4> kStages = {terms::Stage::kNotice, terms::Stage::kNoNew,
                                                 terms::Stage::kReadOnly, terms::Stage::kSuspended};

std::vector<std::string> Cells(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream stream(row);
  for (std::string cell; std::getline(stream, cell, '|');) {
    const auto first = cell.find_first_not_of(" `*");
    const auto last = cell.find_last_not_of(" `*");
    if (first != std::string::npos) cells.push_back(cell.substr(first, last - first + 1));
  }
  return cells;
}

TEST(Restriction, DeniesWhatTheTruthTableOfTheDocumentSays) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/restrictions.md");
  ASSERT_TRUE(file) << "docs/formats/restrictions.md is missing";
  std::vector<Operation> columns;
  std::set<terms::Stage> seen;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> cells = Cells(line);
    if (cells.size() < 2) continue;
    if (cells[0] == "stage") {
      columns.clear();
      for (std::size_t i = 1; i < cells.size(); ++i) {
        const auto operation = ParseOperation(cells[i]);
        if (!operation) break;
        columns.push_back(*operation);
      }
      continue;
    }
    const auto stage = terms::ParseStage(cells[0].substr(0, cells[0].find_first_of(" `")));
    if (columns.size() != kOperationCount || !stage || cells.size() != kOperationCount + 1)
      continue;
    seen.insert(*stage);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      ASSERT_TRUE(cells[i + 1] == "allow" || cells[i + 1] == "deny") << line;
      EXPECT_EQ(Denies(*stage, columns[i]), cells[i + 1] == "deny")
          << cells[0] << " " << OperationName(columns[i]);
    }
  }
  EXPECT_EQ(seen.size(), kStages.size()) << "a row for each stage, a column for each operation";
}

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
