#pragma once

#include "base/decimal.h"
#include "checks/check.h"

namespace proviso::checks {

// An exact quotient that is never formed, so that a comparison never rounds. `denominator` > 0.
struct Quotient {
  Decimal numerator;
  Decimal denominator;

  // The sign of this - threshold.
  int CompareTo(Decimal threshold) const;
  // Rounded for showing; with all digits where rounding would put it on the wrong side.
  Result<Decimal> Shown(int digits, Decimal threshold) const;
};

// Whether `rounded` lies on the side of `threshold` where the exact value lies by its `sign`.
bool OnItsSide(Decimal rounded, Decimal threshold, int sign);

// The outcome for the sign of value - threshold.
bool Holds(Comparison comparison, int sign);

// True when more than was measured could not change the outcome.
bool SettledByLowerBound(Comparison comparison, bool holds);

}  // namespace proviso::checks
