#include "checks/evaluate_fixture.h"

namespace proviso::checks {
namespace {

class ContractedForm : public EvaluateTest {
 protected:
  ContractedForm() { attributed_ = {{"sub-a", "signals"}, {"sub-c", "signals"}}; }

  void Agree(const std::string& id, std::set<std::string> subscriptions,
             std::optional<Decimal> quantity = std::nullopt, const std::string& unit = "h") {
    facts_.agreements.push_back({.agreement = {.id = id,
                                               .from = Day("2025-01-01"),
                                               .until = Day("2027-01-01"),
                                               .quantity = quantity,
                                               .unit = unit},
                                 .subscriptions = std::move(subscriptions)});
  }
  CheckResult Of(const std::string& scope, const std::string& rest = "") {
    return Evaluated("contracted(" + scope + ", class: speech-to-text) at 2026-07-15" + rest);
  }
};

TEST_F(ContractedForm, HoldsWhenTheScopeIsCoveredAsAWholeOrInEachPart) {
  const struct {
    const char* what;
    std::vector<std::set<std::string>> agreements;
    bool subscription_a;
    bool unit;      // a, c
    bool customer;  // a, b, c
  } cases[] = {{"none", {}, false, false, false},
               {"the customer as a whole", {{}}, true, true, true},
               {"one part", {{"sub-a"}}, true, false, false},
               {"another's part", {{"sub-b"}}, false, false, false},
               {"both at once", {{"sub-a", "sub-c"}}, true, true, false},
               {"each by itself", {{"sub-a"}, {"sub-c"}}, true, true, false},
               {"all of the customer", {{"sub-a", "sub-c"}, {"sub-b"}}, true, true, true}};
  for (const auto& [what, agreements, subscription, unit, customer] : cases) {
    facts_.agreements.clear();
    for (const auto& covered : agreements) {
      Agree("C-" + std::to_string(facts_.agreements.size()), covered);
    }
    EXPECT_EQ(Of("subscription: sub-a").holds, std::optional<bool>(subscription)) << what;
    EXPECT_EQ(Of("unit: signals").holds, std::optional<bool>(unit)) << what;
    EXPECT_EQ(Of("customer: example-ministry").holds, std::optional<bool>(customer)) << what;
  }
}

TEST_F(ContractedForm, SaysWhichAgreementsAreInForce) {
  Agree("C-17", {"sub-a"}, D("100"));
  const CheckResult result = Of("subscription: sub-a");
  EXPECT_EQ(result.why,
            "speech-to-text of subscription `sub-a`, all regions: in force on 2026-07-15: `C-17` "
            "from 2025-01-01 until before 2027-01-01");
  EXPECT_EQ(result.counterfactual, "would fail on a day on which this agreement is not in force");
  EXPECT_EQ(result.value, std::nullopt);
  EXPECT_EQ(result.threshold, std::nullopt);
  EXPECT_EQ(result.query, "contracts");
  EXPECT_EQ(result.inputs, std::vector<std::string>{"c1"});
  const Json json = result.ToJson();
  EXPECT_EQ(json.Find("agreements")->Canonical(),
            R"([{"from":"2025-01-01","id":"C-17","quantity":"100","unit":"h",)"
            R"("until":"2027-01-01"}])");
  EXPECT_EQ(json.Find("threshold")->Canonical(), "null");
  EXPECT_EQ(json.StringOr("customer", ""), "example-ministry");
}

TEST_F(ContractedForm, AsksForTheDayAndEndsBeforeTheLastOne) {
  facts_.agreements = {{.agreement = {.id = "C-1",
                                      .from = Day("2026-07-15"),
                                      .until = Day("2026-07-17"),
                                      .quantity = {},
                                      .unit = ""},
                        .subscriptions = {}}};
  const struct {
    const char* day;
    bool holds;
  } cases[] = {
      {"2026-07-14", false}, {"2026-07-15", true}, {"2026-07-16", true}, {"2026-07-17", false}};
  for (const auto& [day, holds] : cases) {
    EXPECT_EQ(Evaluated("contracted(subscription: sub-a, class: speech-to-text, region: nl-1) at " +
                        std::string(day))
                  .holds,
              std::optional<bool>(holds))
        << day;
    EXPECT_EQ(facts_.asked_contracts.back().at, Day(day));
    EXPECT_EQ(facts_.asked_contracts.back().region, "nl-1");
    EXPECT_EQ(facts_.asked_contracts.back().customer, "example-ministry");
  }
}

TEST_F(ContractedForm, NamesWhatNoAgreementCovers) {
  Agree("C-1", {"sub-a"});
  const CheckResult unit = Of("unit: signals");
  EXPECT_EQ(unit.why,
            "speech-to-text of unit `signals` (2 subscriptions), all regions: no agreement in "
            "force on 2026-07-15 covers `sub-c`");
  EXPECT_EQ(unit.counterfactual,
            "would hold with an agreement in force on 2026-07-15 that covers `sub-c`");
  EXPECT_NE(Of("customer: example-ministry").why.find("covers `sub-b` and `sub-c`"),
            std::string::npos);
}

TEST_F(ContractedForm, MissesRecordsWithoutASourceOfContracts) {
  facts_.contracts_covered = false;
  const CheckResult result = Of("unit: signals", " >= 100 h");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_NE(result.why.find("no source of contracts is registered and imported"),
            std::string::npos);
  EXPECT_EQ(Of("unit: logistics").why,
            "no subscription is attributed to unit `logistics` in this case");
}

TEST_F(ContractedForm, ComparesTheAgreedQuantityAndCountsEachAgreementOnce) {
  Agree("C-1", {"sub-a", "sub-c"}, D("60"));
  Agree("C-2", {"sub-a"}, D("40"));
  const struct {
    const char* asked;
    bool holds;
  } cases[] = {{" >= 100 h", true}, {" > 100 h", false},  {" <= 100 hours", true},
               {" < 100 h", false}, {" >= 101 h", false}, {" <= 99 h", false}};
  for (const auto& [asked, holds] : cases) {
    const CheckResult result = Of("unit: signals", asked);
    EXPECT_EQ(result.holds, std::optional<bool>(holds)) << asked;
    EXPECT_EQ(result.value, D("100")) << asked;
  }
  EXPECT_EQ(Of("subscription: sub-a", " >= 100 h").why,
            "speech-to-text of subscription `sub-a`, all regions: in force on 2026-07-15: `C-1` "
            "from 2025-01-01 until before 2027-01-01 and `C-2` from 2025-01-01 until before "
            "2027-01-01, 100 h agreed, asked for >= 100 h");
}

TEST_F(ContractedForm, TakesAnAgreementWithoutAFittingQuantityAsALowerBound) {
  const struct {
    std::optional<Decimal> quantity;
    const char* unit;
  } open[] = {{std::nullopt, ""}, {D("5"), "licences"}};
  for (const auto& [quantity, unit] : open) {
    facts_.agreements.clear();
    Agree("C-1", {"sub-a"}, D("60"));
    Agree("C-2", {"sub-a"}, quantity, unit);
    EXPECT_EQ(Of("subscription: sub-a", " >= 60 h").holds, std::optional<bool>(true));
    EXPECT_EQ(Of("subscription: sub-a", " < 60 h").holds, std::optional<bool>(false));
    const CheckResult result = Of("subscription: sub-a", " >= 61 h");
    EXPECT_EQ(result.holds, std::nullopt);
    EXPECT_NE(result.why.find("; `C-2` without a quantity in h, so this is a lower bound only"),
              std::string::npos)
        << result.why;
    EXPECT_EQ(Of("subscription: sub-a", " <= 60 h").holds, std::nullopt);
  }
}

TEST_F(ContractedForm, FailsWithoutAnAgreementWhateverIsCompared) {
  EXPECT_EQ(Of("unit: signals", " <= 100 h").holds, std::optional<bool>(false));
  EXPECT_EQ(Of("unit: signals", " >= 0 h").holds, std::optional<bool>(false));
}

TEST_F(ContractedForm, ConvertsBytes) {
  Agree("C-1", {}, D("2"), "PB");
  EXPECT_EQ(Evaluated("contracted(subscription: sub-a, class: object-storage) at 2026-07-15 "
                      ">= 2000 TB")
                .value,
            D("2000000"));
}

TEST_F(ContractedForm, ListsABoundedNumberOfAgreements) {
  for (std::size_t i = 0; i <= kAgreementsListedMax; ++i) Agree("C-" + std::to_string(i), {});
  const CheckResult result = Of("subscription: sub-a");
  EXPECT_EQ(result.agreements.size(), kAgreementsListedMax);
  EXPECT_NE(result.why.find(" and 95 more"), std::string::npos) << result.why;
}

TEST_F(ContractedForm, ReadsContractsOfABoundedNumberOfSubscriptions) {
  for (std::size_t i = 0; i <= kContractSubscriptionsMax; ++i) {
    attributed_["sub-" + std::to_string(i)] = "logistics";
  }
  const CheckResult result = Of("unit: logistics");
  EXPECT_EQ(result.holds, std::nullopt);
  EXPECT_TRUE(facts_.asked_contracts.empty());
  EXPECT_NE(result.why.find("contracts are read of at most 500 subscriptions"), std::string::npos);
}

}  // namespace
}  // namespace proviso::checks
