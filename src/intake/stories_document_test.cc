#include <gtest/gtest.h>

#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

using testing::ReadText;

// The lines of the fenced block that begins with "```<info>".
std::string Block(const std::string& document, const std::string& info) {
  std::istringstream in(document);
  std::string line;
  std::string block;
  while (std::getline(in, line) && line != "```" + info) {
  }
  while (std::getline(in, line) && line != "```") block += line + "\n";
  return block;
}

// A story as docs/formats/stories.md shows one.
std::string Show(const Story& story) {
  std::string shown = story.id + ":";
  for (const std::string& report : story.reports) shown += " " + report;
  shown += "\nwhy: " + story.why + "\n";
  for (const Echo& echo : story.echoes) {
    shown += "echo: " + echo.by + " of " + echo.of + ", " +
             std::to_string(echo.containment_per_mille) + " per mille\n";
  }
  for (const Origin& origin : story.origins) {
    shown += "origin: " + std::string(OriginKindName(origin.kind)) + " of " + origin.name;
    shown += origin.report.empty() ? "" : ", came in as " + origin.report;
    for (std::size_t i = 0; i < origin.cited_by.size(); ++i) {
      shown += (i == 0 ? ", cited by " : " ") + origin.cited_by[i];
    }
    shown += "\n";
  }
  for (const Disagreement& disagreement : story.disagreements) {
    shown += "differ: " + disagreement.about;
    for (const Version& version : disagreement.versions) {
      shown += "; " + version.report + " `" + version.value + "`";
    }
    shown += "\n";
  }
  return shown;
}

TEST(StoriesDocument, ShowsTheExampleAsItIsGrouped) {
  const std::string document =
      ReadText(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/stories.md");
  std::vector<Report> reports;
  for (int i = 1; i <= 3; ++i) {
    const std::string block = Block(document, "report " + std::to_string(i));
    ASSERT_FALSE(block.empty()) << i;
    reports.push_back(testing::ReadLabelledReport(block));
  }
  std::vector<StoryMember> members;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    members.push_back({"report-" + std::to_string(i + 1), &reports[i], Time{}});
  }
  std::string shown;
  for (const Story& story : GroupStories(members)) shown += Show(story);
  EXPECT_EQ(shown, Block(document, "stories"));
}

// The bars that the document states are those of the code.
TEST(StoriesDocument, StatesTheBars) {
  const std::string document =
      ReadText(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/stories.md");
  std::string code;
  for (const std::string file : {"article_vectors", "echoes", "grouping", "likeness"}) {
    code += ReadText(std::string(PROVISO_SOURCE_DIR) + "/src/intake/internal/" + file + ".cc");
  }
  std::istringstream in(document);
  std::string line;
  int bars = 0;
  while (std::getline(in, line)) {
    if (!line.starts_with("| `k")) continue;
    const std::size_t name_end = line.find('`', 3);
    const std::string name = line.substr(3, name_end - 3);
    const std::size_t value_begin = line.find("| ", name_end) + 2;
    const std::string value = line.substr(value_begin, line.find(" |", value_begin) - value_begin);
    const std::string wanted = name + " = " + value + ";";
    EXPECT_NE(code.find(wanted), std::string::npos) << wanted;
    ++bars;
  }
  EXPECT_GE(bars, 10);
}

}  // namespace
}  // namespace proviso::intake
