#include "checks/internal/exact.h"

#include <cstdint>
#include <vector>

namespace proviso::checks {
namespace {

__extension__ using UInt128 = unsigned __int128;

// An unsigned integer of any length in digits of 32 bits, the lowest first, without zeros at the
// end.
using Digits = std::vector<std::uint32_t>;

void MultiplyBy(Digits& digits, UInt128 factor) {
  Digits product(digits.size() + 4, 0);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const auto part = static_cast<std::uint32_t>(factor >> (32U * j));
      const std::uint64_t sum =
          std::uint64_t{digits[i]} * std::uint64_t{part} + product[i + j] + carry;
      product[i + j] = static_cast<std::uint32_t>(sum);
      carry = sum >> 32U;
    }
    // Earlier rounds reach no further than the digit below this one.
    product[i + 4] = static_cast<std::uint32_t>(carry);
  }
  while (!product.empty() && product.back() == 0) product.pop_back();
  digits = std::move(product);
}

Digits ProductOf(std::initializer_list<Int128> factors) {
  Digits product = {1};
  for (const Int128 factor : factors) {
    const auto bits = static_cast<UInt128>(factor);
    MultiplyBy(product, factor < 0 ? UInt128{0} - bits : bits);
  }
  return product;
}

}  // namespace

int CompareMagnitudes(std::initializer_list<Int128> left, std::initializer_list<Int128> right) {
  const Digits a = ProductOf(left);
  const Digits b = ProductOf(right);
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Result<Decimal> RoundExactly(int digits, const std::function<int(Int128)>& compare) {
  const Int128 unit = PowerOfTen(Decimal::kScale - digits);
  const Int128 most = 8 * PowerOfTen(37) / unit;  // twice this still fits
  // The smallest count of the last digit that x lies less than half a count above.
  Int128 low = 0;
  Int128 high = most;
  while (low < high) {
    const Int128 middle = low + (high - low) / 2;
    if (compare(2 * middle + 1) < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  if (low == most) {
    return Fail(ErrorCode::kResourceExhausted,
                "decimal overflow: the quotient has too many digits");
  }
  const bool half = low > 0 && compare(2 * low - 1) == 0;
  if (half && low % 2 != 0) --low;
  return Decimal::FromUnits(low * unit);
}

}  // namespace proviso::checks
