#include "checks/evaluate_fixture.h"
#include "crypto/hash.h"

namespace proviso::checks {
namespace {

TEST_F(EvaluateTest, ComparesALevelByTheMeanOfTheDayAndAFlowByItsAmount) {
  const struct {
    const char* text;
    const char* amount;  // mean or sum of the day
    bool holds;
    const char* value;
  } cases[] = {
      {"usage(customer: example-ministry, class: object-storage) at 2026-07-15 >= 5 PB", "5000000",
       true, "5000000"},
      {"usage(customer: example-ministry, class: object-storage) at 2026-07-15 >= 5 PB",
       "4999999.999999999999999999", false, "4999999.999999999999999999"},
      {"usage(customer: example-ministry, class: object-storage) at 2026-07-15 > 5 PB", "5000000",
       false, "5000000"},
      {"usage(customer: example-ministry, class: object-storage) at 2026-07-15 > 5 PB",
       "5000000.000000000000000001", true, "5000000.000000000000000001"},
      {"usage(customer: example-ministry, class: object-storage) at 2026-07-15 <= 1 GB",
       "4.16666666666666", false, "4.166667"},
      {"usage(customer: example-ministry, class: object-storage) at 2026-07-15 < 1 PiB", "1000000",
       true, "1000000"},
      {"usage(customer: example-ministry, class: speech-to-text) at 2026-07-15 >= 5000 h", "5000",
       true, "5000"},
      {"usage(customer: example-ministry, class: speech-to-text) at 2026-07-15 < 5000 h", "5000",
       false, "5000"},
      {"usage(customer: example-ministry, class: speech-to-text) at 2026-07-15 <= 5000 h", "5000",
       true, "5000"},
  };
  for (const auto& [text, amount, holds, value] : cases) {
    facts_.answer.total = {Day("2026-07-15"), {D(amount)}};
    const CheckResult result = Evaluated(text);
    EXPECT_EQ(result.holds, std::optional<bool>(holds)) << text << " of " << amount;
    ASSERT_TRUE(result.value);
    EXPECT_EQ(result.value->ToString(), value) << text;
  }
}

TEST_F(EvaluateTest, AsksForTheSubscriptionsOfItsScope) {
  attributed_ = {{"sub-c", "signals"}, {"sub-a", "signals"}, {"sub-b", "logistics"}};
  const struct {
    const char* scope;
    std::vector<std::string> subscriptions;
  } cases[] = {{"customer: example-ministry", {"sub-a", "sub-b", "sub-c"}},
               {"subscription: sub-b", {"sub-b"}},
               {"unit: \"example signals unit\"", {"sub-a", "sub-c"}},
               {"unit: E-17", {"sub-a", "sub-c"}},
               {"unit: logistics", {"sub-b"}}};
  for (const auto& [scope, subscriptions] : cases) {
    const CheckResult result = Evaluated("usage(" + std::string(scope) +
                                         ", class: speech-to-text, region: nl-1) "
                                         "at 2026-07-15 >= 1 h");
    EXPECT_EQ(facts_.asked.back().subscriptions, subscriptions) << scope;
    EXPECT_EQ(facts_.asked.back().region, "nl-1");
    EXPECT_EQ(facts_.asked.back().capability_class, "speech-to-text");
    EXPECT_EQ(result.subscriptions, subscriptions) << scope;
  }
}

TEST_F(EvaluateTest, SaysWhenNoRegionWasGiven) {
  facts_.answer.total = {Day("2026-07-15"), {D("7")}};
  const CheckResult result =
      Evaluated("usage(subscription: sub-a, class: speech-to-text) at 2026-07-15 >= 5 h");
  EXPECT_EQ(result.region, "*");
  EXPECT_EQ(facts_.asked.back().region, "");
  EXPECT_EQ(result.why,
            "speech-to-text of subscription `sub-a`, all regions: 7 h on 2026-07-15, asked for "
            ">= 5 h");
}

TEST_F(EvaluateTest, MissesRecordsWhenNothingCoversTheDay) {
  const std::string text =
      "usage(customer: example-ministry, class: object-storage, region: nl-1) "
      "at 2026-07-15 >= 5 PB";
  CheckResult result = Evaluated(text);
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_EQ(result.value, std::nullopt);
  EXPECT_EQ(result.why,
            "object-storage of customer `example-ministry` (3 subscriptions), region nl-1: no row "
            "covers 2026-07-15");
  EXPECT_EQ(result.counterfactual, "rows of a day or less that cover 2026-07-15 would decide it");

  // Monthly rows are never spread silently.
  facts_.answer.months[M("2026-07")] = D("1000000000");
  facts_.answer.months_with_long_rows = {M("2026-07")};
  result = Evaluated(text);
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("only rows longer than a day cover 2026-07-15, and those are never "
                            "spread over days"),
            std::string::npos);
}

TEST_F(EvaluateTest, TakesADayBesideLongRowsAsALowerBound) {
  facts_.answer.total = {Day("2026-07-15"), {D("100")}};
  facts_.answer.months_with_long_rows = {M("2026-07")};
  const struct {
    const char* comparison;
    std::optional<bool> holds;
  } cases[] = {{">= 100", true},        {">= 101", std::nullopt}, {"> 99", true},
               {"> 100", std::nullopt}, {"<= 99", false},         {"<= 100", std::nullopt},
               {"< 100", false},        {"< 101", std::nullopt}};
  for (const auto& [comparison, holds] : cases) {
    const CheckResult result =
        Evaluated("usage(subscription: sub-a, class: speech-to-text) at 2026-07-15 " +
                  std::string(comparison) + " h");
    EXPECT_EQ(result.holds, holds) << comparison;
    EXPECT_EQ(result.why.find("lower bound") != std::string::npos, !holds) << comparison;
  }
}

TEST_F(EvaluateTest, MissesRecordsWhenNoSubscriptionIsAttributed) {
  const CheckResult result =
      Evaluated("usage(unit: signals, class: object-storage) at 2026-07-15 >= 5 PB");
  EXPECT_TRUE(facts_.asked.empty());
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_EQ(result.why, "no subscription is attributed to unit `signals` in this case");
  EXPECT_EQ(result.ToJson().StringOr("result", ""), "records_missing");
}

TEST_F(EvaluateTest, ComparesGrowthByCrossMultiplication) {
  const struct {
    const char* before;
    const char* after;
    const char* ratio;
    bool holds;
    const char* value;
  } cases[] = {{"3", "24", ">= 8x", true, "8"},
               {"3", "24", "> 8x", false, "8"},
               {"3", "23.999999999999999997", ">= 8x", false, "7.999999999999999999"},
               {"3", "24.000000000000000003", "> 8x", true, "8.000000000000000001"},
               {"3", "10", ">= 3x", true, "3.3333"},
               {"3", "1", "<= 0.5x", true, "0.3333"},
               {"10", "0", "< 0.1x", true, "0"}};
  for (const auto& [before, after, ratio, holds, value] : cases) {
    facts_.answer.months = {{M("2026-03"), D(before)}, {M("2026-07"), D(after)}};
    facts_.answer.total = {};
    facts_.Fill("2026-03-01", "2026-08-01", "0.1");
    const CheckResult result =
        Evaluated("growth(subscription: sub-a, class: speech-to-text) from 2026-03 to 2026-07 " +
                  std::string(ratio));
    EXPECT_EQ(result.holds, std::optional<bool>(holds)) << after << " " << ratio;
    ASSERT_TRUE(result.value);
    EXPECT_EQ(result.value->ToString(), value) << after << " " << ratio;
  }
}

TEST_F(EvaluateTest, ComparesMonthsOfALevelByTheirMeanHours) {
  // 28 days against 31: equal means, unequal sums.
  facts_.Fill("2026-02-01", "2026-04-01", "1");
  facts_.answer.months = {{M("2026-02"), D("672")}, {M("2026-03"), D("744")}};
  const CheckResult result =
      Evaluated("growth(subscription: sub-a, class: object-storage) from 2026-02 to 2026-03 > 1x");
  EXPECT_EQ(result.holds, std::optional<bool>(false));
  EXPECT_EQ(result.value, D("1"));
  EXPECT_EQ(result.months,
            (std::map<std::string, Decimal>{{"2026-02", D("1")}, {"2026-03", D("1")}}));
}

TEST_F(EvaluateTest, NeedsWholeMonthsOfALevelButNotOfAFlow) {
  facts_.answer.months = {{M("2026-02"), D("480")}, {M("2026-03"), D("744")}};
  facts_.Fill("2026-02-09", "2026-04-01", "1");
  const CheckResult level =
      Evaluated("growth(subscription: sub-a, class: object-storage) from 2026-02 to 2026-03 > 1x");
  EXPECT_EQ(level.holds, std::nullopt);
  EXPECT_NE(level.why.find("2026-02 is covered on 20 of 28 days only"), std::string::npos)
      << level.why;
  const CheckResult flow =
      Evaluated("growth(subscription: sub-a, class: speech-to-text) from 2026-02 to 2026-03 > 1x");
  EXPECT_EQ(flow.holds, std::optional<bool>(true));
  EXPECT_NE(flow.why.find("2026-02 has rows on 20 of 28 days, the others count as no use"),
            std::string::npos)
      << flow.why;
}

TEST_F(EvaluateTest, CountsRowsLongerThanADayInMonths) {
  facts_.answer.months = {{M("2026-02"), D("672")}, {M("2026-03"), D("1488")}};
  facts_.answer.months_with_long_rows = {M("2026-02"), M("2026-03")};
  const CheckResult result =
      Evaluated("growth(subscription: sub-a, class: object-storage) from 2026-02 to 2026-03 >= 2x");
  EXPECT_EQ(result.holds, std::optional<bool>(true));
  EXPECT_NE(result.why.find("2026-02 counts rows longer than a day"), std::string::npos);
}

TEST_F(EvaluateTest, GivesNoRatioForGrowthFromZeroOrFromMissingMonths) {
  const std::string text =
      "growth(subscription: sub-a, class: speech-to-text) from 2026-03 to 2026-07 >= 8x";
  facts_.answer.months = {{M("2026-03"), D("0")}, {M("2026-07"), D("5")}};
  facts_.Fill("2026-03-01", "2026-08-01", "0");
  CheckResult result = Evaluated(text);
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_EQ(result.value, std::nullopt);
  EXPECT_NE(result.why.find("0 h in 2026-03, 5 h in 2026-07: what grew from zero has no ratio"),
            std::string::npos)
      << result.why;
  facts_.answer.months = {{M("2026-07"), D("5")}};
  result = Evaluated(text);
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("no row covers 2026-03"), std::string::npos);
  EXPECT_EQ(result.counterfactual, "rows that cover all of 2026-03 and 2026-07 would decide it");
}

TEST_F(EvaluateTest, SaysWhatWouldHaveChangedTheOutcome) {
  facts_.answer.total = {Day("2026-07-15"), {D("6200000")}};
  const struct {
    const char* asked;
    const char* counterfactual;
  } cases[] = {
      {">= 5 PB",
       "would fail with a threshold above 6.2 PB, or if the mean of the day were below 5 PB"},
      {"> 5 PB",
       "would fail with a threshold of 6.2 PB or more, or if the mean of the day were 5 PB or "
       "less"},
      {"<= 7 PB",
       "would fail with a threshold below 6.2 PB, or if the mean of the day were above 7 PB"},
      {"< 7 PB",
       "would fail with a threshold of 6.2 PB or less, or if the mean of the day were 7 PB or "
       "more"},
      {">= 7 PB",
       "would hold with a threshold of 6.2 PB or less, or if the mean of the day were 7 PB or "
       "more"},
      {"> 7 PB",
       "would hold with a threshold below 6.2 PB, or if the mean of the day were above 7 PB"},
      {"<= 5 PB",
       "would hold with a threshold of 6.2 PB or more, or if the mean of the day were 5 PB or "
       "less"},
      {"< 5 PB",
       "would hold with a threshold above 6.2 PB, or if the mean of the day were below 5 PB"}};
  for (const auto& [asked, counterfactual] : cases) {
    EXPECT_EQ(Evaluated("usage(subscription: sub-a, class: object-storage) at 2026-07-15 " +
                        std::string(asked))
                  .counterfactual,
              counterfactual);
  }
}

TEST_F(EvaluateTest, PlotsThirtyDaysAroundADayAndTheSpanOfMonths) {
  facts_.Fill("2026-07-10", "2026-07-20", "2");
  const CheckResult usage =
      Evaluated("usage(subscription: sub-a, class: object-storage) at 2026-07-15 >= 1 GB");
  EXPECT_EQ(usage.series.first, Day("2026-06-15"));
  ASSERT_EQ(usage.series.values.size(), 61U);
  EXPECT_EQ(usage.series.values[24], std::nullopt);
  EXPECT_EQ(usage.series.values[25], D("2"));
  const CheckResult growth =
      Evaluated("growth(subscription: sub-a, class: speech-to-text) from 2026-03 to 2026-07 >= 8x");
  EXPECT_EQ(growth.series.first, Day("2026-03-01"));
  EXPECT_EQ(growth.series.values.size(), 153U);
  const CheckResult decade =
      Evaluated("growth(subscription: sub-a, class: speech-to-text) from 2016-03 to 2026-07 >= 8x");
  EXPECT_EQ(decade.series.step_days, 10);
  EXPECT_LE(decade.series.values.size(), 400U);
}

TEST_F(EvaluateTest, GivesTheSameBytesForTheSameInputs) {
  facts_.answer.total = {Day("2026-07-15"), {D("100")}};
  facts_.answer.inputs = {"catalogue:ab", "22", "11", "22"};
  const std::string text = "usage(subscription: sub-a, class: speech-to-text) at 2026-07-15 >= 5 h";
  const Json first = Evaluated(text).ToJson();
  EXPECT_EQ(first.Canonical(), Evaluated(text).ToJson().Canonical());
  EXPECT_EQ(first.StringsAt("inputs").value(),
            (std::vector<std::string>{"11", "22", "catalogue:ab"}));
  Json without = first;
  without = Json::MakeObject();
  for (const auto& [key, value] : *first.AsObject()) {
    if (key != "hash") without[key] = value;
  }
  EXPECT_EQ(first.StringOr("hash", ""), crypto::Sha256(without.Canonical()).Hex());
  facts_.answer.inputs = {"33"};
  EXPECT_NE(first.StringOr("hash", ""), Evaluated(text).ToJson().StringOr("hash", ""));
}

TEST_F(EvaluateTest, RefusesNamesThatDoNotExist) {
  const struct {
    const char* text;
    ErrorCode code;
    const char* error;
  } cases[] = {
      {"usage(customer: example-ministri, class: object-storage) at 2026-07-15 >= 5 PB",
       ErrorCode::kNotFound,
       "there is no customer `example-ministri`; did you mean `example-ministry`?"},
      {"usage(subscription: sub-x, class: object-storage) at 2026-07-15 >= 5 PB",
       ErrorCode::kNotFound, "there is no subscription `sub-x`; did you mean `sub-b`?"},
      {"usage(unit: signal, class: object-storage) at 2026-07-15 >= 5 PB", ErrorCode::kNotFound,
       "there is no unit `signal`; did you mean `signals`?"},
      {"usage(unit: signals, class: object-store) at 2026-07-15 >= 5 PB", ErrorCode::kNotFound,
       "there is no class `object-store`; did you mean `object-storage`?"},
      {"usage(unit: signals, class: object-storage, region: nl-2) at 2026-07-15 >= 5 PB",
       ErrorCode::kNotFound, "there is no region `nl-2`; did you mean `nl-1`?"},
      {"usage(unit: signals, class: speech-to-text) at 2026-07-15 >= 5 PB",
       ErrorCode::kInvalidArgument,
       "`PB` does not measure what is counted in `h`; expected one of `h`"},
      {"ratio(unit: signals, class: object-storage, per: speech-to-txt) "
       "from 2026-03 to 2026-07 <= 1 MB/h",
       ErrorCode::kNotFound, "there is no class `speech-to-txt`; did you mean `speech-to-text`?"},
      {"co-moves(unit: signals, class: object-storage, with: spech-to-text) "
       "from 2026-03 to 2026-07 >= 0.8",
       ErrorCode::kNotFound, "there is no class `spech-to-text`; did you mean `speech-to-text`?"},
      {"ratio(unit: signals, class: object-storage, per: speech-to-text) "
       "from 2026-03 to 2026-07 <= 1 MB/characters",
       ErrorCode::kInvalidArgument,
       "`characters` does not measure what is counted in `h`; expected one of `h`"},
      {"ratio(unit: signals, class: speech-to-text, per: object-storage) "
       "from 2026-03 to 2026-07 <= 1 MB/h",
       ErrorCode::kInvalidArgument,
       "`MB` does not measure what is counted in `h`; expected one of `h`"},
      {"contracted(unit: signals, class: speech-to-text) at 2026-07-15 >= 1 PB",
       ErrorCode::kInvalidArgument,
       "`PB` does not measure what is counted in `h`; expected one of `h`"},
      {"billed(customer: example-ministri, class: speech-to-text) from 2026-03 to 2026-07 > 1 EUR",
       ErrorCode::kNotFound,
       "there is no customer `example-ministri`; did you mean `example-ministry`?"},
      {"absent(unit: signals, class: object-store) from 2026-03 to 2026-07", ErrorCode::kNotFound,
       "there is no class `object-store`; did you mean `object-storage`?"},
      {"growth(unit: signals, class: nothing) from 2026-03 to 2026-07 >= 8x", ErrorCode::kNotFound,
       "there is no class `nothing`; expected one of `object-storage`, `speech-to-text`"}};
  for (const auto& [text, code, error] : cases) {
    const Result<CheckResult> result = TryEvaluate(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code(), code) << text;
    EXPECT_EQ(result.error().message(), error) << text;
  }
}

TEST_F(EvaluateTest, NamesTheVersionOfTheRulesOfEachForm) {
  const struct {
    const char* text;
    const char* rule;
  } cases[] = {
      {"usage(subscription: sub-a, class: object-storage) at 2026-07-15 >= 5 PB", "checks/1"},
      {"growth(subscription: sub-a, class: object-storage) from 2026-03 to 2026-07 >= 8x",
       "checks/1"},
      {"billed(subscription: sub-a, class: object-storage) from 2026-03 to 2026-07 >= 8 EUR",
       "checks/2"},
      {"contracted(subscription: sub-a, class: object-storage) at 2026-07-15", "checks/2"},
      {"co-moves(subscription: sub-a, class: object-storage, with: speech-to-text) "
       "from 2026-03 to 2026-07 >= 0.8",
       "checks/2"},
      {"ratio(subscription: sub-a, class: object-storage, per: speech-to-text) "
       "from 2026-03 to 2026-07 >= 8 MB/h",
       "checks/2"},
      {"absent(subscription: sub-a, class: object-storage) from 2026-03 to 2026-07", "checks/2"}};
  for (const auto& [text, rule] : cases) {
    const Json json = Evaluated(text).ToJson();
    EXPECT_EQ(json.StringOr("rule", ""), rule) << text;
    EXPECT_EQ(json.StringOr("check", ""), text);
  }
}

TEST_F(EvaluateTest, GivesTheSameBytesForEachFormAndBoundsThem) {
  facts_.Fill("2007-01-01", "2026-12-31", "3.333333333333333333");
  facts_.by_class["speech-to-text"] = facts_.answer;
  for (const char* text :
       {"billed(subscription: sub-a, class: object-storage) from 2007-01 to 2026-12 >= 8 EUR",
        "contracted(subscription: sub-a, class: object-storage) at 2026-07-15",
        "co-moves(subscription: sub-a, class: object-storage, with: speech-to-text) "
        "from 2007-01 to 2026-12 >= 0.8",
        "ratio(subscription: sub-a, class: object-storage, per: speech-to-text) "
        "from 2007-01 to 2026-12 >= 8 MB/h",
        "absent(subscription: sub-a, class: object-storage) from 2007-01 to 2026-12"}) {
    const std::string bytes = Evaluated(text).ToJson().Canonical();
    EXPECT_EQ(bytes, Evaluated(text).ToJson().Canonical());
    EXPECT_LE(bytes.size(), 32768U) << text;
  }
}

}  // namespace
}  // namespace proviso::checks
