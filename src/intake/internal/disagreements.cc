#include "intake/internal/disagreements.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "intake/internal/measures.h"
#include "intake/internal/prose.h"
#include "intake/internal/word_counts.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kSentencesMax = 400;      // of one report
constexpr std::size_t kMentionsMax = 400;       // of one unit in one story
constexpr std::size_t kDisagreementsMax = 100;  // of one story
constexpr std::size_t kQuoteBytesMax = 400;
// Two sentences are about one thing when they share this many telling words, and this part of the
// rarity of the shorter one's.
constexpr std::size_t kSharedMin = 2;
constexpr double kShareMin = 0.30;
constexpr double kFarShareMin = 0.55;
constexpr double kFarTimes = 2.5;
constexpr std::size_t kDateSharedMin = 4;
constexpr double kDateShareMin = 0.50;
constexpr int kTellingPagesMax = 45;
constexpr std::size_t kNameBytesMin = 5;
constexpr std::size_t kLongNameBytes = 8;

// The words of a sentence that tell what it is about, with their rarity.
using Telling = std::map<std::string, double>;

struct Sentence {
  const StoryMember* member;
  Span place;
  Telling telling;
};

// A value in a sentence.
struct Mention {
  std::size_t sentence;
  std::string value;
  std::string text;
  Span place;  // in the report
};

bool SameThing(const Telling& a, const Telling& b, std::size_t shared_min, double share_min) {
  double shared = 0;
  std::size_t count = 0;
  for (const auto& [word, rarity] : a) {
    if (!b.contains(word)) continue;
    shared += rarity;
    ++count;
  }
  const auto total = [](const Telling& telling) {
    return std::accumulate(telling.begin(), telling.end(), 0.0,
                           [](double sum, const auto& entry) { return sum + entry.second; });
  };
  const double shorter = std::min(total(a), total(b));
  return count >= shared_min && shorter > 0 && shared >= share_min * shorter;
}

Telling ReadTelling(std::string_view sentence, const WordCounts& counts) {
  Telling telling;
  for (const Word& word : ReadWords(sentence)) {
    const bool number = word.text[0] >= '0' && word.text[0] <= '9';
    if (number || IsMonthOrWeekday(word.text)) continue;
    if (counts.PagesWith(word.text) <= kTellingPagesMax) {
      telling.emplace(word.text, counts.Rarity(word.text));
    }
  }
  return telling;
}

Version ToVersion(const Sentence& sentence, const Mention& mention) {
  const std::string_view text = TextOf(sentence.member->report->text, sentence.place);
  return {sentence.member->id, mention.text, CutTo(OneLine(text), kQuoteBytesMax),
          mention.place.begin, mention.place.end};
}

// Mentions of one unit, or of dates of one kind, over the reports of a story.
class Comparer {
 public:
  Comparer(const std::vector<Sentence>& sentences, std::string about)
      : sentences_(sentences), about_(std::move(about)) {}

  void Compare(std::span<const Mention> mentions, std::vector<Disagreement>& out) const {
    mentions = mentions.subspan(0, std::min(mentions.size(), kMentionsMax));
    const std::size_t count = mentions.size();
    std::vector<std::size_t> set(count);  // differing mentions that belong together
    std::iota(set.begin(), set.end(), std::size_t{0});
    std::vector<bool> differs(count);
    std::map<std::string, std::set<std::string>> values;  // by report
    for (const Mention& mention : mentions) values[ReportOf(mention)].insert(mention.value);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i + 1; j < count; ++j) {
        // A report that gives both values disagrees with nobody.
        if (values[ReportOf(mentions[i])].contains(mentions[j].value)) continue;
        if (values[ReportOf(mentions[j])].contains(mentions[i].value)) continue;
        if (!Linked(mentions[i], mentions[j])) continue;
        const std::size_t from = set[j];
        for (std::size_t& entry : set) entry = entry == from ? set[i] : entry;
        differs[i] = differs[j] = true;
      }
    }
    for (std::size_t first = 0; first < count; ++first) {
      if (!differs[first] || set[first] != first) continue;
      out.push_back({about_, Versions(mentions, set, differs, first)});
    }
  }

 private:
  const std::string& ReportOf(const Mention& mention) const {
    return sentences_[mention.sentence].member->id;
  }

  // The differing mentions of a set, and those of other reports that bear one of them out.
  std::vector<Version> Versions(std::span<const Mention> mentions,
                                const std::vector<std::size_t>& set,
                                const std::vector<bool>& differs, std::size_t first) const {
    std::vector<Version> versions;
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < mentions.size(); ++i) {
      bool belongs = differs[i] && set[i] == first;
      for (std::size_t j = 0; j < mentions.size() && !belongs; ++j) {
        belongs = differs[j] && set[j] == first && mentions[i].value == mentions[j].value &&
                  Linked(mentions[i], mentions[j]);
      }
      if (!belongs || !seen.emplace(ReportOf(mentions[i]), mentions[i].value).second) continue;
      versions.push_back(ToVersion(sentences_[mentions[i].sentence], mentions[i]));
    }
    return versions;
  }

  bool Linked(const Mention& a, const Mention& b) const {
    const Sentence& left = sentences_[a.sentence];
    const Sentence& right = sentences_[b.sentence];
    if (left.member == right.member) return false;
    if (about_ == "date") {
      return SameThing(left.telling, right.telling, kDateSharedMin, kDateShareMin);
    }
    return SameThing(left.telling, right.telling, kSharedMin,
                     FarApart(a.value, b.value) ? kFarShareMin : kShareMin);
  }

  // Figures of which one is many times the other seldom count the same thing.
  static bool FarApart(const std::string& a, const std::string& b) {
    const double left = std::strtod(a.c_str() + (a[0] == 'x' ? 1 : 0), nullptr);
    const double right = std::strtod(b.c_str() + (b[0] == 'x' ? 1 : 0), nullptr);
    return std::max(left, right) > kFarTimes * std::min(left, right);
  }

  const std::vector<Sentence>& sentences_;
  std::string about_;
};

// At most one letter added, dropped, changed or swapped with its neighbour; two in long names.
bool AlmostEqual(const std::string& a, const std::string& b) {
  const std::size_t most = std::min(a.size(), b.size()) >= kLongNameBytes ? 2 : 1;
  if (a.size() > b.size() + most || b.size() > a.size() + most) return false;
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()] <= most;
}

// A rare word of a name, with the name words beside it.
struct NameUse {
  const StoryMember* member;
  std::string word;
  std::set<std::string> beside;
  Version version;
};

// Names of one report by word; the first use stands for all.
std::map<std::string, NameUse> ReadNameUses(const StoryMember& member, const WordCounts& counts) {
  std::map<std::string, NameUse> uses;
  const std::string& text = member.report->text;
  std::size_t read = 0;
  for (const Span sentence : SplitSentences(text)) {
    if (++read > kSentencesMax) break;
    const std::vector<Word> words = ReadWords(TextOf(text, sentence));
    for (std::size_t i = 1; i < words.size(); ++i) {
      const Word& word = words[i];
      if (!word.capital || word.text.size() < kNameBytesMin || counts.PagesWith(word.text) > 1)
        continue;
      const auto [use, added] = uses.try_emplace(word.text);
      if (words[i - 1].capital) use->second.beside.insert(words[i - 1].text);
      if (i + 1 < words.size() && words[i + 1].capital)
        use->second.beside.insert(words[i + 1].text);
      if (!added) continue;
      use->second.member = &member;
      use->second.word = word.text;
      const Span place{sentence.begin + word.place.begin, sentence.begin + word.place.end};
      use->second.version = {member.id, std::string(TextOf(text, place)),
                             CutTo(OneLine(TextOf(text, sentence)), kQuoteBytesMax), place.begin,
                             place.end};
    }
  }
  return uses;
}

void CompareNames(std::span<const StoryMember* const> members, const WordCounts& counts,
                  std::vector<Disagreement>& out) {
  std::vector<std::map<std::string, NameUse>> all;
  for (const StoryMember* member : members) all.push_back(ReadNameUses(*member, counts));
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      for (const auto& [left_word, left] : all[a]) {
        if (all[b].contains(left_word)) continue;
        for (const auto& [right_word, right] : all[b]) {
          if (all[a].contains(right_word) || left_word[0] != right_word[0]) continue;
          const bool neighbour =
              std::any_of(left.beside.begin(), left.beside.end(),
                          [&](const std::string& word) { return right.beside.contains(word); });
          if (!neighbour || !AlmostEqual(left_word, right_word)) continue;
          if (!seen.insert(std::minmax(left_word, right_word)).second) continue;
          out.push_back({"name", {left.version, right.version}});
        }
      }
    }
  }
}

}  // namespace

std::vector<Disagreement> FindDisagreements(std::span<const StoryMember* const> members) {
  std::vector<Disagreement> found;
  if (members.size() < 2) return found;
  const WordCounts counts;
  std::vector<Sentence> sentences;
  std::map<std::string, std::vector<Mention>> figures;  // by unit
  std::map<std::string, std::vector<Mention>> dates;    // by kind
  for (const StoryMember* member : members) {
    const std::string& text = member->report->text;
    const std::vector<Span> boilerplate = BoilerplateSpans(text);
    std::size_t read = 0;
    for (const Span place : SplitSentences(text)) {
      if (++read > kSentencesMax) break;
      if (IsInside(boilerplate, place.begin)) continue;
      const std::string_view words = TextOf(text, place);
      const std::size_t number = sentences.size();
      sentences.push_back({member, place, ReadTelling(words, counts)});
      const auto shifted = [&](Span span) {
        return Span{place.begin + span.begin, place.begin + span.end};
      };
      for (Figure& figure : ReadFigures(words)) {
        const bool vague = figure.value.ends_with("s");  // "thousands"
        if (figure.unit.empty() || vague) continue;
        figures[figure.unit].push_back({number, figure.value, figure.text, shifted(figure.place)});
      }
      for (TimeMention& time : ReadTimes(words)) {
        if (time.kind == "other") continue;
        dates[time.kind].push_back({number, time.value, time.text, shifted(time.place)});
      }
    }
  }
  for (const auto& [unit, mentions] : figures)
    Comparer(sentences, "figure").Compare(mentions, found);
  for (const auto& [kind, mentions] : dates) Comparer(sentences, "date").Compare(mentions, found);
  CompareNames(members, counts, found);
  if (found.size() > kDisagreementsMax) found.resize(kDisagreementsMax);
  return found;
}

}  // namespace proviso::intake
