#include "intake/read_report.h"

#include <gtest/gtest.h>

#include <functional>

namespace proviso::intake {
namespace {

Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }

Result<Report> Read(std::string_view text, std::optional<ReportKind> kind = std::nullopt) {
  return ReadReport({.name = "in.txt", .bytes = ToBytes(text), .kind = kind});
}

constexpr const char* kXarf = R"({
 "xarf_version": "4.2.0", "report_id": "4f0e6a52-8c0c-4b3e-9a62-1c5a1f6a7b10",
 "timestamp": "2026-08-12T10:00:00Z",
 "reporter": {"org": "Example Rights Group", "contact": "a@x.example", "domain": "x.example"},
 "sender": {"org": "Example Rights Group", "contact": "a@x.example", "domain": "x.example"},
 "source_identifier": "x", "category": "reputation", "type": "threat_intelligence",
 "threat_type": "acceptable_use_violation", "description": "The unit keeps calls.",
 "evidence": [{"content_type": "text/plain", "payload": "cGxhbnRlZCBjYW5hcnk=",
               "hash": "sha256:00"}]})";

const std::string kPage =
    "<!DOCTYPE html><html><head><title>Unit keeps calls</title></head><body><p>The unit keeps "
    "recordings of calls in object storage, the Example Herald found.</p><p>It has them put into "
    "writing by machines, in the Netherlands, since March.</p></body></html>";

TEST(ReadReport, FindsOutTheKind) {
  const struct {
    std::string text;
    ReportKind kind;
  } cases[] = {
      {kXarf, ReportKind::kAbuseReport},
      {kPage, ReportKind::kArticle},
      {"<!-- saved -->\n<?xml version=\"1.0\"?>\n" + kPage, ReportKind::kArticle},
      {"Outlet: Example Herald\n\nThe unit keeps calls.", ReportKind::kArticle},
      {"URL: https://herald.example/a\n\nThe unit keeps calls.", ReportKind::kArticle},
      {"Unit keeps calls\n\nBy Jane Doe, Example Herald, 6 August 2026\n\nIt does.",
       ReportKind::kArticle},
      // Nothing says that these were published, and what an article says is quoted to everybody.
      {"Unit keeps calls\n\nIt does.", ReportKind::kLetter},
      {"From: Ralf Specimen, Example Ministry\nSubject: x\n\nIt does not.", ReportKind::kLetter},
      {"Law: Example Act\n\nLook into it.", ReportKind::kLegalNotice},
  };
  for (const auto& entry : cases) {
    const Result<Report> report = Read(entry.text);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->kind, entry.kind) << entry.text;
  }
}

TEST(ReadReport, TakesAsLetterOrNoticeWhatIsSaidToBeOne) {
  for (const ReportKind kind : {ReportKind::kLetter, ReportKind::kLegalNotice}) {
    for (const char* const text :
         {"Law: Example Act\nTitle: T\n\nLook into it.",
          "<html><body><p>Law: Example Act</p><p>Title: T</p><p>Look into it.</p></body></html>"}) {
      const Result<Report> report = Read(text, kind);
      ASSERT_TRUE(report) << report.error().message();
      EXPECT_EQ(report->kind, kind);
      EXPECT_EQ(report->title, "T");
      EXPECT_EQ(report->details.StringOr("law", ""), "Example Act");
      EXPECT_EQ(report->text, "Look into it.");
    }
  }
}

TEST(ReadReport, TellsAHashThatDoesNotMatch) {
  const Result<Report> report = Read(kXarf);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->defects,
            std::vector<std::string>{
                "`$.evidence[0].hash` does not match its payload: said `00`, computed "
                "`8e10a2dbbf970225e1056727c207fb1b064da3b41f5c06ca2e2289e791ea146e`"});
}

// Each fault meets each kind that can have it; what comes back says where and what to do.
TEST(ReadReport, EachKindRefusesEachFaultWithPlaceAndRemedy) {
  const std::string nul = std::string("one\ntw") + '\0' + "o";
  const struct {
    const char* fault;
    std::string text;
    ErrorCode code;
    const char* message;
  } faults[] = {
      {"empty", "", ErrorCode::kInvalidArgument, "`in.txt`: is empty; expected a document"},
      {"blank", " \n\t\n", ErrorCode::kInvalidArgument,
       "`in.txt`: holds only white space; expected a document"},
      {"NUL", nul, ErrorCode::kInvalidArgument,
       "`in.txt`: line 2, byte 7: a NUL byte; expected text, HTML or JSON"},
      {"not UTF-8", "one\ncaf\xE9", ErrorCode::kInvalidArgument,
       "`in.txt`: line 2, byte 8: not UTF-8; save the file as UTF-8, or name its charset in a "
       "`meta` element"},
      {"charset", "<html><meta charset=klingon>", ErrorCode::kUnimplemented,
       "`in.txt`: the page says that its charset is `klingon`, which is not known; save it as "
       "UTF-8"},
      {"PDF", "%PDF-1.7", ErrorCode::kUnimplemented,
       "`in.txt`: is a PDF document, which is not read; save its text as a plain text file"},
      {"too large", std::string(kReportFileBytesMax + 1, 'x'), ErrorCode::kResourceExhausted,
       "`in.txt`: has 20971521 bytes, more than 20971520; save the text alone"},
  };
  const std::optional<ReportKind> kinds[] = {std::nullopt, ReportKind::kArticle,
                                             ReportKind::kAbuseReport, ReportKind::kLegalNotice,
                                             ReportKind::kLetter};
  for (const auto& entry : faults) {
    for (const auto& kind : kinds) {
      const Result<Report> report = Read(entry.text, kind);
      ASSERT_FALSE(report) << entry.fault;
      EXPECT_EQ(report.error().code(), entry.code) << entry.fault;
      EXPECT_EQ(report.error().message(), entry.message) << entry.fault;
    }
  }
}

TEST(ReadReport, ProseRefusesWhatIsNoProse) {
  const struct {
    std::string text;
    ErrorCode code;
    std::string message;
  } faults[] = {
      {std::string(200'000, 'x'), ErrorCode::kInvalidArgument,
       "`in.txt`: line 1 is longer than 100000 bytes; part the text into paragraphs, each on lines "
       "of its own"},
      {"Received: from x\nMIME-Version: 1.0\n\nText.", ErrorCode::kUnimplemented,
       "`in.txt`: a mail message with its headers, which is not read; save its text, or the report "
       "attached to it, as a file"},
      {"Title: nothing else", ErrorCode::kInvalidArgument,
       "`in.txt`: there is no text; expected at least one paragraph"},
  };
  for (const auto& entry : faults) {
    for (const ReportKind kind :
         {ReportKind::kArticle, ReportKind::kLegalNotice, ReportKind::kLetter}) {
      const Result<Report> report = Read(entry.text, kind);
      ASSERT_FALSE(report) << entry.message;
      EXPECT_EQ(report.error().code(), entry.code);
      EXPECT_EQ(report.error().message(), entry.message);
    }
  }
}

TEST(ReadReport, RefusesAKindThatTheFileIsNot) {
  for (const ReportKind kind :
       {ReportKind::kArticle, ReportKind::kLegalNotice, ReportKind::kLetter}) {
    EXPECT_EQ(Read(kXarf, kind).error().message(),
              "`in.txt`: is JSON; expected " + std::string(ReportKindName(kind)) +
                  " as HTML or text; JSON is for abuse-report");
  }
  EXPECT_EQ(Read("Some text.", ReportKind::kAbuseReport).error().message(),
            "`in.txt`: an abuse-report is a JSON object with `xarf_version`; found other text, "
            "which can be taken in as a letter");
}

TEST(ReadReport, RefusesJsonThatIsNoReport) {
  const struct {
    const char* text;
    const char* found;
  } files[] = {
      {"[1, 2.5]", "found an array"},
      {"[]", "found an array"},
      {"[{\"a\": 1}]", "found an array"},
      {" 42\n", "found a number"},
      {"-1.5e3", "found a number"},
      {"true", "found a bare word"},
      {"null", "found a bare word"},
      {"{}", "found an object without"},
      {"{\"a\": 1}", "found an object without"},
  };
  for (const auto& file : files) {
    for (const std::optional<ReportKind> kind :
         {std::optional<ReportKind>(), std::optional(ReportKind::kAbuseReport)}) {
      const Result<Report> report = Read(file.text, kind);
      ASSERT_FALSE(report) << file.text;
      EXPECT_EQ(report.error().code(), ErrorCode::kInvalidArgument);
      const std::string& message = report.error().message();
      EXPECT_NE(message.find("expected one JSON object with `xarf_version`"), std::string::npos)
          << message;
      EXPECT_NE(message.find(file.found), std::string::npos) << message;
      EXPECT_NE(message.find("plain text file"), std::string::npos) << message;
    }
  }
}

TEST(ReadReport, LeavesOutWhatDoesNotShowAndSaysSo) {
  const Result<Report> report = Read(
      "Title: Head \x1b[31mRED\nOutlet: Example\x07 Herald\n\nThe unit \xE2\x80\xAEkeeps "
      "calls\x1b]0;owned\x07.\n\nIt does.");
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->title, "Head [31mRED");
  EXPECT_EQ(report->outlet, "Example Herald");
  EXPECT_EQ(report->text, "The unit keeps calls]0;owned.\n\nIt does.");
  ASSERT_FALSE(report->defects.empty());
  EXPECT_EQ(report->defects.back(),
            "3 characters that do not show (controls, or such that turn the direction of reading) "
            "were left out")
      << "those of the header lines are white space there already";
  const std::string abuse =
      std::string(kXarf).insert(std::string(kXarf).find("The unit"), "\\u001b[2J");
  const Result<Report> escaped = Read(abuse);
  ASSERT_TRUE(escaped) << escaped.error().message();
  EXPECT_EQ(escaped->ToJson().Canonical().find("\\u001b"), std::string::npos);
}

TEST(ReadReport, TakesProseThatBeginsLikeJson) {
  for (const char* const text :
       {"[Update] The provider answered.", "[1] A note stands before the text.",
        "2026 was the year in which it began.", "null and void, the ministry says."}) {
    const Result<Report> report = Read(text);
    ASSERT_TRUE(report) << text << ": " << report.error().message();
    EXPECT_EQ(report->kind, ReportKind::kLetter);
  }
}

TEST(ReadReport, SaysWhereJsonIsCut) {
  const std::string cut = std::string(kXarf).substr(0, 200);
  const Result<Report> report = Read(cut);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(report.error().message().find("line 4"), std::string::npos) << report.error().message();
}

TEST(ReadReport, RefusesMoreTextThanItsLimit) {
  std::string text;
  while (text.size() <= kReportTextBytesMax) text += "A sentence that is not long.\n\n";
  const Result<Report> report = Read(text);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_NE(report.error().message().find("more than 400000; take it in as several documents"),
            std::string::npos)
      << report.error().message();
}

TEST(ReadReport, TellsWhatItConvertedAndCut) {
  std::string utf16 = "\xFF\xFE";
  for (const char letter : "Title: " + std::string(1001, 't') + "\n\nIt does.") {
    utf16 += letter;
    utf16 += '\0';
  }
  const Result<Report> report = Read(utf16);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->text, "It does.");
  EXPECT_EQ(report->title.size(), kReportFieldBytesMax + 3);
  EXPECT_EQ(report->defects,
            (std::vector<std::string>{"was in `UTF-16LE` and is kept here as UTF-8",
                                      "the title is longer than 1000 bytes and was cut"}));
}

// Pages that are made to break readers end in an error or in a report, and never end this process.
TEST(ReadReport, OutlivesHostilePages) {
  const auto repeated = [](std::string_view part, int times) {
    std::string text = "<html>";
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  for (const std::string& page :
       {repeated("<div>", 20'000), repeated("<b><p>", 500), repeated("<table><tr><td>", 2'000),
        repeated("<a x=1 ", 10'000), repeated("&amp", 200'000), repeated("<!--", 100'000),
        "<script type=application/ld+json>" + std::string(100'000, '[') + "</script>"}) {
    const Result<Report> report = Read(page, ReportKind::kArticle);
    if (report) continue;
    EXPECT_TRUE(report.error().message().starts_with("`in.txt`: ")) << report.error().message();
  }
}

TEST(ReadReport, TheSameBytesGiveTheSameReport) {
  for (const std::string& text : {std::string(kXarf), kPage}) {
    EXPECT_EQ(Read(text)->ToJson().Canonical(), Read(text)->ToJson().Canonical());
  }
}

}  // namespace
}  // namespace proviso::intake
