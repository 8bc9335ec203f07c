#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace proviso {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Date = std::chrono::sys_days;     // one UTC day
using Month = std::chrono::year_month;  // one UTC calendar month

// "2026-11-22T09:30:00.125Z": always UTC, always milliseconds.
std::string FormatTime(Time time);
// Accepts RFC 3339 in UTC ("Z"), with or without a fraction of up to nine digits (cut to ms).
Result<Time> ParseTime(std::string_view text);

std::string FormatDate(Date date);  // "2026-11-22"
Result<Date> ParseDate(std::string_view text);

std::string FormatMonth(Month month);  // "2026-11"
Result<Month> ParseMonth(std::string_view text);

Date FirstDay(Month month);
Date EndDay(Month month);  // first day of the next month
Month MonthOf(Date date);

// Tells the time. The only way to it: a clock comes in through a constructor.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  virtual Time Now() const = 0;
};

// The computer's clock. Thread-safe.
class SystemClock final : public Clock {
 public:
  Time Now() const override;
};

// A clock that tests set by hand.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time now) : now_(now) {}
  Time Now() const override { return now_; }
  void Set(Time now) { now_ = now; }
  void Advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Time now_;
};

}  // namespace proviso
