#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/daily_series.h"
#include "base/decimal.h"
#include "base/time.h"

namespace proviso::checks {

// What a check wants to know of the metering.
struct Measurement {
  std::vector<std::string> subscriptions;  // sorted, without duplicates, never empty
  std::string capability_class;
  std::string region;  // empty: all regions
  Date from;           // inclusive
  Date to;             // exclusive
};

// What the metering says, summed over the subscriptions.
struct Measured {
  // In the unit of the class: the time-weighted mean of a UTC day for a level, its amount for a
  // flow. A day is absent when no row of a day or less covers it for any of the subscriptions.
  DailySeries total;
  // Sums in the unit (flow) or in unit-hours (level), long rows included; absent: no row.
  std::map<Month, Decimal> months;
  std::set<Month> months_with_long_rows;  // rows longer than a day are never spread over days
  std::string query;                      // what was asked of the records, to ask it again
  std::vector<std::string> inputs;        // SHA-256 of deliveries; "catalogue:<digest>"
};

// Where checks get their figures from. Implemented over metering; a fake in tests.
class Facts {
 public:
  Facts() = default;
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;
  virtual ~Facts() = default;
  virtual Result<Measured> Measure(const Measurement& measurement) = 0;
};

}  // namespace proviso::checks
