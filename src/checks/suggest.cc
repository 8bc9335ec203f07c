#include "checks/internal/suggest.h"

#include <algorithm>

namespace proviso::checks {
namespace {

constexpr std::size_t kListedMax = 12;
constexpr std::size_t kLengthMax = 64;

char Lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

// Levenshtein's distance, upper and lower case taken as equal.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string Suggest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string* nearest = nullptr;
  std::size_t best = std::min<std::size_t>(3, word.size());  // fewer edits than this
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLengthMax || word.size() > kLengthMax) continue;
    const std::size_t distance = Distance(word, candidate);
    if (distance < best) {
      best = distance;
      nearest = &candidate;
    }
  }
  if (nearest != nullptr) return "; did you mean `" + *nearest + "`?";
  if (candidates.empty() || candidates.size() > kListedMax) return "";
  std::string listed;
  for (const std::string& candidate : candidates) {
    listed += (listed.empty() ? "; expected one of `" : ", `") + candidate + "`";
  }
  return listed;
}

}  // namespace proviso::checks
