#include "base/random.h"
#include "checks/evaluate_fixture.h"

namespace proviso::checks {
namespace {

class AbsentForm : public EvaluateTest {
 protected:
  AbsentForm() { facts_.answer.delivered = {M("2026-08"), M("2026-09"), M("2026-10")}; }

  CheckResult Absent(const std::string& span = "from 2026-09 to 2026-10") {
    return Evaluated("absent(subscription: sub-a, class: speech-to-text) " + span);
  }
};

TEST_F(AbsentForm, HoldsWhenMeteringCameAndHadNoUse) {
  const CheckResult result = Absent();
  EXPECT_EQ(result.holds, std::optional<bool>(true));
  EXPECT_EQ(result.why,
            "speech-to-text of subscription `sub-a`, all regions: no use was metered from 2026-09 "
            "to 2026-10, and metering was delivered for each month");
  EXPECT_EQ(result.counterfactual, "would fail with any use in these months");
  EXPECT_EQ(result.value, Decimal());
  EXPECT_EQ(result.threshold, std::nullopt);
  EXPECT_EQ(result.months,
            (std::map<std::string, Decimal>{{"2026-09", Decimal()}, {"2026-10", Decimal()}}));
  EXPECT_EQ(result.series.values.size(), 61U);
}

TEST_F(AbsentForm, TakesRowsOfQuantityZeroAsNoUse) {
  facts_.Fill("2026-09-01", "2026-11-01", "0");
  facts_.answer.months = {{M("2026-09"), Decimal()}, {M("2026-10"), Decimal()}};
  EXPECT_EQ(Absent().holds, std::optional<bool>(true));
}

TEST_F(AbsentForm, FailsForTheSmallestUseOfOneDay) {
  facts_.Fill("2026-09-10", "2026-09-11", "0.000000000000000001");
  facts_.answer.months = {{M("2026-09"), D("0.000000000000000001")}};
  const CheckResult result = Absent();
  EXPECT_EQ(result.holds, std::optional<bool>(false));
  EXPECT_NE(result.why.find("use was metered in 2026-09, up to"), std::string::npos) << result.why;
  EXPECT_EQ(result.counterfactual, "would hold without the use in 2026-09");
}

TEST_F(AbsentForm, FailsForUseInLongRowsToo) {
  facts_.answer.months = {{M("2026-10"), D("12.5")}};
  facts_.answer.months_with_long_rows = {M("2026-10")};
  const CheckResult result = Absent();
  EXPECT_EQ(result.holds, std::optional<bool>(false));
  EXPECT_EQ(result.value, D("12.5"));
  EXPECT_NE(result.why.find("use was metered in 2026-10, up to 12.5 h in a month"),
            std::string::npos)
      << result.why;
}

TEST_F(AbsentForm, FailsWhereUseAndItsCorrectionAreOnDifferentDays) {
  facts_.Fill("2026-09-10", "2026-09-11", "5");
  facts_.Fill("2026-09-11", "2026-09-12", "-5");
  facts_.answer.months = {{M("2026-09"), Decimal()}};
  EXPECT_EQ(Absent().holds, std::optional<bool>(false));
}

TEST_F(AbsentForm, ShowsTheMeanOfAMonthForALevel) {
  facts_.answer.months = {{M("2026-09"), D("7200")}};
  facts_.Fill("2026-09-01", "2026-10-01", "10");
  const CheckResult result =
      Evaluated("absent(subscription: sub-a, class: object-storage) from 2026-09 to 2026-09");
  EXPECT_EQ(result.value, D("10"));
  EXPECT_NE(result.why.find("up to 10 GB on average in a month"), std::string::npos) << result.why;
}

TEST_F(AbsentForm, MissesRecordsWhereNoMeteringWasDelivered) {
  CheckResult result = Absent("from 2026-07 to 2026-12");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("nothing says that metering was delivered for 2026-07 and 2026-11 to "
                            "2026-12"),
            std::string::npos)
      << result.why;
  EXPECT_EQ(result.counterfactual,
            "metering by the day of 2026-07 and 2026-11 to 2026-12 would decide it");
  // Not told is not delivered.
  facts_.answer.delivered.clear();
  EXPECT_EQ(Absent().holds, std::nullopt);
  // One use is enough, whatever else is missing.
  facts_.answer.months = {{M("2026-10"), D("1")}};
  EXPECT_EQ(Absent().holds, std::optional<bool>(false));
}

TEST_F(AbsentForm, MissesRecordsWhereLongRowsOrCorrectionsLeaveItOpen) {
  facts_.answer.months_with_long_rows = {M("2026-10")};
  CheckResult result = Absent();
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("rows longer than a day or corrections leave open what was used in "
                            "2026-10"),
            std::string::npos)
      << result.why;
  facts_.answer.months_with_long_rows.clear();
  facts_.Fill("2026-09-11", "2026-09-12", "-5");
  facts_.answer.months = {{M("2026-09"), D("-5")}};
  EXPECT_EQ(Absent().holds, std::nullopt);
}

// The rules again, month by month, written as directly as they are said.
std::optional<bool> Naive(const Measured& measured, Month from, Month to) {
  bool all_known = true;
  for (Month month = from; month <= to; month += std::chrono::months{1}) {
    bool above = measured.months.contains(month) && measured.months.at(month).units() > 0;
    bool below = measured.months.contains(month) && measured.months.at(month).units() < 0;
    for (Date day = FirstDay(month); day < EndDay(month); day += std::chrono::days{1}) {
      const auto value = measured.total.At(day);
      above = above || (value && value->units() > 0);
      below = below || (value && value->units() < 0);
    }
    if (above) return false;
    if (below || measured.months_with_long_rows.contains(month) ||
        !measured.delivered.contains(month)) {
      all_known = false;
    }
  }
  return all_known ? std::optional<bool>(true) : std::nullopt;
}

TEST_F(AbsentForm, AgreesWithANaiveEvaluator) {
  constexpr std::uint64_t kSeed = 311;
  SeededRandom random(kSeed);
  std::map<std::optional<bool>, int> seen;
  for (int round = 0; round < 2000; ++round) {
    Measured& answer = facts_.answer;
    answer = {};
    answer.total.first = Day("2026-01-01");
    answer.total.values.resize(181);
    for (int i = 0; i < 4; ++i) {
      if (random.Next() % 3 != 0) continue;
      const Decimal amount = Decimal::FromUnits(static_cast<int>(random.Next() % 7) - 1);
      answer.total.values[random.Next() % 181] = random.Next() % 2 == 0 ? Decimal() : amount;
    }
    for (Month month = M("2026-01"); month <= M("2026-06"); month += std::chrono::months{1}) {
      if (random.Next() % 12 != 0) answer.delivered.insert(month);
      if (random.Next() % 15 == 0) answer.months_with_long_rows.insert(month);
      if (random.Next() % 3 == 0) answer.months[month] = Decimal();
      if (random.Next() % 20 == 0) answer.months[month] = D("3");
      if (random.Next() % 30 == 0) answer.months[month] = D("-3");
    }
    const Month from = M("2026-01") + std::chrono::months{static_cast<int>(random.Next() % 6)};
    const Month to =
        std::min(from + std::chrono::months{static_cast<int>(random.Next() % 4)}, M("2026-06"));
    const CheckResult result = Absent("from " + FormatMonth(from) + " to " + FormatMonth(to));
    ASSERT_EQ(result.holds, Naive(answer, from, to)) << "seed " << kSeed << " round " << round;
    ++seen[result.holds];
  }
  // All three outcomes have to have been compared.
  for (const std::optional<bool> outcome :
       {std::optional<bool>(true), std::optional<bool>(false), std::optional<bool>()}) {
    EXPECT_GT(seen[outcome], 100);
  }
}

}  // namespace
}  // namespace proviso::checks
