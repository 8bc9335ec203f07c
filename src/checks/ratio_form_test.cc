#include <cmath>

#include "base/random.h"
#include "checks/evaluate_fixture.h"

namespace proviso::checks {
namespace {

class RatioForm : public EvaluateTest {
 protected:
  RatioForm() {
    for (const char* id : {"object-storage", "speech-to-text"}) {
      Of(id).total = {Day("2026-03-01"), std::vector<std::optional<Decimal>>(153)};
    }
    Level("100", "700");
    Hours(
        {{"2026-03", "4"}, {"2026-04", "2"}, {"2026-05", "0"}, {"2026-06", "1"}, {"2026-07", "3"}});
  }
  Measured& Of(const std::string& id) { return facts_.by_class[id]; }
  // The means of the first and the last day.
  void Level(const char* first, const char* last) {
    Of("object-storage").total.values.front() = D(first);
    Of("object-storage").total.values.back() = D(last);
  }
  void Hours(const std::map<std::string, std::string>& months) {
    Of("speech-to-text").months.clear();
    for (const auto& [month, hours] : months) Of("speech-to-text").months[M(month)] = D(hours);
  }
  CheckResult Ratio(const std::string& asked) {
    return Evaluated(
        "ratio(subscription: sub-a, class: object-storage, per: speech-to-text) "
        "from 2026-03 to 2026-07 " +
        asked);
  }
};

TEST_F(RatioForm, DividesWhatALevelGrewByByTheSumOfAFlow) {
  const CheckResult result = Ratio("<= 60 GB/h");
  EXPECT_EQ(result.holds, std::optional<bool>(true));
  EXPECT_EQ(result.value, D("60"));
  EXPECT_EQ(result.unit, "GB/h");
  EXPECT_EQ(result.threshold, D("60"));
  EXPECT_EQ(result.amounts, (std::map<std::string, Decimal>{{"object-storage", D("600")},
                                                            {"speech-to-text", D("10")}}));
  EXPECT_EQ(result.why,
            "object-storage per speech-to-text of subscription `sub-a`, all regions: 600 GB of "
            "object-storage added and 10 h of speech-to-text from 2026-03 to 2026-07: 60 GB/h, "
            "asked for <= 60 GB/h");
  EXPECT_EQ(result.counterfactual,
            "would fail with a threshold below 60 GB/h, or if the ratio were above 60 GB/h");
  EXPECT_EQ(result.series.values.front(), D("100"));
  ASSERT_TRUE(result.series2);
  EXPECT_EQ(result.ToJson().Find("amounts")->Canonical(),
            R"({"object-storage":"600","speech-to-text":"10"})");
}

TEST_F(RatioForm, ConvertsUnitsExactlyAndNeverRoundsAComparison) {
  const struct {
    const char* asked;
    bool holds;
    const char* value;
  } cases[] = {{">= 60000 MB/h", true, "60000"},
               {"> 60000 MB/hours", false, "60000"},
               {"> 59999.999999999999999999 MB/h", true, "60000"},
               {"< 60000.000000000000000001 MB/h", true, "60000"},
               {">= 0.06 TB/h", true, "0.06"},
               {"<= 0.000059999999999999 PB/h", false, "0.00006"},
               {">= 55 GiB/h", true, "55.879354"},
               {">= 55.879354476928710937 GiB/h", true, "55.879354476928710938"},
               {">= 55.879354476928710938 GiB/h", false, "55.879354"}};
  for (const auto& [asked, holds, value] : cases) {
    const CheckResult result = Ratio(asked);
    EXPECT_EQ(result.holds, std::optional<bool>(holds)) << asked;
    ASSERT_TRUE(result.value) << asked;
    EXPECT_EQ(result.value->ToString(), value) << asked;
  }
}

TEST_F(RatioForm, DividesByWhatALevelGrewByToo) {
  const CheckResult result = Evaluated(
      "ratio(subscription: sub-a, class: speech-to-text, per: object-storage) "
      "from 2026-03 to 2026-07 >= 16.6 h/TB");
  EXPECT_EQ(result.holds, std::optional<bool>(true));
  EXPECT_EQ(result.value, D("16.666667"));
  EXPECT_EQ(result.unit, "h/TB");
}

TEST_F(RatioForm, GivesANegativeRatioForALevelThatShrank) {
  Level("700", "100");
  EXPECT_EQ(Ratio(">= 0 GB/h").holds, std::optional<bool>(false));
  EXPECT_EQ(Ratio("< 0 GB/h").value, D("-60"));
  EXPECT_EQ(Ratio("< 0 GB/h").holds, std::optional<bool>(true));
}

TEST_F(RatioForm, GivesNoRatioOverZeroOrLess) {
  Hours({{"2026-03", "0"}, {"2026-04", "0"}, {"2026-05", "0"}, {"2026-06", "0"}, {"2026-07", "0"}});
  CheckResult result = Ratio(">= 1 GB/h");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_EQ(result.value, std::nullopt);
  EXPECT_NE(result.why.find("600 GB of object-storage added and 0 h of speech-to-text from 2026-03 "
                            "to 2026-07: what is divided by zero or less has no ratio"),
            std::string::npos)
      << result.why;
  EXPECT_EQ(result.counterfactual, "an amount of speech-to-text above zero would decide it");
  Level("700", "100");
  result = Evaluated(
      "ratio(subscription: sub-a, class: speech-to-text, per: object-storage) "
      "from 2026-03 to 2026-07 >= 1 h/TB");
  EXPECT_EQ(result.holds, std::nullopt);
}

TEST_F(RatioForm, MissesRecordsWithoutTheDaysOrMonthsItNeeds) {
  Of("object-storage").total.values.back().reset();
  Of("speech-to-text").months.erase(M("2026-05"));
  CheckResult result = Ratio(">= 1 GB/h");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("object-storage: no row of a day or less covers 2026-07-31; "
                            "speech-to-text: no row covers 2026-05"),
            std::string::npos)
      << result.why;
  EXPECT_EQ(result.counterfactual, "rows of both classes from 2026-03 to 2026-07 would decide it");
  // A month whose metering came without a row of the class is one without use.
  Level("100", "700");
  Of("speech-to-text").delivered = {M("2026-05")};
  result = Ratio(">= 1 GB/h");
  EXPECT_EQ(result.value, D("60"));
  EXPECT_NE(result.why.find("10 h of speech-to-text (without a row in 2026-05)"), std::string::npos)
      << result.why;
}

TEST_F(RatioForm, CountsLongRowsOfAFlowAndRefusesThemForTheMeanOfADay) {
  Of("speech-to-text").months_with_long_rows = {M("2026-04")};
  EXPECT_NE(Ratio(">= 1 GB/h").why.find("(with rows longer than a day in 2026-04)"),
            std::string::npos);
  Of("object-storage").months_with_long_rows = {M("2026-05")};
  EXPECT_TRUE(Ratio(">= 1 GB/h").holds);
  Of("object-storage").months_with_long_rows = {M("2026-07")};
  const CheckResult result = Ratio(">= 1 GB/h");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("rows longer than a day in 2026-07 leave the mean of 2026-07-31 open"),
            std::string::npos)
      << result.why;
}

TEST_F(RatioForm, AgreesWithANaiveEvaluator) {
  constexpr std::uint64_t kSeed = 60;
  SeededRandom random(kSeed);
  const struct {
    const char* name;
    std::int64_t bytes;
  } units[] = {{"B", 1},
               {"MB", 1'000'000},
               {"KiB", 1024},
               {"GB", 1'000'000'000},
               {"TB", 1'000'000'000'000},
               {"GiB", 1'073'741'824}};
  const Comparison comparisons[] = {Comparison::kAtLeast, Comparison::kAbove, Comparison::kAtMost,
                                    Comparison::kBelow};
  int equal = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto first = static_cast<std::int64_t>(random.Next() % 1000);
    const auto last = static_cast<std::int64_t>(random.Next() % 1000);
    const auto hours = static_cast<std::int64_t>(1 + random.Next() % 50);
    const auto& [unit, bytes] = units[random.Next() % std::size(units)];
    const std::int64_t grown = (last - first) * 1'000'000'000;  // bytes
    // Half of the thresholds lie near the quotient, where rounding would show.
    const std::int64_t near = std::max<std::int64_t>(0, grown / (bytes * hours));
    const std::int64_t threshold =
        random.Next() % 2 == 0 ? near : static_cast<std::int64_t>(random.Next() % 1000);
    Level(std::to_string(first).c_str(), std::to_string(last).c_str());
    Hours({{"2026-03", std::to_string(hours)},
           {"2026-04", "0"},
           {"2026-05", "0"},
           {"2026-06", "0"},
           {"2026-07", "0"}});
    const Comparison comparison = comparisons[random.Next() % std::size(comparisons)];
    const CheckResult result = Ratio(std::string(ComparisonName(comparison)) + " " +
                                     std::to_string(threshold) + " " + unit + "/h");
    const Int128 left = grown;
    const Int128 right = Int128{threshold} * bytes * hours;
    const bool holds = comparison == Comparison::kAtLeast  ? left >= right
                       : comparison == Comparison::kAbove  ? left > right
                       : comparison == Comparison::kAtMost ? left <= right
                                                           : left < right;
    ASSERT_EQ(result.holds, std::optional<bool>(holds))
        << "seed " << kSeed << " round " << round << ": " << result.why;
    const double quotient = static_cast<double>(grown) / static_cast<double>(bytes * hours);
    ASSERT_TRUE(result.value);
    EXPECT_NEAR(result.value->ToDouble(), quotient, 0.0000006 + std::abs(quotient) * 1e-12)
        << round;
    if (left == right) ++equal;
  }
  EXPECT_GT(equal, 20);
}

}  // namespace
}  // namespace proviso::checks
