#include "disclosure/document.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace proviso::disclosure {
namespace {

// The words of a page, as a reader sees them: without tags and head, entities resolved.
std::string WordsOfHtml(const std::string& html) {
  std::string out;
  for (std::size_t at = html.find("<main>"); at < html.size(); ++at) {
    if (html[at] == '<') {
      const std::size_t end = html.find('>', at);
      const bool inside = html.compare(at, 5, "<code") == 0 || html.compare(at, 6, "</code") == 0;
      if (!inside) out += ' ';
      at = end;
    } else {
      out += html[at];
    }
  }
  for (const auto& [entity, character] : std::vector<std::pair<std::string, std::string>>{
           {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}}) {
    for (std::size_t at = out.find(entity); at != std::string::npos;
         at = out.find(entity, at + 1)) {
      out.replace(at, entity.size(), character);
    }
  }
  return out;
}

// The words of Markdown, read by CommonMark's rules as far as documents use them.
std::string WordsOfMarkdown(const std::string& markdown) {
  std::string out;
  std::istringstream in(markdown);
  std::string line;
  while (std::getline(in, line)) {
    for (const char* mark : {"# ", "## ", "### ", "- ", "> "}) {
      if (line.starts_with(mark)) {
        line.erase(0, std::string(mark).size());
        break;
      }
    }
    const bool table = line.starts_with("|");
    if (table && line.find_first_not_of("|-") == std::string::npos) continue;
    if (line == ">") continue;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '`') {
        const std::size_t ticks = line.find_first_not_of('`', i) - i;
        const std::string fence(ticks, '`');
        const std::size_t end = line.find(fence, i + ticks);
        std::string code = line.substr(i + ticks, end - i - ticks);
        if (ticks > 1) code = code.substr(1, code.size() - 2);
        for (std::size_t bar = code.find("\\|"); table && bar != std::string::npos;
             bar = code.find("\\|", bar + 1)) {
          code.erase(bar, 1);
        }
        out += code;
        i = end + ticks - 1;
      } else if (line[i] == '\\') {
        out += line[++i];
      } else {
        out += table && line[i] == '|' ? ' ' : line[i];
      }
    }
    out += ' ';
  }
  return out;
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  std::string word;
  while (in >> word) words.push_back(word);
  return words;
}

Document Sample(const std::string& hostile) {
  Document document;
  document.kind = "sample";
  document.audience = Audience::kPublic;
  document.title = "Title: " + Text(hostile);
  document.Section("A section");
  document.Say("We say " + Text(hostile) + " and " + Text::Code(hostile) + ".");
  document.Say(hostile);
  document.Itemise({"one", hostile, Text::Code(hostile)});
  document.Quote("first line\n\n" + hostile);
  document.blocks.emplace_back(
      Table{{"said", "as"}, {{hostile, Text::Code(hostile)}, {"plain", "words"}}});
  return document;
}

const std::vector<std::string> kHostile{
    "plain words",
    "# not a heading",
    "- not a list",
    "+ nor this",
    "1. nor this",
    "23) nor this",
    "> not quoted",
    "---",
    "===",
    "~~~",
    "***bold*** and _slanted_ and (_this_) but snake_case",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[link](javascript:alert(1)) ![image](http://example.org/x)",
    "&lt;b&gt; &amp; &#60;",
    "a | b | c",
    "`code` ``two`` and a\\backslash\\",
    "\" ' quotes",
    "   indented like code",
};

TEST(Document, SaysTheSameWordsInMarkdownAndHtml) {
  for (const std::string& hostile : kHostile) {
    const Document document = Sample(hostile);
    EXPECT_EQ(Words(WordsOfMarkdown(ToMarkdown(document))), Words(WordsOfHtml(ToHtml(document))))
        << ToMarkdown(document);
  }
}

TEST(Document, ShowsHostileTextAsItIs) {
  struct Case {
    const char* text;
    const char* markdown;
    const char* html;
  };
  for (const Case& c : std::vector<Case>{
           {"- item", "\n\\- item\n", "<p>- item</p>"},
           {"+ item", "\n\\+ item\n", "<p>+ item</p>"},
           {"1. item", "\n1\\. item\n", "<p>1. item</p>"},
           {"===", "\n\\===\n", "<p>===</p>"},
           {"~~~ x", "\n\\~~~ x\n", "<p>~~~ x</p>"},
           {"# x", "\n\\# x\n", "<p># x</p>"},
           {"> x", "\n\\> x\n", "<p>&gt; x</p>"},
           {"1 >= 2 <= 3 & 4 * 5 #6 [x] a<b", "\n1 >= 2 <= 3 & 4 * 5 #6 \\[x] a\\<b\n",
            "<p>1 &gt;= 2 &lt;= 3 &amp; 4 * 5 #6 [x] a&lt;b</p>"},
           {"a #", "\na \\#\n", "<p>a #</p>"},
           {"&#62; <!-- <?x *a*", "\n\\&#62; \\<!-- \\<?x \\*a\\*\n",
            "<p>&amp;#62; &lt;!-- &lt;?x *a*</p>"},
           {"(_a_) b_c", "\n(\\_a\\_) b_c\n", "<p>(_a_) b_c</p>"},
           {"<b>&amp;</b>", "\n\\<b>\\&amp;\\</b>\n", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>"},
           {"2026-11-22 was", "\n2026-11-22 was\n", "<p>2026-11-22 was</p>"},
       }) {
    Document document;
    document.Say(c.text);
    EXPECT_NE(ToMarkdown(document).find(c.markdown), std::string::npos) << ToMarkdown(document);
    EXPECT_NE(ToHtml(document).find(c.html), std::string::npos) << ToHtml(document);
  }
}

TEST(Document, CodeHoldsAnythingAlsoInATable) {
  Document document;
  document.Say(Text::Code("a``b`c"));
  document.blocks.emplace_back(Table{{"x"}, {{Text::Code("a|b")}}});
  EXPECT_NE(ToMarkdown(document).find("\n``` a``b`c ```\n"), std::string::npos);
  EXPECT_NE(ToMarkdown(document).find("| `a\\|b` |"), std::string::npos);
}

// NOLINTBEGIN(misc-misleading-bidirectional): it is escaped, and what this is about.
TEST(Document, MakesVisibleWhatDeceives) {
  struct Case {
    std::string text;
    std::string shown;
  };
  for (const Case& c : std::vector<Case>{
           {"pay \xE2\x80\xAE"
            "evil",
            "pay [U+202E]evil"},
           {"a\xE2\x81\xA6"
            "b",
            "a[U+2066]b"},
           {"a\xE2\x80\x8B"
            "b",
            "a[U+200B]b"},
           {"a\xEF\xBB\xBF"
            "b",
            "a[U+FEFF]b"},
           {"a\xF3\xA0\x81\x81"
            "b",
            "a[U+E0041]b"},
           {"a\r\n\tb\x01"
            "c\x7F"
            "d\xC2\x85"
            "e\xE2\x80\xA8"
            "f",
            "a b c d e f"},
           {"a\xFF"
            "b\xC0\xAF"
            "c\xED\xA0\x80",
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD"
            "c\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
           {"caf\xC3\xA9 \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xF0\x9F\x90\x88",
            "caf\xC3\xA9 \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xF0\x9F\x90\x88"},
           {"cut \xE2\x80", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
       }) {
    EXPECT_EQ(Text(c.text).Plain(), c.shown);
    Document document;
    document.Say(c.text);
    EXPECT_TRUE(IsUtf8(ToMarkdown(document)));
    EXPECT_TRUE(IsUtf8(ToHtml(document)));
    EXPECT_NE(ToHtml(document).find(">" + c.shown), std::string::npos) << ToHtml(document);
  }
}
// NOLINTEND(misc-misleading-bidirectional)

TEST(Document, AQuotationKeepsItsLines) {
  Document document;
  document.Quote("a\n\nb\n");
  EXPECT_EQ(ToMarkdown(document), "# \n\n> a\n>\n> b\n");
}

TEST(Document, IsAPageThatLoadsNothing) {
  const std::string html = ToHtml(Sample(kHostile[11]));
  const std::size_t begin = html.find("<style>") + 7;
  const std::string style = html.substr(begin, html.find("</style>") - begin);
  EXPECT_NE(html.find("content=\"default-src 'none'; style-src 'sha256-" +
                      Base64Encode(crypto::Sha256(style).bytes) +
                      "'; base-uri 'none'; form-action 'none'\""),
            std::string::npos);
  for (const char* part : {"prefers-color-scheme:dark", "@media print", "<html lang=\"en\">",
                           "table{border-collapse:collapse;width:100%;overflow-wrap:break-word}"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
  for (const char* part : {"<script", "<img", "<a ", "src=\"", "href=", "url(", "@import", "on="}) {
    EXPECT_EQ(html.find(part), std::string::npos) << part;
  }
}

TEST(Document, IsAlsoDataAsTheFormatShows) {
  Document document;
  document.kind = "update";
  document.audience = Audience::kPublic;
  document.title = "Update on case-1";
  document.Itemise({"As of: 20 August 2026"});
  document.Section("What comes next");
  document.Say("The next update is due on " + Text("1 September 2026") + ".");
  document.data = Json::Of({{"case", "case-1"}, {"next", "2026-09-01"}});
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/notices.md");
  std::string line;
  std::string shown;
  while (std::getline(file, line) && line != "```json") {
  }
  while (std::getline(file, line) && line != "```") shown += line + "\n";
  EXPECT_EQ(shown, ToJson(document).Pretty() + "\n");
}

}  // namespace
}  // namespace proviso::disclosure
