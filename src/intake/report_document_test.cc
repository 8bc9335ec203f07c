#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "intake/read_report.h"

namespace proviso::intake {
namespace {

// The lines of the fenced block of docs/formats/report.md that begins with "```<info>".
std::string Block(const std::string& info) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/report.md");
  std::string line;
  while (std::getline(file, line) && line != "```" + info) {
  }
  std::string block;
  while (std::getline(file, line) && line != "```") block += line + "\n";
  return block;
}

Result<Report> Read(const std::string& text, std::optional<ReportKind> kind) {
  return ReadReport({.name = "in.json", .bytes = Bytes(text.begin(), text.end()), .kind = kind});
}

TEST(ReportDocument, ShowsReportsAsTheyAreRead) {
  for (const char* const kind : {"article", "legal-notice", "abuse-report"}) {
    const std::string text = Block("text " + std::string(kind));
    ASSERT_FALSE(text.empty()) << kind;
    // The kind is found out, and the same when it is given.
    for (const auto& given : {std::optional<ReportKind>(), {ParseReportKind(kind).value()}}) {
      const Result<Report> report = Read(text, given);
      ASSERT_TRUE(report) << kind << ": " << report.error().message();
      EXPECT_EQ(report->ToJson().Pretty() + "\n", Block("json " + std::string(kind)));
    }
  }
}

TEST(ReportDocument, ShowsARefusalAsItIs) {
  const Result<Report> report = Read(Block("text refused"), std::nullopt);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().message() + "\n", Block("text reason"));
}

}  // namespace
}  // namespace proviso::intake
