#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace proviso::pages {

// The unit in which a range of values reads well: values are divided by `divisor`.
struct ShownUnit {
  double divisor = 1;
  std::string unit;  // "PB", "h", "million characters"; empty: a bare number
};
// For values up to `largest` in `unit`: sizes take the prefix that fits, others words.
ShownUnit ReadableUnit(double largest, std::string_view unit);

// "8.61", "237,533", "0.05": three significant digits, or all digits before the point.
std::string ShownNumber(double value);
// `value` with its unit: "8.61 PB", "10.6 times" for the unit `x`.
std::string ShownQuantity(double value, std::string_view unit);
// The same of a decimal text; the text itself where it is none.
std::string ShownQuantity(std::string_view decimal, std::string_view unit);

// The digits before the point in groups of three: "8,089,496.04".
std::string GroupedNumber(std::string_view number);
// "1 report", "8 reports".
std::string Counted(std::size_t count, std::string_view what);

// A coordinate with at most one digit after the point, whatever the locale.
std::string Coordinate(double value);

// Marks of an axis from at most `low` to at least `high`, about `count` of them.
std::vector<double> AxisMarks(double low, double high, int count);

std::string DateInWords(Date date);       // "15 July 2026"
std::string DayAndMonth(Date date);       // "15 Jul"
std::string MonthInWords(Month month);    // "July 2026"
std::string ShortMonth(Month month);      // "Jul"
std::string_view MonthName(Month month);  // "July"
// "15 July 2026", or "15 July 2026, 09:30 UTC" for a time; the text itself where it is neither.
std::string DayInWords(std::string_view date_or_time);
std::string TimeInWords(std::string_view time);

}  // namespace proviso::pages
