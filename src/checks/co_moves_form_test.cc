#include <cmath>

#include "base/random.h"
#include "checks/evaluate_fixture.h"

namespace proviso::checks {
namespace {

class CoMovesForm : public EvaluateTest {
 protected:
  // Week i of 2026 from Monday 2 March on: one row on its Wednesday.
  static void Put(Measured& measured, int week, const Decimal& amount) {
    DailySeries& total = measured.total;
    total.first = Day("2026-03-01");
    total.values.resize(184);
    total.values[3 + 7 * static_cast<std::size_t>(week)] = amount;
  }
  // Integers, one a week.
  void Weekly(const std::vector<int>& stored, const std::vector<int>& spoken) {
    facts_.by_class.clear();
    for (std::size_t i = 0; i < stored.size(); ++i) {
      Put(Of("object-storage"), static_cast<int>(i), Decimal::FromInteger(stored[i]));
    }
    for (std::size_t i = 0; i < spoken.size(); ++i) {
      Put(Of("speech-to-text"), static_cast<int>(i), Decimal::FromInteger(spoken[i]));
    }
  }
  Measured& Of(const std::string& id) { return facts_.by_class[id]; }
  CheckResult CoMoves(const std::string& asked) {
    return Evaluated(
        "co-moves(subscription: sub-a, class: object-storage, with: speech-to-text) "
        "from 2026-03 to 2026-07 " +
        asked);
  }
};

TEST_F(CoMovesForm, ComparesTheRankCorrelationOfWeeksExactly) {
  // Squared differences of ranks add up to 16: 1 - 6 * 16 / (9 * 80) is 13 by 15.
  Weekly({1, 2, 3, 4, 5, 6, 7, 8, 9}, {10, 20, 50, 40, 30, 60, 90, 80, 70});
  const struct {
    const char* asked;
    bool holds;
  } cases[] = {{">= 0.866666666666666666", true},
               {">= 0.866666666666666667", false},
               {"> 0.866666666666666666", true},
               {"<= 0.866666666666666667", true},
               {"<= 0.866666666666666666", false},
               {"< 1", true},
               {">= 1", false},
               {">= -1", true},
               {"<= 0", false},
               {"> 0", true}};
  for (const auto& [asked, holds] : cases) {
    EXPECT_EQ(CoMoves(asked).holds, std::optional<bool>(holds)) << asked;
  }
  // Here to 24, which gives 0.8 and no more digits.
  Weekly({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5, 4, 3, 8, 9, 6, 7});
  const CheckResult equal = CoMoves(">= 0.8");
  EXPECT_EQ(equal.holds, std::optional<bool>(true)) << equal.why;
  EXPECT_EQ(equal.value, D("0.8"));
  EXPECT_EQ(CoMoves("> 0.8").holds, std::optional<bool>(false));
  EXPECT_EQ(CoMoves("<= 0.8").holds, std::optional<bool>(true));
  EXPECT_EQ(CoMoves("< 0.8").holds, std::optional<bool>(false));
}

TEST_F(CoMovesForm, KnowsPerfectAndNegativeCorrelations) {
  Weekly({1, 2, 3, 4, 5, 6, 7, 8}, {2, 4, 8, 16, 32, 64, 128, 256});
  EXPECT_EQ(CoMoves(">= 1").value, D("1"));
  EXPECT_EQ(CoMoves(">= 1").holds, std::optional<bool>(true));
  Weekly({8, 7, 6, 5, 4, 3, 2, 1}, {2, 4, 8, 16, 32, 64, 128, 256});
  EXPECT_EQ(CoMoves("<= -1").value, D("-1"));
  EXPECT_EQ(CoMoves("<= -1").holds, std::optional<bool>(true));
  EXPECT_EQ(CoMoves("> -1").holds, std::optional<bool>(false));
  EXPECT_EQ(CoMoves("< -0.999999999999999999").holds, std::optional<bool>(true));
}

TEST_F(CoMovesForm, SaysWhatItComparedAndPlotsBoth) {
  Weekly({1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5, 4, 3, 8, 9, 6, 7});
  Put(Of("object-storage"), 12, D("3"));
  Of("object-storage").query = "a";
  Of("speech-to-text").query = "b";
  Of("object-storage").inputs = {"2"};
  Of("speech-to-text").inputs = {"2", "1"};
  const CheckResult result = CoMoves(">= 0.9");
  EXPECT_EQ(result.why,
            "object-storage with speech-to-text of subscription `sub-a`, all regions: rank "
            "correlation of 9 weeks 0.8, asked for >= 0.9; left out: 12 weeks without rows of "
            "both");
  EXPECT_EQ(result.counterfactual,
            "would hold with a threshold of 0.8 or less, or if the correlation were 0.9 or more");
  EXPECT_EQ(result.unit, "");
  EXPECT_EQ(result.query, "a\nb");
  EXPECT_EQ(result.inputs, (std::vector<std::string>{"1", "2"}));
  ASSERT_TRUE(result.series2);
  EXPECT_EQ(result.series.values[3], D("1"));
  EXPECT_EQ(result.series.values.size(), 153U);
  EXPECT_EQ(result.series2->values[10], D("2"));
  EXPECT_EQ(*result.ToJson().Find("series2")->Find("step_days"), Json(1));
}

TEST_F(CoMovesForm, NeedsEightWholeWeeksWithRowsOfBoth) {
  Weekly({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7});
  // A Sunday before the first whole week, and days of the week that the span cuts off.
  Of("object-storage").total.values[0] = D("9");
  Of("speech-to-text").total.values[0] = D("9");
  Of("object-storage").total.values[150] = D("9");
  Of("speech-to-text").total.values[150] = D("9");
  const CheckResult result = CoMoves(">= 0.5");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_EQ(result.value, std::nullopt);
  EXPECT_NE(result.why.find(": 7 whole weeks with rows of both, and at least 8 are needed; left "
                            "out: 14 weeks without rows of both"),
            std::string::npos)
      << result.why;
  EXPECT_EQ(result.counterfactual, "rows of a day or less in 8 whole weeks would decide it");
}

TEST_F(CoMovesForm, GivesNoCorrelationForWhatNeverMoves) {
  Weekly({1, 2, 3, 4, 5, 6, 7, 8}, {5, 5, 5, 5, 5, 5, 5, 5});
  const CheckResult result = CoMoves(">= 0.5");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("speech-to-text is the same in each of 8 weeks, which gives no "
                            "correlation"),
            std::string::npos)
      << result.why;
  EXPECT_EQ(result.counterfactual, "weeks in which speech-to-text differs would decide it");
}

TEST_F(CoMovesForm, LeavesOutWeeksThatLongRowsTouch) {
  Weekly({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  // Of the 21 whole weeks of the span, April touches that of 30 March to that of 27 April.
  Of("speech-to-text").months_with_long_rows = {M("2026-04")};
  const CheckResult result = CoMoves(">= 0.5");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("7 whole weeks"), std::string::npos) << result.why;
  EXPECT_NE(result.why.find("left out: 5 weeks in months that have rows longer than a day"),
            std::string::npos)
      << result.why;
}

TEST_F(CoMovesForm, TakesTheMeanOfALevelAndTheSumOfAFlow) {
  // Week 0 holds 6 on two days, the others 7 to 13 on one: a sum of 12 would change the ranks.
  Weekly({6, 7, 8, 9, 10, 11, 12, 13}, {1, 2, 3, 4, 5, 6, 7, 8});
  Of("object-storage").total.values[4] = D("6");
  EXPECT_EQ(CoMoves(">= 1").holds, std::optional<bool>(true));
  Of("speech-to-text").total.values[4] = D("9");
  EXPECT_EQ(CoMoves(">= 1").holds, std::optional<bool>(false));
}

struct NaiveWeek {
  std::int64_t sum = 0;
  std::int64_t days = 0;
};

// Ranks by counting, their correlation in floating point.
double NaiveCorrelation(const std::vector<NaiveWeek>& x, const std::vector<NaiveWeek>& y) {
  const auto ranks = [](const std::vector<NaiveWeek>& values) {
    std::vector<double> out;
    for (const NaiveWeek& a : values) {
      double rank = 1;
      for (const NaiveWeek& b : values) {
        if (b.sum * a.days < a.sum * b.days) rank += 1;
        if (b.sum * a.days == a.sum * b.days) rank += 0.5;
      }
      out.push_back(rank - 0.5);
    }
    return out;
  };
  const std::vector<double> a = ranks(x);
  const std::vector<double> b = ranks(y);
  const double mean = (static_cast<double>(a.size()) + 1) / 2;
  double covariance = 0;
  double squares_a = 0;
  double squares_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    covariance += (a[i] - mean) * (b[i] - mean);
    squares_a += (a[i] - mean) * (a[i] - mean);
    squares_b += (b[i] - mean) * (b[i] - mean);
  }
  return covariance / std::sqrt(squares_a * squares_b);
}

// Whole weeks of March to July 2026, found day by day.
void NaiveWeeks(const DailySeries& level, const DailySeries& flow, std::vector<NaiveWeek>& x,
                std::vector<NaiveWeek>& y) {
  for (Date monday = Day("2026-03-01"); monday + std::chrono::days{7} <= Day("2026-08-01");
       monday += std::chrono::days{1}) {
    if (std::chrono::weekday(monday) != std::chrono::Monday) continue;
    NaiveWeek a;
    NaiveWeek b;
    for (int i = 0; i < 7; ++i) {
      if (const auto value = level.At(monday + std::chrono::days{i})) {
        a.sum += static_cast<std::int64_t>(value->units() / Decimal::kUnit);
        ++a.days;
      }
      if (const auto value = flow.At(monday + std::chrono::days{i})) {
        b.sum += static_cast<std::int64_t>(value->units() / Decimal::kUnit);
        b.days = 1;
      }
    }
    if (a.days == 0 || b.days == 0) continue;
    x.push_back(a);
    y.push_back(b);
  }
}

TEST_F(CoMovesForm, AgreesWithANaiveEvaluator) {
  constexpr std::uint64_t kSeed = 1904;
  SeededRandom random(kSeed);
  int decided = 0;
  int missing = 0;
  for (int round = 0; round < 400; ++round) {
    // Few different values, so that many ranks are shared; some months have few rows.
    const std::uint64_t values = 2 + random.Next() % 9;
    const std::uint64_t gaps = 2 + random.Next() % 19;
    for (const char* id : {"object-storage", "speech-to-text"}) {
      DailySeries& total = Of(id).total;
      total = {Day("2026-03-01"), std::vector<std::optional<Decimal>>(153)};
      for (auto& value : total.values) {
        if (random.Next() % 20 >= gaps) continue;
        value = Decimal::FromInteger(static_cast<std::int64_t>(random.Next() % values));
      }
    }
    const auto t = static_cast<std::int64_t>(random.Next() % 2001) - 1000;
    const Decimal threshold = Decimal::FromUnits(Int128{t} * (Decimal::kUnit / 1000));
    const CheckResult result = CoMoves(">= " + threshold.ToString());
    std::vector<NaiveWeek> x;
    std::vector<NaiveWeek> y;
    NaiveWeeks(Of("object-storage").total, Of("speech-to-text").total, x, y);
    const double expected = NaiveCorrelation(x, y);
    if (x.size() < 8 || std::isnan(expected)) {
      ASSERT_EQ(result.holds, std::nullopt) << "seed " << kSeed << " round " << round;
      ++missing;
      continue;
    }
    ASSERT_TRUE(result.value) << "seed " << kSeed << " round " << round << ": " << result.why;
    EXPECT_NEAR(result.value->ToDouble(), expected, 0.00005 + 1e-9) << round;
    const double away = expected - static_cast<double>(t) / 1000;
    if (std::abs(away) < 1e-9) continue;
    EXPECT_EQ(result.holds, std::optional<bool>(away > 0)) << "seed " << kSeed << " " << round;
    ++decided;
  }
  EXPECT_GT(decided, 250);
  EXPECT_GT(missing, 10);
}

}  // namespace
}  // namespace proviso::checks
