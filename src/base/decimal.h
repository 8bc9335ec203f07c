#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace proviso {

__extension__ using Int128 = __int128;

// An exact decimal with 18 digits after the point and up to 20 before: DECIMAL(38,18).
// Arithmetic never rounds and never wraps: it fails with kResourceExhausted instead.
class Decimal {
 public:
  static constexpr int kScale = 18;
  static constexpr std::int64_t kUnit = 1'000'000'000'000'000'000;

  constexpr Decimal() = default;
  static constexpr Decimal FromUnits(Int128 units) { return Decimal(units); }
  static constexpr Decimal FromInteger(std::int64_t value) {
    return Decimal(static_cast<Int128>(value) * kUnit);
  }

  // "-12", "0.5", "1.5e3", "2E-7". Refuses more digits after the point than 18 (zeros at the end
  // do not count), a plus sign, and values that do not fit.
  static Result<Decimal> Parse(std::string_view text);

  // Shortest exact form: no zeros at the end, no point without digits: "11500.25", "0", "-3".
  std::string ToString() const;

  constexpr Int128 units() const { return units_; }
  double ToDouble() const;
  bool IsZero() const { return units_ == 0; }

  Result<Decimal> Plus(Decimal other) const;
  Result<Decimal> Minus(Decimal other) const;
  // Exact product; fails when it needs more than 18 digits after the point, or overflows.
  Result<Decimal> Times(Decimal other) const;
  // Quotient rounded half to even at `digits` (0..18) after the point. For showing, and for levels.
  Result<Decimal> DividedBy(Decimal other, int digits) const;

  auto operator<=>(const Decimal&) const = default;

 private:
  explicit constexpr Decimal(Int128 units) : units_(units) {}
  Int128 units_ = 0;
};

// The sign of a*b - c*d, exactly: compares ratios without dividing.
int CompareProducts(Decimal a, Decimal b, Decimal c, Decimal d);

}  // namespace proviso
