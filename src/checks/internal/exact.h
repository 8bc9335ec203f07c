#pragma once

#include <functional>
#include <initializer_list>

#include "base/decimal.h"

namespace proviso::checks {

// The sign of |a*b*...| - |c*d*...|, exactly: no product is ever cut to 128 bits.
int CompareMagnitudes(std::initializer_list<Int128> left, std::initializer_list<Int128> right);

// The decimal nearest to some x >= 0 at `digits` (0..18) after the point, half to even.
// `compare(n)` is the sign of 2 * 10^digits * x - n, and never rounds. kResourceExhausted when
// there is no such decimal.
Result<Decimal> RoundExactly(int digits, const std::function<int(Int128)>& compare);

Int128 PowerOfTen(int exponent);  // 0..38

}  // namespace proviso::checks
