#include "verifier/internal/entry_times.h"

#include <gtest/gtest.h>

#include <vector>

namespace proviso::verifier {
namespace {

struct Case {
  const char* rule;
  std::vector<const char*> times;
  std::uint64_t count;
  std::uint64_t first;  // entry
  std::uint64_t after;
};

TEST(EntryTimes, CountStepsBackwardsByMoreThanTheMargin) {
  const std::vector<Case> cases = {
      {"none", {}, 0, 0, 0},
      {"forwards", {"2026-11-22T09:00:00.000Z", "2027-11-22T09:00:00.000Z"}, 0, 0, 0},
      {"just the margin", {"2026-11-22T09:10:00.000Z", "2026-11-22T09:00:00.000Z"}, 0, 0, 0},
      {"more than it", {"2026-11-22T09:10:00.001Z", "2026-11-22T09:00:00.000Z"}, 1, 1, 0},
      {"small steps that add up",
       {"2026-11-22T09:14:00.000Z", "2026-11-22T09:07:00.000Z", "2026-11-22T09:00:00.000Z"},
       1,
       2,
       0},
      {"once for a clock that was far ahead",
       {"2026-11-22T09:00:00.000Z", "2126-11-22T09:00:00.000Z", "2026-11-22T09:01:00.000Z",
        "2026-11-22T09:02:00.000Z"},
       1,
       2,
       1},
      {"each step",
       {"2026-11-22T09:00:00.000Z", "2024-11-22T09:00:00.000Z", "2126-11-22T09:00:00.000Z",
        "1970-01-01T00:00:00.000Z"},
       2,
       1,
       0},
  };
  for (const Case& item : cases) {
    EntryTimes times;
    std::uint64_t index = 0;
    for (const char* time : item.times) times.See(index++, time);
    EXPECT_EQ(times.found().count, item.count) << item.rule;
    ASSERT_EQ(times.found().first.has_value(), item.count > 0) << item.rule;
    if (item.count == 0) continue;
    EXPECT_EQ(times.found().first->entry, item.first) << item.rule;
    EXPECT_EQ(times.found().first->time, item.times[item.first]) << item.rule;
    EXPECT_EQ(times.found().first->after_entry, item.after) << item.rule;
    EXPECT_EQ(times.found().first->after_time, item.times[item.after]) << item.rule;
  }
}

TEST(EntryTimes, LeaveToOthersWhatIsNoTime) {
  EntryTimes times;
  times.See(0, "2026-11-22T09:00:00.000Z");
  times.See(1, "never");
  EXPECT_EQ(times.found().count, 0U);
}

}  // namespace
}  // namespace proviso::verifier
