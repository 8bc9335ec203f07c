#include "simulate/internal/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace proviso::simulate {
namespace {

TEST(FixedPoint, Log2IsWithinTheLastDigits) {
  for (const std::int64_t value :
       {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, std::int64_t{1000},
        std::int64_t{11'500'000'000'000}, (std::int64_t{1} << 62) - 1}) {
    const double found = static_cast<double>(Log2(value)) / static_cast<double>(kQ32One);
    EXPECT_NEAR(found, std::log2(static_cast<double>(value)), 1e-9) << value;
  }
}

TEST(FixedPoint, Exp2UndoesLog2WithinAMillionth) {
  for (std::int64_t value = 10'000'000; value < std::int64_t{1} << 60; value = value * 3 + 1) {
    const double ratio = static_cast<double>(Exp2(Log2(value))) / static_cast<double>(value);
    EXPECT_NEAR(ratio, 1.0, 1e-6) << value;
  }
}

TEST(FixedPoint, Exp2HasEnds) {
  EXPECT_EQ(Exp2(0), 1);
  EXPECT_EQ(Exp2(-5 * kQ32One), 1);
  EXPECT_EQ(Exp2(10 * kQ32One), 1024);
  EXPECT_EQ(Exp2(80 * kQ32One), std::int64_t{1} << 62);
}

// Fixed figures: were one to change, so would every generated world.
TEST(FixedPoint, GivesTheSameBitsEverywhere) {
  EXPECT_EQ(Log2(3), 6807362105);
  EXPECT_EQ(Exp2(Log2(1'000'000'007)), 1'000'000'006);
  SeededRandom random(7);
  EXPECT_EQ(DrawNormal(random), -2885812224);
  EXPECT_EQ(DrawBetween(random, 1, 1'000'000), 472204);
  EXPECT_EQ(SeedOf(1, {"customer", "001"}), 4977915748751432657U);
}

TEST(FixedPoint, NormalDrawsHaveMeanZeroAndDeviationOne) {
  SeededRandom random(1);
  constexpr int kDraws = 20'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double draw = static_cast<double>(DrawNormal(random)) / static_cast<double>(kQ32One);
    sum += draw;
    squares += draw * draw;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.03);
  EXPECT_NEAR(squares / kDraws, 1, 0.04);
}

TEST(FixedPoint, DrawBetweenReachesBothEnds) {
  SeededRandom random(2);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(DrawBetween(random, -1, 2));
  EXPECT_EQ(seen, (std::set<std::int64_t>{-1, 0, 1, 2}));
}

TEST(FixedPoint, SeedsDependOnEveryWordAndTheirBounds) {
  const std::set<std::uint64_t> seeds = {SeedOf(1, {"a", "b"}), SeedOf(2, {"a", "b"}),
                                         SeedOf(1, {"ab"}), SeedOf(1, {"b", "a"}), SeedOf(1, {})};
  EXPECT_EQ(seeds.size(), 5U);
}

}  // namespace
}  // namespace proviso::simulate
