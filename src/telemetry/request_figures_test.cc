#include "telemetry/request_figures.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace proviso::telemetry {
namespace {

using std::chrono::microseconds;

TEST(RequestFigures, CountsEveryAnswerOfEveryThreadOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 10'000;
  RequestFigures figures;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) figures.Count(i % 4 == 0 ? 403 : 200, microseconds(i));
      });
    }
  }
  const RequestFigures::Sums sums = figures.Add();
  EXPECT_EQ(sums.by_status, (std::map<int, std::uint64_t>{{200, kThreads * kEach * 3 / 4},
                                                          {403, kThreads * kEach / 4}}));
  EXPECT_EQ(std::accumulate(sums.by_time.begin(), sums.by_time.end(), std::uint64_t{0}),
            kThreads * kEach);
  EXPECT_EQ(sums.took.count(), std::int64_t{kThreads} * kEach * (kEach - 1) / 2);
}

TEST(RequestFigures, PutsATimeIntoTheFirstBucketThatHoldsIt) {
  const struct {
    microseconds took;
    std::size_t bucket;
  } kCases[] = {{microseconds(-1), 0},
                {microseconds(0), 0},
                {microseconds(25), 0},
                {microseconds(26), 1},
                {microseconds(1'000'000), kAnswerTimes.size() - 1},
                {microseconds(1'000'001), kAnswerTimes.size()}};
  for (const auto& row : kCases) {
    RequestFigures figures;
    figures.Count(200, row.took);
    EXPECT_EQ(figures.Add().by_time.at(row.bucket), 1U) << row.took.count();
  }
}

}  // namespace
}  // namespace proviso::telemetry
