#include "disclosure/audience.h"

#include <fstream>
#include <set>
#include <sstream>

#include "disclosure/story_fixture.h"

namespace proviso::disclosure {
namespace {

// A word that was planted in one field, and who may read it: C the customer, S staff, P the public;
// in small letters only where an article that was joined to the case says it too.
struct Canary {
  const char* word;
  Field field;
  const char* readers;
};
const std::vector<Canary> kCanaries{
    {"case-1", Field::kCaseAndDecisionIds, "CSP"},
    {"decision-1", Field::kCaseAndDecisionIds, "CSP"},
    {"Qministry", Field::kCustomerName, "Csp"},
    {"example-ministry", Field::kCustomerId, "C"},
    {"Qunit", Field::kUnitName, "C"},  // may be seen where published; nothing for others says it
    {"signals", Field::kUnitId, "C"},
    {"Qarchive", Field::kSubscriptions, "C"},
    {"sub-archive", Field::kSubscriptions, "C"},
    {"Qpayroll", Field::kSubscriptions, "C"},
    {"sub-payroll", Field::kSubscriptions, "C"},
    {"hit too", Field::kAlsoHit, "CSP"},
    {"sub-language", Field::kSubscriptions, "C"},
    {"sub-college", Field::kSubscriptions, "C"},
    {"Qblobstore", Field::kServices, "C"},
    {"blob-store", Field::kServices, "C"},
    {"Qthreatguard", Field::kServices, "C"},
    {"Qnetherlands", Field::kRegions, "C"},
    {"nl-1", Field::kRegions, "C"},
    {"Qobjectclass", Field::kCapabilityClasses, "CSP"},
    {"Qsecurityclass", Field::kCapabilityClasses, "SP"},
    {"read-only", Field::kStage, "CSP"},
    {"1 March 2027", Field::kWindow, "CSP"},
    {"Qclausetitle", Field::kClause, "CSP"},
    {"Qclausetext", Field::kClause, "CSP"},
    {"Qtermstitle", Field::kTerms, "CSP"},
    {"2026-01", Field::kTerms, "CSP"},
    {"Qappealterms", Field::kTerms, "C"},
    {"1 March 2021", Field::kContract, "C"},
    {"Qsummary", Field::kSummary, "C"},
    {"Qwhyincompatible", Field::kWhyIncompatible, "C"},
    {"Qliftreason", Field::kLiftReason, "C"},
    {"Qclaimtext", Field::kClaimText, "C"},
    {"Qreworded", Field::kClaimText, "C"},
    {"Qunansweredclaim", Field::kClaimText, "C"},
    {"Qsentence", Field::kPublishedSentence, "SP"},
    {"Qunanswered.", Field::kPublishedSentence, "SP"},
    {"partly supported", Field::kOutcome, "CSP"},
    {"Qfindingreason", Field::kFindingReason, "C"},
    {"Qsecondreason", Field::kFindingReason, "C"},
    {"Qthirdreason", Field::kFindingReason, "C"},
    {"Qfourthreason", Field::kFindingReason, "C"},
    {"Qfigure", Field::kComputation, "C"},
    {"6.2 PB", Field::kComputation, "C"},
    {"usage(unit", Field::kComputation, "C"},
    {"Qattribution", Field::kAttribution, "C"},
    {"Qsecondattribution", Field::kAttribution, "C"},
    {"Qcorrespondence", Field::kCorrespondence, ""},
    {"1 legal notice", Field::kReportCounts, "C"},
    {"Qarticletitle", Field::kReportDocument, ""},
    {"Qarticlerest", Field::kReportDocument, ""},
    {"Qletterwords", Field::kReportDocument, ""},
    {"Qlettertitle", Field::kReportDocument, ""},
    {"Qnoticetext", Field::kReportDocument, ""},
    {"Qurl", Field::kReportDocument, ""},
    {"Qkey", Field::kReportDocument, ""},
    {"Qauthor", Field::kReporter, ""},
    {"Qoutlet", Field::kReporter, ""},
    {"Qletterwriter", Field::kReporter, ""},
    {"Qnotifier", Field::kReporter, ""},
    {"Qtip", Field::kReporter, ""},
    {" tip", Field::kReporter, ""},
    {"Qdenial", Field::kOwnLetter, "C"},
    {"Qdenialrest", Field::kReportDocument, ""},
    {"Qstep", Field::kAgreedSteps, "C"},
    {"25 November 2026", Field::kHearingDates, "CSP"},
    {"Qhearingtext", Field::kHearingText, "C"},
    {"Qanswer", Field::kCustomerAnswer, "C"},
    {"Qappealtext", Field::kAppealText, "C"},
    {"reversed", Field::kAppealOutcome, "CSP"},
    {"Qappealreason", Field::kAppealReason, "C"},
    {"2 people who did not prepare", Field::kSignerCount, "CSP"},
    {"p-anna", Field::kPeople, ""},
    {"p-bram", Field::kPeople, ""},
    {"p-cora", Field::kPeople, ""},
    {"p-dirk", Field::kPeople, ""},
    {"p-elif", Field::kPeople, ""},
    {"p-finn", Field::kPeople, ""},
    {"Qcasetitle", Field::kCaseTitle, ""},
    {"Qothercase", Field::kCaseTitle, ""},
    {"case-2", Field::kCaseNotes, ""},
    {"Qlink", Field::kCaseNotes, ""},
    {"Qconflict", Field::kCaseNotes, ""},
    {"Qdropreason", Field::kCaseNotes, ""},
    {"Qdroppedclaim", Field::kCaseNotes, ""},
    {"Qbakery", Field::kOtherCustomers, ""},
    {"bakery", Field::kOtherCustomers, ""},
    {"Qother", Field::kOtherCustomers, ""},
    {"sub-other", Field::kOtherCustomers, ""},
    {"Qotherfigure", Field::kOtherCustomers, ""},
};

using Words = std::set<std::string>;

Words Found(const std::string& text) {
  Words found;
  for (const Canary& canary : kCanaries) {
    if (text.find(canary.word) != std::string::npos) found.insert(canary.word);
  }
  return found;
}

// The words that an audience may read.
Words Readable(Audience audience, bool published) {
  const char always = "CSP"[static_cast<int>(audience)];
  const char where_published = "csp"[static_cast<int>(audience)];
  Words words;
  for (const Canary& canary : kCanaries) {
    const std::string readers = canary.readers;
    if (readers.find(always) != std::string::npos ||
        (published && readers.find(where_published) != std::string::npos)) {
      words.insert(canary.word);
    }
  }
  return words;
}

class Canaries : public StoryFixture {
 protected:
  // Renders all three ways; notes what its audience got to read, and that all ways tell the same.
  void Read(const Result<Document>& document) {
    ASSERT_TRUE(document) << document.error().message();
    const Words markdown = Found(ToMarkdown(*document));
    const Words html = Found(ToHtml(*document));
    const Words json = Found(ToJson(*document).Canonical());
    EXPECT_EQ(markdown, html) << document->kind;
    for (const Words& words : {markdown, html, json}) {
      read_[document->audience].insert(words.begin(), words.end());
    }
    if (HasFatalFailure()) return;
    for (const std::string& word : markdown) {
      EXPECT_TRUE(json.contains(word)) << word << " of " << document->kind;
    }
  }
  void ReadUpdates() {
    for (const Audience audience : {Audience::kCustomer, Audience::kStaff, Audience::kPublic}) {
      Read(RenderUpdate(Inputs(), {.case_id = "case-1",
                                   .audience = audience,
                                   .now = now_,
                                   .next = ParseDate("2026-12-24").value()}));
    }
  }
  // Every document that there is, at each turn of the case.
  void ReadEverything(bool published) {
    TellTheReview(published);
    TellTheHearing();
    Read(RenderIntent(Inputs(), "decision-1", ParseDate("2026-11-25").value()));
    ReadUpdates();
    TellTheAnswer();
    Read(RenderAcknowledgement(Inputs(), "hearing-1"));
    ReadUpdates();
    Read(RenderStatement(Inputs(), "decision-1"));
    TellTheDecision();
    ReadDecision("decision-1");
    TellTheAppeal("reversed");
    Read(RenderAppealAnswer(Inputs(), "appeal-1"));
    ReadUpdates();
    ReadDecision("decision-1");
    TellTheLift();
    ReadDecision("decision-2");
    ReadUpdates();
  }
  void ReadDecision(const std::string& decision) {
    Read(RenderStatement(Inputs(), decision));
    Read(RenderStaff(Inputs(), decision, ""));
    Read(RenderPublic(Inputs(), decision));
  }

  std::map<Audience, Words> read_;
};

TEST_F(Canaries, EachReaderSeesExactlyWhatTheTableSays) {
  ReadEverything(false);
  for (const Audience audience : {Audience::kCustomer, Audience::kStaff, Audience::kPublic}) {
    EXPECT_EQ(read_[audience], Readable(audience, false)) << AudienceName(audience);
  }
}

TEST_F(Canaries, NamesShowToOthersWhereAnArticleSaysThem) {
  ReadEverything(true);
  for (const Audience audience : {Audience::kCustomer, Audience::kStaff, Audience::kPublic}) {
    EXPECT_EQ(read_[audience], Readable(audience, true)) << AudienceName(audience);
  }
}

// Nobody reads more than the table lets them; and each field that it hides has a word planted.
TEST(AudienceTable, AgreesWithTheCanaries) {
  std::set<Field> planted;
  for (const Canary& canary : kCanaries) {
    planted.insert(canary.field);
    for (const Audience audience : {Audience::kCustomer, Audience::kStaff, Audience::kPublic}) {
      for (const bool published : {false, true}) {
        if (!Readable(audience, published).contains(canary.word)) continue;
        const Sight sight = SightOf(audience, canary.field);
        EXPECT_TRUE(sight == Sight::kShown || (published && sight == Sight::kWherePublished))
            << canary.word;
      }
    }
  }
  for (const Rule& rule : Rules()) {
    EXPECT_TRUE(planted.contains(rule.field) || rule.field == Field::kPlanHash) << rule.name;
  }
}

TEST(AudienceTable, IsTheOneOfTheDocument) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/notices.md");
  std::string line;
  while (std::getline(file, line) && line != "| what | customer | staff | public |") {
  }
  std::getline(file, line);  // |---|
  std::string written;
  while (std::getline(file, line) && line.starts_with("|")) written += line + "\n";
  std::string computed;
  for (const Rule& rule : Rules()) {
    computed += "| " + std::string(rule.name);
    for (const Sight sight : {rule.customer, rule.staff, rule.everybody}) {
      computed += " | " + std::string(SightName(sight));
    }
    computed += " |\n";
  }
  EXPECT_EQ(written, computed);
}

}  // namespace
}  // namespace proviso::disclosure
