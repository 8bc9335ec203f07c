#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/internal/prose.h"

namespace proviso::intake {

// A number of something: "11,500 terabytes", "a million calls an hour", "eightfold".
struct Figure {
  std::string text;   // as it stands, with the noun and "an hour" behind it
  Span place;         // of `text` in the sentence
  std::string value;  // "11500", "1000000", "x8"
  std::string unit;   // "terabyte", "call", "$"; empty where no noun follows
};
std::vector<Figure> ReadFigures(std::string_view sentence);

// A time that a sentence names.
struct TimeMention {
  std::string text;  // "on 6 August", "between March and July", "since 2024"
  Span place;
  std::string kind;   // "day", "month", "weekday", "year", "other"
  std::string value;  // without the preposition, in lower case: "6 august"
};
std::vector<TimeMention> ReadTimes(std::string_view sentence);

// Both, for half the reading.
struct Measures {
  std::vector<Figure> figures;
  std::vector<TimeMention> times;
};
Measures ReadMeasures(std::string_view sentence);

bool IsMonthOrWeekday(std::string_view lower_case_word);

}  // namespace proviso::intake
