#include "checks/internal/exact.h"

#include <cmath>

#include "base/random.h"
#include "checks/internal/rank_correlation.h"

namespace proviso::checks {
namespace {

Decimal D(std::string_view text) { return Decimal::Parse(text).value(); }

// `numerator` / `denominator`, rounded at `digits`.
std::string Rounded(std::int64_t numerator, std::int64_t denominator, int digits) {
  return RoundExactly(
             digits,
             [&](Int128 n) {
               return CompareMagnitudes({2, PowerOfTen(digits), numerator}, {n, denominator});
             })
      .value()
      .ToString();
}

TEST(Exact, ComparesProductsOfAnyLength) {
  const Int128 big = PowerOfTen(38);
  EXPECT_EQ(CompareMagnitudes({}, {}), 0);
  EXPECT_EQ(CompareMagnitudes({big, big, big, big}, {big, big, big, big}), 0);
  EXPECT_EQ(CompareMagnitudes({big, big, big, big}, {big, big, big, big - 1}), 1);
  EXPECT_EQ(CompareMagnitudes({big, big, big - 1}, {big, big, big}), -1);
  EXPECT_EQ(CompareMagnitudes({big, big, 0}, {1}), -1);
  EXPECT_EQ(CompareMagnitudes({0, big}, {big, 0}), 0);
  // Magnitudes: signs do not count, the lowest number included.
  const auto lowest = static_cast<Int128>(Int128{1} << 126U) * -2;
  EXPECT_EQ(CompareMagnitudes({-3, 5}, {15}), 0);
  EXPECT_EQ(CompareMagnitudes({lowest, 1}, {Int128{1} << 126U, 2}), 0);
}

TEST(Exact, AgreesWithMachineArithmetic) {
  constexpr std::uint64_t kSeed = 128;
  SeededRandom random(kSeed);
  for (int round = 0; round < 5000; ++round) {
    const auto small = [&] {
      return static_cast<Int128>(random.Next() >> (32 + random.Next() % 30));
    };
    const Int128 a = small();
    const Int128 b = small();
    const Int128 c = small();
    const Int128 d = random.Next() % 4 == 0 ? a : small();
    const Int128 e = random.Next() % 4 == 0 ? b : small();
    const Int128 left = a * b * c;
    const Int128 right = d * e * c;
    ASSERT_EQ(CompareMagnitudes({a, b, c}, {d, e, c}), left < right ? -1 : (left > right ? 1 : 0))
        << "seed " << kSeed << " round " << round;
  }
}

TEST(Exact, RoundsHalfToEven) {
  EXPECT_EQ(Rounded(1, 3, 4), "0.3333");
  EXPECT_EQ(Rounded(2, 3, 4), "0.6667");
  EXPECT_EQ(Rounded(1, 8, 2), "0.12");
  EXPECT_EQ(Rounded(3, 8, 2), "0.38");
  EXPECT_EQ(Rounded(1, 2, 0), "0");
  EXPECT_EQ(Rounded(3, 2, 0), "2");
  EXPECT_EQ(Rounded(0, 7, 6), "0");
  EXPECT_EQ(Rounded(7, 1, 18), "7");
  EXPECT_EQ(Rounded(1, 3, 18), "0.333333333333333333");
}

TEST(Exact, AgreesWithTheDivisionOfDecimals) {
  constexpr std::uint64_t kSeed = 9;
  SeededRandom random(kSeed);
  for (int round = 0; round < 500; ++round) {
    const auto numerator = static_cast<std::int64_t>(random.Next() % 100000);
    const auto denominator = static_cast<std::int64_t>(1 + random.Next() % 1000);
    const int digits = static_cast<int>(random.Next() % 19);
    ASSERT_EQ(Rounded(numerator, denominator, digits),
              Decimal::FromInteger(numerator)
                  .DividedBy(Decimal::FromInteger(denominator), digits)
                  .value()
                  .ToString())
        << "seed " << kSeed << " round " << round;
  }
}

TEST(Exact, RefusesWhatNoDecimalHolds) {
  const Result<Decimal> rounded = RoundExactly(18, [](Int128) { return 1; });
  ASSERT_FALSE(rounded);
  EXPECT_EQ(rounded.error().code(), ErrorCode::kResourceExhausted);
}

std::vector<Share> Shares(const std::vector<int>& values) {
  std::vector<Share> shares;
  shares.reserve(values.size());
  for (const int value : values) {
    shares.push_back({Decimal::FromInteger(value), Decimal::FromInteger(1)});
  }
  return shares;
}

TEST(RankCorrelation, SharesTheMeanOfEqualRanks) {
  EXPECT_EQ(DoubledRanks(Shares({30, 10, 20})), (std::vector<std::int64_t>{6, 2, 4}));
  EXPECT_EQ(DoubledRanks(Shares({5, 5, 1})), (std::vector<std::int64_t>{5, 5, 2}));
  EXPECT_EQ(DoubledRanks(Shares({7, 7, 7, 7})), (std::vector<std::int64_t>{5, 5, 5, 5}));
  // A third and two sixths are equal, although no decimal holds them.
  EXPECT_EQ(DoubledRanks({{D("1"), D("3")}, {D("2"), D("6")}, {D("0.333333333333333333"), D("1")}}),
            (std::vector<std::int64_t>{5, 5, 2}));
}

TEST(RankCorrelation, ComparesIrrationalCorrelationsOnBothSidesOfZero) {
  // With one tie the correlation of eight weeks is -sqrt of a fraction or its opposite.
  const std::vector<Share> x = Shares({1, 2, 3, 4, 5, 6, 7, 7});
  for (const int sign : {1, -1}) {
    std::vector<int> values = {1, 3, 2, 4, 6, 5, 8, 7};
    for (int& value : values) value *= sign;
    const RankCorrelation correlation = RankCorrelation::Of(x, Shares(values));
    const double expected =
        static_cast<double>(correlation.covariance) /
        std::sqrt(static_cast<double>(correlation.variance_x * correlation.variance_y));
    const Decimal value = correlation.Rounded(18).value();
    EXPECT_NEAR(value.ToDouble(), expected, 1e-12);
    const Decimal step = Decimal::FromUnits(1);
    EXPECT_EQ(correlation.CompareTo(value.Plus(step).value()), -1);
    EXPECT_EQ(correlation.CompareTo(value.Minus(step).value()), 1);
    EXPECT_NE(correlation.CompareTo(value), 0);
    EXPECT_EQ(correlation.CompareTo(Decimal()), sign);
    EXPECT_EQ(correlation.CompareTo(Decimal::FromInteger(1)), -1);
    EXPECT_EQ(correlation.CompareTo(Decimal::FromInteger(-1)), 1);
  }
}

}  // namespace
}  // namespace proviso::checks
