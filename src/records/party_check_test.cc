#include "records/party_check.h"

#include "records/register_fixture.h"
#include "records/register_rows.h"

namespace proviso::records {
namespace {

using testing::Contracts;
using testing::Invoices;

catalogue::Customers SmallCustomers() {
  const auto customers = catalogue::Customers::FromYaml(R"(
customers:
  - id: ba-1
    name: Example Ministry
    contract: {terms: aup, version: "3", since: 2021-03-01}
    subscriptions: [{id: sub-1, name: one}, {id: sub-2, name: two}]
  - id: ba-2
    name: Example Herald
    contract: {terms: aup, version: "3", since: 2021-03-01}
    subscriptions: [{id: sub-3, name: three}]
)",
                                                        "customers.yaml");
  EXPECT_TRUE(customers) << customers.error().message();
  return *customers;
}

class Parties : public testing::RegisterTest {
 protected:
  NormalRegister Made(const std::string& text, SourceClass cls) {
    const auto made = NormaliseRegister(text, cls, {catalogue_, &customers_});
    EXPECT_TRUE(made) << made.error().message();
    return made ? *made : NormalRegister();
  }
  static std::string Line(const std::string& customer, const std::string& subscription, int i = 1) {
    return "I-" + std::to_string(i) + "," + customer + "," + subscription +
           ",other,,2026-03,,,5,EUR";
  }

  catalogue::Customers customers_ = SmallCustomers();
};

TEST_F(Parties, OfTheCustomersFileAreNoOddity) {
  const NormalRegister invoices =
      Made(Invoices({Line("ba-1", "sub-1"), Line("ba-1", "", 2), Line("ba-2", "sub-3", 3)}),
           SourceClass::kBilling);
  EXPECT_EQ(invoices.oddities, std::vector<std::string>());
  const NormalRegister contracts =
      Made(Contracts({"A-1,ba-1,,*,*,2025-01-01,,,"}), SourceClass::kContract);
  EXPECT_EQ(contracts.oddities, std::vector<std::string>());
}

TEST_F(Parties, ThatAreUnknownAreToldWithLineAndNameAndTheRowsAreKept) {
  const std::string text =
      Invoices({Line("ba-9", "sub-1", 1), Line("ba-1", "sub-8", 2), Line("ba-9", "", 3),
                Line("ba-1", "sub-3", 4), Line("ba-1", "sub-2", 5)});
  const NormalRegister made = Made(text, SourceClass::kBilling);
  EXPECT_EQ(made.oddities,
            (std::vector<std::string>{
                "line 2 column `customer`: `ba-9` is not in the customers file; rows kept with it: "
                "2",
                "line 3 column `subscription`: `sub-8` is not in the customers file; rows kept "
                "with it: 1",
                "line 5 column `subscription`: `sub-3` is another customer's in the customers "
                "file; rows kept with it: 1"}));
  EXPECT_EQ(made.rows.imported, 5U);
  EXPECT_EQ(made.rows.quarantined, 0U);
  // What is kept does not depend on the customers file: findings may rest on it.
  const auto unchecked = NormaliseRegister(text, SourceClass::kBilling, {catalogue_});
  ASSERT_TRUE(unchecked);
  EXPECT_EQ(made.kept, unchecked->kept);
  EXPECT_EQ(unchecked->oddities, std::vector<std::string>());
}

TEST_F(Parties, OfRowsSetAsideAreNotTold) {
  const NormalRegister made = Made(
      Invoices({Line("ba-1", "sub-1"), "I-2,ba-9,,other,,March,,,5,EUR"}), SourceClass::kBilling);
  EXPECT_EQ(made.rows.quarantined, 1U);
  EXPECT_EQ(made.oddities, std::vector<std::string>());
}

TEST_F(Parties, WithoutTheFormOfAnIdAreNotRepeated) {
  const NormalRegister made =
      Made(Invoices({Line("ask for Jane Q. Nobody", "")}), SourceClass::kBilling);
  EXPECT_EQ(made.oddities,
            (std::vector<std::string>{"line 2 column `customer`: what stands there is not in the "
                                      "customers file; rows kept with it: 1"}));
}

TEST_F(Parties, BeyondTheLimitAreCounted) {
  std::vector<std::string> rows;
  for (int i = 0; i < 25; ++i) rows.push_back(Line("old-" + std::to_string(i), "", i));
  const NormalRegister made = Made(Invoices(rows), SourceClass::kBilling);
  ASSERT_EQ(made.oddities.size(), PartyCheck::kPartiesToldMax + 1);
  EXPECT_TRUE(made.oddities[19].starts_with("line 21 column `customer`: `old-19` "));
  EXPECT_EQ(made.oddities.back(),
            "and 5 more customers or subscriptions that are not as in the customers file");
}

TEST_F(Parties, BeyondWhatIsKeptAreCountedByTheirRows) {
  PartyCheck check(&customers_);
  const auto row = [&](std::uint64_t line, const std::string& customer) {
    std::vector<std::string> cells(kSubscriptionPlace + 1);
    cells[kCustomerPlace] = customer;
    check.Check(line, cells);
  };
  std::uint64_t line = 2;
  for (std::size_t i = 0; i < PartyCheck::kPartiesKeptMax; ++i) {
    row(line++, "old-" + std::to_string(i));
  }
  EXPECT_EQ(check.Oddities().size(), PartyCheck::kPartiesToldMax + 1);
  row(line++, "older-1");
  row(line++, "older-2");
  row(line++, "older-1");
  row(line++, "old-0");
  const std::vector<std::string> oddities = check.Oddities();
  ASSERT_EQ(oddities.size(), PartyCheck::kPartiesToldMax + 2);
  EXPECT_EQ(oddities[0],
            "line 2 column `customer`: `old-0` is not in the customers file; rows kept with it: 2");
  EXPECT_EQ(oddities[PartyCheck::kPartiesToldMax],
            "and 9980 more customers or subscriptions that are not as in the customers file");
  EXPECT_EQ(oddities.back(), "and still others, which were not told apart; rows kept with them: 3");
}

}  // namespace
}  // namespace proviso::records
