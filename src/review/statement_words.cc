#include "review/internal/statement_words.h"

#include <array>
#include <cstdio>

namespace proviso::review {
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

void AppendEscaped(char character, std::string& out) {
  static constexpr std::string_view kSpecial = "\\`*_[]<>#|&";
  if (kSpecial.find(character) != std::string_view::npos) out += '\\';
  out += character;
}

}  // namespace

std::string Inline(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char character : text) {
    if (character == ' ' || static_cast<unsigned char>(character) < 0x20) {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    // An underscore inside of a word is no emphasis, and reads better bare.
    if (character == '_' && !out.empty() && out.back() != ' ') {
      out += character;
    } else {
      AppendEscaped(character, out);
    }
  }
  return out;
}

std::string Quotation(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = Inline(text.substr(0, end));
    out += line.empty() ? ">\n" : "> " + line + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string Named(std::string_view name, std::string_view id) {
  const std::string code = "`" + std::string(id) + "`";
  return name.empty() || name == id ? code : Inline(name) + " (" + code + ")";
}

std::string Listed(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += i + 1 == items.size() ? " and " : ", ";
    out += items[i];
  }
  return out;
}

std::string Code(std::string_view text) {
  const bool ticks = text.find('`') != std::string_view::npos;
  const std::string fence = ticks ? "`` " : "`";
  return fence + std::string(text) + (ticks ? " ``" : "`");
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

std::string_view EvidenceInWords(EvidenceClass evidence_class) {
  switch (evidence_class) {
    case EvidenceClass::kUsage:
      return "metering records";
    case EvidenceClass::kBilling:
      return "billing records";
    case EvidenceClass::kContract:
      return "the contract";
    case EvidenceClass::kCorrespondence:
      return "business correspondence";
    case EvidenceClass::kPublic:
      return "public sources";
    case EvidenceClass::kCustomerStatement:
      return "your own statements";
  }
  return "";
}

std::vector<std::string> OperationsInWords(terms::Stage stage, bool denied) {
  std::vector<std::string> words;
  for (int i = 0; i < enforcement::kOperationCount; ++i) {
    if (enforcement::Denies(stage, static_cast<enforcement::Operation>(i)) != denied) continue;
    words.emplace_back(kOperations[static_cast<std::size_t>(i)]);
  }
  return words;
}

}  // namespace proviso::review
