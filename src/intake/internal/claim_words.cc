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

constexpr std::array<Pair, 53> kClassWords = {{{"object storage", "object-storage"},
                                               {"blob storage", "object-storage"},
                                               {"cloud storage", "object-storage"},
                                               {"storage", "object-storage"},
                                               {"store", "object-storage"},
                                               {"stores", "object-storage"},
                                               {"stored", "object-storage"},
                                               {"storing", "object-storage"},
                                               {"terabytes", "object-storage"},
                                               {"petabytes", "object-storage"},
                                               {"speech recognition", "speech-to-text"},
                                               {"speech-to-text", "speech-to-text"},
                                               {"transcribe", "speech-to-text"},
                                               {"transcribes", "speech-to-text"},
                                               {"transcribed", "speech-to-text"},
                                               {"transcribing", "speech-to-text"},
                                               {"transcription", "speech-to-text"},
                                               {"transcripts", "speech-to-text"},
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
                                               {"moved", "egress"},
                                               {"moves", "egress"},
                                               {"moving", "egress"},
                                               {"transferred", "egress"},
                                               {"transferring", "egress"},
                                               {"transfers", "egress"},
                                               {"migrated", "egress"},
                                               {"migrating", "egress"},
                                               {"to another provider", "egress"},
                                               {"to another cloud", "egress"},
                                               {"out of the cloud", "egress"},
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
constexpr std::array<std::string_view, 6> kStorageHints = {
    "recordings", "calls", "archive", "cloud", "phone data", "data files"};
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
constexpr std::array<std::string_view, 76> kDeeds = {
    "stores",     "stored",    "store",       "storing",     "keeps",       "kept",
    "keep",       "keeping",   "holds",       "held",        "hold",        "saves",
    "saved",      "archives",  "archived",    "uploads",     "uploaded",    "moves",
    "moved",      "move",      "moving",      "transfers",   "transferred", "transferring",
    "migrated",   "migrating", "copies",      "copied",      "sends",       "sent",
    "runs",       "ran",       "run",         "uses",        "used",        "use",
    "using",      "utilizing", "utilising",   "analyses",    "analysed",    "analyse",
    "analyzes",   "analyzed",  "transcribes", "transcribed", "transcribe",  "translates",
    "translated", "translate", "processes",   "processed",   "grown",       "grew",
    "grows",      "reached",   "rose",        "risen",       "doubled",     "contains",
    "collects",   "collected", "intercepts",  "intercepted", "records",     "recorded",
    "scans",      "scanned",   "compares",    "compared",    "buys",        "bought",
    "consumes",   "consumed",  "applied",     "switch"};
constexpr std::array<std::string_view, 14> kDenials = {"denied",
                                                       "denies",
                                                       "has rejected",
                                                       "rejected",
                                                       "rejects",
                                                       "supervised agreements",
                                                       "rests on",
                                                       "rest on",
                                                       "untrue",
                                                       "without foundation",
                                                       "wrong in substance",
                                                       "baseless",
                                                       "false claims",
                                                       "disputes"};
constexpr std::array<std::string_view, 14> kNegations = {
    "does not", "do not",   "did not", "is not", "are not", "was not", "were not",
    "has not",  "have not", "never",   "no ",    "doesn't", "didn't",  "not used"};
constexpr std::array<std::string_view, 18> kBackPointers = {"it",
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
constexpr std::array<std::string_view, 5> kSuppositions = {"would", "could", "should", "might",
                                                           "must"};
constexpr std::array<std::string_view, 8> kDataUnits = {
    "terabyte", "petabyte", "gigabyte", "exabyte", "tb", "pb", "gb", "eb"};
constexpr std::array<std::string_view, 9> kUseUnits = {
    "hour", "call", "image", "recording", "minute", "transcript", "face", "picture", "character"};

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
std::string FindDenial(std::string_view lower) { return FirstPhrase(kDenials, lower); }
std::string FindNegation(std::string_view lower) { return FirstPhrase(kNegations, lower); }
bool IsSupposed(std::string_view lower) { return !FirstPhrase(kSuppositions, lower).empty(); }
bool PointsBack(std::string_view lower) { return !FirstPhrase(kBackPointers, lower).empty(); }

std::string FindQuantity(std::string_view sentence) {
  const Figure* best = nullptr;
  const std::vector<Figure> figures = ReadFigures(sentence);
  for (const Figure& figure : figures) {
    if (Rank(figure) > 0 && (best == nullptr || Rank(figure) > Rank(*best))) best = &figure;
  }
  return best == nullptr ? std::string() : best->text;
}

}  // namespace proviso::intake
