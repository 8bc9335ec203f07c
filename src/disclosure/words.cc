#include "disclosure/internal/words.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace proviso::disclosure {
namespace {

constexpr std::array<std::string_view, enforcement::kOperationCount> kOperations{
    "creating or enlarging resources",
    "running or calling the services",
    "writing or changing data",
    "reading, listing or downloading data",
    "deleting data",
    "your account, notices, billing and appeals",
};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

constexpr std::size_t kGroupedFrom = 5;  // digits; a year has four
constexpr std::string_view kDigits = "0123456789";

// Whether what follows the digits before a point leaves them a figure, and no part of a name or
// day.
bool EndsAFigure(std::string_view rest) {
  if (rest.size() > 1 && rest[0] == '.' && kDigits.find(rest[1]) != std::string_view::npos) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kDigits, 1), rest.size()));
  }
  return rest.empty() || std::string_view(" ,;:.)x").find(rest[0]) != std::string_view::npos;
}

}  // namespace

Text Named(std::string_view name, std::string_view id) {
  if (id.empty()) return name;
  if (name.empty() || name == id) return Text::Code(id);
  return Text(name) + " (" + Text::Code(id) + ")";
}

Text Listed(const std::vector<Text>& items) {
  Text out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

std::string Counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string WithGroupedFigures(std::string_view text) {
  std::string out;
  bool quoted = false;
  std::size_t at = 0;
  while (at < text.size()) {
    quoted = quoted != (text[at] == '`');
    const std::size_t end = std::min(text.find_first_not_of(kDigits, at), text.size());
    const bool stands_alone = at == 0 || text[at - 1] == ' ' || text[at - 1] == '(';
    if (quoted || end - at < kGroupedFrom || !stands_alone || !EndsAFigure(text.substr(end))) {
      // A run of digits goes over as a whole, so that its tail is not taken for a figure.
      const std::size_t taken = std::max(end, at + 1);
      out += text.substr(at, taken - at);
      at = taken;
      continue;
    }
    for (; at < end; ++at) {
      out += text[at];
      if (end - at > 1 && (end - at) % 3 == 1) out += ',';
    }
  }
  return out;
}

std::string DateInWords(Date day) {
  const std::chrono::year_month_day date(day);
  return std::to_string(static_cast<unsigned>(date.day())) + " " +
         std::string(kMonths[static_cast<unsigned>(date.month()) - 1]) + " " +
         std::to_string(static_cast<int>(date.year()));
}

std::string TimeInWords(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), ", %02d:%02d", static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()));
  std::string out = DateInWords(day) + text.data();
  if (clock.seconds().count() != 0) {
    std::snprintf(text.data(), text.size(), ":%02d", static_cast<int>(clock.seconds().count()));
    out += text.data();
  }
  return out + " UTC";
}

std::string_view OutcomeInWords(checks::Outcome outcome) {
  switch (outcome) {
    case checks::Outcome::kSupported:
      return "supported by the records";
    case checks::Outcome::kPartlySupported:
      return "partly supported by the records";
    case checks::Outcome::kNotSupported:
      return "not supported by the records";
    case checks::Outcome::kContradicted:
      return "contradicted by the records";
    case checks::Outcome::kUndeterminable:
      return "cannot be determined without reading content, which we do not do";
    case checks::Outcome::kRecordsMissing:
      return "cannot be told, because records are missing";
  }
  return "";
}

std::string_view EvidenceInWords(review::EvidenceClass evidence_class) {
  switch (evidence_class) {
    case review::EvidenceClass::kUsage:
      return "metering records";
    case review::EvidenceClass::kBilling:
      return "billing records";
    case review::EvidenceClass::kContract:
      return "the contract";
    case review::EvidenceClass::kCorrespondence:
      return "business correspondence";
    case review::EvidenceClass::kPublic:
      return "public sources";
    case review::EvidenceClass::kCustomerStatement:
      return "your own statements";
  }
  return "";
}

enforcement::OperationSet StoppedBy(const enforcement::Restriction& restriction) {
  return enforcement::Denied(restriction.stage, restriction.operations);
}

Json OperationsJson(const enforcement::Restriction& restriction) {
  Json json = Json::MakeArray();
  for (const std::string& name : enforcement::OperationNames(StoppedBy(restriction))) {
    json.Append(name);
  }
  return json;
}

std::string StageInWords(const enforcement::Restriction& restriction) {
  std::string words(terms::StageName(restriction.stage));
  const enforcement::OperationSet stopped = StoppedBy(restriction);
  if (stopped == enforcement::Denied(restriction.stage, enforcement::kAllOperations)) return words;
  std::string names;
  for (const std::string& name : enforcement::OperationNames(stopped)) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return words + " (" + names + ")";
}

std::string OperationsInWords(enforcement::OperationSet operations) {
  std::string words;
  for (int i = 0; i < enforcement::kOperationCount; ++i) {
    if (!enforcement::Includes(operations, static_cast<enforcement::Operation>(i))) continue;
    // The operations hold commas of their own.
    words += (words.empty() ? "" : "; ");
    words += kOperations[static_cast<std::size_t>(i)];
  }
  return words;
}

std::string_view ReportsInWords(std::string_view kind, bool one) {
  struct Words {
    std::string_view kind, one, many;
  };
  static constexpr std::array<Words, 4> kKinds{{
      {"article", "published article", "published articles"},
      {"abuse-report", "abuse report", "abuse reports"},
      {"legal-notice", "legal notice", "legal notices"},
      {"letter", "letter", "letters"},
  }};
  for (const Words& words : kKinds) {
    if (words.kind == kind) return one ? words.one : words.many;
  }
  return "";
}

}  // namespace proviso::disclosure
