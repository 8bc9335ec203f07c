#pragma once

#include <cstdint>
#include <vector>

#include "base/decimal.h"

namespace proviso::checks {

// An amount by a count: a week's mean that is never formed. `count` > 0.
struct Share {
  Decimal amount;
  Decimal count;
};

// Spearman's rank correlation, kept as integers: covariance / sqrt(variance_x * variance_y) of the
// doubled ranks, equal values sharing the mean of their ranks. No floating point.
struct RankCorrelation {
  Int128 covariance = 0;
  Int128 variance_x = 0;  // zero: all values of x are equal, and there is no correlation
  Int128 variance_y = 0;

  // Of pairs (x[i], y[i]). At most a few thousand, so that the sums fit easily.
  static RankCorrelation Of(const std::vector<Share>& x, const std::vector<Share>& y);

  // Both need variances above zero.
  int CompareTo(Decimal threshold) const;     // the sign of this - threshold
  Result<Decimal> Rounded(int digits) const;  // half to even
};

// Twice the rank of each value, from the smallest on, so that shared ranks are integers too.
std::vector<std::int64_t> DoubledRanks(const std::vector<Share>& values);

}  // namespace proviso::checks
