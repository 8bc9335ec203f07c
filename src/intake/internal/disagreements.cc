#include "intake/internal/disagreements.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <numeric>
#include <optional>
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
// What stands between two commas with a date says what is dated: so many words other than names
// must be in both, and this part of the rarity of the shorter one's.
constexpr std::size_t kClauseSharedMin = 2;
constexpr double kClauseShareMin = 0.50;
constexpr int kTellingPagesMax = 45;
constexpr std::size_t kNameBytesMin = 5;
constexpr std::size_t kNeighbourBytesMin = 4;
constexpr std::size_t kLongNameBytes = 8;

// The words of a sentence that tell what it is about, with their rarity.
using Telling = std::map<std::string, double>;

struct Sentence {
  const StoryMember* member;
  Span place;
  Telling telling;
};

// Verbs that say the same of a date or a figure.
using SameVerb = std::pair<std::string_view, std::string_view>;
constexpr std::array<SameVerb, 14> kSameVerbs = {{{"began", "begin"},
                                                  {"begun", "begin"},
                                                  {"start", "begin"},
                                                  {"started", "begin"},
                                                  {"launched", "begin"},
                                                  {"ended", "end"},
                                                  {"stopped", "end"},
                                                  {"closed", "end"},
                                                  {"kept", "keep"},
                                                  {"held", "keep"},
                                                  {"hold", "keep"},
                                                  {"stored", "keep"},
                                                  {"store", "keep"},
                                                  {"left", "leave"}}};

std::string WithoutForm(const std::string& verb) {
  for (const auto& [form, plain] : kSameVerbs) {
    if (form == verb) return std::string(plain);
  }
  return verb;
}

// A value in a sentence.
struct Mention {
  std::size_t sentence;
  std::string value;
  std::string text;
  Span place;      // in the report
  Telling clause;  // words of its part of the sentence, without names
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

constexpr std::string_view kClauseMarks = ",;:()\"";

// The words, other than names, between the marks around `place`.
Telling ReadClause(std::string_view sentence, Span place, const WordCounts& counts) {
  const std::size_t before = sentence.substr(0, place.begin).find_last_of(kClauseMarks);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end =
      std::min(sentence.find_first_of(kClauseMarks, place.end), sentence.size());
  Telling telling;
  for (const Word& word : ReadWords(sentence.substr(begin, end - begin))) {
    const bool number = word.text[0] >= '0' && word.text[0] <= '9';
    if (number || word.capital || IsMonthOrWeekday(word.text)) continue;
    if (counts.PagesWith(word.text) <= kTellingPagesMax) {
      telling.emplace(WithoutForm(word.text), counts.Rarity(word.text));
    }
  }
  return telling;
}

// "august 6th" as "6 august".
std::string DayFirst(const std::string& value) {
  std::vector<std::string> parts;
  for (const std::string_view part : SplitWords(value)) parts.emplace_back(part);
  if (parts.size() < 2) return value;
  if (IsMonthOrWeekday(parts[0])) std::swap(parts[0], parts[1]);
  parts[0].resize(std::min(parts[0].find_first_not_of("0123456789"), parts[0].size()));
  std::string first;
  for (std::string& part : parts) {
    while (part.ends_with(',')) part.pop_back();
    first += (first.empty() ? "" : " ") + part;
  }
  return first;
}

// "6 August" and "6 August 2026" are one date.
bool SameValue(const std::string& a, const std::string& b) {
  const std::string& longer = a.size() < b.size() ? b : a;
  const std::string& shorter = a.size() < b.size() ? a : b;
  return longer == shorter || (longer.starts_with(shorter + " ") && !shorter.empty());
}

// Which differing mentions belong together. INVARIANT: a set holds one value of each report, for a
// report does not differ from itself.
class Sets {
 public:
  Sets(std::span<const Mention> mentions, const std::vector<Sentence>& sentences)
      : mentions_(mentions), sentences_(sentences), set_(mentions.size()), in_(mentions.size()) {
    std::iota(set_.begin(), set_.end(), std::size_t{0});
    for (std::size_t i = 0; i < set_.size(); ++i) in_[i] = {i};
  }

  bool Join(std::size_t a, std::size_t b) {
    const std::size_t into = set_[a];
    const std::size_t from = set_[b];
    if (into == from) return true;
    for (const std::size_t left : in_[into]) {
      for (const std::size_t right : in_[from]) {
        const bool one_report = ReportOf(left) == ReportOf(right);
        if (one_report && !SameValue(mentions_[left].value, mentions_[right].value)) return false;
      }
    }
    for (const std::size_t moved : in_[from]) set_[moved] = into;
    in_[into].insert(in_[into].end(), in_[from].begin(), in_[from].end());
    in_[from].clear();
    return true;
  }

  // By their first mention; those of one mention are left out.
  std::vector<std::vector<std::size_t>> Take() {
    std::vector<std::vector<std::size_t>> sets;
    for (std::vector<std::size_t>& set : in_) {
      std::sort(set.begin(), set.end());
      if (set.size() > 1) sets.push_back(std::move(set));
    }
    std::sort(sets.begin(), sets.end());
    return sets;
  }

 private:
  const StoryMember* ReportOf(std::size_t i) const {
    return sentences_[mentions_[i].sentence].member;
  }

  std::span<const Mention> mentions_;
  const std::vector<Sentence>& sentences_;
  std::vector<std::size_t> set_;
  std::vector<std::vector<std::size_t>> in_;
};

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
    Sets sets(mentions, sentences_);
    std::map<std::string, std::set<std::string>> values;  // by report
    for (const Mention& mention : mentions) values[ReportOf(mention)].insert(mention.value);
    const auto gives = [&](const Mention& one, const std::string& value) {
      const auto& given = values[ReportOf(one)];
      return std::any_of(given.begin(), given.end(),
                         [&](const std::string& other) { return SameValue(other, value); });
    };
    for (std::size_t i = 0; i < mentions.size(); ++i) {
      for (std::size_t j = i + 1; j < mentions.size(); ++j) {
        // A report that gives both values disagrees with nobody.
        if (gives(mentions[i], mentions[j].value) || gives(mentions[j], mentions[i].value))
          continue;
        if (Linked(mentions[i], mentions[j])) sets.Join(i, j);
      }
    }
    // Other mentions that bear one of the differing ones out.
    std::vector<std::vector<std::size_t>> differing = sets.Take();
    for (std::vector<std::size_t>& set : differing) {
      const std::size_t first = set.size();
      for (std::size_t i = 0; i < mentions.size(); ++i) {
        const bool bears = std::any_of(
            set.begin(), set.begin() + static_cast<std::ptrdiff_t>(first), [&](std::size_t j) {
              return mentions[i].value == mentions[j].value && Linked(mentions[i], mentions[j]);
            });
        if (bears && !HasReport(mentions, set, mentions[i])) set.push_back(i);
      }
      std::sort(set.begin(), set.end());
      out.push_back({about_, Versions(mentions, set)});
    }
  }

 private:
  const std::string& ReportOf(const Mention& mention) const {
    return sentences_[mention.sentence].member->id;
  }

  bool HasReport(std::span<const Mention> mentions, const std::vector<std::size_t>& set,
                 const Mention& mention) const {
    return std::any_of(set.begin(), set.end(),
                       [&](std::size_t i) { return ReportOf(mentions[i]) == ReportOf(mention); });
  }

  // One of each report.
  std::vector<Version> Versions(std::span<const Mention> mentions,
                                const std::vector<std::size_t>& set) const {
    std::vector<Version> versions;
    std::set<std::string> seen;
    for (const std::size_t i : set) {
      if (!seen.insert(ReportOf(mentions[i])).second) continue;
      versions.push_back(ToVersion(sentences_[mentions[i].sentence], mentions[i]));
    }
    return versions;
  }

  bool Linked(const Mention& a, const Mention& b) const {
    const Sentence& left = sentences_[a.sentence];
    const Sentence& right = sentences_[b.sentence];
    if (left.member == right.member) return false;
    const bool clause = SameThing(a.clause, b.clause, kClauseSharedMin, kClauseShareMin);
    if (about_ == "date") {
      return clause || (SameThing(a.clause, b.clause, 1, 0) &&
                        SameThing(left.telling, right.telling, kDateSharedMin, kDateShareMin));
    }
    if (!clause && !SameThing(a.clause, b.clause, 1, 0)) return false;
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
  Span place;  // in the report
  std::vector<Word> beside;
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
      for (const std::size_t at : {i - 1, i + 1}) {
        if (at >= words.size() || !words[at].capital) continue;
        Word neighbour = words[at];
        neighbour.place = {sentence.begin + neighbour.place.begin,
                           sentence.begin + neighbour.place.end};
        use->second.beside.push_back(std::move(neighbour));
      }
      if (!added) continue;
      use->second.member = &member;
      use->second.word = word.text;
      const Span place{sentence.begin + word.place.begin, sentence.begin + word.place.end};
      use->second.place = place;
      use->second.version = {member.id, std::string(TextOf(text, place)),
                             CutTo(OneLine(TextOf(text, sentence)), kQuoteBytesMax), place.begin,
                             place.end};
    }
  }
  return uses;
}

// The version with the neighbour too, which differs as well: "Tomas Exemplar".
Version Widened(const NameUse& use, Span neighbour) {
  const Span place{std::min(use.place.begin, neighbour.begin),
                   std::max(use.place.end, neighbour.end)};
  Version version = use.version;
  // The first use alone stands beside the neighbour for certain.
  const std::string_view text = use.member->report->text;
  if (place.end - place.begin >
      use.place.end - use.place.begin + neighbour.end - neighbour.begin + 1)
    return version;
  version.value = TextOf(text, place);
  version.begin = place.begin;
  version.end = place.end;
  return version;
}

// The two as they differ, when they stand beside the same name or beside two that differ as little.
std::optional<Disagreement> CompareUses(const NameUse& left, const NameUse& right) {
  if (!AlmostEqual(left.word, right.word)) return std::nullopt;
  std::optional<Disagreement> found;
  for (const Word& a : left.beside) {
    for (const Word& b : right.beside) {
      if (a.text == b.text) return Disagreement{"name", {left.version, right.version}};
      const bool alike = a.text.size() >= kNeighbourBytesMin && a.text[0] == b.text[0] &&
                         b.text.size() >= kNeighbourBytesMin && AlmostEqual(a.text, b.text);
      if (alike && !found) {
        found = Disagreement{"name", {Widened(left, a.place), Widened(right, b.place)}};
      }
    }
  }
  return found;
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
          std::optional<Disagreement> differ = CompareUses(left, right);
          if (!differ || !seen.insert(std::minmax(left_word, right_word)).second) continue;
          out.push_back(std::move(*differ));
        }
      }
    }
  }
}

}  // namespace

std::vector<Disagreement> FindDisagreements(std::span<const StoryMember* const> members,
                                            const WordCounts& counts) {
  std::vector<Disagreement> found;
  if (members.size() < 2) return found;
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
      Measures measures = ReadMeasures(words);
      if (measures.figures.empty() && measures.times.empty()) continue;
      sentences.push_back({member, place, ReadTelling(words, counts)});
      const auto shifted = [&](Span span) {
        return Span{place.begin + span.begin, place.begin + span.end};
      };
      for (Figure& figure : measures.figures) {
        const bool vague = figure.value.ends_with("s");  // "thousands"
        if (figure.unit.empty() || vague) continue;
        figures[figure.unit].push_back({number, figure.value, figure.text, shifted(figure.place),
                                        ReadClause(words, figure.place, counts)});
      }
      for (TimeMention& time : measures.times) {
        if (time.kind == "other") continue;
        const std::string value = time.kind == "day" ? DayFirst(time.value) : time.value;
        dates[time.kind].push_back(
            {number, value, time.text, shifted(time.place), ReadClause(words, time.place, counts)});
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
