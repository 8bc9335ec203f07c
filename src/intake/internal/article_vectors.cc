#include "intake/internal/article_vectors.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "intake/internal/prose.h"

namespace proviso::intake {
namespace {

// A name in more background pages than this (a month, a country) tells no event from another.
constexpr int kNamePagesMax = 4;
// More words than this of one text change nothing any more.
constexpr std::size_t kWordsMax = 20'000;
// A line without a full stop and not longer than this is a heading: its capitals mean nothing.
constexpr std::size_t kHeadingBytesMax = 160;

bool EndsLikeASentence(std::string_view sentence) {
  const std::string_view tail =
      sentence.substr(sentence.size() - std::min<std::size_t>(4, sentence.size()));
  return tail.find_first_of(".!?") != std::string_view::npos;
}

void ToUnitLength(Weights& weights) {
  const double length = Length(weights);
  if (length <= 0) return;
  for (Weight& weight : weights) weight.weight /= length;
}

}  // namespace

WordUses CountUses(const Report& report) {
  std::unordered_map<std::string, WordUse> uses;
  std::size_t read = 0;
  const std::vector<Span> boilerplate = BoilerplateSpans(report.text);
  for (const Span sentence : SplitSentences(report.text)) {
    if (read > kWordsMax || IsInside(boilerplate, sentence.begin)) continue;
    const std::string_view text = TextOf(report.text, sentence);
    const bool heading = text.size() <= kHeadingBytesMax && !EndsLikeASentence(text);
    bool first = true;
    for (const Word& word : ReadWords(text)) {
      WordUse& use = uses[word.text];
      ++use.occurrences;
      if (!word.capital) ++use.small;
      if (word.capital && !first && !heading) ++use.capital_inside;
      first = false;
      ++read;
    }
  }
  if (!report.title.empty() && !report.text.starts_with(report.title)) {
    for (const Word& word : ReadWords(report.title)) ++uses[word.text].occurrences;
  }
  WordUses sorted(std::make_move_iterator(uses.begin()), std::make_move_iterator(uses.end()));
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return sorted;
}

WordId ArticleVectors::IdOf(std::string_view word) {
  const auto [place, added] = ids_.try_emplace(std::string(word), static_cast<WordId>(ids_.size()));
  if (added) {
    spelling_.emplace_back(word);
    rarity_.push_back(std::max(0.0, counts_.Rarity(word)));
  }
  return place->second;
}

ArticleVector ArticleVectors::Read(const WordUses& uses, std::string_view outlet) {
  ArticleVector vector;
  for (const auto& [word, use] : uses) {
    const WordId id = IdOf(word);
    const double weight = (1.0 + std::log(use.occurrences)) * rarity_[id];
    if (weight <= 0) continue;
    vector.all.push_back({id, weight});
    const bool name = use.capital_inside > 0 && use.small == 0;
    if (!name) vector.deeds.push_back({id, weight});
    if (name && counts_.PagesWith(word) <= kNamePagesMax) vector.names.push_back(id);
  }
  for (const Word& word : ReadWords(outlet)) {
    if (counts_.PagesWith(word.text) <= kNamePagesMax) vector.outlet.push_back(IdOf(word.text));
  }
  std::sort(vector.outlet.begin(), vector.outlet.end());
  const auto by_word = [](const Weight& a, const Weight& b) { return a.word < b.word; };
  std::sort(vector.all.begin(), vector.all.end(), by_word);
  std::sort(vector.deeds.begin(), vector.deeds.end(), by_word);
  std::sort(vector.names.begin(), vector.names.end());
  ToUnitLength(vector.all);
  ToUnitLength(vector.deeds);
  return vector;
}

double Cosine(const Weights& a, const Weights& b) {
  double sum = 0;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() && right != b.end()) {
    if (left->word < right->word) {
      ++left;
    } else if (right->word < left->word) {
      ++right;
    } else {
      sum += left->weight * right->weight;
      ++left;
      ++right;
    }
  }
  return sum;
}

Weights Sum(const Weights& a, const Weights& b) {
  Weights sum;
  sum.reserve(a.size() + b.size());
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->word < right->word)) {
      sum.push_back(*left++);
    } else if (left == a.end() || right->word < left->word) {
      sum.push_back(*right++);
    } else {
      sum.push_back({left->word, left->weight + right->weight});
      ++left;
      ++right;
    }
  }
  return sum;
}

double Length(const Weights& weights) {
  double sum = 0;
  for (const Weight& weight : weights) sum += weight.weight * weight.weight;
  return std::sqrt(sum);
}

std::vector<WordId> SharedNames(const ArticleVector& a, const ArticleVector& b) {
  std::vector<WordId> shared;
  const auto add = [&](const std::vector<WordId>& left, const std::vector<WordId>& right) {
    std::set_intersection(left.begin(), left.end(), right.begin(), right.end(),
                          std::back_inserter(shared));
  };
  add(a.names, b.names);
  add(a.outlet, b.names);
  add(a.names, b.outlet);
  std::sort(shared.begin(), shared.end());
  shared.erase(std::unique(shared.begin(), shared.end()), shared.end());
  return shared;
}

}  // namespace proviso::intake
