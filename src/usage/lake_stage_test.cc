#include "io/files/fault_file_system.h"
#include "usage/lake_fixture.h"
#include "usage/parquet_writer.h"

namespace proviso::usage {
namespace {

using delivery::RowCounts;

using testing::CsvFile;
using testing::GoodRow;
using testing::LakeTest;
using testing::ReadText;
using testing::Row;
using testing::With;

class StageTest : public LakeTest {};

TEST_F(StageTest, KeepsWhatIsAllowedAndTellsAboutIt) {
  const auto delivery =
      lake_.Stage(Csv({GoodRow(),
                       With({{"BillingPeriodStart", "2026-02-01T00:00:00Z"},
                             {"BillingPeriodEnd", "2026-03-01T00:00:00Z"}}),
                       With({{"ConsumedQuantity", "-2"}, {"ContractedCost", ""}})}),
                  {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->focus_version, "1.2");
  EXPECT_EQ(delivery->rows, (RowCounts{3, 3, 0, 0}));
  const Date march = *ParseDate("2026-03-01");
  const Date february = *ParseDate("2026-02-01");
  EXPECT_EQ(delivery->periods, (std::vector<PeriodRows>{{february, 1}, {march, 2}}));
  EXPECT_EQ(delivery->oddities,
            (std::vector<std::string>{"1 rows without one of the four costs",
                                      "1 usage rows with a negative quantity",
                                      "1 rows charged outside of their billing period"}));
  EXPECT_TRUE(delivery->quarantine.empty());
  EXPECT_EQ(*Column("SELECT ConsumedQuantity::VARCHAR || ' ' || UsageDay FROM " +
                    LakeScan(*delivery) + " ORDER BY ConsumedQuantity"),
            (std::vector<std::string>{"-2.000000000000000000 2026-03-05",
                                      "240.000000000000000000 2026-03-05",
                                      "240.000000000000000000 2026-03-05"}));
}

TEST_F(StageTest, FilesADeliveryUnderItsHash) {
  const auto file = Csv({GoodRow()});
  const auto delivery = lake_.Stage(file, {});
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->sha256, crypto::Sha256(ReadText(file)).Hex());
  EXPECT_EQ(delivery->sha256, Lake::Fingerprint(file)->Hex());
  EXPECT_TRUE(lake_.VerifyLakeFile(delivery->sha256, delivery->lake_sha256));
  const Status other = lake_.VerifyLakeFile(delivery->sha256, delivery->sha256);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kDataLoss);
}

TEST_F(StageTest, ImportingAgainReplacesTheSameRows) {
  const auto file = Csv({GoodRow(), With({{"ChargeCategory", "Gift"}})});
  const auto first = lake_.Stage(file, {});
  const auto second = lake_.Stage(file, {});
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->sha256, second->sha256);
  EXPECT_EQ(first->rows, second->rows);
  EXPECT_TRUE(lake_.VerifyLakeFile(second->sha256, second->lake_sha256));
}

TEST_F(StageTest, QuarantinesBadRowsWithLineColumnAndReason) {
  struct Case {
    std::string column;
    std::string value;
    std::string named;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {"BillingAccountId", "", "BillingAccountId", "missing"},
      {"ServiceName", "NULL", "ServiceName", "missing"},
      {"ChargePeriodStart", "", "ChargePeriodStart", "missing"},
      {"BilledCost", "12,5", "BilledCost", "not_a_decimal"},
      {"ListCost", "1e-19", "ListCost", "too_many_digits"},
      {"ConsumedQuantity", "0.1234567890123456789", "ConsumedQuantity", "too_many_digits"},
      {"ChargePeriodStart", "05.03.2026", "ChargePeriodStart", "not_a_time"},
      {"ChargePeriodEnd", "2026-03-05T10:00:00Z", "ChargePeriodEnd", "end_not_after_start"},
      {"BillingPeriodEnd", "2026-02-01T00:00:00Z", "BillingPeriodEnd", "end_not_after_start"},
      {"ChargeCategory", "usage", "ChargeCategory", "not_allowed"},
      {"ChargeClass", "Fix", "ChargeClass", "not_allowed"},
      {"CommitmentDiscountStatus", "Half", "CommitmentDiscountStatus", "not_allowed"},
      {"SkuId", std::string(600, 'x'), "SkuId", "too_long"},
      {"RegionId", "nl\t1", "RegionId", "control_character"},
  };
  for (const Case& c : cases) {
    // The quoted newline moves the bad row from line 3 to line 4.
    const auto delivery = lake_.Stage(
        Csv({With({{"ResourceName", "two\nlines"}}), With({{c.column, c.value}}), GoodRow()}), {});
    ASSERT_TRUE(delivery) << c.column << ": " << delivery.error().message();
    EXPECT_EQ(delivery->rows, (RowCounts{3, 2, 1, 0})) << c.column;
    EXPECT_EQ(ReadText(delivery->quarantine),
              R"({"column":")" + c.named + R"(","line":4,"reason":")" + c.reason + "\"}\n");
  }
}

TEST_F(StageTest, AnUnknownValueOfAMinorColumnCostsTheValueAndNotTheRow) {
  const auto delivery = lake_.Stage(Csv({With({{"ChargeFrequency", "Other"}})}), {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->rows.imported, 1U);
  ASSERT_EQ(delivery->oddities.size(), 1U);
  EXPECT_TRUE(delivery->oddities[0].starts_with("1 rows with a charge frequency"));
  EXPECT_EQ(*Column("SELECT ChargeFrequency FROM " + LakeScan(*delivery)),
            std::vector<std::string>{"NULL"});
}

// A reader that guesses the dialect, or has no escape character, rejects rows like these.
TEST_F(StageTest, TakesQuotedJsonAndNewlines) {
  const auto delivery = lake_.Stage(
      Csv({With({{"Tags", R"({"a": "b, c", "d": "e"})"}, {"ServiceName", "Say \"hi\", twice"}}),
           With({{"ChargeDescription", "line\r\nline"}})}),
      {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->rows, (RowCounts{2, 2, 0, 0}));
  EXPECT_EQ(*Column("SELECT ServiceName FROM " + LakeScan(*delivery) + " ORDER BY 1"),
            (std::vector<std::string>{"Blob Store", "Say \"hi\", twice"}));
}

TEST_F(StageTest, CountsBlankLinesAsSkipped) {
  const auto delivery = lake_.Stage(Text(CsvFile({GoodRow()}) + "\n\r\n"), {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->rows, (RowCounts{3, 1, 0, 2}));
}

TEST_F(StageTest, RefusesADeliveryAboveTheLimitAndKeepsNothing) {
  std::vector<Row> rows(300, GoodRow());
  for (std::size_t i = 0; i < 16; ++i) rows[i]["ListCost"] = "free";
  const auto delivery = lake_.Stage(Csv(rows), {});
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(delivery.error().message().find(
                "16 of 300 rows cannot be imported, at most 15 may be; nothing was kept. First: "
                "line 2 column `ListCost`: not_a_decimal; line 3"),
            std::string::npos)
      << delivery.error().message();
  EXPECT_TRUE(IsEmpty());
  rows[0]["ListCost"] = "1";
  EXPECT_TRUE(lake_.Stage(Csv(rows), {}));
}

TEST_F(StageTest, ToleratesTenBadRowsInASmallFile) {
  std::vector<Row> rows(12, With({{"ListCost", "free"}}));
  rows[0] = rows[1] = GoodRow();
  EXPECT_TRUE(lake_.Stage(Csv(rows), {}));
  rows.push_back(With({{"ListCost", "free"}}));
  EXPECT_FALSE(lake_.Stage(Csv(rows), {}));
  // A file of which nothing can be used is refused, however small.
  EXPECT_FALSE(lake_.Stage(Csv({With({{"ListCost", "free"}})}), {}));
}

TEST_F(StageTest, NothingWrittenFreelyGetsIn) {
  const std::string phone = "+49 151 5550100";
  const std::string transcript = "he said he will call back";
  std::vector<Row> rows(3, GoodRow());
  for (const FocusColumn& column : FocusColumns()) {
    if (!column.kept && column.since <= 2 && column.type == ColumnType::kText) {
      rows[0][std::string(column.name)] = phone;
      rows[1][std::string(column.name)] = transcript;
    }
  }
  rows[1]["ListCost"] = transcript;
  rows[2]["ChargeFrequency"] = transcript;
  const std::string csv = CsvFile(rows) + "\"" + transcript + "\n" + phone + "," + phone + "\n";
  const auto delivery = lake_.Stage(Text(csv), {});
  ASSERT_TRUE(delivery) << delivery.error().message();
  EXPECT_EQ(delivery->rows, (RowCounts{5, 2, 3, 0}));
  const auto parquet = folder_ / "canary.parquet";
  ASSERT_TRUE(ConvertCsvToParquet(Csv({rows[0], rows[2]}), parquet));
  const auto converted = lake_.Stage(parquet, {});
  ASSERT_TRUE(converted) << converted.error().message();
  std::string told;
  for (const std::string& oddity : delivery->oddities) told += oddity;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "data")) {
    if (entry.is_regular_file()) told += ReadText(entry.path());
  }
  // Parquet is compressed, so the values are looked at as well.
  for (const Delivery& stored : {*delivery, *converted}) {
    const auto values = Column("SELECT CAST(r AS VARCHAR) FROM " + LakeScan(stored) + " r");
    ASSERT_TRUE(values) << values.error().message();
    for (const std::string& value : *values) told += value;
  }
  EXPECT_EQ(told.find("5550100"), std::string::npos);
  EXPECT_EQ(told.find("call back"), std::string::npos);
}

TEST_F(StageTest, AnErrorNeverShowsWhatStoodInTheFile) {
  const std::string secret = "call back";
  const std::vector<std::string> files = {
      secret + "," + secret + "\n1,2\n", CsvFile({With({{"ListCost", secret}})}),
      CsvFile({With({{"SkuId", secret + std::string(1, '\0')}})}),
      CsvFile({With({{"SkuId", secret + "\xe9"}})})};
  for (const std::string& file : files) {
    const auto delivery = lake_.Stage(Text(file), {});
    ASSERT_FALSE(delivery);
    EXPECT_EQ(delivery.error().message().find(secret), std::string::npos)
        << delivery.error().message();
  }
}

TEST_F(StageTest, ParquetGivesTheSameRowsAsTheCsvItWasMadeFrom) {
  std::vector<Row> rows(50, GoodRow());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i]["ConsumedQuantity"] = std::to_string(i) + ".000000000000000001";
  }
  rows[7]["ChargeCategory"] = "Gift";
  const auto csv = Csv(rows);
  const auto parquet = folder_ / "file.parquet";
  ASSERT_TRUE(ConvertCsvToParquet(csv, parquet));
  const auto a = lake_.Stage(csv, {});
  const auto b = lake_.Stage(parquet, {});
  ASSERT_TRUE(a);
  ASSERT_TRUE(b) << b.error().message();
  EXPECT_EQ(b->format, DeliveryFormat::kParquet);
  EXPECT_EQ(a->rows, b->rows);
  EXPECT_EQ(ReadText(b->quarantine),
            "{\"column\":\"ChargeCategory\",\"reason\":\"not_allowed\",\"row\":8}\n");
  EXPECT_EQ(*Column("SELECT CAST(r AS VARCHAR) FROM " + LakeScan(*a) + " r ORDER BY 1"),
            *Column("SELECT CAST(r AS VARCHAR) FROM " + LakeScan(*b) + " r ORDER BY 1"));
}

TEST_F(StageTest, OpeningRemovesWhatADeadImportLeft) {
  const auto left = folder_ / "data" / "lake" / "staging-00.parquet";
  testing::WriteText(left, "PAR1");
  ASSERT_TRUE(Lake::Open(folder_ / "data", files_));
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(StageTest, KeepsNothingWhenTheDiskFails) {
  using Operation = io::FaultFileSystem::Operation;
  const auto file = Csv({GoodRow(), With({{"ListCost", "x"}})});
  for (const Operation failing : {Operation::kWrite, Operation::kSync, Operation::kRename}) {
    io::FaultFileSystem faulty(files_, [&](Operation operation, const auto&) -> Status {
      if (operation == failing) return Fail(ErrorCode::kUnavailable, "input/output error");
      return {};
    });
    const auto lake = Lake::Open(folder_ / "data", faulty);
    ASSERT_TRUE(lake);
    EXPECT_FALSE(lake->Stage(file, {}));
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data" / "lake")) {
      EXPECT_FALSE(entry.is_regular_file()) << entry.path();
    }
  }
}

TEST_F(StageTest, RefusesVersionsThatItDoesNotReadByName) {
  for (const int minor : {1, 3, 4}) {
    const auto delivery = lake_.Stage(Csv({GoodRow()}, minor), {});
    ASSERT_FALSE(delivery) << minor;
    EXPECT_EQ(delivery.error().code(), ErrorCode::kUnimplemented);
    EXPECT_NE(delivery.error().message().find("this is FOCUS 1." + std::to_string(minor)),
              std::string::npos);
  }
  const auto oldest = lake_.Stage(Csv({GoodRow()}, 0), {});
  ASSERT_TRUE(oldest) << oldest.error().message();
  EXPECT_EQ(oldest->focus_version, "1.0");
}

TEST_F(StageTest, ReportsProgress) {
  double last = 0;
  std::string phases;
  ImportOptions options;
  options.progress = [&](double share, std::string_view phase) {
    EXPECT_GE(share, last);
    last = share;
    if (!phases.ends_with(phase)) phases += phase;
  };
  ASSERT_TRUE(lake_.Stage(Csv({GoodRow()}), options));
  EXPECT_EQ(last, 1.0);
  EXPECT_TRUE(phases.ends_with("store")) << phases;
}

}  // namespace
}  // namespace proviso::usage
