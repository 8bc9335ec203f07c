#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "simulate/world.h"

namespace proviso::simulate {

// One use, ready to be asked for its days. What it points to belongs to the world and to the
// population that it was made from; both must outlive it.
struct Series {
  const catalogue::Customer* customer = nullptr;
  const catalogue::Subscription* subscription = nullptr;
  const Meter* meter = nullptr;
  const WorldRegion* region = nullptr;
  const WeekPattern* week = nullptr;
  int noise_per_mille = 0;
  bool geometric = false;
  bool monthly = false;
  std::optional<DateRange> hourly;
  std::vector<std::pair<Date, std::int64_t>> points;  // sizes in thousandths
  std::uint64_t seed = 0;
};

// The size of `series` on `day` in thousandths, never below 0. Depends on the series and the day
// alone, so that the order in which days are asked for changes nothing.
std::int64_t SizeOn(const Series& series, Date day);

// `size` in thousandths, cut off beyond them.
std::int64_t Thousandths(Decimal size);

}  // namespace proviso::simulate
