#include "intake/claim_drafts.h"

#include <algorithm>
#include <utility>

#include "intake/internal/claim_words.h"
#include "intake/internal/measures.h"
#include "intake/internal/names.h"
#include "intake/internal/prose.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kSentencesMax = 400;  // of one report
constexpr std::size_t kDraftsMax = 200;     // of one report
constexpr std::size_t kSentenceBytesMax = 2000;
// A sentence with a figure or a denial goes on about who was named so many sentences before.
constexpr std::size_t kGoesOnMax = 3;

// A phrase that names somebody.
struct Handle {
  std::string phrase;  // lower case
  std::string id;
  bool unit = false;
};

struct Named {
  std::string id;
  std::string phrase;
};

// An alias like "the archive" says somebody only where the report names that somebody in full.
bool IsVague(std::string_view alias) { return alias.starts_with("the "); }

std::vector<Handle> ReadHandles(const catalogue::Customers& customers, std::string_view lower) {
  std::vector<Handle> handles;
  for (const catalogue::Customer& customer : customers.all()) {
    const std::string name = LowerCase(customer.name);
    if (HasPhrase(lower, name)) handles.push_back({name, customer.id, false});
    for (const catalogue::Unit& unit : customer.units) {
      const std::string unit_name = LowerCase(unit.name);
      const bool full = HasPhrase(lower, unit_name);
      if (full) handles.push_back({unit_name, unit.id, true});
      for (const std::string& alias : unit.aliases) {
        const std::string phrase = LowerCase(alias);
        const bool said = full || HasPhrase(lower, name);
        if (HasPhrase(lower, phrase) && (!IsVague(phrase) || said)) {
          handles.push_back({phrase, unit.id, true});
        }
      }
    }
  }
  // "The ministry" is the only one named whose name ends so.
  const std::vector<Handle> named = handles;
  for (const Handle& handle : named) {
    if (handle.phrase.find(' ') == std::string::npos || IsVague(handle.phrase)) continue;
    const std::string last = handle.phrase.substr(handle.phrase.rfind(' ') + 1);
    const bool alone = std::none_of(named.begin(), named.end(), [&](const Handle& other) {
      return other.id != handle.id && other.phrase.ends_with(" " + last);
    });
    if (alone && HasPhrase(lower, "the " + last))
      handles.push_back({"the " + last, handle.id, handle.unit});
  }
  // A unit says more than its customer; the longer phrase more than the shorter.
  std::stable_sort(handles.begin(), handles.end(), [](const Handle& a, const Handle& b) {
    return a.unit != b.unit ? a.unit : a.phrase.size() > b.phrase.size();
  });
  return handles;
}

// Reads the sentences of one report, in order.
class Drafter {
 public:
  Drafter(std::string_view id, const Report& report, const catalogue::Catalogue& catalogue,
          const catalogue::Customers& customers)
      : id_(id),
        report_(report),
        catalogue_(catalogue),
        handles_(ReadHandles(customers, LowerCase(report.title + "\n" + report.text))) {}

  std::vector<ClaimDraft> Run() {
    const std::vector<Span> boilerplate = BoilerplateSpans(report_.text);
    if (const std::optional<Named> named = NamedIn(LowerCase(report_.title))) last_ = *named;
    if (const std::optional<Named> sender = NamedIn(LowerCase(report_.author))) sender_ = *sender;
    std::size_t read = 0;
    for (const Span sentence : SplitSentences(report_.text)) {
      if (++read > kSentencesMax || drafts_.size() >= kDraftsMax) break;
      if (sentence.end - sentence.begin > kSentenceBytesMax) continue;
      if (!IsInside(boilerplate, sentence.begin)) Read(sentence);
    }
    return std::move(drafts_);
  }

 private:
  std::optional<Named> NamedIn(std::string_view lower) const {
    for (const Handle& handle : handles_) {
      if (HasPhrase(lower, handle.phrase)) return Named{handle.id, handle.phrase};
    }
    return std::nullopt;
  }

  void Read(Span sentence) {
    const std::string text = OneLine(TextOf(report_.text, sentence));
    const std::string lower = LowerCase(text);
    const std::optional<Named> named = NamedIn(lower);
    if (named) {
      last_ = *named;
      since_ = 0;
    } else {
      ++since_;
    }
    // Who writes a letter speaks of itself again.
    if (since_ > kGoesOnMax && !sender_.id.empty()) last_ = sender_;
    if (last_.id.empty() || lower.starts_with("if ") || lower.ends_with("?") || IsGeneral(lower)) {
      return;
    }
    const std::string words = WithoutNames(text, lower);
    const std::string denial = FindDenial(words);
    const std::vector<ClassMatch> classes = FindClasses(words, catalogue_);
    const bool deed =
        !classes.empty() && !FindDeed(words).empty() && (!denial.empty() || !IsSupposed(words));
    if (!deed && denial.empty()) return;
    const std::string negation = deed ? FindNegation(words, catalogue_) : std::string();
    const bool denies = !denial.empty() || !negation.empty();
    std::string why =
        WhyAboutHim(named.has_value(), lower, denies || !FindQuantity(text, {}).empty());
    if (why.empty()) return;
    ClaimDraft draft = Begin(sentence, text, lower);
    draft.denial = denies;
    if (draft.denial) why += "; `" + (denial.empty() ? negation : denial) + "` denies";
    draft.why = std::move(why);
    if (!deed) return Add(std::move(draft));
    for (const ClassMatch& match : classes) {
      ClaimDraft one = draft;
      one.capability_class = match.id;
      one.quantity = FindQuantity(text, match.id);
      one.why += "; `" + match.word + "` stands for " + match.id;
      Add(std::move(one));
    }
  }

  // Why a sentence is about who was named last; empty when it is not.
  std::string WhyAboutHim(bool named, std::string_view lower, bool telling) const {
    if (named) return "`" + last_.phrase + "` is " + last_.id;
    if (PointsBack(lower)) {
      return "points back at `" + last_.phrase + "`, which is " + last_.id;
    }
    const bool goes_on =
        (since_ <= kGoesOnMax || last_.id == sender_.id) && (telling || HasPhrase(lower, "data"));
    return goes_on ? "goes on about `" + last_.phrase + "`, which is " + last_.id : std::string();
  }

  ClaimDraft Begin(Span sentence, const std::string& text, std::string_view lower) const {
    ClaimDraft draft;
    draft.report = id_;
    draft.begin = sentence.begin;
    draft.end = sentence.end;
    draft.text = text;
    draft.who = last_.id;
    if (const std::optional<RegionMatch> region = FindRegion(lower, catalogue_)) {
      draft.region = region->id;
      const std::size_t at = lower.find(region->word);
      draft.place =
          lower.size() == text.size() ? text.substr(at, region->word.size()) : region->word;
    }
    draft.quantity = FindQuantity(text, {});
    for (const TimeMention& time : ReadTimes(text)) {
      draft.time += (draft.time.empty() ? "" : ", ") + time.text;
    }
    return draft;
  }

  void Add(ClaimDraft draft) {
    if (!draft.region.empty()) draft.why += "; `" + draft.place + "` is " + draft.region;
    draft.id = id_ + "/" + std::to_string(drafts_.size() + 1);
    drafts_.push_back(std::move(draft));
  }

  std::string id_;
  const Report& report_;
  const catalogue::Catalogue& catalogue_;
  std::vector<Handle> handles_;
  Named last_;             // who was named last
  std::size_t since_ = 0;  // so many sentences ago
  Named sender_;           // who wrote the report, when it is a customer or a unit
  std::vector<ClaimDraft> drafts_;
};

}  // namespace

std::vector<ClaimDraft> DraftClaims(std::string_view id, const Report& report,
                                    const catalogue::Catalogue& catalogue,
                                    const catalogue::Customers& customers) {
  return Drafter(id, report, catalogue, customers).Run();
}

}  // namespace proviso::intake
