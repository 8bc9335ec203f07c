#include "points/constant_watch.h"

#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

TEST(ConstantWatch, TellsOnceOfWhatTheTableDoesNotKnow) {
  using Kind = Channel::Kind;
  const auto snapshot = internal::SnapshotOrDie(118, {});
  const Listener good{.service = {Kind::kConstant, "blob-store"},
                      .region = {Kind::kConstant, "nl-1"},
                      .name = "good"};
  const Listener bad{.service = {Kind::kConstant, "nope"},
                     .region = {Kind::kHeader, "X-Region"},
                     .name = "bad",
                     .place = {"serve.yaml:3"}};
  ConstantWatch watch;
  const std::vector<ConstantWatch::News> news = watch.Look({good, bad}, snapshot->table());
  ASSERT_EQ(news.size(), 1U);
  EXPECT_EQ(news[0].listener, "bad");
  EXPECT_EQ(news[0].message.find("serve.yaml:3: listener `bad`: table 118 knows no service `nope`"),
            0U)
      << news[0].message;
  EXPECT_TRUE(watch.Look({good, bad}, snapshot->table()).empty()) << "it was told";
  EXPECT_TRUE(watch.Look({good}, snapshot->table()).empty());
  EXPECT_EQ(watch.Look({good, bad}, snapshot->table()).size(), 1U) << "it is new again";
}

}  // namespace
}  // namespace proviso::points
