#include <sstream>

#include "records/register_columns.h"
#include "records/register_fixture.h"

namespace proviso::records {
namespace {

using delivery::FaultReason;
using delivery::FaultReasonCode;

using testing::ReadText;

// The text of the fenced block that begins with "```<info>".
std::string Block(const std::string& info) {
  static const std::string document =
      ReadText(std::filesystem::path(PROVISO_SOURCE_DIR) / "docs/formats/records.md");
  std::istringstream in(document);
  std::string line;
  while (std::getline(in, line) && line != "```" + info) {
  }
  std::string block;
  while (std::getline(in, line) && line != "```") block += line + "\n";
  EXPECT_FALSE(block.empty()) << info;
  return block;
}

class RecordsDocument : public testing::RegisterTest {
 protected:
  RecordsDocument() {
    const auto path = std::filesystem::path(PROVISO_SOURCE_DIR) / "examples/catalogue.yaml";
    catalogue_ = catalogue::Catalogue::FromYaml(ReadText(path), "catalogue.yaml").value();
    contracts_ = Staged(Block("csv contracts"), SourceClass::kContract);
    invoices_ = Staged(Block("csv invoices"), SourceClass::kBilling);
  }
  StagedRegister contracts_;
  StagedRegister invoices_;
};

TEST_F(RecordsDocument, ShowsWhatIsKept) {
  EXPECT_EQ(Kept(contracts_), Block("csv kept contracts"));
  EXPECT_EQ(contracts_.dropped_columns, std::vector<std::string>{"notes"});
  EXPECT_EQ(ReadText(contracts_.quarantine), Block("json quarantine"));
  EXPECT_EQ(Kept(invoices_), Block("csv kept invoices"));
  EXPECT_TRUE(invoices_.quarantine.empty());
}

TEST_F(RecordsDocument, ShowsQuestionsAsTheyAreStoredAndWhatTheyAnswer) {
  ContractQuestion contracts;
  contracts.customer = "ba-0001";
  contracts.subscriptions = {"sub-0002", "sub-0001"};
  contracts.capability_class = "object-storage";
  contracts.region = "nl-1";
  contracts.at = ParseDate("2026-07-15").value();
  const auto in_force = store_.ContractsAt(std::vector{FileOf(contracts_)}, contracts);
  ASSERT_TRUE(in_force) << in_force.error().message();
  InvoiceQuestion invoices;
  invoices.customer = "ba-0001";
  invoices.subscriptions = {"sub-0002"};
  invoices.capability_class = "speech-to-text";
  invoices.region = "nl-1";
  invoices.from = ParseMonth("2026-03").value();
  invoices.to = ParseMonth("2026-05").value();
  const auto charged = store_.InvoicesIn(std::vector{FileOf(invoices_)}, invoices);
  ASSERT_TRUE(charged) << charged.error().message();
  EXPECT_EQ(in_force->query + "\n" + charged->query + "\n", Block("questions"));

  ASSERT_EQ(in_force->agreements.size(), 1U);
  EXPECT_EQ(in_force->agreements[0].agreement, "A-7");
  EXPECT_EQ(in_force->agreements[0].covers, std::vector<std::string>{"sub-0001"});
  EXPECT_EQ(in_force->not_covered, std::vector<std::string>{"sub-0002"});
  EXPECT_EQ(charged->amounts,
            (std::vector<InvoiceAmount>{{invoices.from, "EUR", Decimal::FromInteger(180), 2}}));
  EXPECT_EQ(charged->unplaced_lines, 1U);
  EXPECT_EQ(charged->covered, (std::vector<Month>{invoices.from, ParseMonth("2026-04").value()}));
}

TEST_F(RecordsDocument, HasEveryReasonAndEveryColumn) {
  const std::string document =
      ReadText(std::filesystem::path(PROVISO_SOURCE_DIR) / "docs/formats/records.md");
  // Those that only metering gives.
  const std::set<FaultReason> others = {FaultReason::kNotATime, FaultReason::kNotAllowed};
  for (int i = 1; i < delivery::kFaultReasons; ++i) {
    if (others.contains(static_cast<FaultReason>(i))) continue;
    const std::string code(FaultReasonCode(static_cast<FaultReason>(i)));
    EXPECT_NE(code, "none") << i;
    EXPECT_NE(document.find("`" + code + "`"), std::string::npos) << code;
  }
  for (const SourceClass cls : {SourceClass::kBilling, SourceClass::kContract}) {
    EXPECT_NE(document.find("| `" + std::string(SourceClassName(cls)) + "` |"), std::string::npos);
    for (const RegisterColumn& column : RegisterColumns(cls)) {
      EXPECT_NE(document.find("`" + std::string(column.name) + "`"), std::string::npos)
          << column.name;
    }
  }
}

}  // namespace
}  // namespace proviso::records
