#include "intake/internal/article_html.h"

#include <gtest/gtest.h>

#include "intake/internal/html_tree.h"

namespace proviso::intake {
namespace {

const std::string kSentence =
    "The unit keeps recordings of calls in object storage, the Example Herald found, and has them "
    "put into writing by machines, which is more than a clerk could do. ";

std::string Paragraphs(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "<p>" + kSentence + std::to_string(i) + ".</p>\n";
  return text;
}

Report Read(const std::string& page) {
  const Result<Report> report = ReadHtmlArticle(page);
  EXPECT_TRUE(report) << (report ? "" : report.error().message());
  return report ? *report : Report();
}

TEST(HtmlArticle, IsTheTextWithoutWhatStandsAroundIt) {
  const Report report = Read(
      "<html><body><nav><a href=/>Home of the Herald, and more</a></nav><div id=story>" +
      Paragraphs(4) +
      "<div class=related><a href=/x>Another story that is long, with commas, and a link</a></div>"
      "</div><div id=comments><p>First! This is a comment, of a reader, with commas.</p></div>"
      "<footer><p>Copyright, all rights reserved, Example Herald, since 1901.</p></footer>");
  EXPECT_TRUE(report.text.starts_with("The unit keeps")) << report.text;
  EXPECT_NE(report.text.find("3."), std::string::npos);
  for (const char* const around : {"Home of", "Another story", "First!", "Copyright"}) {
    EXPECT_EQ(report.text.find(around), std::string::npos) << around;
  }
}

TEST(HtmlArticle, PartsParagraphsByOneBlankLineAndMakesWhiteSpaceSingle) {
  const Report report =
      Read("<div><p>" + kSentence + "\n\n  One&nbsp;two.</p><p>" + kSentence + "</p></div>");
  const std::string sentence = kSentence.substr(0, kSentence.size() - 1);
  EXPECT_EQ(report.text, sentence + " One two.\n\n" + sentence);
}

TEST(HtmlArticle, TwoLineBreaksEndAParagraphAndOneDoesNot) {
  const Report report =
      Read("<div>" + kSentence + "<br>One.<br> <br>" + kSentence + "Two.<br/><br/></div>");
  EXPECT_EQ(report.text, kSentence + "One.\n\n" + kSentence + "Two.");
}

constexpr const char* kJsonLd = R"(<script type="application/ld+json">
{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Herald on the web"},
 {"@type":["NewsArticle"],"headline":"Unit keeps calls","datePublished":"2026-08-06T23:10:00+02:00",
  "author":[{"@type":"Person","name":"Jane Doe"},{"@type":"Person","name":"Max Roe"}],
  "publisher":{"@type":"Organization","name":"Example Herald"},"inLanguage":"en-GB",
  "url":"https://herald.example/unit","isBasedOn":{"@type":"CreativeWork","name":"Example Wire"}}]}
</script>)";

TEST(HtmlArticle, TakesWhatThePageSaysOfItselfFromJsonLdFirst) {
  const Report report =
      Read(std::string("<html lang=nl><head><title>Title of the page</title>"
                       "<meta property=og:title content='Other title'>"
                       "<meta property=og:site_name content='Other name'>") +
           kJsonLd + "</head><body><article>" + Paragraphs(3) + "</article></body></html>");
  EXPECT_EQ(report.title, "Unit keeps calls");
  EXPECT_EQ(report.author, "Jane Doe, Max Roe");
  EXPECT_EQ(report.outlet, "Example Herald");
  EXPECT_EQ(report.language, "en");
  EXPECT_EQ(report.url, "https://herald.example/unit");
  // The day as the paper wrote it, where it was printed.
  EXPECT_EQ(report.date, ParseDate("2026-08-06").value());
  EXPECT_EQ(report.credits, std::vector<std::string>{"Example Wire"});
  EXPECT_TRUE(report.defects.empty());
}

TEST(HtmlArticle, TakesFromMetaWhatJsonLdDoesNotSay) {
  const Report report = Read(
      "<html lang=nl-NL><head><title>Title of the page</title>"
      "<meta property=og:title content='Unit keeps calls'>"
      "<meta property=og:site_name content='Example Herald'>"
      "<meta name=author content='Jane Doe'>"
      "<meta property=article:author content='https://herald.example/jane'>"
      "<meta property=article:published_time content=2026-08-06T10:00:00Z>"
      "<link rel=canonical href=https://herald.example/unit>"
      "<script type=application/ld+json>{\"@type\": \"NewsArticle\", </script>"
      "</head><body><article>" +
      Paragraphs(3) + "</article></body></html>");
  EXPECT_EQ(report.title, "Unit keeps calls");
  EXPECT_EQ(report.author, "Jane Doe");
  EXPECT_EQ(report.outlet, "Example Herald");
  EXPECT_EQ(report.language, "nl");
  EXPECT_EQ(report.url, "https://herald.example/unit");
  EXPECT_EQ(report.date, ParseDate("2026-08-06").value());
  ASSERT_EQ(report.defects.size(), 1U);
  EXPECT_TRUE(report.defects[0].starts_with("the JSON-LD block 1 of the page was left out: "))
      << report.defects[0];
}

TEST(HtmlArticle, SaysNothingThatThePageDoesNotSay) {
  const Report report = Read("<div>" + Paragraphs(3) + "</div>");
  EXPECT_EQ(report.title, "");
  EXPECT_EQ(report.outlet, "");
  EXPECT_EQ(report.author, "");
  EXPECT_EQ(report.language, "");
  EXPECT_EQ(report.url, "");
  EXPECT_FALSE(report.date);
  EXPECT_TRUE(report.credits.empty());
}

TEST(HtmlArticle, TakesTheBodyOfJsonLdUnlessItIsATeaser) {
  const std::string body = kSentence + "The end that the page hides behind a wall. " + kSentence;
  const auto page = [](const std::string& text) {
    return "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"x\","
           "\"articleBody\":\"" +
           text + "\"}</script><article>" + Paragraphs(2) + "</article>";
  };
  EXPECT_NE(Read(page(body)).text.find("behind a wall"), std::string::npos);
  const Report teaser = Read(page("The unit keeps recordings of calls, behind a wall ..."));
  EXPECT_EQ(teaser.text.find("behind a wall"), std::string::npos);
  EXPECT_NE(teaser.text.find("1."), std::string::npos);
}

TEST(HtmlArticle, ReadsTheMarkupOfABodyInJsonLd) {
  const Report report = Read(
      "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"x\","
      "\"articleBody\":\"<p>" +
      kSentence + "<\\/p><p>Second.<\\/p>\"}</script><p>Short.</p>");
  EXPECT_EQ(report.text, kSentence.substr(0, kSentence.size() - 1) + "\n\nSecond.");
}

TEST(HtmlArticle, TakesTheBylineOutOfTheTextAndCreditsFromItsEnds) {
  const Report report =
      Read("<article><p>By Jane Doe, Example Herald, 6 August 2026</p>" + Paragraphs(2) +
           "<p>Additional reporting by the Example Courier.</p></article>");
  EXPECT_EQ(report.author, "Jane Doe");
  EXPECT_EQ(report.outlet, "Example Herald");
  EXPECT_EQ(report.date, ParseDate("2026-08-06").value());
  EXPECT_TRUE(report.text.starts_with("The unit keeps"));
  EXPECT_EQ(report.credits, std::vector<std::string>{"Example Courier"});
}

TEST(HtmlArticle, APageWithoutRunningTextIsRefused) {
  for (const char* const page : {"<html></html>", "<p>Hi.</p>", "<script>var x = 1;</script>",
                                 "<ul><li><a href=/>One</a></li><li><a href=/>Two</a></li></ul>"}) {
    const Result<Report> report = ReadHtmlArticle(page);
    ASSERT_FALSE(report) << page;
    EXPECT_EQ(report.error().message(),
              "the page holds no article that can be found; save the article's text as a plain "
              "text file");
  }
}

TEST(HtmlTree, RefusesElementsThatAreNestedWithoutEnd) {
  std::string page;
  for (int i = 0; i < 1100; ++i) page += "<div>";
  const Result<HtmlTree> tree = ParseHtml(page + "deep");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().message(), "the page has more than 1000 elements inside each other");
}

TEST(HtmlTree, EachNodeStandsBeforeItsChildrenInTheOrderOfThePage) {
  const Result<HtmlTree> tree = ParseHtml("<p>a<b>b</b>c</p><p>d</p>");
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->TextOf(0), "abcd");
  for (std::uint32_t i = 1; i < tree->nodes.size(); ++i) EXPECT_LT(tree->nodes[i].parent, i);
}

}  // namespace
}  // namespace proviso::intake
