#include "delivery/set_aside.h"
#include "usage/lake_fixture.h"

namespace proviso::usage {
namespace {

using delivery::FaultReason;
using delivery::FaultReasonCode;
using delivery::RowCounts;

using testing::LakeTest;
using testing::ReadText;

class FocusDocument : public LakeTest {
 protected:
  // The first block of docs/formats/focus.md in `language`.
  static std::string Block(const std::string& language) {
    const std::string text =
        ReadText(std::filesystem::path(PROVISO_SOURCE_DIR) / "docs/formats/focus.md");
    const std::string mark = "```" + language + "\n";
    const std::size_t begin = text.find(mark) + mark.size();
    return text.substr(begin, text.find("```", begin) - begin);
  }
};

TEST_F(FocusDocument, ItsExampleIsWhatHappens) {
  const auto delivery = lake_.Stage(Text(Block("csv")), {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->focus_version, "1.0");
  EXPECT_EQ(delivery->rows, (RowCounts{2, 1, 1, 0}));
  EXPECT_EQ(ReadText(delivery->quarantine), Block("json"));
}

TEST_F(FocusDocument, NamesEveryKeptColumnAndEveryReason) {
  const std::string text =
      ReadText(std::filesystem::path(PROVISO_SOURCE_DIR) / "docs/formats/focus.md");
  for (const FocusColumn* column : LakeColumns()) {
    EXPECT_NE(text.find("`" + std::string(column->name) + "`"), std::string::npos) << column->name;
  }
  // Those that only registers give.
  const std::set<FaultReason> others = {
      FaultReason::kNotAnId,       FaultReason::kNotADate,     FaultReason::kNotAMonth,
      FaultReason::kNegative,      FaultReason::kNotACurrency, FaultReason::kUnknownClass,
      FaultReason::kUnknownRegion, FaultReason::kUnknownUnit,  FaultReason::kDuplicate};
  for (int i = 1; i < delivery::kFaultReasons; ++i) {
    if (others.contains(static_cast<FaultReason>(i))) continue;
    const std::string code(FaultReasonCode(static_cast<FaultReason>(i)));
    EXPECT_NE(text.find("`" + code + "`"), std::string::npos) << code;
  }
}

}  // namespace
}  // namespace proviso::usage
