#pragma once

#include <string_view>
#include <unordered_map>

namespace proviso::intake {

// In how many of a background of news pages each word occurs (data/word_counts.tsv), so that rare
// words weigh more than common ones, and weigh the same whatever else came in.
class WordCounts {
 public:
  WordCounts();

  // The words as ReadWords gives them. A word that the table does not hold counts as one page.
  double Rarity(std::string_view word) const;  // log((pages + 1) / (pages with it + 0.5))
  int PagesWith(std::string_view word) const;
  int pages() const { return pages_; }

 private:
  int pages_ = 0;
  std::unordered_map<std::string_view, int> counts_;  // into the text that is part of the program
};

}  // namespace proviso::intake
