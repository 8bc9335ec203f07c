#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalogue/catalogue.h"
#include "usage/engines/duckdb_engine.h"
#include "usage/lake.h"

namespace proviso::usage {

// The exact product, or where that needs more than 18 digits after the point, the product rounded
// half to even there. kResourceExhausted when it does not fit.
Result<Decimal> TimesRounded(Decimal a, Decimal b);

// Part of a quantity that belongs to a day.
struct DayShare {
  Date day;
  Decimal quantity;
};
// Splits what was used from `start` to `end`, at most 24 hours across one midnight, by whole hours.
// Empty when that is not exact, or the span is another one: the row is a long one then.
std::vector<DayShare> SplitAtMidnight(Instant start, Instant end, Decimal quantity);

// Collects raw sums, then maps them to series. `selection` and `catalogue` must outlive it.
class SeriesBuilder {
 public:
  SeriesBuilder(const Selection& selection, const catalogue::Catalogue& catalogue)
      : selection_(selection), catalogue_(catalogue) {}

  // Takes rows of DailySumsQuery.
  Status TakeDays(const ChunkView& chunk);
  // Takes rows of LongRowsQuery.
  Status TakeLongRows(const ChunkView& chunk);
  // By subscription, capability class, region.
  Result<std::vector<Series>> Build();

 private:
  static constexpr std::size_t kKeyParts = 6;
  struct LongRow {
    Instant start;
    Instant end;
    Decimal quantity;
  };
  // All sums of one subscription, region and meter.
  struct Meter {
    std::vector<DayShare> days;
    std::vector<LongRow> long_rows;
  };
  struct Draft {
    const catalogue::CapabilityClass* capability_class = nullptr;
    std::vector<DayShare> days;  // in units, or unit-hours; in no order, days may come again
    std::map<Month, Decimal> months;
    std::set<Month> has_long_rows;
  };

  Meter& MeterOf(const ChunkView& chunk, std::size_t row);
  Status AddMeter(const std::string& key, const Meter& meter);
  Status AddLongRow(Draft& draft, const LongRow& row, Decimal factor) const;
  bool IsInRange(Date day) const;
  // Merges the days of a draft into `series`, and adds them to its months.
  static Status MergeDays(Draft& draft, Series& series);

  const Selection& selection_;
  const catalogue::Catalogue& catalogue_;
  std::string key_;  // reused
  std::unordered_map<std::string, Meter> meters_;
  // By subscription, capability class, region, service, operation.
  std::map<std::array<std::string, 5>, Draft> drafts_;
};

}  // namespace proviso::usage
