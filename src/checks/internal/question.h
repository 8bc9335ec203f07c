#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checks/evaluate.h"

namespace proviso::checks {

inline constexpr int kLevelDigits = 6;  // bytes are counted in GB, so this is kilobytes
inline constexpr int kRatioDigits = 4;
// Around a day that is asked about.
inline constexpr std::chrono::days kAroundDays{30};
inline constexpr std::int64_t kHoursOfDay = 24;

// A check whose names were looked up.
struct Question {
  const Check& check;
  const catalogue::CapabilityClass& capability_class;
  const catalogue::CapabilityClass* second_class;  // nullptr: the form has none
  std::string customer;                            // whose records they are
  std::vector<std::string> subscriptions;          // sorted; may be empty for a customer
  Decimal threshold;                               // in the unit of the result

  bool level() const { return capability_class.kind == catalogue::ClassKind::kLevel; }
};

// The days that a check reads metering of.
struct Days {
  Date from;
  Date to;  // exclusive
};
inline Days DaysOf(const Check& check) {
  return {.from = FirstDay(check.from), .to = EndDay(check.to)};
}

// Notes what an answer was computed from.
void Cite(const std::string& query, const std::vector<std::string>& inputs, CheckResult& result);

// Asks for the metering of one class and cites it.
Result<Measured> MeasureClass(const Question& question, const catalogue::CapabilityClass& of,
                              Days days, Facts& facts, CheckResult& result);

// A plot of what was measured, of at most about 400 points.
Result<CheckResult::Series> PlotOf(const catalogue::CapabilityClass& of, Days days,
                                   const Measured& measured);

// Each decides one form: sets `holds`, or leaves it absent, and writes down why.
Status DecideUsage(const Question& question, Facts& facts, CheckResult& result);
Status DecideGrowth(const Question& question, Facts& facts, CheckResult& result);
Status DecideBilled(const Question& question, Facts& facts, CheckResult& result);
Status DecideContracted(const Question& question, Facts& facts, CheckResult& result);
Status DecideCoMoves(const Question& question, Facts& facts, CheckResult& result);
Status DecideRatio(const Question& question, Facts& facts, CheckResult& result);
Status DecideAbsent(const Question& question, Facts& facts, CheckResult& result);

}  // namespace proviso::checks
