#include "base/decimal.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace proviso {
namespace {

__extension__ using UInt128 = unsigned __int128;

constexpr UInt128 Magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// An unsigned product of two 128-bit numbers.
struct UInt256 {
  UInt128 high = 0;
  UInt128 low = 0;
  auto operator<=>(const UInt256&) const = default;
};

UInt256 Multiply(UInt128 a, UInt128 b) {
  constexpr UInt128 kMask = ~std::uint64_t{0};
  const UInt128 low_low = (a & kMask) * (b & kMask);
  const UInt128 low_high = (a & kMask) * (b >> 64U);
  const UInt128 high_low = (a >> 64U) * (b & kMask);
  const UInt128 high_high = (a >> 64U) * (b >> 64U);
  const UInt128 middle = (low_low >> 64U) + (low_high & kMask) + (high_low & kMask);
  return {.high = high_high + (low_high >> 64U) + (high_low >> 64U) + (middle >> 64U),
          .low = (low_low & kMask) | (middle << 64U)};
}

struct Division {
  UInt256 quotient;
  UInt128 remainder = 0;
};

// Long division, bit by bit: simple, and rare enough not to matter.
Division Divide(UInt256 dividend, UInt128 divisor) {
  Division result;
  for (int bit = 255; bit >= 0; --bit) {
    const UInt128 word = bit >= 128 ? dividend.high : dividend.low;
    const UInt128 next = (word >> static_cast<unsigned>(bit % 128)) & 1U;
    const bool carry = (result.remainder >> 127U) != 0;
    result.remainder = (result.remainder << 1U) | next;
    if (carry || result.remainder >= divisor) {
      result.remainder -= divisor;
      (bit >= 128 ? result.quotient.high : result.quotient.low) |=
          UInt128{1} << static_cast<unsigned>(bit % 128);
    }
  }
  return result;
}

constexpr UInt128 kMaxUnits = ~UInt128{0} >> 1U;

Result<Decimal> FromMagnitude(UInt256 magnitude, bool negative) {
  if (magnitude.high != 0 || magnitude.low > kMaxUnits) {
    return Fail(ErrorCode::kResourceExhausted,
                "decimal overflow: the result has more than 38 digits");
  }
  const auto units = static_cast<Int128>(magnitude.low);
  return Decimal::FromUnits(negative ? -units : units);
}

tl::unexpected<Error> BadDecimal(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument, "expected a decimal such as 12.5, found `" +
                                               std::string(text.substr(0, 60)) +
                                               "`: " + std::string(why));
}

// The parts of a decimal's text: digits without the point, and where the point is.
struct Digits {
  std::string all;      // without zeros at the front
  int after_point = 0;  // may be negative when an exponent moved the point
};

Result<int> ParseExponent(std::string_view whole, std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 3) return BadDecimal(whole, "bad exponent");
  int value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return BadDecimal(whole, "bad exponent");
    value = value * 10 + (digit - '0');
  }
  return negative ? -value : value;
}

Result<Digits> Split(std::string_view whole, std::string_view text) {
  Digits digits;
  bool point = false;
  bool any = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !point) {
      point = true;
    } else if (text[i] >= '0' && text[i] <= '9') {
      any = true;
      if (point) ++digits.after_point;
      if (!digits.all.empty() || text[i] != '0') digits.all += text[i];
      if (digits.all.size() > 200) return BadDecimal(whole, "too many digits");
    } else {
      return BadDecimal(whole, "not a digit");
    }
  }
  if (!any) return BadDecimal(whole, "no digits");
  if (i < text.size()) digits.after_point -= PROVISO_TRY(ParseExponent(whole, text.substr(i + 1)));
  while (!digits.all.empty() && digits.all.back() == '0' && digits.after_point > 0) {
    digits.all.pop_back();
    --digits.after_point;
  }
  return digits;
}

}  // namespace

Result<Decimal> Decimal::Parse(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  const Digits digits = PROVISO_TRY(Split(text, negative ? text.substr(1) : text));
  if (digits.all.empty()) return Decimal();
  if (digits.after_point > kScale) return BadDecimal(text, "more than 18 digits after the point");
  const int zeros = kScale - digits.after_point;
  if (static_cast<int>(digits.all.size()) + zeros > 38) {
    return BadDecimal(text, "more than 20 digits before the point");
  }
  UInt128 units = 0;
  for (const char digit : digits.all) units = units * 10 + static_cast<unsigned>(digit - '0');
  for (int i = 0; i < zeros; ++i) units *= 10;
  return FromMagnitude({.high = 0, .low = units}, negative);
}

std::string Decimal::ToString() const {
  UInt128 magnitude = Magnitude(units_);
  std::string reversed;
  for (int i = 0; i < kScale || magnitude != 0 || i == kScale; ++i) {
    const char digit = static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
    if (i == kScale && !reversed.empty()) reversed += '.';
    if (i >= kScale || digit != '0' || !reversed.empty()) reversed += digit;
  }
  if (units_ < 0) reversed += '-';
  std::reverse(reversed.begin(), reversed.end());
  return reversed;
}

double Decimal::ToDouble() const {
  return static_cast<double>(units_) / static_cast<double>(kUnit);
}

Result<Decimal> Decimal::Plus(Decimal other) const {
  Int128 sum = 0;
  if (__builtin_add_overflow(units_, other.units_, &sum)) {
    return Fail(ErrorCode::kResourceExhausted, "decimal overflow: the sum has more than 38 digits");
  }
  return Decimal(sum);
}

Result<Decimal> Decimal::Minus(Decimal other) const {
  Int128 difference = 0;
  if (__builtin_sub_overflow(units_, other.units_, &difference)) {
    return Fail(ErrorCode::kResourceExhausted,
                "decimal overflow: the difference has more than 38 digits");
  }
  return Decimal(difference);
}

Result<Decimal> Decimal::Times(Decimal other) const {
  const UInt256 product = Multiply(Magnitude(units_), Magnitude(other.units_));
  const Division scaled = Divide(product, static_cast<UInt128>(kUnit));
  if (scaled.remainder != 0) {
    return Fail(ErrorCode::kResourceExhausted,
                "the exact product has more than 18 digits after the point");
  }
  return FromMagnitude(scaled.quotient, (units_ < 0) != (other.units_ < 0));
}

Result<Decimal> Decimal::DividedBy(Decimal other, int digits) const {
  PROVISO_CHECK(digits >= 0 && digits <= kScale, "digits out of range");
  if (other.units_ == 0) return Fail(ErrorCode::kInvalidArgument, "division by zero");
  UInt128 scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const Division division = Divide(Multiply(Magnitude(units_), scale), Magnitude(other.units_));
  UInt256 quotient = division.quotient;
  const UInt128 rest = Magnitude(other.units_) - division.remainder;
  const bool up = division.remainder > rest || (division.remainder == rest && (quotient.low & 1U));
  if (up) {
    ++quotient.low;
    if (quotient.low == 0) ++quotient.high;
  }
  if (quotient.high != 0) {
    return Fail(ErrorCode::kResourceExhausted, "decimal overflow in a division");
  }
  UInt128 to_units = 1;
  for (int i = digits; i < kScale; ++i) to_units *= 10;
  return FromMagnitude(Multiply(quotient.low, to_units), (units_ < 0) != (other.units_ < 0));
}

int CompareProducts(Decimal a, Decimal b, Decimal c, Decimal d) {
  const auto sign = [](Decimal x, Decimal y) {
    if (x.units() == 0 || y.units() == 0) return 0;
    return (x.units() < 0) == (y.units() < 0) ? 1 : -1;
  };
  const int left = sign(a, b);
  const int right = sign(c, d);
  if (left != right) return left < right ? -1 : 1;
  if (left == 0) return 0;
  const UInt256 p = Multiply(Magnitude(a.units()), Magnitude(b.units()));
  const UInt256 q = Multiply(Magnitude(c.units()), Magnitude(d.units()));
  if (p == q) return 0;
  return (p < q) == (left > 0) ? -1 : 1;
}

}  // namespace proviso
