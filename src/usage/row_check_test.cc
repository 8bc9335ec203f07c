#include "usage/row_check.h"

#include <gtest/gtest.h>

namespace proviso::usage {
namespace {

using delivery::FaultReason;

TEST(ParseQuantity, IsExactAndNeverRounds) {
  struct Case {
    std::string_view text;
    FaultReason reason;
    std::string_view value;
  };
  const std::vector<Case> cases = {
      {"0", FaultReason::kNone, "0"},
      {"-3", FaultReason::kNone, "-3"},
      {"0.00000080000", FaultReason::kNone, "0.0000008"},
      {"0.123456789012345678", FaultReason::kNone, "0.123456789012345678"},
      {"0.1234567890123456780000", FaultReason::kNone, "0.123456789012345678"},
      {"0.1234567890123456789", FaultReason::kTooManyDigits, ""},
      {"1.5e3", FaultReason::kNone, "1500"},
      {"2E-7", FaultReason::kNone, "0.0000002"},
      {"1e-19", FaultReason::kTooManyDigits, ""},
      {"99999999999999999999", FaultReason::kNone, "99999999999999999999"},
      {"100000000000000000000", FaultReason::kTooManyDigits, ""},
      {"1e400", FaultReason::kTooManyDigits, ""},
      {"+1", FaultReason::kNotADecimal, ""},
      {"1,5", FaultReason::kNotADecimal, ""},
      {"1.", FaultReason::kNotADecimal, ""},
      {".5", FaultReason::kNotADecimal, ""},
      {" 1", FaultReason::kNotADecimal, ""},
      {"nan", FaultReason::kNotADecimal, ""},
      {"0x10", FaultReason::kNotADecimal, ""},
      {"-", FaultReason::kNotADecimal, ""},
      {"1e", FaultReason::kNotADecimal, ""},
  };
  for (const Case& c : cases) {
    Decimal value;
    EXPECT_EQ(ParseQuantity(c.text, value), c.reason) << c.text;
    if (c.reason == FaultReason::kNone) {
      EXPECT_EQ(value.ToString(), c.value) << c.text;
    }
  }
}

TEST(ParseInstant, TakesTheTwoFormsThatExportsUse) {
  struct Case {
    std::string_view text;
    bool good;
  };
  const std::vector<Case> cases = {
      {"2024-09-01 00:00:00", true},
      {"2024-09-01T00:00:00Z", true},
      {"2024-02-29T23:59:59Z", true},
      {"2024-09-01T00:00:00.25Z", true},
      {"2024-09-01 00:00:00.123456", true},
      {"2023-02-29T00:00:00Z", false},
      {"2024-09-01", false},
      {"2024-09-01T00:00:00", false},
      {"2024-09-01T00:00:00+00:00", false},
      {"2024-09-01T24:00:00Z", false},
      {"2024-13-01T00:00:00Z", false},
      {"2024-09-01 00:00:00 ", false},
      {"1969-12-31T00:00:00Z", false},
      {"09/01/2024 00:00:00", false},
      {"2024-09-01T00:00:00.1234567Z", false},
      {"2024-09-01T00:00:60Z", false},
  };
  for (const Case& c : cases) {
    Instant value;
    EXPECT_EQ(ParseInstant(c.text, value) == FaultReason::kNone, c.good) << c.text;
  }
  Instant value;
  ASSERT_EQ(ParseInstant("1970-01-02T00:00:01.5Z", value), FaultReason::kNone);
  EXPECT_EQ(value.time_since_epoch().count(), 86'401'500'000);
}

}  // namespace
}  // namespace proviso::usage
