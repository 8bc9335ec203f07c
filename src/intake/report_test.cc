#include "intake/report.h"

#include <gtest/gtest.h>

namespace proviso::intake {
namespace {

Report Full() {
  Report report;
  report.kind = ReportKind::kLegalNotice;
  report.title = "Title";
  report.text = "One.\n\nTwo.";
  report.outlet = "Example Herald";
  report.author = "Jane Doe";
  report.language = "en";
  report.url = "https://herald.example/";
  report.date = ParseDate("2026-08-06").value();
  report.credits = {"Example Wire"};
  report.defects = {"a defect"};
  report.details = Json::Of({{"law", "x"}});
  return report;
}

TEST(Report, ComesBackFromItsJsonAsItWas) {
  for (const Report& report : {Full(), Report()}) {
    const Json json = report.ToJson();
    const Result<Report> back = Report::FromJson(ParseJson(json.Canonical()).value());
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->ToJson(), json);
    EXPECT_EQ(back->date, report.date);
    EXPECT_EQ(back->details, report.details);
  }
}

TEST(Report, RefusesJsonThatIsNotItsOwn) {
  const struct {
    const char* member;
    Json value;
  } cases[] = {{"kind", "rumour"},
               {"title", 1},
               {"text", Json()},
               {"date", "6 August"},
               {"credits", "Example Wire"},
               {"details", "text"},
               {"details", Json::Of({{"x", Json(Json::Fraction{"0.5"})}})}};
  for (const auto& entry : cases) {
    Json json = Full().ToJson();
    json[entry.member] = entry.value;
    EXPECT_FALSE(Report::FromJson(json)) << entry.member;
  }
}

TEST(ReportKind, HasNamesThatComeBack) {
  for (const char* const name : {"article", "abuse-report", "legal-notice", "letter"}) {
    EXPECT_EQ(ReportKindName(ParseReportKind(name).value()), name);
  }
  EXPECT_EQ(ParseReportKind("tip").error().message(),
            "no kind of report is called `tip`; there are `article`, `abuse-report`, "
            "`legal-notice` and `letter`");
}

}  // namespace
}  // namespace proviso::intake
