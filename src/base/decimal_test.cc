#include "base/decimal.h"

namespace proviso {
namespace {

Decimal D(const char* text) { return Decimal::Parse(text).value(); }

TEST(Decimal, WritesTheShortestExactForm) {
  const struct {
    const char* in;
    const char* out;
  } cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"000.500", "0.5"},
      {"11500.25", "11500.25"},
      {"-3", "-3"},
      {"1.5e3", "1500"},
      {"2E-7", "0.0000002"},
      {"0.00000080000", "0.0000008"},
      {"1e-18", "0.000000000000000001"},
      {"99999999999999999999.999999999999999999", "99999999999999999999.999999999999999999"},
      {"0.1000000000000000000000", "0.1"}};
  for (const auto& [in, out] : cases) EXPECT_EQ(D(in).ToString(), out) << in;
}

TEST(Decimal, RefusesWhatItCannotHoldExactly) {
  for (const char* text :
       {"", "-", ".", "+1", "1e", "1e-19", "0.1234567890123456789", "100000000000000000000", "1,5",
        " 1", "1 ", "1e999", "nan", "0x1", "1e+30", "--1", "1.2.3"}) {
    EXPECT_FALSE(Decimal::Parse(text)) << text;
  }
}

TEST(Decimal, AddsAndMultipliesExactly) {
  EXPECT_EQ(D("0.1").Plus(D("0.2")).value(), D("0.3"));
  EXPECT_EQ(D("-2.5").Times(D("4")).value(), D("-10"));
  EXPECT_EQ(D("11500000").Times(D("24")).value(), D("276000000"));
  EXPECT_FALSE(D("0.000000001").Times(D("0.0000000001")));
  EXPECT_FALSE(D("99999999999999999999").Plus(D("99999999999999999999")));
  EXPECT_FALSE(D("99999999999999999999").Times(D("10")));
}

TEST(Decimal, DividesRoundingHalfToEven) {
  EXPECT_EQ(D("1").DividedBy(D("3"), 4).value(), D("0.3333"));
  EXPECT_EQ(D("2").DividedBy(D("3"), 4).value(), D("0.6667"));
  EXPECT_EQ(D("0.5").DividedBy(D("1"), 0).value(), D("0"));
  EXPECT_EQ(D("1.5").DividedBy(D("1"), 0).value(), D("2"));
  EXPECT_EQ(D("-64").DividedBy(D("8"), 2).value(), D("-8"));
  EXPECT_FALSE(D("1").DividedBy(D("0"), 2));
}

TEST(Decimal, ComparesRatiosWithoutDividing) {
  EXPECT_EQ(CompareProducts(D("8"), D("3"), D("24"), D("1")), 0);
  EXPECT_GT(CompareProducts(D("8.000000000000000001"), D("3"), D("24"), D("1")), 0);
  EXPECT_LT(CompareProducts(D("-1"), D("1"), D("0"), D("5")), 0);
  EXPECT_LT(CompareProducts(D("-2"), D("3"), D("-1"), D("5")), 0);
}

}  // namespace
}  // namespace proviso
