#include "intake/internal/dates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};
constexpr std::size_t kWordsMax = 4;  // weekday, day, month, year

// Whether `word` is one of `names` in full or by its first three letters (`Sept` too).
template <std::size_t n>
std::optional<unsigned int> PositionIn(const std::array<std::string_view, n>& names,
                                       std::string_view word) {
  const std::string lower = Lower(word);
  for (unsigned int i = 0; i < n; ++i) {
    if (lower == names[i] ||
        (lower.size() >= 3 && lower.size() <= 4 && names[i].starts_with(lower))) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<int> NumberIn(std::string_view word, std::size_t digits_max) {
  int number = 0;
  if (word.empty() || word.size() > digits_max) return std::nullopt;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<int> DayOfMonth(std::string_view word) {
  for (const std::string_view ending : {"st", "nd", "rd", "th"}) {
    if (word.ends_with(ending)) {
      word.remove_suffix(2);
      break;
    }
  }
  return NumberIn(word, 2);
}

std::optional<Date> Valid(std::optional<int> year, std::optional<unsigned int> month,
                          std::optional<int> day) {
  if (!year || *year < 1000 || !month || !day || *day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month + 1),
                                         std::chrono::day(static_cast<unsigned int>(*day))};
  if (!date.ok()) return std::nullopt;
  return Date(date);
}

}  // namespace

std::optional<Date> DayNamed(std::string_view text) {
  text = Trimmed(text);
  constexpr std::size_t kIsoDateBytes = 10;
  if (const auto date = ParseDate(text.substr(0, kIsoDateBytes))) {
    const std::string_view rest = text.substr(std::min(text.size(), kIsoDateBytes));
    if (rest.empty() || rest[0] == 'T' || rest[0] == ' ') return *date;
    return std::nullopt;
  }
  std::vector<std::string_view> words;
  for (std::string_view word : SplitWords(text)) {
    while (!word.empty() && (word.back() == ',' || word.back() == '.')) word.remove_suffix(1);
    words.push_back(word);
    if (words.size() > kWordsMax) return std::nullopt;
  }
  if (words.size() == kWordsMax && PositionIn(kWeekdays, words[0])) words.erase(words.begin());
  if (words.size() != 3) return std::nullopt;
  const std::optional<int> year = NumberIn(words[2], 4);
  if (const auto month = PositionIn(kMonths, words[1])) {
    return Valid(year, month, DayOfMonth(words[0]));
  }
  return Valid(year, PositionIn(kMonths, words[0]), DayOfMonth(words[1]));
}

}  // namespace proviso::intake
