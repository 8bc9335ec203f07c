#include "checks/quantity.h"

namespace proviso::checks {
namespace {

Decimal D(const char* text) { return Decimal::Parse(text).value(); }

TEST(Quantity, ConvertsExactly) {
  const struct {
    const char* amount;
    const char* unit;
    const char* class_unit;
    const char* out;
  } cases[] = {{"5", "PB", "GB", "5000000"},
               {"5", "PB", "PB", "5"},
               {"11500", "TB", "GB", "11500000"},
               {"1", "B", "GB", "0.000000001"},
               {"1", "KiB", "GB", "0.000001024"},
               {"1", "GiB", "GB", "1.073741824"},
               {"1", "PiB", "GB", "1125899.906842624"},
               {"2", "TiB", "GiB", "2048"},
               {"1.5", "kB", "B", "1500"},
               {"1000000000000", "PB", "GB", "1000000000000000000"},
               {"1.073741824", "GB", "GiB", "1"},
               {"3", "hours", "h", "3"},
               {"3", "h", "hours", "3"},
               {"70", "characters", "characters", "70"}};
  for (const auto& [amount, unit, class_unit, out] : cases) {
    const Result<Decimal> converted = ConvertQuantity(D(amount), unit, class_unit);
    ASSERT_TRUE(converted) << amount << unit << ": " << converted.error().message();
    EXPECT_EQ(converted->ToString(), out) << amount << " " << unit;
  }
}

TEST(Quantity, RefusesUnitsThatDoNotFit) {
  EXPECT_EQ(ConvertQuantity(D("1"), "h", "GB").error().message().substr(0, 49),
            "`h` does not measure what is counted in `GB`; exp");
  EXPECT_EQ(ConvertQuantity(D("1"), "character", "characters").error().message(),
            "`character` does not measure what is counted in `characters`; did you mean "
            "`characters`?");
  EXPECT_EQ(ConvertQuantity(D("1"), "PB", "h").error().message(),
            "`PB` does not measure what is counted in `h`; expected one of `h`");
  EXPECT_EQ(ConvertQuantity(D("0.1"), "GB", "GiB").error().message(),
            "0.1 GB has no exact value in GiB; write it in GiB");
  EXPECT_EQ(ConvertQuantity(D("100000000000"), "PB", "B").error().code(),
            ErrorCode::kResourceExhausted);
}

TEST(Quantity, KnowsUnitsBySpelling) {
  EXPECT_EQ(UnitBySpelling("pb"), "PB");
  EXPECT_EQ(UnitBySpelling("KB"), "kB");
  EXPECT_EQ(UnitBySpelling("gib"), "GiB");
  EXPECT_EQ(UnitBySpelling("H"), "h");
  EXPECT_EQ(UnitBySpelling("PB"), "");
  EXPECT_EQ(UnitBySpelling("tokens"), "");
}

TEST(Quantity, ShowsBytesInTheLargestUnitAndSaysWhenItRounds) {
  EXPECT_EQ(ReadableQuantity(D("6200000"), "GB"), "6.2 PB");
  EXPECT_EQ(ReadableQuantity(D("6213456.789123"), "GB"), "about 6.2135 PB");
  EXPECT_EQ(ReadableQuantity(D("999.5"), "GB"), "999.5 GB");
  EXPECT_EQ(ReadableQuantity(D("0.0000005"), "GB"), "500 B");
  EXPECT_EQ(ReadableQuantity(D("0"), "GB"), "0 B");
  EXPECT_EQ(ReadableQuantity(D("1234567"), "h"), "1234567 h");
  EXPECT_EQ(ReadableQuantity(D("0.33333"), "h"), "about 0.3333 h");
}

}  // namespace
}  // namespace proviso::checks
