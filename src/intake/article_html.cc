#include "intake/internal/article_html.h"

#include <algorithm>

#include "intake/internal/credits.h"
#include "intake/internal/html_tree.h"
#include "intake/internal/json_ld.h"
#include "intake/internal/main_text.h"
#include "intake/internal/plain_text.h"
#include "intake/internal/text_blocks.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

// Of the text that was found in the page, how much a body in JSON-LD must have at least: pages put
// teasers there as well as whole articles.
constexpr std::size_t kWholeBodyPercent = 80;
// A text is the same as another when it shares that much of its words.
constexpr std::size_t kSameWordsPercent = 90;
// A page that names a title and holds less is a teaser or an error page, and no article.
constexpr std::size_t kArticleBytesMin = 40;

std::vector<std::string> ParagraphsOfBody(const std::string& body) {
  std::vector<std::string> paragraphs;
  if (body.find("</") != std::string::npos || body.find("<br") != std::string::npos) {
    if (const Result<HtmlTree> tree = ParseHtml(body)) {
      const std::vector<bool> nothing_removed(tree->nodes.size(), false);
      for (TextBlock& block : TextBlocks(*tree, 0, nothing_removed)) {
        paragraphs.push_back(std::move(block.text));
      }
      return paragraphs;
    }
  }
  for (const std::string_view line : SplitAt(body, "\n")) {
    std::string paragraph = WithSingleSpaces(line);
    if (!paragraph.empty()) paragraphs.push_back(std::move(paragraph));
  }
  return paragraphs;
}

std::vector<std::string_view> SortedWords(const std::string& text) {
  std::vector<std::string_view> words = SplitWords(text);
  std::sort(words.begin(), words.end());
  return words;
}

bool HoldsTheWordsOf(const std::string& whole, const std::string& part) {
  const std::vector<std::string_view> all = SortedWords(whole);
  const std::vector<std::string_view> some = SortedWords(part);
  std::vector<std::string_view> shared;
  std::set_intersection(all.begin(), all.end(), some.begin(), some.end(),
                        std::back_inserter(shared));
  return shared.size() * 100 >= some.size() * kSameWordsPercent;
}

// The page's own word for its text, unless it is a teaser, or the page has the same in paragraphs.
std::vector<std::string> Choose(const std::vector<std::string>& found,
                                const std::vector<std::string>& body) {
  const std::string found_text = JoinParagraphs(found);
  const std::string body_text = JoinParagraphs(body);
  if (body_text.size() * 100 < found_text.size() * kWholeBodyPercent) return found;
  if (body.size() * 2 < found.size() && HoldsTheWordsOf(found_text, body_text)) return found;
  return body_text.empty() ? found : body;
}

std::string LanguageCode(std::string_view language) {
  const std::string code = Lower(Trimmed(language.substr(0, language.find_first_of("-_"))));
  const bool letters = std::all_of(code.begin(), code.end(),
                                   [](char letter) { return letter >= 'a' && letter <= 'z'; });
  return letters && (code.size() == 2 || code.size() == 3) ? code : std::string();
}

Report ReportOf(PageFacts facts, std::vector<std::string> defects) {
  Report report;
  report.kind = ReportKind::kArticle;
  report.title = std::move(facts.title);
  report.outlet = std::move(facts.outlet);
  report.author = std::move(facts.author);
  report.language = LanguageCode(facts.language);
  report.url = std::move(facts.url);
  report.date = facts.date;
  report.credits = std::move(facts.credits);
  report.defects = std::move(defects);
  return report;
}

}  // namespace

Result<Report> ReadHtmlArticle(std::string_view page) {
  const HtmlTree tree = PROVISO_TRY(ParseHtml(page));
  std::vector<std::string> defects;
  PageFacts facts = FactsOfJsonLd(tree, defects);
  facts.FillFrom(FactsOfMeta(tree));
  std::vector<std::string> paragraphs = Choose(MainText(tree), ParagraphsOfBody(facts.body));
  Report report = ReportOf(std::move(facts), std::move(defects));
  if (!paragraphs.empty() && paragraphs.front() == report.title) {
    paragraphs.erase(paragraphs.begin());
  }
  if (paragraphs.size() > 1 && TakeByline(paragraphs.front(), report)) {
    paragraphs.erase(paragraphs.begin());
  }
  DropLeftovers(paragraphs, report.defects);
  for (const std::string& name : CreditsIn(paragraphs)) AddOnce(name, report.credits);
  report.text = JoinParagraphs(paragraphs);
  if (report.text.size() < kArticleBytesMin) {
    return Fail(ErrorCode::kInvalidArgument,
                "the page holds no article that can be found; save the article's text as a plain "
                "text file");
  }
  return report;
}

Result<std::string> HtmlAsPlainText(std::string_view page) {
  const HtmlTree tree = PROVISO_TRY(ParseHtml(page));
  std::vector<bool> removed(tree.nodes.size(), false);
  for (std::size_t i = 0; i < removed.size(); ++i) {
    const std::string& tag = tree.nodes[i].tag;
    removed[i] = tag == "head" || tag == "script" || tag == "style" || tag == "noscript" ||
                 tag == "template";
  }
  std::string text;
  for (const TextBlock& block : TextBlocks(tree, 0, removed)) text += block.text + "\n\n";
  return text;
}

}  // namespace proviso::intake
