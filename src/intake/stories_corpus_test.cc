#include <gtest/gtest.h>

#include <set>

#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

using testing::Labelled;
using testing::PairScore;
using testing::ReadLabelled;
using testing::Score;

constexpr double kPrecisionMin = 0.95;
constexpr double kRecallMin = 0.90;
// What is reached on texts that nothing was chosen by, so that it does not become worse.
constexpr double kHeldOutRecallMin = 0.84;

class LabelledTexts : public ::testing::TestWithParam<std::string> {};

TEST_P(LabelledTexts, AreGroupedAsAReaderWould) {
  const Labelled labelled = ReadLabelled();
  const std::vector<StoryMember> members = labelled.Members(GetParam());
  const PairScore score = Score(labelled, GroupStories(members), GetParam());
  const bool held_out = GetParam() == "held-out";
  EXPECT_GE(score.right, 38);
  EXPECT_GE(score.Precision(), kPrecisionMin) << ::testing::PrintToString(score.faults);
  EXPECT_GE(score.Recall(), held_out ? kHeldOutRecallMin : kRecallMin)
      << ::testing::PrintToString(score.faults);
}

INSTANTIATE_TEST_SUITE_P(Half, LabelledTexts, ::testing::Values("tuning", "held-out", "all"));

TEST(LabelledSet, HaveTheEchoesThatAReaderSees) {
  const Labelled labelled = ReadLabelled();
  std::set<std::string> wanted;
  for (std::size_t i = 0; i < labelled.files.size(); ++i) {
    if (labelled.echo_of[i] != "-") wanted.insert(labelled.files[i] + " of " + labelled.echo_of[i]);
  }
  std::set<std::string> found;
  const auto file = [&](const std::string& report) {
    return labelled.files[std::stoul(report.substr(report.find('-') + 1)) - 1];
  };
  for (const Story& story : GroupStories(labelled.Members())) {
    for (const Echo& echo : story.echoes) found.insert(file(echo.by) + " of " + file(echo.of));
  }
  EXPECT_EQ(found, wanted);
}

TEST(LabelledSet, AreEnough) {
  const Labelled labelled = ReadLabelled();
  EXPECT_GE(labelled.files.size(), 161U);
  EXPECT_GE(std::set(labelled.events.begin(), labelled.events.end()).size(), 50U);
}

}  // namespace
}  // namespace proviso::intake
