#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "intake/internal/word_counts.h"
#include "intake/report.h"

namespace proviso::intake {

using WordId = std::uint32_t;

struct Weight {
  WordId word = 0;
  double weight = 0;
};
// By word. Weights are (1 + log of occurrences) x rarity, at unit length.
using Weights = std::vector<Weight>;

// What an article is about, as far as its words show.
struct ArticleVector {
  Weights all;
  Weights deeds;               // without names: what happens, whoever does it
  std::vector<WordId> names;   // rare names in the text, by word
  std::vector<WordId> outlet;  // rare words of the outlet's name, by word
};

// How a text uses a word.
struct WordUse {
  int occurrences = 0;
  int capital_inside = 0;  // capital where no sentence begins
  int small = 0;
};
using WordUses = std::vector<std::pair<std::string, WordUse>>;  // by word
WordUses CountUses(const Report& report);

// Gives words numbers, and articles their vectors. Holds every word it has seen.
class ArticleVectors {
 public:
  ArticleVector Read(const WordUses& uses, std::string_view outlet);

  std::size_t words() const { return spelling_.size(); }
  const WordCounts& counts() const { return counts_; }
  const std::string& Spelling(WordId word) const { return spelling_[word]; }

 private:
  WordId IdOf(std::string_view word);

  WordCounts counts_;
  std::unordered_map<std::string, WordId> ids_;
  std::vector<std::string> spelling_;
  std::vector<double> rarity_;
};

double Cosine(const Weights& a, const Weights& b);  // of vectors of unit length
Weights Sum(const Weights& a, const Weights& b);    // not at unit length
double Length(const Weights& weights);
// Names in both texts, or of one's outlet in the other's text: a statement seldom names its house.
std::vector<WordId> SharedNames(const ArticleVector& a, const ArticleVector& b);

}  // namespace proviso::intake
