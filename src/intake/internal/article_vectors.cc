#include "intake/internal/article_vectors.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "intake/internal/prose.h"

namespace proviso::intake {
namespace {

// A name in more background pages than this (a month, a country) tells no event from another.
constexpr int kNamePagesMax = 4;
// More words than this of one text change nothing any more; places of words fit into 16 bits.
constexpr std::size_t kWordsMax = 20'000;
// A line without a full stop and not longer than this is a heading: its capitals mean nothing.
constexpr std::size_t kHeadingBytesMax = 160;
// The bar of docs/formats/stories.md, section "Stories".
constexpr double kLeadWeight = 2;

bool EndsLikeASentence(std::string_view sentence) {
  const std::string_view tail =
      sentence.substr(sentence.size() - std::min<std::size_t>(4, sentence.size()));
  return tail.find_first_of(".!?") != std::string_view::npos;
}

// Reads a text paragraph by paragraph.
class WordReader {
 public:
  WordReader() { BeginParagraph(); }

  void BeginParagraph() {
    if (!paragraphs_.empty() && paragraphs_.back().uses.empty()) return;
    paragraphs_.emplace_back();
  }

  void AddTitle(std::string_view title) {
    for (const Word& word : ReadWords(title)) {
      if (full()) return;
      Add(word.text);
      ++read_;
    }
  }

  void AddSentence(std::string_view text) {
    const bool heading = text.size() <= kHeadingBytesMax && !EndsLikeASentence(text);
    bool first = true;
    for (const Word& word : ReadWords(text)) {
      if (full()) return;
      WordUse& use = Add(word.text);
      ++paragraphs_.back().length;
      if (!word.capital) ++use.small;
      if (word.capital && !first && !heading) ++use.capital_inside;
      first = false;
      ++read_;
    }
  }

  bool full() const { return read_ >= kWordsMax; }

  ReportWords Take() {
    ReportWords report;
    for (auto& [word, entry] : entries_) {
      entry.place = static_cast<std::uint16_t>(report.uses.size());
      report.uses.emplace_back(word, entry.use);
    }
    for (const Paragraph& from : paragraphs_) {
      if (from.uses.empty()) continue;
      ReportWords::Paragraph& paragraph = report.paragraphs.emplace_back();
      paragraph.length = from.length;
      for (const Entry* entry : from.uses) paragraph.words.push_back(entry->place);
      std::sort(paragraph.words.begin(), paragraph.words.end());
    }
    return report;
  }

 private:
  struct Entry {
    WordUse use;
    std::size_t paragraph = 0;  // the last that holds it, from 1
    std::uint16_t place = 0;
  };
  struct Paragraph {
    std::vector<const Entry*> uses;
    std::size_t length = 0;
  };

  WordUse& Add(const std::string& word) {
    Entry& entry = entries_[word];
    ++entry.use.occurrences;
    if (entry.paragraph != paragraphs_.size()) {
      entry.paragraph = paragraphs_.size();
      ++entry.use.paragraphs;
      paragraphs_.back().uses.push_back(&entry);
    }
    return entry.use;
  }

  std::map<std::string, Entry> entries_;
  std::vector<Paragraph> paragraphs_;
  std::size_t read_ = 0;
};

void ToUnitLength(Weights& weights) {
  double sum = 0;
  for (const Weight& weight : weights) sum += weight.weight * weight.weight;
  if (sum <= 0) return;
  const float length = static_cast<float>(std::sqrt(sum));
  for (Weight& weight : weights) weight.weight /= length;
}

}  // namespace

ReportWords ReadReportWords(const Report& report) {
  WordReader reader;
  const std::vector<Span> boilerplate = BoilerplateSpans(report.text);
  const std::vector<Span> paragraphs = SplitParagraphs(report.text);
  // The title stands in the first paragraph that is read.
  if (!report.text.starts_with(report.title)) reader.AddTitle(report.title);
  auto paragraph = paragraphs.end();
  for (const Span sentence : SplitSentences(report.text)) {
    if (reader.full()) break;
    if (IsInside(boilerplate, sentence.begin)) continue;
    const bool first = paragraph == paragraphs.end();
    const auto before = paragraph;
    if (first) paragraph = paragraphs.begin();
    while (paragraph != paragraphs.end() && paragraph->end <= sentence.begin) ++paragraph;
    if (!first && paragraph != before) reader.BeginParagraph();
    reader.AddSentence(TextOf(report.text, sentence));
  }
  return reader.Take();
}

WordId ArticleVectors::IdOf(std::string_view word) {
  const auto [place, added] = ids_.try_emplace(std::string(word), static_cast<WordId>(ids_.size()));
  if (added) {
    spelling_.emplace_back(word);
    rarity_.push_back(static_cast<float>(std::max(0.0, counts_.Rarity(word))));
  }
  return place->second;
}

ArticleVector ArticleVectors::Read(const ReportWords& report, std::string_view outlet) {
  ArticleVector vector;
  const auto paragraphs = static_cast<float>(std::max<std::size_t>(1, report.paragraphs.size()));
  std::vector<std::pair<WordId, std::uint16_t>> order;  // by number, of places in `uses`
  for (const auto& [word, use] : report.uses) {
    order.emplace_back(IdOf(word), static_cast<std::uint16_t>(order.size()));
  }
  std::sort(order.begin(), order.end());
  std::vector<std::uint16_t> moved(order.size());
  for (const auto& [id, from] : order) {
    const auto& [word, use] = report.uses[from];
    moved[from] = static_cast<std::uint16_t>(vector.words.size());
    vector.words.push_back({.word = id,
                            .rarity = rarity_[id],
                            .at_home = static_cast<float>(use.paragraphs) / paragraphs,
                            .capital_inside = use.capital_inside > 0,
                            .small = use.small > 0,
                            .rare = counts_.PagesWith(word) <= kNamePagesMax});
    const double weight = (1.0 + std::log(use.occurrences)) * rarity_[id];
    if (weight > 0) vector.all.push_back({id, static_cast<float>(weight)});
  }
  ToUnitLength(vector.all);
  for (const ReportWords::Paragraph& paragraph : report.paragraphs) {
    const bool lead = vector.paragraphs.empty();
    ArticleParagraph& added = vector.paragraphs.emplace_back();
    added.weight = static_cast<float>(std::sqrt(paragraph.length) * (lead ? kLeadWeight : 1));
    for (const std::uint16_t place : paragraph.words) added.words.push_back(moved[place]);
  }
  for (const Word& word : ReadWords(outlet)) {
    if (counts_.PagesWith(word.text) <= kNamePagesMax) vector.outlet.push_back(IdOf(word.text));
  }
  std::sort(vector.outlet.begin(), vector.outlet.end());
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
      sum += static_cast<double>(left->weight) * static_cast<double>(right->weight);
      ++left;
      ++right;
    }
  }
  return sum;
}

}  // namespace proviso::intake
