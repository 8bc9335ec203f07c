#include "intake/internal/likeness.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace proviso::intake {
namespace {

// The bars of docs/formats/stories.md, section "Stories".
constexpr std::size_t kNamesAtHome = 2;
constexpr double kUsualWords = 170;
constexpr double kLongTextCost = 1.3;
constexpr double kCopyMin = 0.80;

// A word that both articles hold, by its places in them.
struct Common {
  std::size_t in_a;
  std::size_t in_b;
};

std::vector<Common> FindCommon(const ArticleVector& a, const ArticleVector& b) {
  std::vector<Common> common;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.words.size() && j < b.words.size()) {
    if (a.words[i].word < b.words[j].word) {
      ++i;
    } else if (b.words[j].word < a.words[i].word) {
      ++j;
    } else {
      common.push_back({i++, j++});
    }
  }
  return common;
}

// One text may have a name at the beginning of sentences only: the other shows that it is one.
bool IsNameInBoth(const ArticleWord& a, const ArticleWord& b) {
  return a.rare && (a.capital_inside || b.capital_inside) && !a.small && !b.small;
}

void AddNamesOfOutlet(const std::vector<WordId>& outlet, const ArticleVector& text,
                      std::vector<WordId>& names) {
  for (const WordId word : outlet) {
    const auto found =
        std::lower_bound(text.words.begin(), text.words.end(), word,
                         [](const ArticleWord& left, WordId right) { return left.word < right; });
    const bool name =
        found != text.words.end() && found->word == word && found->capital_inside && !found->small;
    if (name) names.push_back(word);
  }
}

// Whoever two events have in common (the company, its town) is named all over both texts: the names
// that are most at home in both say least.
std::vector<Common> NamesAtHome(const ArticleVector& a, const ArticleVector& b,
                                std::vector<Common> names, const ArticleVectors& vectors) {
  const auto at_home = [&](const Common& name) {
    return std::min(a.words[name.in_a].at_home, b.words[name.in_b].at_home);
  };
  std::sort(names.begin(), names.end(), [&](const Common& left, const Common& right) {
    const float x = at_home(left);
    const float y = at_home(right);
    if (x != y) return x > y;
    return vectors.Spelling(a.words[left.in_a].word) > vectors.Spelling(a.words[right.in_a].word);
  });
  names.resize(std::min(names.size(), kNamesAtHome));
  return names;
}

// How far the paragraphs of `of` are covered, where `held` says which of its words count as held by
// a text of `by_words` words. The root makes a little everywhere more than much in one place: an
// article that recalls another event covers one paragraph of its own, not its lead and all others.
double Covered(const ArticleVector& of, const std::vector<bool>& held, std::size_t by_words) {
  const double cost =
      kLongTextCost * std::max(0.0, std::log(static_cast<double>(by_words) / kUsualWords));
  double sum = 0;
  double weights = 0;
  for (const ArticleParagraph& paragraph : of.paragraphs) {
    double covered = 0;
    double all = 0;
    for (const std::uint16_t place : paragraph.words) {
      const double rarity = of.words[place].rarity;
      all += rarity * rarity;
      if (!held[place]) continue;
      const double left = std::max(0.0, rarity - cost);
      covered += left * left;
    }
    if (all > 0) sum += paragraph.weight * std::sqrt(covered / all);
    weights += paragraph.weight;
  }
  return weights > 0 ? sum / weights : 0;
}

}  // namespace

Likeness MeasureLikeness(const ArticleVector& a, const ArticleVector& b,
                         const ArticleVectors& vectors) {
  std::vector<Common> names;
  std::vector<bool> held_of_a(a.words.size());
  std::vector<bool> held_of_b(b.words.size());
  for (const Common& word : FindCommon(a, b)) {
    held_of_a[word.in_a] = held_of_b[word.in_b] = true;
    if (IsNameInBoth(a.words[word.in_a], b.words[word.in_b])) names.push_back(word);
  }
  Likeness likeness;
  for (const Common& name : names) likeness.names.push_back(a.words[name.in_a].word);
  AddNamesOfOutlet(a.outlet, b, likeness.names);
  AddNamesOfOutlet(b.outlet, a, likeness.names);
  std::sort(likeness.names.begin(), likeness.names.end());
  likeness.names.erase(std::unique(likeness.names.begin(), likeness.names.end()),
                       likeness.names.end());
  for (const Common& name : NamesAtHome(a, b, std::move(names), vectors)) {
    held_of_a[name.in_a] = held_of_b[name.in_b] = false;
  }
  likeness.of_a = Covered(a, held_of_a, b.words.size());
  likeness.of_b = Covered(b, held_of_b, a.words.size());
  likeness.value = std::sqrt(likeness.of_a * likeness.of_b);
  // What long texts pay would part even two copies of one; no two articles have so many words
  // alike.
  const double cosine = Cosine(a.all, b.all);
  if (cosine >= kCopyMin) likeness.value = std::max(likeness.value, std::min(1.0, cosine));
  return likeness;
}

}  // namespace proviso::intake
