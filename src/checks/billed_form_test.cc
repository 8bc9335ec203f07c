#include "base/random.h"
#include "checks/evaluate_fixture.h"

namespace proviso::checks {
namespace {

class BilledForm : public EvaluateTest {
 protected:
  BilledForm() {
    facts_.billed.amounts = {{M("2026-03"), {{"EUR", D("40000.10")}}},
                             {M("2026-04"), {{"EUR", D("60000")}, {"USD", D("9")}}}};
    facts_.billed.lines = 14;
    facts_.billed.covered = {M("2026-03"), M("2026-04"), M("2026-05")};
    facts_.billed.query = "invoices";
    facts_.billed.inputs = {"i2", "i1"};
  }
};

TEST_F(BilledForm, SumsTheLinesOfTheCurrencyThatIsAskedFor) {
  const CheckResult result = Evaluated(
      "billed(customer: example-ministry, class: speech-to-text, region: nl-1) "
      "from 2026-03 to 2026-05 >= 100000 EUR");
  EXPECT_EQ(result.holds, std::optional<bool>(true));
  EXPECT_EQ(result.value, D("100000.1"));
  EXPECT_EQ(result.unit, "EUR");
  EXPECT_EQ(result.threshold, D("100000"));
  EXPECT_EQ(result.months,
            (std::map<std::string, Decimal>{
                {"2026-03", D("40000.1")}, {"2026-04", D("60000")}, {"2026-05", {}}}));
  EXPECT_EQ(result.why,
            "speech-to-text of customer `example-ministry` (3 subscriptions), region nl-1: "
            "100000.1 EUR on 14 lines from 2026-03 to 2026-05, asked for >= 100000 EUR; amounts in "
            "USD are not counted");
  EXPECT_EQ(result.counterfactual,
            "would fail with a threshold above 100000.1 EUR, or if the sum of the lines were below "
            "100000 EUR");
  EXPECT_EQ(result.query, "invoices");
  EXPECT_EQ(result.inputs, (std::vector<std::string>{"i1", "i2"}));
  EXPECT_TRUE(facts_.asked.empty());
}

TEST_F(BilledForm, ComparesExactly) {
  const struct {
    const char* asked;
    bool holds;
  } cases[] = {{">= 100000.1 EUR", true},
               {"> 100000.1 EUR", false},
               {"<= 100000.1 EUR", true},
               {"< 100000.1 EUR", false},
               {"< 100000.100000000000000001 EUR", true},
               {">= 9 USD", true},
               {"> 9 USD", false},
               {"<= 0 GBP", true}};
  for (const auto& [asked, holds] : cases) {
    EXPECT_EQ(Evaluated("billed(customer: example-ministry, class: speech-to-text) "
                        "from 2026-03 to 2026-04 " +
                        std::string(asked))
                  .holds,
              std::optional<bool>(holds))
        << asked;
  }
}

TEST_F(BilledForm, AsksForTheLinesOfItsScope) {
  attributed_ = {{"sub-c", "signals"}, {"sub-a", "signals"}};
  const struct {
    const char* scope;
    std::vector<std::string> subscriptions;
  } cases[] = {{"customer: example-ministry", {}},
               {"subscription: sub-b", {"sub-b"}},
               {"unit: signals", {"sub-a", "sub-c"}}};
  for (const auto& [scope, subscriptions] : cases) {
    const CheckResult result =
        Evaluated("billed(" + std::string(scope) +
                  ", class: speech-to-text, region: nl-1) from 2026-03 to 2026-04 > 1 EUR");
    const InvoiceQuestion& question = facts_.asked_invoices.back();
    EXPECT_EQ(question.customer, "example-ministry") << scope;
    EXPECT_EQ(question.subscriptions, subscriptions) << scope;
    EXPECT_EQ(question.capability_class, "speech-to-text");
    EXPECT_EQ(question.region, "nl-1");
    EXPECT_EQ(question.from, M("2026-03"));
    EXPECT_EQ(question.to, M("2026-04"));
    EXPECT_EQ(result.customer, "example-ministry");
  }
  EXPECT_EQ(Evaluated("billed(unit: logistics, class: speech-to-text) "
                      "from 2026-03 to 2026-04 > 1 EUR")
                .why,
            "no subscription is attributed to unit `logistics` in this case");
}

TEST_F(BilledForm, TakesAMonthWithoutASourceAsALowerBound) {
  const struct {
    const char* asked;
    std::optional<bool> holds;
  } cases[] = {{">= 100000 EUR", true},   {">= 100001 EUR", std::nullopt},
               {"> 100000 EUR", true},    {"> 100000.1 EUR", std::nullopt},
               {"<= 100000 EUR", false},  {"<= 100000.1 EUR", std::nullopt},
               {"< 100000.1 EUR", false}, {"< 100001 EUR", std::nullopt}};
  for (const auto& [asked, holds] : cases) {
    const CheckResult result = Evaluated(
        "billed(customer: example-ministry, class: speech-to-text) "
        "from 2026-02 to 2026-07 " +
        std::string(asked));
    EXPECT_EQ(result.holds, holds) << asked;
    EXPECT_EQ(result.value, D("100000.1"));
    EXPECT_NE(result.why.find("; no registered source of invoices speaks for 2026-02 and 2026-06 "
                              "to 2026-07, so this is a lower bound only"),
              std::string::npos)
        << result.why;
    if (holds) continue;
    EXPECT_EQ(result.counterfactual, "invoices of 2026-02 and 2026-06 to 2026-07 would decide it");
  }
}

TEST_F(BilledForm, MissesRecordsWhereNoSourceSpeaks) {
  const CheckResult result = Evaluated(
      "billed(customer: example-ministry, class: speech-to-text) "
      "from 2026-06 to 2026-06 >= 0 EUR");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_EQ(result.value, std::nullopt);
  EXPECT_EQ(result.why,
            "speech-to-text of customer `example-ministry` (3 subscriptions), all regions: no "
            "registered source of invoices speaks for 2026-06");
}

TEST_F(BilledForm, CountsLinesWithoutAPriceAsLinesAndAsZero) {
  facts_.billed.amounts = {{M("2026-03"), {{"EUR", Decimal()}}}};
  facts_.billed.lines = 1;
  const CheckResult result = Evaluated(
      "billed(subscription: sub-a, class: speech-to-text) from 2026-03 to 2026-03 "
      "<= 0 EUR");
  EXPECT_EQ(result.holds, std::optional<bool>(true));
  EXPECT_NE(result.why.find(": 0 EUR on 1 line in 2026-03, asked for <= 0 EUR"), std::string::npos)
      << result.why;
}

TEST_F(BilledForm, IgnoresMonthsOutsideOfTheSpan) {
  facts_.billed.amounts[M("2026-01")]["EUR"] = D("1000000");
  EXPECT_EQ(Evaluated("billed(subscription: sub-a, class: speech-to-text) from 2026-03 to 2026-03 "
                      "> 1 EUR")
                .value,
            D("40000.1"));
}

TEST_F(BilledForm, AgreesWithANaiveEvaluator) {
  constexpr std::uint64_t kSeed = 4217;
  SeededRandom random(kSeed);
  std::map<std::optional<bool>, int> seen;
  for (int round = 0; round < 2000; ++round) {
    facts_.billed = {};
    std::int64_t sum = 0;  // cents
    bool all_covered = true;
    bool any = false;
    for (Month month = M("2026-01"); month <= M("2026-06"); month += std::chrono::months{1}) {
      const bool covered = random.Next() % 8 != 0;
      const bool lines = random.Next() % 3 != 0;
      if (covered) facts_.billed.covered.insert(month);
      if (lines) {
        const auto cents = static_cast<std::int64_t>(random.Next() % 4) - 1;
        facts_.billed.amounts[month]["USD"] = D("1000000");
        facts_.billed.amounts[month]["EUR"] = Decimal::FromUnits(cents * (Decimal::kUnit / 100));
        if (month >= M("2026-02") && month <= M("2026-05")) sum += cents;
      }
      if (month < M("2026-02") || month > M("2026-05")) continue;
      all_covered = all_covered && covered;
      any = any || covered || lines;
    }
    const auto bound = static_cast<std::int64_t>(random.Next() % 6);
    const std::uint64_t sign = random.Next() % 4;
    static constexpr const char* kSigns[] = {">=", ">", "<=", "<"};
    const bool holds = sign == 0   ? sum >= bound
                       : sign == 1 ? sum > bound
                       : sign == 2 ? sum <= bound
                                   : sum < bound;
    const bool settled = all_covered || holds == (sign < 2);
    const std::optional<bool> expected = any && settled ? std::optional<bool>(holds) : std::nullopt;
    const CheckResult result =
        Evaluated("billed(subscription: sub-a, class: speech-to-text) from 2026-02 to 2026-05 " +
                  std::string(kSigns[sign]) + " 0.0" + std::to_string(bound) + " EUR");
    ASSERT_EQ(result.holds, expected) << "seed " << kSeed << " round " << round << result.why;
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
