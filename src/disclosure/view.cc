#include "disclosure/internal/view.h"

#include <algorithm>

#include "disclosure/internal/clean_text.h"

namespace proviso::disclosure {
namespace {

constexpr std::string_view kArticle = "article";

bool IsOfWord(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

// Whether `words` stand in `text`, not as a part of longer words.
bool Says(std::string_view text, std::string_view words) {
  for (std::size_t at = text.find(words); at != std::string_view::npos;
       at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !IsOfWord(text[at - 1]) || !IsOfWord(words.front());
    const bool ends = end == text.size() || !IsOfWord(text[end]) || !IsOfWord(words.back());
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

View::View(const StatementInputs& inputs, const review::Case& of, Audience audience,
           const catalogue::Customer* reader)
    : in_(inputs), case_(of), audience_(audience), reader_(reader) {
  for (const std::string& id : of.reports) {
    const review::ReceivedReport* report = inputs.state->FindReport(id);
    if (report == nullptr || report->kind != kArticle) continue;
    articles_.push_back(CleanText(report->document.StringOr("title", ""), false));
    articles_.push_back(CleanText(report->document.StringOr("text", ""), false));
  }
}

std::string View::Of(Field field, std::string_view value) const {
  const std::string clean = CleanText(value, false);
  if (clean.empty()) return "";
  switch (SightOf(audience_, field)) {
    case Sight::kShown:
      return std::string(value);
    case Sight::kWherePublished:
      return std::any_of(articles_.begin(), articles_.end(),
                         [&](const std::string& text) { return Says(text, clean); })
                 ? clean
                 : "";
    case Sight::kHidden:
      return "";
  }
  return "";
}

Text View::Customer(const catalogue::Customer& customer) const {
  return Named(Of(Field::kCustomerName, customer.name), Of(Field::kCustomerId, customer.id));
}

Text View::Unit(std::string_view id) const {
  const catalogue::Unit* unit = in_.customers->FindUnit(id);
  return Named(Of(Field::kUnitName, unit == nullptr ? "" : unit->name), Of(Field::kUnitId, id));
}

Text View::Subscription(std::string_view id) const {
  const catalogue::Subscription* found = in_.customers->FindSubscription(id);
  return Named(Of(Field::kSubscriptions, found == nullptr ? "" : found->name),
               Of(Field::kSubscriptions, id));
}

Text View::Service(std::string_view id) const {
  const catalogue::Service* found = in_.catalogue->FindService(id);
  return Named(Of(Field::kServices, found == nullptr ? "" : found->name), Of(Field::kServices, id));
}

Text View::Region(std::string_view id) const {
  const catalogue::Region* found = in_.catalogue->FindRegion(id);
  return Named(Of(Field::kRegions, found == nullptr ? "" : found->name), Of(Field::kRegions, id));
}

Text View::Class(std::string_view id) const {
  const catalogue::CapabilityClass* found = in_.catalogue->FindClass(id);
  const bool named = found != nullptr && !found->name.empty();
  return {Of(Field::kCapabilityClasses, named ? std::string_view(found->name) : id)};
}

namespace {

// So many words in a row that stand in a letter too are the letter's words.
constexpr std::size_t kBorrowedWords = 5;

// The words of a text in lower case (ASCII), without what stands between them.
std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    const bool upper = byte >= 'A' && byte <= 'Z';
    const bool part =
        upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte >= 0x80;
    if (part) {
      words.back() += upper ? static_cast<char>(byte - 'A' + 'a') : character;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

const review::ReceivedReport* View::SourceOf(const review::Claim& claim) const {
  return claim.source ? in_.state->FindReport(claim.source->report) : nullptr;
}

bool View::IsOwn(const review::ReceivedReport& report) const {
  return reader_ != nullptr && Shows(Field::kOwnLetter) && report.from_customer == reader_->id;
}

bool View::TakenFromALetter(const review::Claim& claim) const {
  const std::vector<std::string> own = WordsOf(claim.text);
  const std::size_t run = std::min(own.size(), kBorrowedWords);
  std::vector<std::string> texts;
  for (const std::string& id : case_.reports) {
    const review::ReceivedReport* report = in_.state->FindReport(id);
    if (report == nullptr || report->kind == kArticle || IsOwn(*report)) continue;
    texts.push_back(report->document.StringOr("text", ""));
  }
  const review::ReceivedReport* source = SourceOf(claim);
  const bool erased = claim.source && (source == nullptr || source->document.IsNull());
  if (erased) texts.push_back(claim.source->quote);
  for (const std::string& text : texts) {
    const std::vector<std::string> theirs = WordsOf(text);
    for (std::size_t i = 0; i + run <= own.size(); ++i) {
      const auto begin = own.begin() + static_cast<std::ptrdiff_t>(i);
      const auto end = begin + static_cast<std::ptrdiff_t>(run);
      if (std::search(theirs.begin(), theirs.end(), begin, end) != theirs.end()) return true;
    }
  }
  return false;
}

std::string View::ClaimText(const review::Claim& claim) const {
  // Style and detail show who wrote: only a wording of the reviewer's own may be seen.
  if (TakenFromALetter(claim)) return Of(Field::kReportDocument, claim.text);
  return Of(Field::kClaimText, claim.text);
}

std::vector<View::Published> View::PublishedClaims() const {
  std::vector<Published> published;
  for (const std::string& id : case_.claims) {
    const review::Claim& claim = *in_.state->FindClaim(id);
    const review::ReceivedReport* source = SourceOf(claim);
    if (claim.dropped() || source == nullptr || source->kind != kArticle) continue;
    if (std::find(case_.reports.begin(), case_.reports.end(), source->id) == case_.reports.end()) {
      continue;
    }
    const std::string sentence = CleanText(claim.source->quote, false);
    const std::string text = CleanText(source->document.StringOr("text", ""), false);
    if (sentence.empty() || text.find(sentence) == std::string::npos) continue;
    Published item;
    item.sentence = Of(Field::kPublishedSentence, sentence);
    item.denial = claim.denial;
    const review::Finding* finding = in_.state->CurrentFinding(claim);
    if (finding != nullptr && Shows(Field::kOutcome)) item.outcome = finding->outcome;
    if (!item.sentence.empty()) published.push_back(std::move(item));
  }
  return published;
}

}  // namespace proviso::disclosure
