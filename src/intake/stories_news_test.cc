#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

using testing::ReadText;
using testing::SharedData;

// Three articles on one event as they were found, which lie beside the source tree where they were
// fetched; and texts of our own beside them.
class FoundNews : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = SharedData() / "news";
    if (!std::filesystem::exists(folder)) {
      GTEST_SKIP() << "SKIPPED: no news articles at " << folder;
    }
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".txt") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    ASSERT_EQ(paths.size(), 3U);
    for (const auto& path : paths) Add(ReadText(path));
    Add("Microsoft said on Friday that its Outlook mail service was down for nine hours because of "
        "a certificate that nobody had renewed. Users in Europe and Asia saw an error page. The "
        "company apologised, and said that calendars and contacts were safe. Engineers renewed the "
        "certificate at noon. Administrators complained that the status page had shown green for "
        "three hours. Last year an outage of Teams had the same cause.");
    Add("Bake the quinces whole for an hour, and the peel comes off by itself. Cut them into "
        "wedges, lay them on the pastry and brush them with warm honey. Serve the tart cold.");
  }

  void Add(std::string text) {
    Report report;
    report.text = std::move(text);
    report.date = ParseDate("2025-09-26").value();
    reports_.push_back(std::move(report));
  }

  std::vector<Story> Group() const {
    std::vector<StoryMember> members;
    for (std::size_t i = 0; i < reports_.size(); ++i) {
      members.push_back({"report-" + std::to_string(i + 1), &reports_[i],
                         Time(std::chrono::hours(488'000 + static_cast<std::int64_t>(i)))});
    }
    return GroupStories(members);
  }

  std::vector<Report> reports_;
};

TEST_F(FoundNews, ThreeArticlesAreOneStoryAndOthersStandAlone) {
  const std::vector<Story> stories = Group();
  ASSERT_EQ(stories.size(), 3U);
  EXPECT_EQ(stories[0].reports, (std::vector<std::string>{"report-1", "report-2", "report-3"}));
  EXPECT_EQ(stories[1].reports, std::vector<std::string>{"report-4"});
  EXPECT_EQ(stories[2].reports, std::vector<std::string>{"report-5"});
  EXPECT_TRUE(stories[0].echoes.empty()) << stories[0].echoes[0].why;
}

TEST_F(FoundNews, TheyGoBackToOneInvestigationAndOneStatement) {
  const Story story = Group().front();
  ASSERT_GE(story.origins.size(), 2U);
  const std::vector<std::string> all = {"report-1", "report-2", "report-3"};
  int investigations = 0;
  int statements = 0;
  for (const Origin& origin : story.origins) {
    if (origin.cited_by != all) continue;
    const bool reporting = origin.kind == OriginKind::kReporting;
    EXPECT_NE(origin.name.find(reporting ? "Guardian" : "Microsoft"), std::string::npos);
    (reporting ? investigations : statements) += 1;
  }
  EXPECT_EQ(investigations, 1);
  EXPECT_EQ(statements, 1);
}

TEST_F(FoundNews, ALightlyRewordedCopyIsAnEcho) {
  SeededRandom random(7);
  for (std::size_t of = 0; of < 3; ++of) {
    const std::string& text = reports_[of].text;
    std::string reworded;
    std::string word;
    for (const char c : text + "\n") {
      if (c != ' ' && c != '\n') {
        word += c;
        continue;
      }
      const bool small = !word.empty() && word[0] >= 'a' && word[0] <= 'z';
      reworded += (small && random.Next() % 6 == 0 ? "re" : "") + word + c;
      word.clear();
    }
    Add(reworded);
    const std::vector<Story> stories = Group();
    const std::string id = "report-" + std::to_string(reports_.size());
    const auto& echoes = stories.front().echoes;
    const auto echo =
        std::find_if(echoes.begin(), echoes.end(), [&](const Echo& one) { return one.by == id; });
    ASSERT_NE(echo, echoes.end());
    EXPECT_EQ(echo->of, "report-" + std::to_string(of + 1));
    reports_.pop_back();
  }
}

}  // namespace
}  // namespace proviso::intake
