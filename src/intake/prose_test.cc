#include "intake/internal/prose.h"

#include <gtest/gtest.h>

#include "intake/internal/measures.h"
#include "intake/internal/names.h"
#include "intake/internal/word_counts.h"

namespace proviso::intake {
namespace {

std::vector<std::string> Texts(std::string_view text, const std::vector<Span>& spans) {
  std::vector<std::string> texts;
  texts.reserve(spans.size());
  for (const Span span : spans) texts.emplace_back(TextOf(text, span));
  return texts;
}

struct SentenceCase {
  std::string text;
  std::vector<std::string> sentences;
};

class Sentences : public ::testing::TestWithParam<SentenceCase> {};

TEST_P(Sentences, AreSplitWhereTheyEnd) {
  EXPECT_EQ(Texts(GetParam().text, SplitSentences(GetParam().text)), GetParam().sentences);
}

INSTANTIATE_TEST_SUITE_P(
    Prose, Sentences,
    ::testing::Values(
        SentenceCase{"One. Two! Three? Four", {"One.", "Two!", "Three?", "Four"}},
        SentenceCase{"Mr. Smith paid 1.5 million. He left.",
                     {"Mr. Smith paid 1.5 million.", "He left."}},
        SentenceCase{"J. R. Vance of the U.S. Army came.", {"J. R. Vance of the U.S. Army came."}},
        SentenceCase{"It runs at Example Inc. The rest stays.",
                     {"It runs at Example Inc.", "The rest stays."}},
        SentenceCase{"\"We stop. We go,\" she said. They went.",
                     {"\"We stop. We go,\" she said.", "They went."}},
        SentenceCase{"\"We stop.\" They went.", {"\"We stop.\"", "They went."}},
        SentenceCase{"\xE2\x80\x9CWhy?\xE2\x80\x9D he asked. Nobody knew.",
                     {"\xE2\x80\x9CWhy?\xE2\x80\x9D he asked.", "Nobody knew."}},
        SentenceCase{"No. 7 was late. No. It was not.", {"No. 7 was late.", "No.", "It was not."}},
        SentenceCase{"A heading\n\nA text that\nwraps. Done.",
                     {"A heading", "A text that\nwraps.", "Done."}},
        SentenceCase{"", {}}, SentenceCase{" \n\n ", {}}));

TEST(Prose, QuotationsOfAllMarksAreFound) {
  const std::string text =
      "He said \"one two\" and \xE2\x80\x9Cthree\xE2\x80\x9D; it\xE2\x80\x99s \xE2\x80\x98"
      "four isn\xE2\x80\x99t five\xE2\x80\x99 or \xC2\xABsix\xC2\xBB.";
  EXPECT_EQ(Texts(text, QuotedSpans(text)),
            (std::vector<std::string>{"one two", "three", "four isn\xE2\x80\x99t five", "six"}));
}

TEST(Prose, AQuotationThatNobodyClosesEndsWithItsParagraph) {
  const std::string text = "\"One two.\n\nThree.";
  EXPECT_EQ(Texts(text, QuotedSpans(text)), std::vector<std::string>{"One two."});
}

TEST(Prose, WordsAreThoseOfTheBackgroundCounts) {
  std::string joined;
  for (const Word& word :
       ReadWords("The ministry\xE2\x80\x99s 11,500 companies' \xC3\x84pfel, 4.6")) {
    joined += word.text + "|";
  }
  EXPECT_EQ(joined, "the|ministry|11500|company|\xC3\xA4pfel|4.6|");
  const WordCounts counts;
  EXPECT_EQ(counts.pages(), 181);
  EXPECT_GT(counts.PagesWith("the"), 160);
  EXPECT_EQ(counts.PagesWith("nosuchwordanywhere"), 1);
  EXPECT_GT(counts.Rarity("nosuchwordanywhere"), counts.Rarity("company"));
  EXPECT_LT(counts.Rarity("2026"), counts.Rarity("nosuchwordanywhere"));
}

TEST(Prose, BrokenBytesEndNoProgram) {
  std::string text = "a\xFF\xE2\x80 b\xC3";
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  for (const Word& word : ReadWords(text)) EXPECT_LE(word.place.end, text.size());
  for (const Span span : SplitSentences(text)) EXPECT_LE(span.end, text.size());
  for (const Span span : QuotedSpans(text)) EXPECT_LE(span.end, text.size());
  EXPECT_FALSE(LowerCase(text).empty());
}

TEST(Prose, PagesLeftoversAreBoilerplate) {
  const std::string text =
      "The news.\n\nLeave a Reply\n\nYour email address will not be published.";
  EXPECT_EQ(BoilerplateSpans(text).size(), 2U);
}

struct FigureCase {
  std::string sentence;
  std::string text;
  std::string value;
  std::string unit;
};

class Figures : public ::testing::TestWithParam<FigureCase> {};

TEST_P(Figures, AreReadWithTheirUnit) {
  const std::vector<Figure> figures = ReadFigures(GetParam().sentence);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].text, GetParam().text);
  EXPECT_EQ(figures[0].value, GetParam().value);
  EXPECT_EQ(figures[0].unit, GetParam().unit);
}

INSTANTIATE_TEST_SUITE_P(
    Prose, Figures,
    ::testing::Values(
        FigureCase{"it held 11,500 terabytes by July", "11,500 terabytes", "11500", "terabyte"},
        FigureCase{"a million calls an hour came", "a million calls an hour", "1000000",
                   "call a hour"},
        FigureCase{"millions of intercepted phone calls a day",
                   "millions of intercepted phone calls a day", "millions", "call a day"},
        FigureCase{"revenue of 4.6 billion was seen", "4.6 billion", "4600000000", ""},
        FigureCase{"use rose eightfold", "eightfold", "x8", "fold"},
        FigureCase{"use rose 64-fold", "64-fold", "x64", "fold"},
        FigureCase{"some 52,000 visitors on 6 August 2026", "52,000 visitors", "52000", "people"},
        FigureCase{"it costs $12 each", "12 each", "12", "$"}));

TEST(Prose, TimesKeepTheirPreposition) {
  const std::vector<TimeMention> times =
      ReadTimes("It grew between March and July, on 6 August 2026 and since 2024.");
  ASSERT_EQ(times.size(), 3U);
  EXPECT_EQ(times[0].text, "between March and July");
  EXPECT_EQ(times[1].text, "on 6 August 2026");
  EXPECT_EQ(times[1].kind, "day");
  EXPECT_EQ(times[2].text, "since 2024");
}

TEST(Prose, NamesAreRunsOfCapitals) {
  std::vector<std::string> names;
  for (const Name& name :
       ReadNames("The Example Herald\xE2\x80\x99s Ines Halloway and +972 of the Bank of Tarn.")) {
    names.push_back(name.text);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"The Example Herald", "Ines Halloway", "+972",
                                             "Bank of Tarn"}));
  EXPECT_EQ(NameKey("The Example Herald"), "example herald");
}

}  // namespace
}  // namespace proviso::intake
