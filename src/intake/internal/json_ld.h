#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "intake/internal/html_tree.h"

namespace proviso::intake {

// What a page says of itself for machines. Empty where it does not.
struct PageFacts {
  std::string title;
  std::string body;  // the whole article, perhaps as HTML
  std::string author;
  std::string outlet;
  std::string language;
  std::string url;
  std::optional<Date> date;
  std::vector<std::string> credits;

  // Takes from `other` what is missing here.
  void FillFrom(const PageFacts& other);
};

// From the page's JSON-LD: the first NewsArticle, Article and the like. What does not parse is
// told in `defects`.
PageFacts FactsOfJsonLd(const HtmlTree& page, std::vector<std::string>& defects);

// From `meta` elements, `link rel=canonical`, `html lang`, and at last the `title` element.
PageFacts FactsOfMeta(const HtmlTree& page);

}  // namespace proviso::intake
