#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"

namespace proviso::checks {

// The one spelling of `unit`: "hours" and "hour" are "h"; others stay.
std::string CanonicalUnit(std::string_view unit);

// A known unit that differs from `unit` in upper and lower case only; empty when there is none.
std::string_view UnitBySpelling(std::string_view unit);

// The units in which a class measured in `class_unit` may be asked for.
std::vector<std::string> UnitsFor(std::string_view class_unit);

// `amount` of `unit` in `class_unit`, exactly. kInvalidArgument when the units do not fit each
// other, kResourceExhausted when the exact value has more digits than a decimal holds.
Result<Decimal> ConvertQuantity(Decimal amount, std::string_view unit, std::string_view class_unit);

// The units of "MB/h". Without a slash, `per` is empty.
struct RateUnits {
  std::string of;
  std::string per;
};
RateUnits SplitRate(std::string_view unit);

// For people: bytes in the largest decimal unit of at least one ("6.2 PB"), others as they are;
// rounded to four digits after the point, and then said: "about 6.2135 PB".
std::string ReadableQuantity(Decimal amount, std::string_view class_unit);

}  // namespace proviso::checks
