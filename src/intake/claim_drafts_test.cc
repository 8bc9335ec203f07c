#include "intake/claim_drafts.h"

#include <gtest/gtest.h>

#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

using testing::ReadLabelled;
using testing::ReadText;

class Drafts : public ::testing::Test {
 protected:
  std::vector<ClaimDraft> Of(const std::string& text) {
    report_.text = text;
    return DraftClaims("report-1", report_, catalogue_, customers_);
  }

  static std::string Example(const std::string& name) {
    return ReadText(std::filesystem::path(PROVISO_SOURCE_DIR) / "examples" / name);
  }

  Report report_;
  catalogue::Catalogue catalogue_ =
      catalogue::Catalogue::FromYaml(Example("catalogue.yaml"), "catalogue.yaml").value();
  catalogue::Customers customers_ =
      catalogue::Customers::FromYaml(Example("customers.yaml"), "customers.yaml").value();
};

struct DraftCase {
  std::string sentence;
  std::string who;
  std::string capability_class;
  std::string region;
  std::string quantity;
  std::string time;
  bool denial;
};

std::vector<DraftCase> Cases() {
  return {
      {"The Example Signals Unit keeps 11,500 terabytes in the Netherlands.",
       "example-signals-unit", "object-storage", "nl-1", "11,500 terabytes", "", false},
      {"Unit E-17 stores a million calls an hour.", "example-signals-unit", "object-storage", "",
       "a million calls an hour", "", false},
      {"The Example Ministry uses face recognition in Irish data centres since 2024.",
       "ba-example-ministry", "face-recognition", "ie-1", "", "since 2024", false},
      {"The Example Ministry transferred its data in August.", "ba-example-ministry", "egress", "",
       "", "in August", false},
      {"The Example Ministry uses artificial intelligence.", "ba-example-ministry",
       "face-recognition,speech-to-text,text-generation,translation", "", "", "", false},
      {"The Example Ministry denied the claims.", "ba-example-ministry", "", "", "", "", true},
      {"\"The Example Signals Unit does not keep recordings,\" a spokesperson said.",
       "example-signals-unit", "object-storage", "", "", "", true},
      {"The work of the Example Ministry rests on supervised agreements.", "ba-example-ministry",
       "", "", "", "", true},
  };
}

TEST_F(Drafts, ASentenceSaysWhoDoesWhatWhereAndHowMuch) {
  for (const DraftCase& one : Cases()) {
    const std::vector<ClaimDraft> drafts = Of(one.sentence);
    ASSERT_EQ(drafts.size(), 1U) << one.sentence;
    EXPECT_EQ(drafts[0].who, one.who) << one.sentence;
    EXPECT_EQ(drafts[0].capability_class, one.capability_class) << one.sentence;
    EXPECT_EQ(drafts[0].region, one.region) << one.sentence;
    EXPECT_EQ(drafts[0].quantity, one.quantity) << one.sentence;
    EXPECT_EQ(drafts[0].time, one.time) << one.sentence;
    EXPECT_EQ(drafts[0].denial, one.denial) << one.sentence;
    EXPECT_FALSE(drafts[0].why.empty());
  }
}

TEST_F(Drafts, OtherSentencesGiveNone) {
  for (const std::string sentence :
       {"The ministry did not answer questions.", "Example Cloud runs storage in the Netherlands.",
        "If the Example Ministry keeps recordings, it must say so.",
        "Does the Example Ministry keep recordings?", "The archive stores old calls of listeners.",
        "The Example Ministry has a new minister."}) {
    EXPECT_TRUE(Of(sentence).empty()) << sentence;
  }
}

TEST_F(Drafts, ASentenceThatPointsBackIsAboutWhoWasNamedLast) {
  const std::vector<ClaimDraft> drafts =
      Of("The Example Signals Unit is old. By July its archive had grown to 11,500 terabytes.");
  ASSERT_EQ(drafts.size(), 1U);
  EXPECT_EQ(drafts[0].who, "example-signals-unit");
  EXPECT_EQ(drafts[0].time, "By July");
  EXPECT_NE(drafts[0].why.find("points back at `example signals unit`"), std::string::npos);
}

TEST_F(Drafts, ASentenceWithTwoClassesGivesTwo) {
  const std::vector<ClaimDraft> drafts =
      Of("The Example Signals Unit uses speech recognition and has transcripts translated.");
  ASSERT_EQ(drafts.size(), 2U);
  EXPECT_EQ(drafts[0].id, "report-1/1");
  EXPECT_EQ(drafts[0].capability_class, "speech-to-text");
  EXPECT_EQ(drafts[1].id, "report-1/2");
  EXPECT_EQ(drafts[1].capability_class, "translation");
}

TEST_F(Drafts, PlacesAreThoseOfTheSentence) {
  const std::string text = "Old news. The Example Ministry keeps 5 petabytes.\n\nNew news.";
  const std::vector<ClaimDraft> drafts = Of(text);
  ASSERT_EQ(drafts.size(), 1U);
  EXPECT_EQ(text.substr(drafts[0].begin, drafts[0].end - drafts[0].begin),
            "The Example Ministry keeps 5 petabytes.");
}

TEST_F(Drafts, TheInvestigationAndTheDenialGiveTheirClaims) {
  const testing::Labelled labelled = ReadLabelled();
  const auto classes = [&](std::size_t report, bool denial) {
    std::string found;
    for (const ClaimDraft& draft :
         DraftClaims("report-1", labelled.reports[report], catalogue_, customers_)) {
      if (draft.denial == denial) found += draft.capability_class + ";";
    }
    return found;
  };
  EXPECT_EQ(classes(0, false),
            "object-storage;object-storage;object-storage;speech-to-text;translation;");
  EXPECT_EQ(classes(0, true), "");
  EXPECT_EQ(classes(4, true), "object-storage;;object-storage;;object-storage;speech-to-text;");
}

}  // namespace
}  // namespace proviso::intake
