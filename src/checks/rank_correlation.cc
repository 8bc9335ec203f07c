#include "checks/internal/rank_correlation.h"

#include <algorithm>
#include <numeric>

#include "checks/internal/exact.h"

namespace proviso::checks {
namespace {

int Compare(const Share& a, const Share& b) {
  return CompareProducts(a.amount, b.count, b.amount, a.count);
}

int SignOf(Int128 value) { return value < 0 ? -1 : (value > 0 ? 1 : 0); }

}  // namespace

std::vector<std::int64_t> DoubledRanks(const std::vector<Share>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = Compare(values[a], values[b]);
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<std::int64_t> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && Compare(values[order[begin]], values[order[end]]) == 0) ++end;
    // Ranks begin + 1 to end are shared: twice their mean is the sum of the first and the last.
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = static_cast<std::int64_t>(begin + 1 + end);
    }
    begin = end;
  }
  return ranks;
}

RankCorrelation RankCorrelation::Of(const std::vector<Share>& x, const std::vector<Share>& y) {
  const std::vector<std::int64_t> x_ranks = DoubledRanks(x);
  const std::vector<std::int64_t> y_ranks = DoubledRanks(y);
  const auto mean = static_cast<std::int64_t>(x.size()) + 1;  // of doubled ranks, ties or not
  RankCorrelation correlation;
  for (std::size_t i = 0; i < x_ranks.size(); ++i) {
    const Int128 dx = x_ranks[i] - mean;
    const Int128 dy = y_ranks[i] - mean;
    correlation.covariance += dx * dy;
    correlation.variance_x += dx * dx;
    correlation.variance_y += dy * dy;
  }
  return correlation;
}

int RankCorrelation::CompareTo(Decimal threshold) const {
  const int sign = SignOf(covariance);
  const int other = SignOf(threshold.units());
  if (sign != other) return sign < other ? -1 : 1;
  // Both on one side of zero: their squares compare as they do, or the other way round.
  return sign * CompareMagnitudes({covariance, covariance, Decimal::kUnit, Decimal::kUnit},
                                  {threshold.units(), threshold.units(), variance_x, variance_y});
}

Result<Decimal> RankCorrelation::Rounded(int digits) const {
  const Int128 scale = PowerOfTen(digits);
  const Decimal magnitude = PROVISO_TRY(RoundExactly(digits, [&](Int128 n) {
    return CompareMagnitudes({2, 2, scale, scale, covariance, covariance},
                             {n, n, variance_x, variance_y});
  }));
  return covariance < 0 ? Decimal::FromUnits(-magnitude.units()) : magnitude;
}

}  // namespace proviso::checks
