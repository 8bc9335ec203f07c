#include "intake/internal/plain_text.h"

#include <gtest/gtest.h>

#include "intake/internal/credits.h"
#include "intake/internal/dates.h"

namespace proviso::intake {
namespace {

Report Read(std::string_view text, ReportKind kind = ReportKind::kArticle) {
  const Result<Report> report = ReadPlainText(text, kind);
  EXPECT_TRUE(report) << (report ? "" : report.error().message());
  return report ? *report : Report();
}

TEST(PlainText, HeaderLinesAtTheTopAreNotTheText) {
  const Report report = Read(
      "Title: Unit keeps calls\nOutlet: Example Herald\nAUTHOR: Jane Doe\nDate: 6 August 2026\n"
      "Language: en-GB\nURL: https://herald.example/unit\n\nThe unit keeps calls.\n");
  EXPECT_EQ(report.title, "Unit keeps calls");
  EXPECT_EQ(report.outlet, "Example Herald");
  EXPECT_EQ(report.author, "Jane Doe");
  EXPECT_EQ(report.date, ParseDate("2026-08-06").value());
  EXPECT_EQ(report.language, "en");
  EXPECT_EQ(report.url, "https://herald.example/unit");
  EXPECT_EQ(report.text, "The unit keeps calls.");
  EXPECT_TRUE(report.defects.empty());
}

TEST(PlainText, WhomALetterWentToEndsNoHeaderAndIsNotKept) {
  const Report report = Read(
      "From: Ines Sample\nTo: Trust and Safety\nCc: somebody@example.org\nSubject: A complaint\n"
      "Date: 3 November 2026\n\nThe unit keeps calls.\n",
      ReportKind::kLetter);
  EXPECT_EQ(report.author, "Ines Sample");
  EXPECT_EQ(report.title, "A complaint");
  EXPECT_EQ(report.date, ParseDate("2026-11-03").value());
  EXPECT_EQ(report.text, "The unit keeps calls.");
  EXPECT_TRUE(report.defects.empty());
  EXPECT_EQ(report.ToJson().Canonical().find("somebody"), std::string::npos);
}

TEST(PlainText, AHeaderLineThatIsNotUnderstoodIsADefect) {
  const struct {
    const char* line;
    const char* defect;
  } cases[] = {
      {"Date: 06/08/2026",
       "line 2: `date` is no day such as 2026-08-06 or 6 August 2026 and was left out: "
       "`06/08/2026`"},
      {"Language: plain English",
       "line 2: `language` is no code of a language such as en and was left out: `plain English`"},
      {"URL: javascript:alert(1)",
       "line 2: `url` does not begin with https:// or http:// and was left out: "
       "`javascript:alert(1)`"},
      {"Title: Another", "line 2: `title` was given before and was left out: `Another`"},
      {"Author:", "line 2: `author` is empty and was left out: ``"},
  };
  for (const auto& entry : cases) {
    const Report report = Read("Title: T\n" + std::string(entry.line) + "\n\nText.");
    EXPECT_EQ(report.defects, std::vector<std::string>{entry.defect});
    EXPECT_EQ(report.text, "Text.");
  }
}

TEST(PlainText, ALegalNoticeHasItsHeaderLinesInDetails) {
  const Report report = Read(
      "Law: Example Storage Act, section 12\nReference: EX-2026-17\nLocation: bucket em-calls\n"
      "Contact: clerk@court.example\nDate: 2026-08-12\n\nWe ask you to look into this.",
      ReportKind::kLegalNotice);
  EXPECT_EQ(report.details, Json::Of({{"law", "Example Storage Act, section 12"},
                                      {"reference", "EX-2026-17"},
                                      {"location", "bucket em-calls"},
                                      {"contact", "clerk@court.example"}}));
  EXPECT_EQ(report.text, "We ask you to look into this.");
  EXPECT_TRUE(NamesALaw("\nLaw: x\n\ntext"));
  EXPECT_FALSE(NamesALaw("A sentence.\n\nLaw: y"));
}

TEST(PlainText, AFirstLineThatStandsApartIsTheTitleUnlessItIsASentence) {
  EXPECT_EQ(Read("Unit keeps calls\n\nIt does.").title, "Unit keeps calls");
  EXPECT_EQ(Read("Unit keeps calls\n\nIt does.").text, "It does.");
  for (const char* const text :
       {"The unit keeps calls.\n\nIt does.", "Dear Example Cloud,\n\nIt does.",
        "Dear Example Cloud\n\nIt does.", "6 August 2026\n\nIt does.", "Only one line",
        "Unit keeps calls\nIt does.\n\nAnd more."}) {
    EXPECT_EQ(Read(text).title, "") << text;
  }
}

TEST(PlainText, ALineIsAParagraphWhereLinesWereNotWrapped) {
  const std::string lines =
      "A line that nobody wrapped, since it goes on and on, well beyond what a "
      "page is wide, until it has its end.\nShort one.\nThird.";
  const Report report = Read(lines);
  EXPECT_TRUE(report.text.ends_with("end.\n\nShort one.\n\nThird.")) << report.text;
}

TEST(PlainText, WrappedLinesAreJoined) {
  const Report report = Read(
      "The unit keeps recordings of calls in object storage,\r\n"
      "the Example Herald found, and puts them in writing.\r\n\r\n\r\nSecond paragraph.\r\n"
      "Third, for the line before was ended early.");
  EXPECT_EQ(report.text,
            "The unit keeps recordings of calls in object storage, the Example Herald found, and "
            "puts them in writing.\n\nSecond paragraph.\n\nThird, for the line before was ended "
            "early.");
}

TEST(PlainText, ABylineIsTakenApart) {
  const struct {
    const char* line;
    const char* author;
    const char* outlet;
    const char* date;
  } cases[] = {
      {"By Jane Doe, Example Herald, 6 August 2026", "Jane Doe", "Example Herald", "2026-08-06"},
      {"By Jane Doe, August 6, 2026", "Jane Doe", "", "2026-08-06"},
      {"By Jane Doe and Max van Roe", "Jane Doe and Max van Roe", "", ""},
      {"BY JANE DOE, EXAMPLE HERALD", "JANE DOE", "EXAMPLE HERALD", ""},
  };
  for (const auto& entry : cases) {
    const Report report = Read("Unit keeps calls\n\n" + std::string(entry.line) + "\n\nIt does.");
    EXPECT_EQ(report.author, entry.author) << entry.line;
    EXPECT_EQ(report.outlet, entry.outlet) << entry.line;
    EXPECT_EQ(report.date ? FormatDate(*report.date) : "", entry.date) << entry.line;
    EXPECT_EQ(report.text, "It does.") << entry.line;
  }
  for (const char* const sentence :
       {"By all accounts, the unit keeps them.", "By July, it kept 11,500 TB.", "By the way"}) {
    const Report report = Read(std::string(sentence) + "\n\nIt does.");
    EXPECT_EQ(report.author, "") << sentence;
  }
}

TEST(PlainText, ADatelineGivesTheDayAndTheAgencyAndStaysInTheText) {
  const Report report = Read("AMSTERDAM, 6 Aug 2026 (Example Wire) - The unit keeps calls.");
  EXPECT_EQ(report.date, ParseDate("2026-08-06").value());
  EXPECT_EQ(report.credits, std::vector<std::string>{"Example Wire"});
  EXPECT_EQ(report.text, "AMSTERDAM, 6 Aug 2026 (Example Wire) - The unit keeps calls.");
  EXPECT_FALSE(Read("The unit - which is (very) large - keeps calls, 6 Aug 2026 and on.").date);
}

TEST(PlainText, WhatAPageLeftAtTheEndIsLeftOut) {
  const Report report = Read(
      "The unit keeps calls.\n\nIt does.\n\nSource link\n\nLeave a Reply\n\nYour email address "
      "will "
      "not be published. Required fields are marked *");
  EXPECT_EQ(report.text, "The unit keeps calls.\n\nIt does.");
  EXPECT_EQ(report.defects,
            std::vector<std::string>{"3 paragraphs at the end, left over from a page, left out"});
}

TEST(PlainText, RefusesWhatIsNoText) {
  const struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"Title: only a header\n", "there is no text; expected at least one paragraph"},
      {"One.\n" + std::string(100'001, 'x'),
       "line 2 is longer than 100000 bytes; part the text into paragraphs, each on lines of its "
       "own"},
  };
  for (const auto& entry : cases) {
    const Result<Report> report = ReadPlainText(entry.text, ReportKind::kLetter);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(report.error().message(), entry.message);
  }
}

TEST(Credits, AreWhatDatelinesAndLinesOfTheirOwnName) {
  const struct {
    std::vector<std::string> paragraphs;
    std::vector<std::string> credits;
  } cases[] = {
      {{"LONDON (Example Wire) \xE2\x80\x94 Text.", "More."}, {"Example Wire"}},
      {{"Text.", "(Example Wire)"}, {"Example Wire"}},
      {{"Text said so. (Example Wire)"}, {"Example Wire"}},
      {{"Text.", "This story was first published by the Example Herald."}, {"Example Herald"}},
      {{"Text.", "Originally published on Example Blog; edited."}, {"Example Blog"}},
      {{"Text.", "Additional reporting by Max Roe and Example Wire."}, {"Max Roe", "Example Wire"}},
      {{"Reporting by Max Roe; Editing by Jane Doe", "Text."}, {"Max Roe"}},
      {{"Text.", "It first appeared in North Exampleshire at the end of August."}, {}},
      // The sentences of a story cite; they do not credit.
      {{"The Example Herald reported it.", "As reported by the paper (see above)."}, {}},
      {{"A.", "B.", "First published by X.", "C.", "D.", "E.", "F.", "G."}, {}},
  };
  for (const auto& entry : cases) {
    EXPECT_EQ(CreditsIn(entry.paragraphs), entry.credits) << entry.paragraphs.back();
  }
}

TEST(DayNamed, ReadsDaysThatMeanOneDayEverywhere) {
  for (const char* const text :
       {"2026-08-06", "2026-08-06T23:59:00+02:00", "6 August 2026", "6 Aug 2026", "6 Aug. 2026",
        "06 August 2026", "6th August 2026", "August 6, 2026", "Aug. 6, 2026",
        "Thursday, 6 August 2026", "Thursday 6 August 2026", " August 6th, 2026 "}) {
    const std::optional<Date> day = DayNamed(text);
    ASSERT_TRUE(day) << text;
    EXPECT_EQ(FormatDate(*day), "2026-08-06") << text;
  }
  for (const char* const text :
       {"", "06/08/2026", "6.8.2026", "August 2026", "31 June 2026", "6 August 26", "6 August",
        "2026-08-06x", "in 6 August 2026", "6 August 2026 and more words"}) {
    EXPECT_FALSE(DayNamed(text)) << text;
  }
}

}  // namespace
}  // namespace proviso::intake
