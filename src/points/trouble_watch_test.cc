#include "points/trouble_watch.h"

namespace proviso::points {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<ListenerFigures> FiguresOf(int no_table, int restricted) {
  Tally tally;
  for (int i = 0; i < no_table; ++i) tally.Count(i % 2 == 0, ReasonCode::kNoTable);
  for (int i = 0; i < restricted; ++i) tally.Count(false, ReasonCode::kRestricted);
  std::vector<ListenerFigures> figures(1);
  figures[0].name = "front";
  tally.AddTo(figures[0].verdicts);
  return figures;
}

TEST(TroubleWatch, TellsTwiceOfATroubleHoweverManyQuestionsItMeets) {
  TroubleWatch watch;
  seconds now{1'000};
  EXPECT_TRUE(watch.Look(FiguresOf(0, 50), now).empty()) << "a denial is no trouble";
  std::vector<TroubleWatch::News> news = watch.Look(FiguresOf(3, 50), now);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_TRUE(news[0].begins);
  EXPECT_EQ(news[0].listener, "front");
  EXPECT_EQ(news[0].code, "no-table");
  EXPECT_FALSE(news[0].refusal);
  EXPECT_EQ(news[0].answers, 3U);
  now += TroubleWatch::kQuiet;
  EXPECT_TRUE(watch.Look(FiguresOf(100, 50), now).empty());
  now += TroubleWatch::kQuiet - seconds(1);
  EXPECT_TRUE(watch.Look(FiguresOf(100, 50), now).empty());
  now += seconds(1);
  news = watch.Look(FiguresOf(100, 60), now);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_FALSE(news[0].begins);
  EXPECT_EQ(news[0].answers, 100U);
  news = watch.Look(FiguresOf(101, 60), now);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_TRUE(news[0].begins);
  EXPECT_EQ(news[0].answers, 1U);
}

TEST(TroubleWatch, TellsOfRequestsThatAreRefusedUnread) {
  TroubleWatch watch;
  std::vector<ListenerFigures> figures = FiguresOf(0, 0);
  EXPECT_TRUE(watch.Look(figures, seconds(1)).empty());
  figures[0].requests.refused["bad-target"] = 2;
  std::vector<TroubleWatch::News> news = watch.Look(figures, seconds(2));
  ASSERT_EQ(news.size(), 1U);
  EXPECT_TRUE(news[0].begins);
  EXPECT_TRUE(news[0].refusal);
  EXPECT_EQ(news[0].code, "bad-target");
  news = watch.Look(figures, seconds(2) + TroubleWatch::kQuiet);
  ASSERT_EQ(news.size(), 1U);
  EXPECT_FALSE(news[0].begins);
  EXPECT_EQ(news[0].answers, 2U);
}

}  // namespace
}  // namespace proviso::points
