#include "simulate/internal/fixed_point.h"

#include <array>
#include <bit>
#include <string>

#include "base/check.h"
#include "base/decimal.h"
#include "crypto/hash.h"

namespace proviso::simulate {
namespace {

constexpr int kDigits = 32;
constexpr int kMantissaBits = 62;

// 2^(1/2), 2^(1/4), ... 2^(2^-32), each times 2^62 and rounded down.
constexpr std::array<std::uint64_t, kDigits> kRoots = {
    0x5A827999FCEF3242, 0x4C1BF828C6DC54B7, 0x45CAE0F1F545EB73, 0x42D561B3E6243D8A,
    0x4166C34C5615D0EB, 0x40B268F9DE0183B9, 0x4058F6A7ECCCD5B6, 0x402C6BE96AF2FB58,
    0x4016321B687027A8, 0x400B18178BA33B14, 0x40058BCE410147E8, 0x4002C5D7BFF71DAE,
    0x400162E807EE7E5B, 0x4000B1730DF6A524, 0x400058B9497B8151, 0x40002C5C955DD701,
    0x4000162E46D6F26B, 0x40000B1722757B1B, 0x4000058B90FD3E0C, 0x400002C5C86F3F26,
    0x40000162E433C79B, 0x400000B17218EDCF, 0x40000058B90C3968, 0x4000002C5C860D54,
    0x400000162E4302D2, 0x4000000B17218073, 0x400000058B90BFFC, 0x40000002C5C85FEE,
    0x4000000162E42FF3, 0x40000000B17217F8, 0x4000000058B90BFC, 0x400000002C5C85FE};

std::uint64_t MultiplyMantissas(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>((static_cast<Int128>(a) * static_cast<Int128>(b)) >>
                                    kMantissaBits);
}

}  // namespace

Q32 Log2(std::int64_t value) {
  PROVISO_CHECK(value >= 1, "logarithm of " + std::to_string(value));
  const auto whole = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value))) - 1;
  std::uint64_t mantissa = static_cast<std::uint64_t>(value) << (kMantissaBits - whole);
  Q32 result = static_cast<Q32>(whole) << kDigits;
  // Squaring doubles the logarithm: each time it passes 2, the next binary digit is a one.
  for (int digit = kDigits - 1; digit >= 0; --digit) {
    mantissa = MultiplyMantissas(mantissa, mantissa);
    if (mantissa >> (kMantissaBits + 1) != 0) {
      mantissa >>= 1U;
      result += Q32{1} << digit;
    }
  }
  return result;
}

std::int64_t Exp2(Q32 exponent) {
  if (exponent <= 0) return 1;
  const auto whole = static_cast<int>(exponent >> kDigits);
  if (whole >= kMantissaBits) return std::int64_t{1} << kMantissaBits;
  std::uint64_t mantissa = std::uint64_t{1} << kMantissaBits;
  for (int digit = 0; digit < kDigits; ++digit) {
    const bool set = ((exponent >> (kDigits - 1 - digit)) & 1) != 0;
    if (set) mantissa = MultiplyMantissas(mantissa, kRoots.at(static_cast<std::size_t>(digit)));
  }
  return static_cast<std::int64_t>(mantissa >> (kMantissaBits - whole));
}

Q32 DrawNormal(SeededRandom& random) {
  // The sum of twelve draws from [0, 1) has the mean 6 and the variance 1.
  constexpr int kWords = 3;
  constexpr Q32 kMean = 6 * kQ32One;
  Q32 sum = 0;
  for (int i = 0; i < kWords; ++i) {
    const std::uint64_t word = random.Next();
    for (unsigned shift = 0; shift < 64; shift += 16) {
      sum += static_cast<Q32>((word >> shift) & 0xFFFFU) << 16;
    }
  }
  return sum - kMean;
}

std::int64_t DrawBetween(SeededRandom& random, std::int64_t min, std::int64_t max) {
  PROVISO_CHECK(min <= max, "an empty range to draw from");
  const auto span = static_cast<std::uint64_t>(max - min) + 1;
  return min + static_cast<std::int64_t>(random.Next() % span);
}

std::uint64_t SeedOf(std::uint64_t seed, std::initializer_list<std::string_view> words) {
  std::string text = std::to_string(seed);
  for (const std::string_view word : words) text.append(1, '\n').append(word);
  const crypto::Hash hash = crypto::Sha256(text);
  std::uint64_t result = 0;
  for (std::size_t i = 0; i < 8; ++i) result = result << 8U | hash.bytes.at(i);
  return result;
}

}  // namespace proviso::simulate
