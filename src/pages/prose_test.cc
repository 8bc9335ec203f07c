#include "pages/internal/prose.h"

#include <gtest/gtest.h>

namespace proviso::pages {
namespace {

Json Case() {
  return Json::Of({{"reports", Json(Json::Array{
                                   Json::Of({{"id", "report-3"}, {"outlet", "Example Courier"}})})},
                   {"claims", Json(Json::Array{Json::Of({{"id", "claim-1"}})})},
                   {"people", Json::Of({{"p-1", "Anna Example"}})},
                   {"class_units", Json::Of({{"speech-to-text", "h"}})},
                   {"names", Json::Of({{"units", Json::Of({{"example-unit", "Example Unit"}})},
                                       {"regions", Json::Of({{"nl-1", "Netherlands"}})}})}});
}

struct Words {
  const char* text;
  const char* shown;
};

TEST(Prose, PutsNamesAndWordsForIdsAndFigures) {
  const Json json = Case();
  const CaseView view(json);
  for (const auto& [text, shown] : std::vector<Words>{
           {"speech-to-text in region nl-1:",
            "speech to text in region <bdi title=\"nl-1\">Netherlands</bdi>:"},
           {"unit `example-unit` (3)", "unit <bdi title=\"example-unit\">Example Unit</bdi> (3)"},
           {"by p-1.", "by <bdi title=\"p-1\">Anna Example</bdi>."},
           {"report-3, byte 0",
            "<a href=\"#report-1\" title=\"report-3\">Example Courier</a>, byte 0"},
           {"found claim-1 supported", "found <a href=\"#claim-1\">claim-1</a> supported"},
           {"27062516.964 h in 2026-07: 66.3061x, asked for >= 64x",
            "27,062,516.964 h in July 2026: 66.3061 times, asked for at least 64 times"},
           {"1300 TB on 2026-07-15", "1300 TB on 15 July 2026"},
           {"the run `of these words` and `EC-1`",
            "the run <q>of these words</q> and <code>EC-1</code>"},
           {"one ` alone", "one ` alone"},
           {"`` <b> 2x3 1.2.3 x", "<code></code> &lt;b&gt; 2x3 1.2.3 x"},
           {"", ""}}) {
    Markup out;
    DrawProse(view, text, out);
    EXPECT_EQ(out.Take(), shown) << text;
  }
}

TEST(Prose, EndsALineOfALetterWhereTheNextWordHadRoom) {
  Markup out;
  DrawLetter("Dear all,\n\nthis line is the longest one of all\nand goes on.\r\nJane\nOffice\n",
             out);
  EXPECT_EQ(out.Take(),
            "<p dir=\"auto\">Dear all,</p><p dir=\"auto\">this line is the longest one of all "
            "and goes on.<br/>Jane<br/>Office</p>");
}

TEST(Prose, ShowsASmallPartOfMarkdown) {
  for (const auto& [text, shown] : std::vector<Words>{
           {"# One\n## Two", "<h4>One</h4><h5>Two</h5>"},
           {"### Three\n# One\n### Three", "<h4>Three</h4><h4>One</h4><h5>Three</h5>"},
           {"#no heading", "<p dir=\"auto\">#no heading</p>"},
           {"- a `b`\n- c", "<ul><li>a <code>b</code></li><li>c</li></ul>"},
           {"> a\n>\n> b", "<blockquote><p dir=\"auto\">a</p><p dir=\"auto\">b</p></blockquote>"},
           {"1\\. <script>", "<p dir=\"auto\">1. &lt;script&gt;</p>"},
           {"[a](javascript:x) **b**", "<p dir=\"auto\">[a](javascript:x) **b**</p>"},
           {"a\n- b", "<p dir=\"auto\">a</p><ul><li>b</li></ul>"},
           {">", "<blockquote></blockquote>"},
           {"-", "<p dir=\"auto\">-</p>"}}) {
    Markup out;
    DrawDocument(text, 4, out);
    EXPECT_EQ(out.Take(), shown) << text;
  }
}

TEST(Prose, TakesAnyBytes) {
  const std::string marks = "#> -|`\\\n1a\xff";
  std::string text;
  std::uint32_t seed = 1;
  for (int i = 0; i < 4000; ++i) {
    seed = seed * 1664525U + 1013904223U;
    text += marks[(seed >> 16U) % marks.size()];
  }
  const Json json = Case();
  for (std::size_t at = 0; at < text.size(); at += 97) {
    Markup out;
    DrawDocument(std::string_view(text).substr(at), 2, out);
    DrawLetter(std::string_view(text).substr(at), out);
    DrawProse(CaseView(json), std::string_view(text).substr(at), out);
    EXPECT_FALSE(out.Take().empty());
  }
}

TEST(Prose, CutsLongDocuments) {
  Markup out;
  DrawDocument(std::string(kTextBytesMax + 5, 'a'), 4, out);
  EXPECT_NE(out.Take().find("[cut: 5 more bytes]"), std::string::npos);
}

}  // namespace
}  // namespace proviso::pages
