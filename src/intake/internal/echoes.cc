#include "intake/internal/echoes.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>
#include <utility>

#include "intake/internal/names.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

// The bars of docs/formats/stories.md, section "Echoes".
constexpr int kCertainPerMille = 200;
constexpr int kLikelyPerMille = 100;
constexpr int kDoubtfulPerMille = 50;
constexpr std::size_t kLongRunWords = 8;
constexpr std::size_t kDoubtfulQuotes = 2;
constexpr int kTouchedPerMille = 500;
constexpr int kTouchedWithRunPerMille = 600;
constexpr int kTouchedAlonePerMille = 700;
constexpr int kWholePerMille = 500;
constexpr std::size_t kSharedRunsMin = 8;
constexpr std::size_t kRunWords = 3;
constexpr std::size_t kQuoteWordsMin = 5;
constexpr std::size_t kWordsMax = 20'000;
constexpr std::size_t kLongestBytesMax = 200;

std::uint64_t HashOf(const std::string* words) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (std::size_t i = 0; i < kRunWords; ++i) {
    for (const char c : words[i]) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    hash = (hash ^ 0xFFU) * 0x100000001B3ULL;
  }
  return hash;
}

// Whether nothing was cut out of the run.
bool IsWhole(const std::string* words) {
  return std::none_of(words, words + kRunWords,
                      [](const std::string& word) { return word.empty(); });
}

std::string JoinWords(const std::vector<Word>& words) {
  std::string joined;
  for (const Word& word : words) joined += (joined.empty() ? "" : " ") + word.text;
  return joined;
}

// The longest run of words that both hold: a table of one row at a time.
std::pair<std::string, std::size_t> LongestShared(const std::vector<std::string>& a,
                                                  const std::vector<std::string>& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::size_t best = 0;
  std::size_t best_end = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = !a[i].empty() && a[i] == b[j] ? before[j] + 1 : 0;
      if (row[j + 1] > best) {
        best = row[j + 1];
        best_end = i + 1;
      }
    }
    std::swap(before, row);
  }
  std::string run;
  for (std::size_t i = best_end - best; i < best_end; ++i) run += (run.empty() ? "" : " ") + a[i];
  return {CutTo(run, kLongestBytesMax), best};
}

// How many quotations both hold, in the same order: the longest common subsequence.
std::size_t QuotesInOrder(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (const std::string& left : a) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = left == b[j] ? before[j] + 1 : std::max(before[j + 1], row[j]);
    }
    std::swap(before, row);
  }
  return before.back();
}

// The table of LongestShared stays within bounds for texts of a page or of a book.
constexpr std::size_t kAlignedWordsMax = 4000;

std::vector<std::string> Head(const std::vector<std::string>& words) {
  return {words.begin(),
          words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), kAlignedWordsMax))};
}

// Whether the article names the other's outlet as its source.
bool Credits(const Report& report, const Report& other) {
  if (NameKey(other.outlet).empty()) return false;
  for (const std::string& credit : report.credits) {
    if (NameKey(credit) == NameKey(other.outlet)) return true;
  }
  return HasPhrase(LowerCase(report.text), NameKey(other.outlet));
}

std::string Percent(int per_mille) {
  return std::to_string(per_mille / 10) + "." + std::to_string(per_mille % 10) + "%";
}

std::string Why(const Overlap& overlap, const Echo& echo, int touched_per_mille, bool credited) {
  std::string why =
      echo.by + (echo.containment_per_mille >= kWholePerMille ? " copies " : " rewords ") +
      echo.of + ": " + Percent(echo.containment_per_mille) +
      " of the three-word runs of the shorter text (" + std::to_string(overlap.shared_runs) +
      " of " + std::to_string(overlap.runs) + ") are in both, quotations left out, and " +
      Percent(touched_per_mille) + " of the sentences of " + echo.by + " hold one; " +
      std::to_string(overlap.quotes_in_order) +
      (overlap.quotes_in_order == 1 ? " quotation" : " quotations") +
      " in the same order; the longest shared run has " + std::to_string(overlap.longest_words) +
      " words: `" + overlap.longest + "`";
  if (credited) why += "; it names the outlet of " + echo.of;
  if (echo.reversed) why += "; " + echo.of + " came in later but is dated earlier";
  return why;
}

}  // namespace

std::string SentenceKey(std::string_view sentence) { return JoinWords(ReadWords(sentence)); }

Copyable::Copyable(std::string_view text, const std::unordered_set<std::string>& common) {
  const std::vector<Span> quoted = QuotedSpans(text);
  const std::vector<Span> boilerplate = BoilerplateSpans(text);
  for (const Span sentence : SplitSentences(text)) {
    if (words_.size() > kWordsMax) break;
    const std::string_view words = TextOf(text, sentence);
    if (IsInside(boilerplate, sentence.begin)) continue;
    if (!common.empty() && common.contains(SentenceKey(words))) continue;
    const std::size_t begin = words_.size();
    for (Word& word : ReadWords(words)) {
      const bool cut = IsInside(quoted, sentence.begin + word.place.begin);
      if (!cut) {
        words_.push_back(std::move(word.text));
      } else if (!words_.empty() && !words_.back().empty()) {
        words_.emplace_back();
      }
    }
    std::vector<std::uint64_t> runs;
    for (std::size_t i = begin; i + kRunWords <= words_.size(); ++i) {
      if (IsWhole(&words_[i])) runs.push_back(HashOf(&words_[i]));
    }
    if (!runs.empty()) sentences_.push_back(std::move(runs));
  }
  for (std::size_t i = 0; i + kRunWords <= words_.size(); ++i) {
    if (IsWhole(&words_[i])) runs_.push_back(HashOf(&words_[i]));
  }
  std::sort(runs_.begin(), runs_.end());
  runs_.erase(std::unique(runs_.begin(), runs_.end()), runs_.end());
  for (const Span quote : quoted) {
    const std::vector<Word> words = ReadWords(TextOf(text, quote));
    if (words.size() >= kQuoteWordsMin) quotes_.push_back(JoinWords(words));
  }
}

int Copyable::TouchedPerMille(const Copyable& other) const {
  const auto touched = std::count_if(sentences_.begin(), sentences_.end(), [&](const auto& runs) {
    return std::any_of(runs.begin(), runs.end(), [&](std::uint64_t run) {
      return std::binary_search(other.runs_.begin(), other.runs_.end(), run);
    });
  });
  if (sentences_.empty()) return 0;
  return static_cast<int>(1000 * touched / static_cast<std::ptrdiff_t>(sentences_.size()));
}

Overlap Measure(const Copyable& a, const Copyable& b) {
  Overlap overlap;
  std::vector<std::uint64_t> shared;
  std::set_intersection(a.runs().begin(), a.runs().end(), b.runs().begin(), b.runs().end(),
                        std::back_inserter(shared));
  overlap.shared_runs = shared.size();
  overlap.runs = std::min(a.runs().size(), b.runs().size());
  if (overlap.runs > 0) {
    overlap.containment_per_mille = static_cast<int>(1000 * shared.size() / overlap.runs);
  }
  if (overlap.containment_per_mille < kDoubtfulPerMille) return overlap;
  overlap.quotes_in_order = QuotesInOrder(a.quotes(), b.quotes());
  std::tie(overlap.longest, overlap.longest_words) =
      LongestShared(Head(a.words()), Head(b.words()));
  return overlap;
}

bool IsCopy(const Overlap& overlap, int touched_per_mille) {
  if (overlap.shared_runs < kSharedRunsMin) return false;
  // A text of its own that takes over a passage is no copy, however short the other is.
  if (touched_per_mille < kTouchedPerMille) return false;
  if (overlap.containment_per_mille >= kCertainPerMille) return true;
  const bool long_run = overlap.longest_words >= kLongRunWords;
  // Two short articles on one event share many runs of names; a copy shares long ones, or shares
  // some from one end to the other.
  if (overlap.containment_per_mille >= kLikelyPerMille) {
    return touched_per_mille >= (long_run ? kTouchedWithRunPerMille : kTouchedAlonePerMille);
  }
  return overlap.containment_per_mille >= kDoubtfulPerMille && long_run &&
         overlap.quotes_in_order >= kDoubtfulQuotes;
}

std::vector<Echo> FindEchoes(std::span<const StoryText> texts) {
  struct Found {
    std::size_t of;
    Overlap overlap;
    int touched_per_mille;
    bool credited;
  };
  std::vector<std::optional<Found>> best(texts.size());
  for (std::size_t later = 1; later < texts.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      Overlap overlap = Measure(*texts[earlier].copyable, *texts[later].copyable);
      if (overlap.containment_per_mille < kDoubtfulPerMille) continue;
      const Report& first = *texts[earlier].member->report;
      const Report& second = *texts[later].member->report;
      // An article that names the other's outlet, and is not named by it, took from it.
      const bool turned = Credits(first, second) && !Credits(second, first);
      const std::size_t of = turned ? later : earlier;
      const std::size_t by = turned ? earlier : later;
      const int touched = texts[by].copyable->TouchedPerMille(*texts[of].copyable);
      if (!IsCopy(overlap, touched)) continue;
      const bool better =
          !best[by] || overlap.containment_per_mille > best[by]->overlap.containment_per_mille;
      const bool circle = best[of] && best[of]->of == by;
      if (better && !circle) {
        best[by] = Found{of, std::move(overlap), touched, turned || Credits(second, first)};
      }
    }
  }
  std::vector<Echo> echoes;
  for (std::size_t by = 0; by < texts.size(); ++by) {
    if (!best[by]) continue;
    const StoryText& of = texts[best[by]->of];
    Echo echo;
    echo.of = of.member->id;
    echo.by = texts[by].member->id;
    echo.containment_per_mille = best[by]->overlap.containment_per_mille;
    echo.reversed = of.member->received > texts[by].member->received;
    echo.why = Why(best[by]->overlap, echo, best[by]->touched_per_mille, best[by]->credited);
    echoes.push_back(std::move(echo));
  }
  return echoes;
}

}  // namespace proviso::intake
