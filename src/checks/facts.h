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

// What the metering says, summed over the subscriptions. Quantities are as metered: in the unit of
// the class for a flow, and in unit-hours for a level, so that sums stay exact; a check divides by
// the hours itself.
struct Measured {
  DailySeries total;  // a day is absent when no row of a day or less covers it for any of them
  std::map<Month, Decimal> months;        // of all rows, long ones too; absent: no row in the month
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
