#include "usage/lake_fixture.h"

namespace proviso::usage {
namespace {

using delivery::RowCounts;

using testing::LakeTest;

constexpr std::string_view kSums =
    "SELECT concat_ws(' ', count(*), sum(BilledCost), sum(EffectiveCost), sum(ListCost), "
    "sum(ContractedCost), sum(ConsumedQuantity)) FROM ";

// The public sample of real, anonymised rows (FOCUS-Sample-Data, CC BY 4.0), which lies beside the
// source tree where it was fetched.
class FocusSample : public LakeTest {
 protected:
  static std::filesystem::path Folder() {
    return std::filesystem::path(PROVISO_SOURCE_DIR).parent_path() / "shared/data/focus";
  }
};

TEST_F(FocusSample, CsvAndParquetGiveTheSumsThatDuckDbGives) {
  if (!std::filesystem::exists(Folder())) {
    GTEST_SKIP() << "SKIPPED: looked for the public FOCUS sample in " << Folder()
                 << ", found no such folder";
  }
  const auto csv = Folder() / "focus_1.0_real_anonymised_1000.csv";
  std::string types;
  for (const char* const name :
       {"BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ConsumedQuantity"}) {
    types += (types.empty() ? "'" : ", '") + std::string(name) + "': 'DECIMAL(38,18)'";
  }
  const auto expected = Column(std::string(kSums) + "read_csv(" + QuoteSql(csv.string()) +
                               ", header = true, nullstr = 'NULL', types = {" + types + "})");
  ASSERT_TRUE(expected) << expected.error().message();
  for (const char* const name :
       {"focus_1.0_real_anonymised_1000.csv", "focus_1.0_real_anonymised_1000.snappy.parquet",
        "focus_1.0_real_anonymised_1000.zstd.parquet"}) {
    const auto delivery = lake_.Stage(Folder() / name, {});
    ASSERT_TRUE(delivery) << name << ": " << delivery.error().message();
    EXPECT_EQ(delivery->focus_version, "1.0");
    EXPECT_EQ(delivery->rows, (RowCounts{1000, 1000, 0, 0})) << name;
    EXPECT_EQ(*Column(std::string(kSums) + LakeScan(*delivery)), *expected) << name;
  }
}

TEST_F(FocusSample, ReadsAPublicFileOf12AndRefusesOneOf13) {
  if (!std::filesystem::exists(Folder())) {
    GTEST_SKIP() << "SKIPPED: looked for the public FOCUS sample in " << Folder()
                 << ", found no such folder";
  }
  const auto delivery = lake_.Stage(Folder() / "guymano_1.2_azure_excerpt.csv", {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->focus_version, "1.2");
  EXPECT_EQ(delivery->rows, (RowCounts{2, 2, 0, 0}));
  EXPECT_EQ(lake_.Stage(Folder() / "guymano_1.3_azure_excerpt.csv", {}).error().code(),
            ErrorCode::kUnimplemented);
}

}  // namespace
}  // namespace proviso::usage
