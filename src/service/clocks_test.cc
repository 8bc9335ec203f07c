#include "service/internal/clocks.h"

#include <gtest/gtest.h>

#include <vector>

namespace proviso::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

const Time kNow = ParseTime("2026-11-22T09:30:00.000Z").value();

State LogUpTo(Time newest) {
  State state;
  state.next_index = 13;
  state.last_time = newest;
  return state;
}

bool Has(const std::string& text, const std::vector<std::string>& parts) {
  bool all = true;
  for (const std::string& part : parts) {
    const bool found = text.find(part) != std::string::npos;
    EXPECT_TRUE(found) << "expected `" << part << "` in: " << text;
    all = all && found;
  }
  return all;
}

TEST(Clocks, AnActIsDoneWithinTenMinutesAndTwoAhead) {
  const State state = LogUpTo(kNow);
  enforcement::Act act;
  for (const milliseconds by :
       {milliseconds(0), milliseconds(-minutes(10)), milliseconds(minutes(2))}) {
    act.at = kNow + by;
    EXPECT_TRUE(CheckActTime(act, kNow, state)) << by.count();
  }
  for (const milliseconds by :
       {milliseconds(-minutes(10)) - milliseconds(1), milliseconds(minutes(2)) + milliseconds(1)}) {
    act.at = kNow + by;
    const Status checked = CheckActTime(act, kNow, state);
    ASSERT_FALSE(checked) << by.count();
    EXPECT_EQ(checked.error().code(), ErrorCode::kPermissionDenied);
    // Whose clock is wrong cannot be known: both are told, and how to find out.
    Has(checked.error().message(), {FormatTime(act.at), FormatTime(kNow), "`date -u`"});
  }
}

TEST(Clocks, OnlyAnOldActIsToBeSignedAgain) {
  enforcement::Act act;
  act.at = kNow - minutes(11);
  EXPECT_TRUE(Has(CheckActTime(act, kNow, LogUpTo(kNow)).error().message(), {"sign it again"}));
  act.at = kNow + minutes(11);
  const std::string ahead = CheckActTime(act, kNow, LogUpTo(kNow)).error().message();
  EXPECT_EQ(ahead.find("sign it again"), std::string::npos) << ahead;
}

TEST(Clocks, TheLogTellsThatTheClockHereIsBehind) {
  const State later = LogUpTo(kNow + minutes(10) + milliseconds(1));
  enforcement::Act act;
  act.at = kNow + minutes(11);
  Has(CheckActTime(act, kNow, later).error().message(),
      {"entry, 12,", FormatTime(later.last_time)});
  const auto warning = ClockWarning(kNow, later);
  ASSERT_TRUE(warning);
  Has(*warning, {FormatTime(kNow), "entry, 12,", FormatTime(later.last_time), "`date -u`"});
}

TEST(Clocks, NothingIsSaidWithinTheMarginNorOfAnEmptyLog) {
  EXPECT_FALSE(ClockWarning(kNow, LogUpTo(kNow + minutes(10))));
  EXPECT_FALSE(ClockWarning(kNow, LogUpTo(kNow - std::chrono::years(3))));
  EXPECT_FALSE(ClockWarning(Time() - minutes(11), State()));
}

}  // namespace
}  // namespace proviso::service
