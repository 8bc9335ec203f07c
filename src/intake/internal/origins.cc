#include "intake/internal/origins.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "intake/internal/names.h"
#include "intake/internal/origin_cues.h"
#include "intake/internal/prose.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kSentencesMax = 400;  // of one report
constexpr std::size_t kQuoteBytesMax = 300;
constexpr std::size_t kCueGapBytesMax = 60;
constexpr std::size_t kPartnerGapBytesMax = 80;
constexpr int kFirstPersonMin = 2;

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// "Courier" is "Example Courier" too.
bool SameName(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.empty() || !a.ends_with(b)) return a.starts_with(b) && !b.empty() && a[b.size()] == ' ';
  return a.size() == b.size() || a[a.size() - b.size() - 1] == ' ';
}

bool HasWordOf(std::string_view key, const auto& list) {
  const std::vector<Word> words = ReadWords(key);
  return std::any_of(words.begin(), words.end(), [&](const Word& word) {
    return IsOneOf(list, LowerCase(TextOf(key, word.place)));
  });
}

std::string_view FirstWordFrom(std::string_view lower, std::size_t at) {
  while (at < lower.size() && lower[at] == ' ') ++at;
  std::size_t end = at;
  while (end < lower.size() && lower[end] >= 'a' && lower[end] <= 'z') ++end;
  return lower.substr(at, end - at);
}

// Whether the words of `gap` all join partners of a joint investigation.
bool JoinsPartners(std::string_view gap) {
  if (gap.size() > kPartnerGapBytesMax || gap.find_first_of(".;:\"") != std::string_view::npos) {
    return false;
  }
  const std::vector<Word> words = ReadWords(gap);
  return std::all_of(words.begin(), words.end(), [&](const Word& word) {
    return IsOneOf(kPartnerWords, LowerCase(TextOf(gap, word.place)));
  });
}

// Who a report is from: its outlet, else the organisation that its author writes for: the last name
// of "Ralf Specimen, Legal Directorate, Example Ministry".
std::string SenderOf(const Report& report) {
  if (!report.outlet.empty()) return report.outlet;
  const std::vector<std::string_view> parts = SplitAt(report.author, ",");
  for (std::size_t i = parts.size(); i > 1; --i) {
    const std::vector<Name> names = ReadNames(parts[i - 1]);
    if (!names.empty() && names.front().place.begin == 0) return std::string(parts[i - 1]);
  }
  return {};
}

// One report as a reader of sources sees it.
struct Article {
  const StoryMember* member;
  std::string main_speaker;          // the organisation that it names most
  std::map<std::string, int> names;  // by NameKey
  std::set<std::string> places;      // of those, what stands behind "in" or "near"
  std::map<std::string, int> kinds;  // "ministry": how often "the ministry" stands alone
};

// An origin while it is put together.
struct Draft {
  OriginKind kind;
  std::vector<std::string> names;  // as spelt, main name first
  std::set<std::string> keys;      // by NameKey
  std::set<std::string> cited_by;
  std::string why;
  std::string report;
};

// Collects the origins of one story.
class OriginFinder {
 public:
  OriginFinder(std::span<const StoryMember* const> members, const std::set<std::string>& echoes)
      : members_(members), echoes_(echoes) {
    for (const StoryMember* member : members_) {
      const Report& report = *member->report;
      const std::string key = NameKey(SenderOf(report));
      if (key.empty()) continue;
      (SpeaksForItself(report) ? speakers_ : outlets_).insert(key);
    }
  }

  std::vector<Origin> Run() {
    std::vector<Article> articles;
    for (const StoryMember* member : members_) articles.push_back(ReadNamesOf(*member));
    for (Article& article : articles) article.main_speaker = MainSpeaker(article);
    ReadSpellings();
    for (const Article& article : articles) ReadStatementOf(article);
    for (const Article& article : articles) ReadArticle(article);
    if (drafts_.empty() && !members_.empty()) AddEarliest();
    return Finish();
  }

 private:
  // A statement, letter or notice says "we" outside quotations; articles do not.
  static bool SpeaksForItself(const Report& report) {
    if (report.kind == ReportKind::kLetter || report.kind == ReportKind::kLegalNotice) return true;
    if (report.kind == ReportKind::kArticle && report.outlet.empty() && !SenderOf(report).empty()) {
      return true;  // a letter that came in as text
    }
    const std::vector<Span> quoted = QuotedSpans(report.text);
    int count = 0;
    for (const Word& word : ReadWords(report.text)) {
      const std::string lower = LowerCase(TextOf(report.text, word.place));
      const bool first = lower == "we" || lower == "our" || lower == "us";
      if (first && !IsInside(quoted, word.place.begin)) ++count;
    }
    const bool official = HasWordOf(NameKey(report.outlet), kOffices);
    return count >= kFirstPersonMin || official;
  }

  bool IsOutlet(const std::string& key) const {
    if (speakers_.contains(key)) return false;
    return outlets_.contains(key) || (HasWordOf(key, kOutletWords) && !HasWordOf(key, kOffices));
  }

  Article ReadNamesOf(const StoryMember& member) const {
    Article article{&member, {}, {}, {}, {}};
    const std::vector<Word> words = ReadWords(member.report->text);
    for (std::size_t i = 1; i < words.size(); ++i) {
      const bool kind =
          !words[i].capital && words[i - 1].text == "the" && IsOneOf(kOffices, words[i].text);
      if (kind) ++article.kinds[words[i].text];
    }
    std::size_t read = 0;
    for (const Span sentence : SplitSentences(member.report->text)) {
      if (++read > kSentencesMax) break;
      const std::string_view text = TextOf(member.report->text, sentence);
      for (const Name& name : ReadNames(text)) {
        const std::string key = NameKey(name.text);
        ++article.names[key];
        const std::string_view before = text.substr(0, name.place.begin);
        const bool place = std::any_of(
            kBeforePlaces.begin(), kBeforePlaces.end(),
            [&](std::string_view preposition) { return before.ends_with(preposition); });
        if (place) article.places.insert(key);
      }
    }
    return article;
  }

  // How often the article says "the ministry" and means the one that it names.
  static int KindCount(const Article& article, std::string_view key) {
    const auto found = article.kinds.find(std::string(key.substr(key.rfind(' ') + 1)));
    return found == article.kinds.end() || key.find(' ') == std::string_view::npos ? 0
                                                                                   : found->second;
  }

  // The organisation that an article is about: the name it uses most, outlets left out.
  std::string MainSpeaker(const Article& article) const {
    std::string best;
    int most = 1;
    for (const auto& [key, count] : article.names) {
      const bool speaker = speakers_.contains(key);
      const int all = count + KindCount(article, key);
      const int weight = speaker ? all * 2 : all;
      if (key.empty() || IsOutlet(key) || article.places.contains(key) || weight <= most) continue;
      best = key;
      most = weight;
    }
    return best;
  }

  static std::string Why(const StoryMember& member, Span sentence) {
    const std::string_view text = TextOf(member.report->text, sentence);
    return member.id + ", byte " + std::to_string(sentence.begin) + ": `" +
           CutTo(OneLine(text), kQuoteBytesMax) + "`";
  }

  Draft& DraftOf(OriginKind kind, const std::vector<std::string>& names) {
    std::set<std::string> keys;
    for (const std::string& name : names) keys.insert(NameKey(name));
    for (Draft& draft : drafts_) {
      const auto known = [&](const std::string& key) {
        return std::any_of(draft.keys.begin(), draft.keys.end(),
                           [&](const std::string& other) { return SameName(key, other); });
      };
      if (draft.kind != kind || !std::any_of(keys.begin(), keys.end(), known)) continue;
      for (const std::string& name : names) {
        if (!known(NameKey(name))) draft.names.push_back(name);
        draft.keys.insert(NameKey(name));
      }
      return draft;
    }
    drafts_.push_back({kind, names, std::move(keys), {}, {}, {}});
    return drafts_.back();
  }

  void Cite(OriginKind kind, const std::vector<std::string>& names, const StoryMember& member,
            Span sentence) {
    const std::string own = NameKey(SenderOf(*member.report));
    Draft& draft = DraftOf(kind, names);
    const bool itself = !own.empty() && draft.keys.contains(own);
    if (itself) {
      if (draft.report.empty() && !echoes_.contains(member.id)) draft.report = member.id;
    } else {
      draft.cited_by.insert(member.id);
    }
    if (draft.why.empty()) draft.why = Why(member, sentence);
  }

  bool IsNamedByOthers(const Article& article, const std::string& sender) const {
    return std::any_of(members_.begin(), members_.end(), [&](const StoryMember* member) {
      return member != article.member &&
             HasPhrase(LowerCase(member->report->text), LowerCase(sender));
    });
  }

  // A statement that came in itself.
  void ReadStatementOf(const Article& article) {
    const Report& report = *article.member->report;
    const std::string sender = SenderOf(report);
    if (sender.empty() || !speakers_.contains(NameKey(sender))) return;
    // Who writes in about what papers say, and is in none of them, brings no source of its own.
    const bool cited = report.outlet.empty() && members_.size() > 1;
    if (cited && !IsNamedByOthers(article, sender)) return;
    const std::vector<Span> sentences = SplitSentences(report.text);
    if (sentences.empty()) return;
    Cite(OriginKind::kStatement, {sender}, *article.member, sentences.front());
  }

  void ReadArticle(const Article& article) {
    const Report& report = *article.member->report;
    const bool statement = speakers_.contains(NameKey(SenderOf(report)));
    const std::vector<Span> boilerplate = BoilerplateSpans(report.text);
    std::size_t read = 0;
    for (const Span place : SplitSentences(report.text)) {
      if (++read > kSentencesMax) break;
      if (IsInside(boilerplate, place.begin)) continue;
      const std::string_view sentence = TextOf(report.text, place);
      const std::vector<Name> names = ReadNames(sentence);
      const std::string lower = LowerCase(sentence);
      const std::vector<std::string> outlets = CitedOutlets(sentence, lower, names);
      if (!outlets.empty()) Cite(OriginKind::kReporting, outlets, *article.member, place);
      if (statement) continue;
      const std::string speaker = Speaker(article, lower, names);
      if (!speaker.empty()) {
        Cite(OriginKind::kStatement, {Spelling(speaker)}, *article.member, place);
      }
    }
    for (const std::string& credit : report.credits) {
      if (!IsOutlet(NameKey(credit)) || report.text.empty()) continue;
      Cite(OriginKind::kReporting, {credit}, *article.member, {0, 0});
    }
  }

  // "Israeli" of "the Israeli news site +972".
  static bool IsAdjective(const std::string& lower, const Name& name) {
    std::size_t at = name.place.end;
    if (at < lower.size() && lower[at] == '-') ++at;
    return IsOneOf(kOutletNouns, FirstWordFrom(lower, at));
  }

  // The names of the outlets whose work the sentence cites; partners of a joint one behind it.
  std::vector<std::string> CitedOutlets(std::string_view sentence, const std::string& lower,
                                        const std::vector<Name>& names) const {
    if (lower.size() != sentence.size()) return CitedOutletsIn(LowerAscii(sentence), names);
    return CitedOutletsIn(lower, names);
  }

  // Keeps places: LowerCase makes typographic apostrophes shorter.
  static std::string LowerAscii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
      if (c == '\n') c = ' ';
    }
    return lower;
  }

  std::vector<std::string> CitedOutletsIn(const std::string& lower,
                                          const std::vector<Name>& names) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string key = NameKey(names[i].text);
      if (IsAdjective(lower, names[i]) || HasWordOf(key, kOffices) || speakers_.contains(key))
        continue;
      const bool outlet = IsOutlet(key);
      const bool strong = BehindCue(lower, names, i, kStrongCues);
      const bool cited =
          strong || (outlet && (BehindCue(lower, names, i, kWeakCues) || Acts(lower, names[i])));
      if (!cited) continue;
      std::vector<std::string> cited_names = {names[i].text};
      std::vector<std::string> listed;
      std::size_t end = names[i].place.end;
      for (std::size_t j = i + 1; j < names.size(); ++j) {
        const std::string gap = lower.substr(end, names[j].place.begin - end);
        if (!JoinsPartners(gap) || gap.find_first_not_of(' ') == std::string::npos) break;
        if (IsAdjective(lower, names[j])) {
          if (j + 1 == names.size()) break;
        } else if (!IsPartner(names[j], gap, strong)) {
          break;
        } else {
          listed.push_back(names[j].text);
          // A comma alone lists nobody until an `and` ends the list.
          const bool open = ReadWords(gap).empty() && !IsOutlet(NameKey(names[j].text));
          if (!open) cited_names.insert(cited_names.end(), listed.begin(), listed.end());
          if (!open) listed.clear();
        }
        end = names[j].place.end;
      }
      return cited_names;
    }
    return {};
  }

  // Whether a name that is listed behind an outlet made the report with it. Outlets did; others
  // only where the sentence says so, and whom the report is about did not.
  bool IsPartner(const Name& name, const std::string& gap, bool strong) const {
    const std::string key = NameKey(name.text);
    if (IsOutlet(key)) return true;
    if (speakers_.contains(key) || HasWordOf(key, kOffices) || HasWordOf(key, kBodies)) {
      return false;
    }
    const std::vector<Word> words = ReadWords(gap);
    const auto has = [&](const auto& fits) {
      return std::any_of(words.begin(), words.end(), fits);
    };
    const bool said = has([&](const Word& word) {
      return IsOneOf(kPartnerSigns, LowerCase(TextOf(gap, word.place)));
    });
    const bool listed = strong && has([](const Word& word) { return word.text == "and"; });
    return said || listed || (strong && words.empty());
  }

  template <std::size_t N>
  static bool BehindCue(const std::string& lower, const std::vector<Name>& names, std::size_t i,
                        const std::array<std::string_view, N>& cues) {
    const std::size_t name = names[i].place.begin;
    for (const std::string_view cue : cues) {
      for (std::size_t at = FindPhrase(lower, cue); at < name;
           at = FindPhrase(lower, cue, at + 1)) {
        const std::size_t end = at + cue.size();
        const std::string gap = lower.substr(end, name - end);
        if (gap.size() <= kCueGapBytesMax && JoinsPartners(SkipAdjectives(gap, names, end, i))) {
          return true;
        }
      }
    }
    return false;
  }

  // The gap without the names in it, which are adjectives of the outlet.
  static std::string SkipAdjectives(std::string gap, const std::vector<Name>& names,
                                    std::size_t begin, std::size_t until) {
    for (std::size_t i = 0; i < until; ++i) {
      if (names[i].place.begin < begin) continue;
      std::fill_n(gap.begin() + static_cast<std::ptrdiff_t>(names[i].place.begin - begin),
                  std::min(names[i].place.end - begin, gap.size()) - (names[i].place.begin - begin),
                  ' ');
    }
    std::replace(gap.begin(), gap.end(), '-', ' ');
    return gap;
  }

  static bool Acts(const std::string& lower, const Name& name) {
    std::string rest = lower.substr(name.place.end);
    for (const std::string_view possessive : {"'s ", "\xE2\x80\x99s "}) {
      if (rest.starts_with(possessive)) rest = " " + rest.substr(possessive.size());
    }
    if (!rest.starts_with(' ')) return false;
    rest.erase(0, 1);
    return std::any_of(kOutletActs.begin(), kOutletActs.end(), [&](std::string_view act) {
      return rest.starts_with(act) && FindPhrase(rest, act) == 0;
    });
  }

  // The key of the organisation that speaks for itself in the sentence; empty when none does.
  std::string Speaker(const Article& article, const std::string& lower,
                      const std::vector<Name>& names) const {
    const auto any = [&](const auto& cues) {
      return std::any_of(cues.begin(), cues.end(),
                         [&](std::string_view cue) { return HasPhrase(lower, cue); });
    };
    for (const Name& name : names) {
      std::string key = NameKey(name.text);
      const std::string rest = lower.substr(std::min(name.place.end, lower.size()));
      if (rest.starts_with(" said in a statement") && !IsOutlet(key)) return key;
      if (!IsOrganisation(article, key)) continue;
      const std::string_view next = FirstWordFrom(lower, std::min(name.place.end, lower.size()));
      if (IsOneOf(kSpeech, next) && next != "has" && next != "did") return key;
      if ((next == "has" || next == "did") &&
          any(std::array<std::string_view, 4>{"has denied", "has rejected", "has said",
                                              "did not deny"})) {
        return key;
      }
    }
    bool generic = false;
    for (const std::string_view speaker : kGenericSpeakers) {
      const std::size_t at = FindPhrase(lower, speaker);
      if (at == std::string_view::npos) continue;
      const std::string_view next = FirstWordFrom(lower, at + speaker.size());
      if (IsOneOf(kSpeech, next) && next != "has" && next != "did") generic = true;
      if (generic) return OfKind(article, names, speaker.substr(4));
    }
    // "The port said in a statement": the name that has the word.
    const std::size_t formal = lower.find(" said in a statement");
    if (formal != std::string::npos && formal > 0) {
      const std::size_t space = lower.rfind(' ', formal - 1);
      const std::size_t begin = space == std::string::npos ? 0 : space + 1;
      return OfKind(article, names, std::string_view(lower).substr(begin, formal - begin));
    }
    if (!any(kStatementCues)) return {};
    return OfKind(article, names, {});
  }

  // Which organisation "the ministry" is: named in the sentence, or the one of the article whose
  // name has the word, or the one that the article is about.
  std::string OfKind(const Article& article, const std::vector<Name>& names,
                     std::string_view word) const {
    for (const Name& name : names) {
      std::string key = NameKey(name.text);
      if (IsOrganisation(article, key) && (word.empty() || HasPhrase(key, word))) return key;
    }
    for (const std::string& key : speakers_) {
      if (!word.empty() && HasPhrase(key, word) && article.names.contains(key)) return key;
    }
    std::string best;
    int most = 0;
    for (const auto& [key, count] : article.names) {
      if (word.empty() || IsOutlet(key) || !HasPhrase(key, word) || count <= most) continue;
      best = key;
      most = count;
    }
    // "Police" alone is the one that spoke in the same story.
    for (const std::string& key : speakers_) {
      if (!best.empty() && SameName(key, best)) return key;
    }
    return best.empty() ? article.main_speaker : best;
  }

  bool IsOrganisation(const Article& article, const std::string& key) const {
    if (key.empty() || IsOutlet(key)) return false;
    return speakers_.contains(key) || key == article.main_speaker || HasWordOf(key, kOffices);
  }

  // How the reports spell names, senders before others, the first before the next.
  void ReadSpellings() {
    const auto add = [&](const std::string& name) { spellings_.try_emplace(NameKey(name), name); };
    for (const StoryMember* member : members_) add(SenderOf(*member->report));
    for (const StoryMember* member : members_) {
      for (const Name& name : ReadNames(member->report->text)) add(std::string(name.text));
    }
  }

  std::string Spelling(const std::string& key) const {
    const auto found = spellings_.find(key);
    return found == spellings_.end() ? key : found->second;
  }

  void AddEarliest() {
    const StoryMember& first = *members_.front();
    const Report& report = *first.report;
    const std::string sender = SenderOf(report);
    const bool statement = speakers_.contains(NameKey(sender));
    Draft draft{
        statement ? OriginKind::kStatement : OriginKind::kReporting, {}, {}, {}, {}, first.id};
    draft.names.push_back(sender.empty() ? first.id : sender);
    draft.why = first.id + " cites nobody, and is the earliest of its story";
    drafts_.push_back(std::move(draft));
  }

  // The report that an origin is: of its outlet, the earliest that is no echo.
  void FindReport(Draft& draft) const {
    for (const StoryMember* member : members_) {
      if (!draft.report.empty()) return;
      const std::string key = NameKey(SenderOf(*member->report));
      const bool statement = speakers_.contains(key);
      const bool fits = statement == (draft.kind == OriginKind::kStatement);
      if (fits && !key.empty() && draft.keys.contains(key) && !echoes_.contains(member->id)) {
        draft.report = member->id;
      }
    }
  }

  std::optional<Date> DateOf(const std::string& id) const {
    for (const StoryMember* member : members_) {
      if (member->id == id) return member->report->date;
    }
    return std::nullopt;
  }

  // Who wrote before the report of an origin was there cites something older of the same source.
  void DropOlderCiters(Draft& draft) const {
    const std::optional<Date> stated = DateOf(draft.report);
    if (!stated) return;
    std::erase_if(draft.cited_by, [&](const std::string& id) {
      const std::optional<Date> written = DateOf(id);
      return written && *written < *stated;
    });
  }

  std::vector<Origin> Finish() {
    std::vector<Origin> origins;
    for (Draft& draft : drafts_) {
      FindReport(draft);
      draft.cited_by.erase(draft.report);
      DropOlderCiters(draft);
      Origin origin;
      origin.kind = draft.kind;
      for (std::size_t i = 0; i < draft.names.size(); ++i) {
        const bool last = i + 1 == draft.names.size();
        origin.name += (i == 0 ? "" : last ? " and " : ", ") + draft.names[i];
      }
      origin.cited_by.assign(draft.cited_by.begin(), draft.cited_by.end());
      origin.why = std::move(draft.why);
      origin.report = std::move(draft.report);
      origins.push_back(std::move(origin));
    }
    std::stable_sort(origins.begin(), origins.end(), [](const Origin& a, const Origin& b) {
      return a.cited_by.size() > b.cited_by.size();
    });
    return origins;
  }

  std::span<const StoryMember* const> members_;
  const std::set<std::string>& echoes_;
  std::set<std::string> outlets_;
  std::set<std::string> speakers_;
  std::map<std::string, std::string> spellings_;  // by key
  std::vector<Draft> drafts_;
};

}  // namespace

std::vector<Origin> FindOrigins(std::span<const StoryMember* const> members,
                                const std::set<std::string>& echoes) {
  return OriginFinder(members, echoes).Run();
}

}  // namespace proviso::intake
