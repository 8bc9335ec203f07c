#include "intake/internal/word_counts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "intake/internal/word_counts_data.h"

namespace proviso::intake {
namespace {

constexpr std::string_view kPages = "pages";
// Years that the background is too old to know are common words all the same.
constexpr int kPagesWithAYear = 60;

bool IsYear(std::string_view word) {
  return word.size() == 4 && (word.starts_with("19") || word.starts_with("20")) &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

WordCounts::WordCounts() {
  std::string_view rest = WordCountsText();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string_view::npos) continue;
    int count = 0;
    std::from_chars(line.data() + tab + 1, line.data() + line.size(), count);
    // The first row is the number of pages; as a word, `pages` has lost its plural.
    if (line.substr(0, tab) == kPages) {
      pages_ = count;
    } else {
      counts_.emplace(line.substr(0, tab), count);
    }
  }
}

int WordCounts::PagesWith(std::string_view word) const {
  if (IsYear(word)) return kPagesWithAYear;
  const auto found = counts_.find(word);
  return found == counts_.end() ? 1 : found->second;
}

double WordCounts::Rarity(std::string_view word) const {
  return std::log((pages_ + 1.0) / (PagesWith(word) + 0.5));
}

}  // namespace proviso::intake
