#include "pages/internal/figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/decimal.h"

namespace proviso::pages {
namespace {

constexpr std::array<std::string_view, 7> kDecimalSizes{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
constexpr std::array<std::string_view, 7> kBinarySizes{"B",   "KiB", "MiB", "GiB",
                                                       "TiB", "PiB", "EiB"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

// In `sizes`, the size for values up to `largest` of sizes[have].
ShownUnit SizeFor(double largest, const std::array<std::string_view, 7>& sizes, std::size_t have) {
  const double step = sizes[1] == "kB" ? 1000 : 1024;
  double divisor = 1;
  std::size_t at = have;
  while (largest / divisor >= step && at + 1 < sizes.size()) {
    divisor *= step;
    ++at;
  }
  while (at > 0 && largest > 0 && largest / divisor < 1) {
    divisor /= step;
    --at;
  }
  return {divisor, std::string(sizes[at])};
}

std::string Fixed(double value, int digits) {
  std::array<char, 400> out{};
  const auto end =
      std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::fixed, digits);
  return {out.data(), end.ptr};
}

std::string WithoutEndZeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace

ShownUnit ReadableUnit(double largest, std::string_view unit) {
  for (const auto* sizes : {&kDecimalSizes, &kBinarySizes}) {
    const auto* const found = std::find(sizes->begin(), sizes->end(), unit);
    if (found != sizes->end()) {
      return SizeFor(largest, *sizes, static_cast<std::size_t>(found - sizes->begin()));
    }
  }
  const std::string name = unit == "x" ? "times" : std::string(unit);
  const std::string gap = name.empty() ? "" : " ";
  if (largest >= 1e12) return {1e12, "trillion" + gap + name};
  if (largest >= 1e9) return {1e9, "billion" + gap + name};
  if (largest >= 1e6) return {1e6, "million" + gap + name};
  return {1, name};
}

std::string ShownNumber(double value) {
  if (!std::isfinite(value)) return "?";
  const double size = std::abs(value);
  int digits = 0;
  if (size > 0 && size < 1000) {
    digits = std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, 9);
  }
  return GroupedNumber(WithoutEndZeros(Fixed(value, digits)));
}

std::string ShownQuantity(double value, std::string_view unit) {
  const ShownUnit shown = ReadableUnit(std::abs(value), unit);
  return ShownNumber(value / shown.divisor) + (shown.unit.empty() ? "" : " " + shown.unit);
}

std::string ShownQuantity(std::string_view decimal, std::string_view unit) {
  const Result<Decimal> value = Decimal::Parse(decimal);
  if (!value) return std::string(decimal);
  return ShownQuantity(value->ToDouble(), unit);
}

std::string GroupedNumber(std::string_view number) {
  std::string text(number);
  const std::size_t begin = text.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t at = point; at > begin + 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string Counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string Coordinate(double value) {
  if (!std::isfinite(value)) return "0";
  return WithoutEndZeros(Fixed(value, 1));
}

std::vector<double> AxisMarks(double low, double high, int count) {
  low = std::min(low, 0.0);
  high = high > low ? high : low + 1;
  const double rough = (high - low) / count;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double times : {1.0, 2.0, 2.5, 5.0}) {
    if (times * power >= rough) {
      step = times * power;
      break;
    }
  }
  const auto first = static_cast<std::int64_t>(std::floor(low / step));
  const auto last = static_cast<std::int64_t>(std::ceil(high / step - 1e-9));
  std::vector<double> marks;
  for (std::int64_t i = first; i <= last; ++i) marks.push_back(static_cast<double>(i) * step);
  return marks;
}

std::string_view MonthName(Month month) { return kMonths[unsigned{month.month()} - 1]; }

std::string ShortMonth(Month month) { return std::string(MonthName(month).substr(0, 3)); }

std::string MonthInWords(Month month) {
  return std::string(MonthName(month)) + " " + std::to_string(int{month.year()});
}

std::string DayAndMonth(Date date) {
  const std::chrono::year_month_day day(date);
  return std::to_string(unsigned{day.day()}) + " " + ShortMonth(MonthOf(date));
}

std::string DateInWords(Date date) {
  const std::chrono::year_month_day day(date);
  return std::to_string(unsigned{day.day()}) + " " + MonthInWords(MonthOf(date));
}

std::string DayInWords(std::string_view date_or_time) {
  const Result<Date> date = ParseDate(date_or_time.substr(0, 10));
  return date ? DateInWords(*date) : std::string(date_or_time);
}

std::string TimeInWords(std::string_view time) {
  const Result<Time> parsed = ParseTime(time);
  if (!parsed) return DayInWords(time);
  return DayInWords(time) + ", " + FormatTime(*parsed).substr(11, 5) + " UTC";
}

}  // namespace proviso::pages
