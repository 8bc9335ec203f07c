#include "points/full_watch.h"

#include <gtest/gtest.h>

namespace proviso::points {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ListenerFigures Serving(const std::string& name, std::size_t connections) {
  ListenerFigures figures;
  figures.name = name;
  figures.serves = true;
  figures.connections = connections;
  figures.connections_max = 3;
  return figures;
}

TEST(FullWatch, SaysOnceThatWhoConnectsWaitsAndOnceThatThereIsRoomAgain) {
  FullWatch watch;
  milliseconds now(1'000'000);
  const auto look = [&](std::size_t crowded, std::size_t quiet) {
    now += seconds(1);
    return watch.Look({Serving("crowded", crowded), Serving("quiet", quiet)}, now);
  };
  EXPECT_TRUE(look(2, 0).empty());
  const auto begins = look(3, 0);
  ASSERT_EQ(begins.size(), 1U);
  EXPECT_EQ(begins[0].listener, "crowded");
  EXPECT_TRUE(begins[0].begins);
  EXPECT_EQ(begins[0].connections, 3U);
  EXPECT_TRUE(look(3, 0).empty());
  EXPECT_TRUE(look(2, 0).empty()) << "one left, and another may come at once";
  EXPECT_TRUE(look(3, 0).empty());
  now += FullWatch::kQuiet;
  const auto ends = look(1, 0);
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_FALSE(ends[0].begins);
  EXPECT_EQ(ends[0].connections, 1U);
  EXPECT_TRUE(look(1, 0).empty());
  EXPECT_EQ(look(4, 3).size(), 2U) << "each listener by itself, another time";
}

TEST(FullWatch, SaysOfAListenerThatIsServedNoMoreThatItIsOver) {
  FullWatch watch;
  ASSERT_EQ(watch.Look({Serving("gone", 3)}, seconds(1)).size(), 1U);
  ListenerFigures gone = Serving("gone", 0);
  gone.serves = false;
  EXPECT_TRUE(watch.Look({gone}, seconds(2)).empty());
  EXPECT_EQ(watch.Look({gone}, seconds(1) + FullWatch::kQuiet).size(), 1U);
}

}  // namespace
}  // namespace proviso::points
