#include "intake/internal/claim_words.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "intake/internal/measures.h"
#include "intake/internal/names.h"
#include "intake/internal/prose.h"

namespace proviso::intake {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 44> kClassWords = {
    {{"object storage", "object-storage"},
     {"blob storage", "object-storage"},
     {"cloud storage", "object-storage"},
     {"storage", "object-storage"},
     {"store", "object-storage"},
     {"stores", "object-storage"},
     {"stored", "object-storage"},
     {"storing", "object-storage"},
     {"speech recognition", "speech-to-text"},
     {"speech-to-text", "speech-to-text"},
     {"transcribe", "speech-to-text"},
     {"transcribes", "speech-to-text"},
     {"transcribed", "speech-to-text"},
     {"transcribing", "speech-to-text"},
     {"transcription", "speech-to-text"},
     {"transcripts", "speech-to-text"},
     {"turned into text", "speech-to-text"},
     {"speech services", "speech-to-text"},
     {"hours of speech", "speech-to-text"},
     {"speech and translation services", "speech-to-text"},
     {"translate", "translation"},
     {"translates", "translation"},
     {"translated", "translation"},
     {"translating", "translation"},
     {"translation", "translation"},
     {"face recognition", "face-recognition"},
     {"facial recognition", "face-recognition"},
     {"recognises faces", "face-recognition"},
     {"recognise faces", "face-recognition"},
     {"faces of", "face-recognition"},
     {"language model", "text-generation"},
     {"language models", "text-generation"},
     {"chatbot", "text-generation"},
     {"virtual machines", "compute"},
     {"computing power", "compute"},
     {"backups", "backup"},
     {"databases", "database"},
     {"security services", "security"},
     {"artificial intelligence", "ai"},
     {"machine learning", "ai"},
     {"ai services", "ai"},
     {"ai service", "ai"},
     {"ai tools", "ai"},
     {"ai", "ai"}}};
// These mean storage when the sentence names no other class.
constexpr std::array<std::string_view, 8> kStorageHints = {"terabytes",  "petabytes", "recordings",
                                                           "calls",      "archive",   "cloud",
                                                           "phone data", "data files"};
// These mean transfer out where the sentence names what of a customer's can be moved.
constexpr std::array<std::string_view, 16> kMoves = {"moved",
                                                     "moves",
                                                     "moving",
                                                     "transferred",
                                                     "transferring",
                                                     "transfers",
                                                     "migrated",
                                                     "migrating",
                                                     "leaving",
                                                     "to another provider",
                                                     "to another cloud",
                                                     "out of the cloud",
                                                     "left the region",
                                                     "had left",
                                                     "has left",
                                                     "have left"};
constexpr std::array<std::string_view, 9> kMovables = {"data",       "terabytes", "petabytes",
                                                       "recordings", "calls",     "archive",
                                                       "files",      "storage",   "information"};
constexpr std::array<std::string_view, 5> kAiClasses = {
    "face-recognition", "speech-to-text", "text-generation", "translation", "image-analysis"};
constexpr std::array<Pair, 8> kCountryWords = {{{"dutch", "netherlands"},
                                                {"irish", "ireland"},
                                                {"german", "germany"},
                                                {"french", "france"},
                                                {"swedish", "sweden"},
                                                {"polish", "poland"},
                                                {"spanish", "spain"},
                                                {"italian", "italy"}}};
constexpr std::array<std::string_view, 83> kDeeds = {
    "goes",         "leaving",    "left",      "turned",      "takes place", "tried out",
    "is leaving",   "stores",     "stored",    "store",       "storing",     "keeps",
    "kept",         "keep",       "keeping",   "holds",       "held",        "hold",
    "saves",        "saved",      "archives",  "archived",    "uploads",     "uploaded",
    "moves",        "moved",      "move",      "moving",      "transfers",   "transferred",
    "transferring", "migrated",   "migrating", "copies",      "copied",      "sends",
    "sent",         "runs",       "ran",       "run",         "uses",        "used",
    "use",          "using",      "utilizing", "utilising",   "analyses",    "analysed",
    "analyse",      "analyzes",   "analyzed",  "transcribes", "transcribed", "transcribe",
    "translates",   "translated", "translate", "processes",   "processed",   "grown",
    "grew",         "grows",      "reached",   "rose",        "risen",       "doubled",
    "contains",     "collects",   "collected", "intercepts",  "intercepted", "records",
    "recorded",     "scans",      "scanned",   "compares",    "compared",    "buys",
    "bought",       "consumes",   "consumed",  "applied",     "switch"};
constexpr std::array<std::string_view, 14> kDenials = {"denied",
                                                       "denies",
                                                       "has rejected",
                                                       "rejected",
                                                       "rejects",
                                                       "supervised agreements",
                                                       "is invented",
                                                       "are invented",
                                                       "untrue",
                                                       "without foundation",
                                                       "wrong in substance",
                                                       "baseless",
                                                       "false claims",
                                                       "disputes"};
// These deny when a paper that binds follows in the same clause.
constexpr std::array<std::string_view, 2> kRests = {"rests on", "rest on"};
constexpr std::array<std::string_view, 6> kBindingPapers = {"agreement", "warrant", "law",
                                                            "order",     "licence", "permit"};
constexpr std::array<std::string_view, 15> kNegations = {
    "does not", "do not", "did not", "is not",  "are not", "was not",  "were not", "has not",
    "have not", "never",  "no",      "doesn't", "didn't",  "not used", "neither"};
// What is denied stands so near behind the word that denies.
constexpr std::size_t kNegationGapBytes = 32;
constexpr std::array<std::string_view, 7> kGeneralities = {
    "customers store", "customer stores", "our customers", "what was stored",
    "what is stored",  "no court",        "what is in it"};
constexpr std::array<std::string_view, 22> kBackPointers = {"it",
                                                            "that region",
                                                            "the region",
                                                            "the transfers",
                                                            "the data",
                                                            "its",
                                                            "they",
                                                            "their",
                                                            "the unit",
                                                            "the ministry",
                                                            "the agency",
                                                            "the army",
                                                            "the customer",
                                                            "the office",
                                                            "the service",
                                                            "the directorate",
                                                            "the department",
                                                            "analysts",
                                                            "officers",
                                                            "the force",
                                                            "the recordings",
                                                            "the archive"};
constexpr std::array<std::string_view, 6> kSuppositions = {"would", "could", "should",
                                                           "might", "must",  "whether"};
constexpr std::array<std::string_view, 8> kDataUnits = {
    "terabyte", "petabyte", "gigabyte", "exabyte", "tb", "pb", "gb", "eb"};
constexpr std::array<std::string_view, 9> kUseUnits = {
    "hour", "call", "image", "recording", "minute", "transcript", "face", "picture", "character"};
constexpr std::array<std::string_view, 5> kDataClasses = {"object-storage", "egress", "ingress",
                                                          "backup", "database"};

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

template <std::size_t N>
std::string FirstPhrase(const std::array<std::string_view, N>& list, std::string_view lower) {
  for (const std::string_view phrase : list) {
    if (HasPhrase(lower, phrase)) return std::string(phrase);
  }
  return {};
}

// The classes of the catalogue that count as artificial intelligence.
std::string AiClasses(const catalogue::Catalogue& catalogue) {
  std::string ids;
  for (const std::string_view id : kAiClasses) {
    if (catalogue.FindClass(id) != nullptr) ids += (ids.empty() ? "" : ",") + std::string(id);
  }
  return ids;
}

int Rank(const Figure& figure) {
  if (IsOneOf(kDataUnits, figure.unit)) return 4;
  if (figure.unit.find(" a ") != std::string::npos) return 3;
  if (IsOneOf(kUseUnits, figure.unit)) return 2;
  return figure.value.starts_with('x') ? 1 : 0;
}

}  // namespace

std::vector<ClassMatch> FindClasses(std::string_view lower, const catalogue::Catalogue& catalogue) {
  std::vector<ClassMatch> matches;
  std::set<std::string> seen;
  const auto add = [&](const std::string& id, std::string_view word) {
    if (!id.empty() && seen.insert(id).second) matches.push_back({id, std::string(word)});
  };
  for (const auto& [word, id] : kClassWords) {
    if (!HasPhrase(lower, word)) continue;
    // What the catalogue does not sell cannot be checked.
    if (id == "ai") {
      if (seen.empty() || (seen.size() == 1 && seen.contains("object-storage"))) {
        add(AiClasses(catalogue), word);
      }
    } else if (catalogue.FindClass(id) != nullptr) {
      add(std::string(id), word);
    }
  }
  for (const catalogue::CapabilityClass& one : catalogue.classes()) {
    const std::string name = LowerCase(one.name);
    if (HasPhrase(lower, name)) add(one.id, name);
  }
  const std::string move = FirstPhrase(kMoves, lower);
  const bool movable = !FirstPhrase(kMovables, lower).empty();
  if (!move.empty() && movable && catalogue.FindClass("egress") != nullptr) add("egress", move);
  const std::string hint = FirstPhrase(kStorageHints, lower);
  const bool storage = catalogue.FindClass("object-storage") != nullptr;
  if (matches.empty() && !hint.empty() && storage) add("object-storage", hint);
  return matches;
}

std::optional<RegionMatch> FindRegion(std::string_view lower,
                                      const catalogue::Catalogue& catalogue) {
  for (const catalogue::Region& region : catalogue.regions()) {
    const std::string name = LowerCase(region.name);
    if (HasPhrase(lower, "the " + name)) return RegionMatch{region.id, "the " + name};
    for (const std::string& word : {name, LowerCase(region.id)}) {
      if (HasPhrase(lower, word)) return RegionMatch{region.id, word};
    }
    for (const auto& [adjective, country] : kCountryWords) {
      if (country == name && HasPhrase(lower, adjective)) {
        return RegionMatch{region.id, std::string(adjective)};
      }
    }
  }
  return std::nullopt;
}

std::string FindDeed(std::string_view lower) { return FirstPhrase(kDeeds, lower); }
std::string FindDenial(std::string_view lower) {
  std::string denial = FirstPhrase(kDenials, lower);
  if (!denial.empty()) return denial;
  for (const std::string_view rests : kRests) {
    const std::size_t at = FindPhrase(lower, rests);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = lower.substr(at + rests.size());
    const std::string_view clause = rest.substr(0, rest.find_first_of(",;:."));
    const bool bound = std::any_of(
        kBindingPapers.begin(), kBindingPapers.end(),
        [&](std::string_view paper) { return clause.find(paper) != std::string_view::npos; });
    if (bound) return std::string(rests);
  }
  return {};
}

std::string FindNegation(std::string_view lower, const catalogue::Catalogue& catalogue) {
  for (const std::string_view negation : kNegations) {
    for (std::size_t at = FindPhrase(lower, negation); at != std::string_view::npos;
         at = FindPhrase(lower, negation, at + 1)) {
      const std::string_view rest = lower.substr(at + negation.size());
      const std::string_view near =
          rest.substr(0, std::min({kNegationGapBytes, rest.find_first_of(",;:.\""), rest.size()}));
      if (!FindDeed(near).empty() || !FindClasses(near, catalogue).empty()) {
        return std::string(negation);
      }
    }
  }
  return {};
}

bool IsGeneral(std::string_view lower) { return !FirstPhrase(kGeneralities, lower).empty(); }

std::string WithoutNames(std::string_view sentence, std::string lower) {
  // Typographic marks are shorter in lower case: such places cannot be told.
  if (lower.size() != sentence.size()) return lower;
  for (const std::string_view name : {" Cloud"}) {
    for (std::size_t at = sentence.find(name); at != std::string_view::npos;
         at = sentence.find(name, at + 1)) {
      std::fill_n(lower.begin() + static_cast<std::ptrdiff_t>(at + 1), name.size() - 1, '-');
    }
  }
  for (std::size_t at = 0; at < sentence.size();) {
    const std::size_t end = std::min(sentence.find(' ', at), sentence.size());
    const std::string_view token = sentence.substr(at, end - at);
    const std::size_t dash = token.find('-');
    const bool coded = dash != std::string_view::npos &&
                       token.find_first_of("0123456789", dash) != std::string_view::npos;
    if (coded) {
      std::fill(lower.begin() + static_cast<std::ptrdiff_t>(at),
                lower.begin() + static_cast<std::ptrdiff_t>(end), '-');
    }
    at = end + 1;
  }
  return lower;
}

bool IsSupposed(std::string_view lower) { return !FirstPhrase(kSuppositions, lower).empty(); }
bool PointsBack(std::string_view lower) { return !FirstPhrase(kBackPointers, lower).empty(); }

std::string FindQuantity(std::string_view sentence, std::string_view capability_class) {
  const Figure* best = nullptr;
  const std::vector<Figure> figures = ReadFigures(sentence);
  const bool of_data = capability_class.empty() || IsOneOf(kDataClasses, capability_class);
  for (const Figure& figure : figures) {
    if (!of_data && IsOneOf(kDataUnits, figure.unit)) continue;
    if (Rank(figure) > 0 && (best == nullptr || Rank(figure) > Rank(*best))) best = &figure;
  }
  return best == nullptr ? std::string() : best->text;
}

}  // namespace proviso::intake
