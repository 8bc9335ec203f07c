#include "catalogue/customers.h"
#include "records/register_fixture.h"
#include "records/register_rows.h"

namespace proviso::records {
namespace {

using testing::ReadText;

constexpr std::string_view kMinistry = "ba-example-ministry";

// The registers of the example provider are whole, fit its customers, and tell what the example
// story says about them.
class ExampleRegisters : public testing::RegisterTest {
 protected:
  ExampleRegisters() {
    const std::filesystem::path examples = std::filesystem::path(PROVISO_SOURCE_DIR) / "examples";
    catalogue_ =
        catalogue::Catalogue::FromYaml(ReadText(examples / "catalogue.yaml"), "catalogue.yaml")
            .value();
    customers_ =
        catalogue::Customers::FromYaml(ReadText(examples / "customers.yaml"), "customers.yaml")
            .value();
    contracts_ = Staged(ReadText(examples / "contracts.csv"), SourceClass::kContract);
    invoices_ = Staged(ReadText(examples / "invoices.csv"), SourceClass::kBilling);
  }

  std::vector<std::string> MinistrySubscriptions() const {
    std::vector<std::string> ids;
    for (const auto& subscription : customers_.FindCustomer(kMinistry)->subscriptions) {
      ids.push_back(subscription.id);
    }
    return ids;
  }
  ContractAnswer Agreed(std::string_view cls, std::string_view region, Date at) {
    ContractQuestion question;
    question.customer = kMinistry;
    question.subscriptions = MinistrySubscriptions();
    question.capability_class = cls;
    question.region = region;
    question.at = at;
    const auto answer = store_.ContractsAt(std::vector{FileOf(contracts_)}, question);
    EXPECT_TRUE(answer) << answer.error().message();
    return answer ? *answer : ContractAnswer();
  }
  InvoiceAnswer Charged(std::string_view cls, std::string_view region, std::string_view from,
                        std::string_view to) {
    InvoiceQuestion question;
    question.customer = kMinistry;
    question.capability_class = cls;
    question.region = region;
    question.from = ParseMonth(from).value();
    question.to = ParseMonth(to).value();
    const auto answer = store_.InvoicesIn(std::vector{FileOf(invoices_)}, question);
    EXPECT_TRUE(answer) << answer.error().message();
    return answer ? *answer : InvoiceAnswer();
  }

  catalogue::Customers customers_;
  StagedRegister contracts_;
  StagedRegister invoices_;
};

TEST_F(ExampleRegisters, AreWhole) {
  for (const StagedRegister& staged : {contracts_, invoices_}) {
    EXPECT_EQ(staged.rows.quarantined, 0U);
    EXPECT_EQ(staged.rows.skipped, 0U);
    EXPECT_GT(staged.rows.imported, 70U);
    EXPECT_TRUE(staged.oddities.empty());
  }
  EXPECT_EQ(contracts_.dropped_columns, std::vector<std::string>{"notes"});
  EXPECT_EQ(Kept(contracts_).find("folder"), std::string::npos);
  EXPECT_TRUE(invoices_.dropped_columns.empty());
  ASSERT_EQ(invoices_.months.size(), 15U);
  EXPECT_EQ(FormatMonth(invoices_.months.begin()->first), "2025-08");
  EXPECT_EQ(FormatMonth(invoices_.months.rbegin()->first), "2026-10");
}

TEST_F(ExampleRegisters, NameCustomersAndSubscriptionsThatExist) {
  for (const StagedRegister& staged : {contracts_, invoices_}) {
    std::uint64_t rows = 0;
    for (const catalogue::Customer& customer : customers_.all()) {
      RowFilter filter;
      filter.customer = customer.id;
      const auto found = store_.Rows(FileOf(staged), filter, RegisterStore::kRowsShownMax);
      ASSERT_TRUE(found) << found.error().message();
      EXPECT_GT(found->matching, 0U) << customer.id;
      rows += found->matching;
      for (const RegisterRows::Row& row : found->rows) {
        const std::string& subscription = row.cells[2];
        if (subscription.empty()) continue;
        const catalogue::Customer* const owner = customers_.CustomerOfSubscription(subscription);
        ASSERT_NE(owner, nullptr) << subscription;
        EXPECT_EQ(owner->id, customer.id) << subscription;
      }
    }
    EXPECT_EQ(rows, staged.rows.imported);
  }
}

TEST_F(ExampleRegisters, NoAgreementCoversSpeechToTextOfTheMinistryInTheNetherlands) {
  for (const auto& [month, lines] : invoices_.months) {
    const ContractAnswer speech = Agreed("speech-to-text", "nl-1", FirstDay(month));
    EXPECT_TRUE(speech.agreements.empty()) << FormatMonth(month);
    EXPECT_EQ(speech.not_covered.size(), MinistrySubscriptions().size());
    EXPECT_GT(speech.lines_read, 0U);
    EXPECT_FALSE(Agreed("object-storage", "nl-1", FirstDay(month)).agreements.empty());
    EXPECT_FALSE(Agreed("compute", "nl-1", FirstDay(month)).agreements.empty());
    EXPECT_FALSE(Agreed("speech-to-text", "ie-1", FirstDay(month)).agreements.empty());
    EXPECT_TRUE(Agreed("security", "nl-1", FirstDay(month)).not_covered.empty());
    EXPECT_TRUE(Agreed("face-recognition", "", FirstDay(month)).agreements.empty());
  }
}

TEST_F(ExampleRegisters, TheInvoicesShowTheRiseAndItsEnd) {
  const InvoiceAnswer before = Charged("speech-to-text", "nl-1", "2025-08", "2025-08");
  const InvoiceAnswer july = Charged("speech-to-text", "nl-1", "2026-07", "2026-07");
  ASSERT_EQ(before.amounts.size(), 1U);
  ASSERT_EQ(july.amounts.size(), 1U);
  EXPECT_GT(july.amounts[0].amount, before.amounts[0].amount);
  const InvoiceAnswer october = Charged("speech-to-text", "nl-1", "2026-10", "2026-10");
  EXPECT_EQ(october.lines, 0U);
  EXPECT_EQ(october.covered.size(), 1U);
  EXPECT_GT(Charged("object-storage", "nl-1", "2026-10", "2026-10").lines, 0U);
  EXPECT_EQ(Charged("face-recognition", "", "2025-08", "2026-10").lines, 0U);
}

TEST_F(ExampleRegisters, WhatIsFreeStandsOnAnInvoiceWithAnAmountOfZero) {
  const InvoiceAnswer answer = Charged("ingress", "nl-1", "2025-08", "2026-08");
  EXPECT_EQ(answer.amounts.size(), 13U);
  for (const InvoiceAmount& month : answer.amounts) {
    EXPECT_TRUE(month.amount.IsZero()) << FormatMonth(month.month);
    EXPECT_GT(month.lines, 0U);
  }
}

}  // namespace
}  // namespace proviso::records
