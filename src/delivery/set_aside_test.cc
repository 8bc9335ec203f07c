#include "delivery/set_aside.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace proviso::delivery {
namespace {

TEST(SetAside, EachReasonHasACodeOfItsOwn) {
  std::vector<std::string_view> codes;
  codes.reserve(kFaultReasons);
  for (int i = 0; i < kFaultReasons; ++i) {
    codes.push_back(FaultReasonCode(static_cast<FaultReason>(i)));
  }
  EXPECT_EQ(codes.front(), "none");
  std::sort(codes.begin(), codes.end());
  EXPECT_EQ(std::adjacent_find(codes.begin(), codes.end()), codes.end());
}

TEST(SetAside, IsWrittenOneRowALine) {
  const std::vector<Quarantined> rows = {{7, "amount", FaultReason::kNotADecimal},
                                         {9, "", FaultReason::kBadQuoting}};
  EXPECT_EQ(FormatQuarantine(rows, "line"),
            "{\"column\":\"amount\",\"line\":7,\"reason\":\"not_a_decimal\"}\n"
            "{\"line\":9,\"reason\":\"bad_quoting\"}\n");
  EXPECT_EQ(FormatQuarantine({}, "line"), "");
  EXPECT_EQ(FirstFaults(rows, "row"), "row 7 column `amount`: not_a_decimal; row 9: bad_quoting");
}

TEST(SetAside, OnlyTheFirstFewAreTold) {
  const std::vector<Quarantined> rows(6, {3, "", FaultReason::kMissing});
  const std::string told = FirstFaults(rows, "line");
  EXPECT_TRUE(told.ends_with("; ...")) << told;
  EXPECT_EQ(std::count(told.begin(), told.end(), ':'), 5);
}

}  // namespace
}  // namespace proviso::delivery
