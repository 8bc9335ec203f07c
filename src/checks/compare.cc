#include "checks/internal/compare.h"

namespace proviso::checks {

int Quotient::CompareTo(Decimal threshold) const {
  return CompareProducts(numerator, Decimal::FromInteger(1), threshold, denominator);
}

Result<Decimal> Quotient::Shown(int digits, Decimal threshold) const {
  const Decimal rounded = PROVISO_TRY(numerator.DividedBy(denominator, digits));
  if (OnItsSide(rounded, threshold, CompareTo(threshold))) return rounded;
  return numerator.DividedBy(denominator, Decimal::kScale);
}

bool OnItsSide(Decimal rounded, Decimal threshold, int sign) {
  return (rounded < threshold) == (sign < 0) && (rounded > threshold) == (sign > 0);
}

bool Holds(Comparison comparison, int sign) {
  switch (comparison) {
    case Comparison::kAtLeast:
      return sign >= 0;
    case Comparison::kAbove:
      return sign > 0;
    case Comparison::kAtMost:
      return sign <= 0;
    case Comparison::kBelow:
      return sign < 0;
  }
  return false;
}

bool SettledByLowerBound(Comparison comparison, bool holds) {
  const bool asks_for_much = comparison == Comparison::kAtLeast || comparison == Comparison::kAbove;
  return asks_for_much == holds;
}

}  // namespace proviso::checks
