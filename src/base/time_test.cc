#include "base/time.h"

namespace proviso {
namespace {

TEST(Time, RoundTripsToTheMillisecond) {
  const char* text = "2026-11-22T09:30:00.125Z";
  EXPECT_EQ(FormatTime(ParseTime(text).value()), text);
  EXPECT_EQ(FormatTime(ParseTime("2024-02-29T23:59:59Z").value()), "2024-02-29T23:59:59.000Z");
  EXPECT_EQ(FormatTime(ParseTime("2024-02-29T23:59:59.123456789Z").value()),
            "2024-02-29T23:59:59.123Z");
}

TEST(Time, RefusesWhatIsNoUtcTime) {
  for (const char* text : {"", "2026-11-22", "2026-11-22T09:30:00", "2026-11-22T09:30:00+01:00",
                           "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T09:30:00.Z",
                           "2026-11-22 09:30:00Z"}) {
    EXPECT_FALSE(ParseTime(text)) << text;
  }
}

TEST(Time, KnowsMonths) {
  const Month month = ParseMonth("2026-12").value();
  EXPECT_EQ(FormatDate(FirstDay(month)), "2026-12-01");
  EXPECT_EQ(FormatDate(EndDay(month)), "2027-01-01");
  EXPECT_EQ(MonthOf(ParseDate("2026-12-31").value()), month);
  EXPECT_FALSE(ParseMonth("2026-13"));
  EXPECT_FALSE(ParseMonth("2026-1"));
  EXPECT_FALSE(ParseDate("2026-02-29"));
}

}  // namespace
}  // namespace proviso
