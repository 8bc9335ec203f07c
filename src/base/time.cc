#include "base/time.h"

#include <array>
#include <cstdio>

namespace proviso {
namespace {

namespace chrono = std::chrono;

// Reads exactly `count` digits at `offset`; -1 when there is something else.
int Digits(std::string_view text, std::size_t offset, std::size_t count) {
  if (offset + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = offset; i < offset + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool HasAt(std::string_view text, std::size_t offset, char expected) {
  return offset < text.size() && text[offset] == expected;
}

}  // namespace

std::string FormatDate(Date date) {
  const chrono::year_month_day ymd{date};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return text.data();
}

Result<Date> ParseDate(std::string_view text) {
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  const chrono::year_month_day ymd{chrono::year{year}, chrono::month{static_cast<unsigned>(month)},
                                   chrono::day{static_cast<unsigned>(day)}};
  if (text.size() != 10 || year < 0 || month < 0 || day < 0 || !HasAt(text, 4, '-') ||
      !HasAt(text, 7, '-') || !ymd.ok()) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a date such as 2026-07-31, found `" + std::string(text) + "`");
  }
  return Date{ymd};
}

std::string FormatMonth(Month month) { return FormatDate(FirstDay(month)).substr(0, 7); }

Result<Month> ParseMonth(std::string_view text) {
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  if (text.size() != 7 || year < 0 || month < 1 || month > 12 || !HasAt(text, 4, '-')) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a month such as 2026-07, found `" + std::string(text) + "`");
  }
  return Month{chrono::year{year}, chrono::month{static_cast<unsigned>(month)}};
}

Date FirstDay(Month month) { return Date{month / chrono::day{1}}; }
Date EndDay(Month month) { return FirstDay(month + chrono::months{1}); }
Month MonthOf(Date date) {
  const chrono::year_month_day ymd{date};
  return Month{ymd.year(), ymd.month()};
}

std::string FormatTime(Time time) {
  const Date date = chrono::floor<chrono::days>(time);
  const chrono::hh_mm_ss of_day{time - date};
  std::array<char, 32> text{};
  std::snprintf(
      text.data(), text.size(), "T%02d:%02d:%02d.%03dZ", static_cast<int>(of_day.hours().count()),
      static_cast<int>(of_day.minutes().count()), static_cast<int>(of_day.seconds().count()),
      static_cast<int>(of_day.subseconds().count()));
  return FormatDate(date) + text.data();
}

Result<Time> ParseTime(std::string_view text) {
  const auto bad = [&] {
    return Fail(
        ErrorCode::kInvalidArgument,
        "expected a UTC time such as 2026-07-31T12:00:00Z, found `" + std::string(text) + "`");
  };
  const Result<Date> date = ParseDate(text.substr(0, 10));
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  if (!date || !HasAt(text, 10, 'T') || !HasAt(text, 13, ':') || !HasAt(text, 16, ':') ||
      hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return bad();
  }
  std::size_t offset = 19;
  int milliseconds = 0;
  if (HasAt(text, offset, '.')) {
    int scale = 100;
    std::size_t digits = 0;
    for (++offset; offset < text.size() && text[offset] >= '0' && text[offset] <= '9'; ++offset) {
      milliseconds += (text[offset] - '0') * scale;
      scale /= 10;
      ++digits;
    }
    if (digits == 0 || digits > 9) return bad();
  }
  if (!HasAt(text, offset, 'Z') || offset + 1 != text.size()) return bad();
  return Time{*date} + chrono::hours{hour} + chrono::minutes{minute} + chrono::seconds{second} +
         chrono::milliseconds{milliseconds};
}

Time SystemClock::Now() const {
  return chrono::floor<chrono::milliseconds>(chrono::system_clock::now());
}

}  // namespace proviso
