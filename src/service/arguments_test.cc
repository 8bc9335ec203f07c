#include "service/internal/arguments.h"

#include <gtest/gtest.h>

namespace proviso::service {
namespace {

const Json& Arguments() {
  static const Json kArguments =
      Json::Of({{"due", "2026-11-22"}, {"until", "22 November"}, {"from", ""}, {"number", 3}});
  return kArguments;
}

TEST(Arguments, ADayIsReadOrRefused) {
  EXPECT_EQ(DateAt(Arguments(), "due").value(), ParseDate("2026-11-22").value());
  for (const char* key : {"until", "from", "number", "missing"}) {
    const Result<Date> day = DateAt(Arguments(), key);
    ASSERT_FALSE(day) << key;
    EXPECT_EQ(day.error().code(), ErrorCode::kInvalidArgument) << key;
  }
}

TEST(Arguments, AnOptionalDayMayBeMissingButNotWrong) {
  EXPECT_EQ(OptionalDateAt(Arguments(), "due").value(), ParseDate("2026-11-22").value());
  EXPECT_EQ(OptionalDateAt(Arguments(), "missing").value(), std::nullopt);
  EXPECT_EQ(OptionalDateAt(Arguments(), "from").value(), std::nullopt);
  EXPECT_FALSE(OptionalDateAt(Arguments(), "until"));
}

}  // namespace
}  // namespace proviso::service
