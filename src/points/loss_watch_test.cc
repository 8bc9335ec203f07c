#include "points/loss_watch.h"

#include <gtest/gtest.h>

namespace proviso::points {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LossWatch, SaysOnceThatLinesAreLostAndOnceThatTheyAreWrittenAgain) {
  LossWatch watch;
  milliseconds now(1'000'000);
  const auto look = [&](std::uint64_t written, std::uint64_t lost) {
    now += seconds(1);
    return watch.Look(written, lost, now);
  };
  EXPECT_FALSE(look(0, 0));
  EXPECT_FALSE(look(9, 0));
  const auto begins = look(9, 3);
  ASSERT_TRUE(begins);
  EXPECT_TRUE(begins->begins);
  EXPECT_EQ(begins->lost, 3U);
  EXPECT_FALSE(look(10, 7));
  now += 2 * LossWatch::kQuiet;
  EXPECT_FALSE(look(10, 7)) << "nobody asked: whether it would be written is not known";
  const auto ends = look(11, 7);
  ASSERT_TRUE(ends);
  EXPECT_FALSE(ends->begins);
  EXPECT_EQ(ends->lost, 7U);
  EXPECT_FALSE(look(12, 7));
  EXPECT_EQ(look(12, 8)->lost, 1U) << "another time";
  EXPECT_FALSE(look(13, 8)) << "not so soon";
}

}  // namespace
}  // namespace proviso::points
