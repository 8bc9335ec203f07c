#include "intake/internal/measures.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace proviso::intake {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 13> kPrepositions = {
    "on",    "in",     "since", "by",    "until",   "from", "before",
    "after", "during", "late",  "early", "between", "of"};

using NumberWord = std::pair<std::string_view, std::string_view>;
constexpr std::array<NumberWord, 21> kNumberWords = {
    {{"two", "2"},       {"three", "3"},    {"four", "4"},     {"five", "5"},
     {"six", "6"},       {"seven", "7"},    {"eight", "8"},    {"nine", "9"},
     {"ten", "10"},      {"eleven", "11"},  {"twelve", "12"},  {"thirteen", "13"},
     {"fourteen", "14"}, {"fifteen", "15"}, {"sixteen", "16"}, {"eighteen", "18"},
     {"twenty", "20"},   {"thirty", "30"},  {"forty", "40"},   {"fifty", "50"},
     {"eighty", "80"}}};
constexpr std::array<NumberWord, 4> kScales = {
    {{"hundred", "00"}, {"thousand", "000"}, {"million", "000000"}, {"billion", "000000000"}}};
constexpr std::array<NumberWord, 10> kFolds = {{{"twofold", "x2"},
                                                {"threefold", "x3"},
                                                {"fourfold", "x4"},
                                                {"fivefold", "x5"},
                                                {"sixfold", "x6"},
                                                {"eightfold", "x8"},
                                                {"tenfold", "x10"},
                                                {"doubled", "x2"},
                                                {"tripled", "x3"},
                                                {"quadrupled", "x4"}}};
constexpr std::array<std::string_view, 30> kNoUnits = {
    "of",   "in",   "to",    "and",  "a",     "an",   "the", "at",    "on",     "by",
    "was",  "were", "have",  "had",  "has",   "is",   "are", "or",    "from",   "for",
    "with", "as",   "after", "more", "since", "that", "who", "which", "before", "until"};
constexpr std::size_t kRateWordsMax = 4;
constexpr std::array<std::string_view, 6> kPer = {"hour", "day", "week", "month", "year", "minute"};

template <std::size_t N>
bool IsOneOf(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

template <std::size_t N>
std::optional<std::string> Find(const std::array<NumberWord, N>& list, std::string_view word) {
  for (const auto& [key, value] : list) {
    if (key == word) return std::string(value);
  }
  return std::nullopt;
}

bool IsNumber(std::string_view word) {
  return !word.empty() && word[0] >= '0' && word[0] <= '9' &&
         word.find_first_not_of("0123456789.") == std::string_view::npos;
}
bool IsYearNumber(std::string_view word) {
  return word.size() == 4 && IsNumber(word) && (word.starts_with("19") || word.starts_with("20")) &&
         word.find('.') == std::string_view::npos;
}
bool IsDayNumber(std::string_view word) {
  return IsNumber(word) && word.size() <= 2 && word.find('.') == std::string_view::npos;
}
// "6th" too.
bool IsDayWord(std::string_view word) {
  if (IsDayNumber(word)) return true;
  for (const std::string_view tail : {"st", "nd", "rd", "th"}) {
    if (word.ends_with(tail) && IsDayNumber(word.substr(0, word.size() - tail.size()))) return true;
  }
  return false;
}

// "4.6" and six zeros make "4600000".
std::string Scaled(std::string number, std::string_view zeros) {
  const std::size_t point = number.find('.');
  if (point == std::string::npos) return number + std::string(zeros);
  const std::size_t fraction = number.size() - point - 1;
  number.erase(point, 1);
  if (fraction > zeros.size()) {
    number.insert(point + zeros.size(), ".");
    return number;
  }
  number += std::string(zeros.substr(0, zeros.size() - fraction));
  number.erase(0, std::min(number.find_first_not_of('0'), number.size() - 1));
  return number;
}

// Words for people are one unit: one paper counts visitors, another people.
constexpr std::array<std::string_view, 14> kPeople = {
    "people",    "person",   "visitor",  "resident", "employee",   "worker",   "passenger",
    "protester", "customer", "islander", "servant",  "inhabitant", "civilian", "staff"};

// The sentence as words in lower case, as they stand: plurals too.
struct Plain {
  std::vector<Word> words;
  std::vector<std::string> lower;
};
Plain ReadPlain(std::string_view sentence) {
  Plain plain{ReadWords(sentence), {}};
  for (const Word& word : plain.words)
    plain.lower.push_back(LowerCase(TextOf(sentence, word.place)));
  return plain;
}

std::string UnitOf(const std::string& noun) { return IsOneOf(kPeople, noun) ? "people" : noun; }

bool Adjacent(std::string_view sentence, const Plain& plain, std::size_t i) {
  if (i == 0 || i >= plain.words.size()) return false;
  const std::size_t from = plain.words[i - 1].place.end;
  const std::string_view gap = sentence.substr(from, plain.words[i].place.begin - from);
  return gap == " " || gap == "-" || gap == "\n" || gap == "\xC2\xA0" || gap == ", ";
}
bool Beside(std::string_view sentence, const Plain& plain, std::size_t i) {
  return Adjacent(sentence, plain, i) && sentence[plain.words[i - 1].place.end] != ',';
}

std::string CurrencyBefore(std::string_view sentence, std::size_t at) {
  for (const std::string_view sign : {"$", "\xE2\x82\xAC", "\xC2\xA3"}) {
    if (at >= sign.size() && sentence.substr(at - sign.size(), sign.size()) == sign) {
      return std::string(sign);
    }
  }
  return {};
}

// Reads the number at `i`; `i` moves behind it.
std::optional<std::string> ReadNumber(std::string_view sentence, const Plain& plain,
                                      std::size_t& i) {
  const std::string& word = plain.lower[i];
  const bool next_beside = Beside(sentence, plain, i + 1);
  if (word == "a" && next_beside) {
    if (const auto scale = Find(kScales, plain.lower[i + 1])) {
      i += 2;
      return "1" + *scale;
    }
    return std::nullopt;
  }
  if (word == "millions" || word == "billions" || word == "thousands") {
    ++i;
    return word;
  }
  std::optional<std::string> number = Find(kNumberWords, word);
  const std::string& digits = plain.words[i].text;
  // The number of "E-17" belongs to a name.
  const std::size_t at = plain.words[i].place.begin;
  const bool in_name = i > 0 && at > 0 && sentence[at - 1] == '-' &&
                       plain.words[i - 1].place.end + 1 == at && !IsNumber(plain.lower[i - 1]);
  if (!number && IsNumber(digits) && !in_name) {
    const bool month = (next_beside && IsMonthOrWeekday(plain.lower[i + 1])) ||
                       (i > 0 && IsOneOf(kMonths, plain.lower[i - 1]));
    if (month || IsYearNumber(word)) return std::nullopt;
    number = digits;
  }
  if (!number) return std::nullopt;
  ++i;
  if (i < plain.lower.size() && Beside(sentence, plain, i)) {
    if (const auto scale = Find(kScales, plain.lower[i])) {
      ++i;
      return Scaled(*number, *scale);
    }
  }
  return number;
}

}  // namespace

bool IsMonthOrWeekday(std::string_view word) {
  return IsOneOf(kMonths, word) || IsOneOf(kWeekdays, word);
}

namespace {

std::vector<Figure> FiguresIn(std::string_view sentence, const Plain& plain) {
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < plain.words.size();) {
    const std::size_t first = i;
    Figure figure;
    if (const auto fold = Find(kFolds, plain.lower[i])) {
      figure.value = *fold;
      figure.unit = plain.lower[i].ends_with("fold") ? "fold" : "";
      ++i;
    } else if (const auto number = ReadNumber(sentence, plain, i)) {
      figure.value = *number;
      figure.unit = CurrencyBefore(sentence, plain.words[first].place.begin);
      std::size_t noun = i;
      if (noun + 1 < plain.lower.size() && plain.lower[noun] == "of") ++noun;
      const bool fits = noun < plain.words.size() && Beside(sentence, plain, noun) &&
                        !IsNumber(plain.words[noun].text) &&
                        !IsOneOf(kNoUnits, plain.lower[noun]) &&
                        !IsMonthOrWeekday(plain.lower[noun]);
      if (fits) {
        if (figure.unit.empty()) figure.unit = UnitOf(plain.words[noun].text);
        if (figure.unit == "fold") figure.value.insert(0, "x");  // "64-fold" as "eightfold"
        i = noun + 1;
      } else if (i < plain.lower.size() &&
                 sentence.substr(plain.words[i - 1].place.end, 1) == "%") {
        figure.unit = "percent";
      }
      // "millions of intercepted phone calls a day": the rate may stand a few words on.
      for (std::size_t per = i; per <= i + kRateWordsMax && per + 1 < plain.lower.size(); ++per) {
        if (!Beside(sentence, plain, per)) break;
        const bool rate =
            (plain.lower[per] == "a" || plain.lower[per] == "an" || plain.lower[per] == "per") &&
            IsOneOf(kPer, plain.lower[per + 1]);
        if (!rate) continue;
        figure.unit = UnitOf(plain.words[per - 1].text) + " a " + plain.lower[per + 1];
        i = per + 2;
        break;
      }
    } else {
      ++i;
      continue;
    }
    figure.place = {plain.words[first].place.begin, plain.words[i - 1].place.end};
    figure.text = OneLine(TextOf(sentence, figure.place));
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::vector<TimeMention> TimesIn(std::string_view sentence, const Plain& plain) {
  std::vector<TimeMention> times;
  const auto month = [&](std::size_t i) {
    return i < plain.words.size() && plain.words[i].capital && IsOneOf(kMonths, plain.lower[i]);
  };
  const auto year = [&](std::size_t i) {
    return i < plain.words.size() && IsYearNumber(plain.lower[i]);
  };
  for (std::size_t i = 0; i < plain.words.size();) {
    std::size_t first = i;
    TimeMention time;
    if ((IsDayWord(plain.lower[i]) && month(i + 1)) ||
        (month(i) && i + 1 < plain.words.size() && IsDayWord(plain.lower[i + 1]))) {
      time.kind = "day";
      i += 2;
    } else if (month(i)) {
      time.kind = "month";
      ++i;
    } else if (plain.words[i].capital && IsOneOf(kWeekdays, plain.lower[i])) {
      time.kind = "weekday";
      ++i;
    } else if (year(i)) {
      time.kind = "year";
      ++i;
    } else if ((plain.lower[i] == "last" || plain.lower[i] == "this") &&
               i + 1 < plain.lower.size() && IsOneOf(kPer, plain.lower[i + 1])) {
      time.kind = "other";
      i += 2;
    } else {
      ++i;
      continue;
    }
    if (time.kind != "year" && year(i) && Adjacent(sentence, plain, i)) ++i;
    time.value = LowerCase(
        OneLine(sentence.substr(plain.words[first].place.begin,
                                plain.words[i - 1].place.end - plain.words[first].place.begin)));
    if (first > 0 && IsOneOf(kPrepositions, plain.lower[first - 1]) &&
        plain.lower[first - 1] != "of") {
      --first;
    }
    const bool range = first > 0 && plain.lower[first] == "between" && i + 1 < plain.words.size() &&
                       plain.lower[i] == "and" && (month(i + 1) || year(i + 1));
    if (range) i += 2;
    time.place = {plain.words[first].place.begin, plain.words[i - 1].place.end};
    time.text = OneLine(TextOf(sentence, time.place));
    times.push_back(std::move(time));
  }
  return times;
}

}  // namespace

std::vector<Figure> ReadFigures(std::string_view sentence) {
  return FiguresIn(sentence, ReadPlain(sentence));
}

std::vector<TimeMention> ReadTimes(std::string_view sentence) {
  return TimesIn(sentence, ReadPlain(sentence));
}

Measures ReadMeasures(std::string_view sentence) {
  const Plain plain = ReadPlain(sentence);
  return {FiguresIn(sentence, plain), TimesIn(sentence, plain)};
}

}  // namespace proviso::intake
