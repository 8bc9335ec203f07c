#include "server/internal/sparing_news.h"

#include <gtest/gtest.h>

namespace proviso::server {
namespace {

using std::chrono::seconds;

constexpr SparingNews::Clock::time_point kStart{};

TEST(SparingNewsTest, ToldOnceHoweverOftenItIsMet) {
  SparingNews news;
  EXPECT_FALSE(news.is_on());
  EXPECT_TRUE(news.Met("the disk is full", kStart));
  EXPECT_TRUE(news.is_on());
  EXPECT_FALSE(news.Met("the disk is full", kStart + seconds(1)));
  EXPECT_FALSE(news.Met("the disk is full", kStart + seconds(3600)));
}

TEST(SparingNewsTest, AnotherFailureWaitsForTheMinuteToEnd) {
  SparingNews news;
  EXPECT_TRUE(news.Met("refused", kStart));
  EXPECT_FALSE(news.Met("starting up", kStart + seconds(59)));
  EXPECT_TRUE(news.Met("starting up", kStart + seconds(60)));
  EXPECT_FALSE(news.Met("refused", kStart + seconds(61)));
}

TEST(SparingNewsTest, TheEndIsToldOnceAndOnlyAfterABeginning) {
  SparingNews news;
  EXPECT_FALSE(news.Over());
  EXPECT_TRUE(news.Met("refused", kStart));
  EXPECT_TRUE(news.Over());
  EXPECT_FALSE(news.Over());
  EXPECT_TRUE(news.Met("refused", kStart + seconds(1)));
}

}  // namespace
}  // namespace proviso::server
