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
  float weight = 0;
};
// By word. Weights are (1 + log of occurrences) x rarity, at unit length.
using Weights = std::vector<Weight>;

// How a text uses a word.
struct WordUse {
  int occurrences = 0;
  int paragraphs = 0;      // that hold it; the title stands in the first
  int capital_inside = 0;  // capital where no sentence begins
  int small = 0;
};

// The words of a report before they have numbers: what threads can do side by side.
struct ReportWords {
  struct Paragraph {
    std::vector<std::uint16_t> words;  // places in `uses`, ascending, each once
    std::size_t length = 0;            // in words, with those that occur again
  };
  std::vector<std::pair<std::string, WordUse>> uses;  // by word
  std::vector<Paragraph> paragraphs;
};
ReportWords ReadReportWords(const Report& report);

// A word of an article.
struct ArticleWord {
  WordId word = 0;
  float rarity = 0;
  float at_home = 0;  // part of the paragraphs that hold it
  bool capital_inside = false;
  bool small = false;
  bool rare = false;  // few background pages have it: as a name, it tells events apart
};

struct ArticleParagraph {
  std::vector<std::uint16_t> words;  // places in ArticleVector::words
  float weight = 0;                  // what it counts in its article
};

// What an article is about, as far as its words show.
struct ArticleVector {
  Weights all;                     // finds articles that may be alike
  std::vector<ArticleWord> words;  // by word
  std::vector<ArticleParagraph> paragraphs;
  std::vector<WordId> outlet;  // rare words of the outlet's name, by word
};

// Gives words numbers, and articles their vectors. Holds every word it has seen.
class ArticleVectors {
 public:
  ArticleVector Read(const ReportWords& report, std::string_view outlet);

  std::size_t words() const { return spelling_.size(); }
  const WordCounts& counts() const { return counts_; }
  const std::string& Spelling(WordId word) const { return spelling_[word]; }

 private:
  WordId IdOf(std::string_view word);

  WordCounts counts_;
  std::unordered_map<std::string, WordId> ids_;
  std::vector<std::string> spelling_;
  std::vector<float> rarity_;
};

double Cosine(const Weights& a, const Weights& b);  // of vectors of unit length

}  // namespace proviso::intake
