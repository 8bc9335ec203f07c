#include "intake/internal/credits.h"

#include <algorithm>
#include <array>

#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kDatelineBytesMax = 120;
constexpr std::size_t kNameBytesMax = 100;
constexpr std::size_t kNameWordsMax = 8;
constexpr std::array<std::string_view, 8> kSmallWords{"of", "the", "and", "for",
                                                      "de", "van", "von", "on"};
constexpr std::size_t kCreditLineBytesMax = 300;
// Credits stand in the first and the last paragraphs.
constexpr std::size_t kParagraphsAtBeginning = 2;
constexpr std::size_t kParagraphsAtEnd = 5;
constexpr std::size_t kCreditsMax = 20;

// What a line of credit says before the name; in lower case.
constexpr std::array<std::string_view, 16> kPhrases{
    "first published by ",      "first published in ",      "first published on ",
    "originally published by ", "originally published in ", "originally published on ",
    "first appeared in ",       "first appeared on ",       "originally appeared in ",
    "originally appeared on ",  "first reported by ",       "additional reporting by ",
    "with reporting by ",       "with reporting from ",     "reporting by ",
    "with material from "};

constexpr std::array<std::string_view, 4> kDashes{" - ", " \xE2\x80\x94 ", " \xE2\x80\x93 ",
                                                  "\xE2\x80\x94"};

bool IsUpper(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool IsLower(char letter) { return letter >= 'a' && letter <= 'z'; }

// Where the dash stands that ends a dateline; npos when the paragraph does not begin with one. The
// place is in capitals, which no sentence begins with.
std::size_t EndOfDateline(std::string_view paragraph) {
  const std::string_view beginning = paragraph.substr(0, kDatelineBytesMax);
  std::size_t end = std::string_view::npos;
  for (const std::string_view dash : kDashes) end = std::min(end, beginning.find(dash));
  if (end == std::string_view::npos && beginning.ends_with(" -")) end = beginning.size() - 2;
  if (end == std::string_view::npos) return end;
  const std::string_view place = beginning.substr(0, std::min(beginning.find_first_of(",("), end));
  const bool capitals = place.size() >= 3 && IsUpper(place[0]) && IsUpper(place[1]) &&
                        std::none_of(place.begin(), place.end(), IsLower);
  const bool agency = beginning.substr(0, end).ends_with(')');
  return capitals || agency ? end : std::string_view::npos;
}

// A name as it stands in a credit: up to the end of the sentence, without "the".
std::string_view CleanName(std::string_view name) {
  name = Trimmed(name.substr(0, name.find_first_of(";|(\n")));
  if (const std::size_t end = name.find(". "); end != std::string_view::npos) {
    name = name.substr(0, end);
  }
  while (!name.empty() && (name.back() == '.' || name.back() == ',' || name.back() == ')')) {
    name.remove_suffix(1);
  }
  if (name.starts_with("the ")) name.remove_prefix(4);
  return Trimmed(name);
}

// Names are a few words that begin with capitals, digits or letters beyond ASCII; "of" and the like
// may stand between them.
bool IsName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name[0] == '(' || IsLower(name[0])) {
    return false;
  }
  const std::vector<std::string_view> words = SplitWords(name);
  return words.size() <= kNameWordsMax &&
         std::all_of(words.begin(), words.end(), [](std::string_view word) {
           return !IsLower(word[0]) ||
                  std::find(kSmallWords.begin(), kSmallWords.end(), word) != kSmallWords.end();
         });
}

void AddNames(std::string_view list, std::vector<std::string>& names) {
  for (const std::string_view part : SplitAt(list, ", ")) {
    for (const std::string_view name : SplitAt(part, " and ")) {
      const std::string_view clean = CleanName(name);
      if (IsName(clean)) AddOnce(clean, names);
    }
  }
}

// A paragraph that is nothing but "(Example Wire)".
std::string_view NameInParentheses(std::string_view paragraph) {
  if (paragraph.size() < 3 || paragraph.size() > kNameBytesMax || paragraph.front() != '(' ||
      paragraph.back() != ')') {
    return {};
  }
  const std::string_view name = paragraph.substr(1, paragraph.size() - 2);
  return IsName(name) && name.find_first_of("().;:") == std::string_view::npos ? name
                                                                               : std::string_view();
}

void AddFromLine(std::string_view paragraph, std::vector<std::string>& names) {
  if (const std::string_view name = NameInParentheses(paragraph); !name.empty()) {
    AddOnce(name, names);
    return;
  }
  if (paragraph.size() > kCreditLineBytesMax) return;
  const std::string lower = Lower(paragraph);
  for (const std::string_view phrase : kPhrases) {
    const std::size_t at = lower.find(phrase);
    if (at == std::string::npos) continue;
    std::string_view rest = paragraph.substr(at + phrase.size());
    rest = rest.substr(0, rest.find_first_of(";|"));
    if (const std::size_t end = rest.find(". "); end != std::string_view::npos) {
      rest = rest.substr(0, end);
    }
    AddNames(rest, names);
    return;
  }
}

// "... said the ministry. (Example Wire)" at the end of a last paragraph.
void AddFromEnd(std::string_view paragraph, std::vector<std::string>& names) {
  const std::size_t open = paragraph.rfind(" (");
  if (open == std::string_view::npos || open == 0) return;
  const char before = paragraph[open - 1];
  const bool after_sentence = before == '.' || before == '"' || before == '\x9D';
  if (!after_sentence) return;
  const std::string_view name = NameInParentheses(paragraph.substr(open + 1));
  if (!name.empty()) AddOnce(name, names);
}

}  // namespace

void AddOnce(std::string_view name, std::vector<std::string>& names) {
  if (name.empty() || names.size() >= kCreditsMax) return;
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

std::string_view AgencyOfDateline(std::string_view paragraph) {
  const std::size_t end = EndOfDateline(paragraph);
  if (end == std::string_view::npos) return {};
  const std::string_view dateline = Trimmed(paragraph.substr(0, end));
  const std::size_t open = dateline.rfind('(');
  if (open == std::string_view::npos || !dateline.ends_with(')')) return {};
  const std::string_view name = Trimmed(dateline.substr(open + 1, dateline.size() - open - 2));
  return IsName(name) ? name : std::string_view();
}

std::string_view DayOfDateline(std::string_view paragraph) {
  const std::size_t end = EndOfDateline(paragraph);
  if (end == std::string_view::npos) return {};
  const std::string_view dateline = paragraph.substr(0, std::min(end, paragraph.find('(')));
  const std::size_t comma = dateline.find(',');
  if (comma == std::string_view::npos) return {};
  return Trimmed(dateline.substr(comma + 1));
}

std::vector<std::string> CreditsIn(const std::vector<std::string>& paragraphs) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < paragraphs.size(); ++i) {
    const bool beginning = i < kParagraphsAtBeginning;
    const bool end = i + kParagraphsAtEnd >= paragraphs.size();
    if (beginning) AddOnce(AgencyOfDateline(paragraphs[i]), names);
    if (beginning || end) AddFromLine(paragraphs[i], names);
    if (i + 1 == paragraphs.size()) AddFromEnd(paragraphs[i], names);
  }
  return names;
}

}  // namespace proviso::intake
