#include <optional>
#include <string_view>
#include <utility>

#include "intake/internal/credits.h"
#include "intake/internal/dates.h"
#include "intake/internal/json_ld.h"
#include "intake/internal/text_blocks.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

bool IsAddress(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

// Collects what elements of a page's head say; the first of each kind counts.
class MetaReader {
 public:
  void Take(const HtmlTree& page, std::uint32_t index) {
    const HtmlNode& node = page.nodes[index];
    if (node.tag == "meta") {
      TakeMeta(node);
    } else if (node.tag == "html") {
      Set(facts_.language, node.Attribute("lang"));
    } else if (node.tag == "link" && Lower(node.Attribute("rel")) == "canonical" &&
               IsAddress(node.Attribute("href"))) {
      Set(facts_.url, node.Attribute("href"));
    } else if (node.tag == "title") {
      Set(title_, page.TextOf(index));
    } else if (node.tag == "h1") {
      Set(heading_, VisibleTextOf(page, index));
    } else if (node.tag == "time" && (node.Attribute("itemprop") == "datePublished" ||
                                      !node.Attribute("pubdate").empty())) {
      SetDate(node.Attribute("datetime"));
    }
  }

  PageFacts TakeFacts() {
    for (std::string* title : {&heading_, &title_}) Set(facts_.title, *title);
    return std::move(facts_);
  }

 private:
  static std::string VisibleTextOf(const HtmlTree& page, std::uint32_t index) {
    std::string text;
    for (const TextBlock& block :
         TextBlocks(page, index, std::vector<bool>(page.nodes.size(), false))) {
      text += (text.empty() ? "" : " ") + block.text;
    }
    return text;
  }

  static void Set(std::string& member, std::string_view value) {
    if (member.empty()) member = WithSingleSpaces(value);
  }

  void SetDate(std::string_view value) {
    if (!facts_.date) facts_.date = DayNamed(value);
  }

  void TakeMeta(const HtmlNode& node) {
    std::string name = Lower(node.Attribute("property"));
    if (name.empty()) name = Lower(node.Attribute("name"));
    if (name.empty()) name = Lower(node.Attribute("itemprop"));
    const std::string_view value = Trimmed(node.Attribute("content"));
    if (name.empty() || value.empty()) return;
    if (name == "og:title" || name == "citation_title") return Set(facts_.title, value);
    if (name == "og:site_name" || name == "citation_journal_title") {
      return Set(facts_.outlet, value);
    }
    if (name == "og:url" && IsAddress(value)) return Set(facts_.url, value);
    if (name == "og:locale" || name == "citation_language") return Set(facts_.language, value);
    const bool author = name == "author" || name == "article:author" || name == "citation_author";
    if (author && !IsAddress(value)) return Set(facts_.author, value);
    if (name == "article:published_time" || name == "citation_publication_date" ||
        name == "citation_date" || name == "datepublished" || name == "dc.date.issued") {
      return SetDate(value);
    }
    if (name == "syndication-source" || name == "original-source") {
      AddOnce(WithSingleSpaces(value), facts_.credits);
    }
  }

  PageFacts facts_;
  std::string title_;
  std::string heading_;
};

}  // namespace

PageFacts FactsOfMeta(const HtmlTree& page) {
  MetaReader reader;
  for (std::uint32_t i = 0; i < page.nodes.size(); ++i) reader.Take(page, i);
  return reader.TakeFacts();
}

}  // namespace proviso::intake
