#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"

namespace proviso {

// One decimal per UTC day from `first` on; absent where no record covers the day.
struct DailySeries {
  Date first;
  std::vector<std::optional<Decimal>> values;

  Date end() const { return first + std::chrono::days{static_cast<int>(values.size())}; }
  // The value of `day`, absent outside of the series too.
  std::optional<Decimal> At(Date day) const {
    if (day < first || day >= end()) return std::nullopt;
    return values[static_cast<std::size_t>((day - first).count())];
  }
  bool operator==(const DailySeries&) const = default;
};

}  // namespace proviso
