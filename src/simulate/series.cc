#include "simulate/internal/series.h"

#include <algorithm>

#include "simulate/internal/fixed_point.h"

namespace proviso::simulate {
namespace {

// Where the pattern lies on `day`, before weekdays and noise.
std::int64_t PatternOn(const Series& series, Date day) {
  const auto after = std::upper_bound(series.points.begin(), series.points.end(), day,
                                      [](Date d, const auto& point) { return d < point.first; });
  if (after == series.points.begin()) return 0;
  const auto& [from, low] = *(after - 1);
  if (after == series.points.end() || from == day) return low;
  const auto& [to, high] = *after;
  const std::int64_t passed = (day - from).count();
  const std::int64_t span = (to - from).count();
  if (series.geometric && low > 0 && high > 0) {
    const Q32 begin = Log2(low);
    const auto move = static_cast<Int128>(Log2(high) - begin) * passed / span;
    return Exp2(begin + static_cast<Q32>(move));
  }
  return low + static_cast<std::int64_t>(static_cast<Int128>(high - low) * passed / span);
}

// A whole number of per mille from 1000 - noise to 1000 + noise, those near 1000 more often.
std::int64_t NoiseOn(const Series& series, Date day) {
  constexpr std::uint64_t kSpread = 0xD1342543DE82EF95U;  // odd: distant seeds for close days
  const auto number = static_cast<std::uint64_t>(day.time_since_epoch().count());
  SeededRandom random(series.seed + number * kSpread);
  const std::int64_t noise = series.noise_per_mille;
  return 1000 + (DrawBetween(random, -noise, noise) + DrawBetween(random, -noise, noise)) / 2;
}

}  // namespace

std::int64_t SizeOn(const Series& series, Date day) {
  const std::int64_t pattern = PatternOn(series, day);
  if (pattern <= 0) return 0;
  const unsigned weekday = std::chrono::weekday(day).iso_encoding() - 1;
  const Int128 size = static_cast<Int128>(pattern) * series.week->percent.at(weekday) *
                      NoiseOn(series, day) / 100'000;
  return static_cast<std::int64_t>(size);
}

std::int64_t Thousandths(Decimal size) {
  return static_cast<std::int64_t>(size.units() / (Decimal::kUnit / 1000));
}

}  // namespace proviso::simulate
