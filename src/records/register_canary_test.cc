#include <algorithm>

#include "records/register_fixture.h"

namespace proviso::records {
namespace {

using testing::ReadText;

// What must never be seen again, by the column in which it is planted.
const std::vector<std::string>& Canaries() {
  static const std::vector<std::string> canaries = {"+31 6 0000 0042", "Jane Q. Nobody",
                                                    "he said meet me at the canary bridge",
                                                    "jane@canary.example", "RIFFcanaryWAVE"};
  return canaries;
}

bool HoldsACanary(std::string_view text) {
  return std::ranges::any_of(Canaries(), [&](const std::string& canary) {
    return text.find(canary) != std::string_view::npos;
  });
}

class RegisterCanary : public testing::RegisterTest {
 protected:
  // Nothing below the data folder holds a canary, in a name or in a file.
  void ExpectClean(const std::string& what) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(data_)) {
      EXPECT_FALSE(HoldsACanary(entry.path().string())) << what;
      if (!entry.is_regular_file()) continue;
      EXPECT_FALSE(HoldsACanary(ReadText(entry.path()))) << what;
    }
  }
  static std::string WithCanaries(std::string_view header, const std::vector<std::string>& rows) {
    std::string text =
        "contact," + std::string(header.substr(0, header.size() - 1)) + ",notes,name,email,audio\n";
    for (const std::string& row : rows) {
      text += "\"" + Canaries()[0] + "\"," + row + ",\"" + Canaries()[2] + "\n" + Canaries()[1] +
              "\"," + Canaries()[1] + "," + Canaries()[3] + "," + Canaries()[4] + "\n";
    }
    return text;
  }
};

TEST_F(RegisterCanary, FreeTextIsNowhere) {
  struct Case {
    SourceClass cls;
    std::string_view header;
    std::string row;
  };
  const std::vector<Case> cases = {
      {SourceClass::kContract, testing::kContractHeader,
       "A-1,ba-1,sub-1,object-storage,nl-1,2024-01-01,,100,GB"},
      {SourceClass::kBilling, testing::kInvoiceHeader,
       "I-1,ba-1,sub-1,object-storage,nl-1,2026-03,10,GB-Hours,1.5,EUR"}};
  for (const Case& c : cases) {
    const StagedRegister staged = Staged(WithCanaries(c.header, {c.row}), c.cls);
    EXPECT_EQ(staged.rows.imported, 1U);
    EXPECT_EQ(staged.dropped_columns,
              (std::vector<std::string>{"contact", "notes", "name", "email", "audio"}));
    ExpectClean(c.row);
    const auto rows = store_.Rows(
        FileOf(staged),
        {.customer = "ba-1", .subscriptions = {}, .capability_class = "", .region = ""}, 10);
    ASSERT_TRUE(rows) << rows.error().message();
    ASSERT_EQ(rows->rows.size(), 1U);
    for (const std::string& cell : rows->rows.front().cells) EXPECT_FALSE(HoldsACanary(cell));
  }
}

// A canary in every kept column but those of the parties, whose names the provider gives: the row
// is set aside, and neither a file nor a message says what stood there.
TEST_F(RegisterCanary, FreeTextInAKeptColumnIsSetAside) {
  const std::vector<std::string> good = {
      "I-1", "ba-1", "sub-1", "object-storage", "nl-1", "2026-03", "10", "GB-Hours", "1.5", "EUR"};
  for (std::size_t column = 0; column < good.size(); ++column) {
    if (column == 1 || column == 2) continue;
    for (const std::string& canary : Canaries()) {
      if (canary == "RIFFcanaryWAVE" && column == 0) continue;  // Could be a number.
      std::string row;
      for (std::size_t i = 0; i < good.size(); ++i) {
        row += (i == 0 ? "" : ",") + (i == column ? "\"" + canary + "\"" : good[i]);
      }
      const std::string what = row;
      const auto refused = Stage(testing::Invoices({row}), SourceClass::kBilling);
      ASSERT_FALSE(refused) << what;
      EXPECT_FALSE(HoldsACanary(refused.error().message())) << refused.error().message();
      const auto staged =
          Stage(testing::Invoices({"I-9,ba-1,,ingress,nl-1,2026-03,1,GB,1,EUR", row}),
                SourceClass::kBilling);
      ASSERT_TRUE(staged) << what;
      EXPECT_EQ(staged->rows.quarantined, 1U) << what;
    }
  }
  ExpectClean("kept columns");
}

TEST_F(RegisterCanary, AFileThatIsNoRegisterIsRefusedWithoutItsText) {
  std::string lines;
  for (const std::string& canary : Canaries()) lines += canary + "\n";
  for (const std::string& text :
       {lines, Canaries()[1] + "," + Canaries()[2] + "\n" + lines, "\"" + lines,
        std::string(testing::kInvoiceHeader) + lines,
        std::string(testing::kInvoiceHeader) + lines.substr(0, lines.size() - 1),
        std::string(testing::kInvoiceHeader) + lines + "\xff"}) {
    const auto staged = Stage(text, SourceClass::kBilling);
    ASSERT_FALSE(staged);
    EXPECT_FALSE(HoldsACanary(staged.error().message())) << staged.error().message();
  }
  EXPECT_TRUE(Names().empty());
}

}  // namespace
}  // namespace proviso::records
