#include <sys/stat.h>

#include "usage/lake_fixture.h"
#include "usage/parquet_writer.h"

namespace proviso::usage {
namespace {

using delivery::RowCounts;

using testing::ColumnNames;
using testing::CsvFile;
using testing::CsvHeader;
using testing::CsvLine;
using testing::GoodRow;
using testing::LakeTest;
using testing::ReadText;
using testing::With;
using testing::WriteText;

// Every way in which a file may be broken: refused with place and remedy and nothing kept, or the
// rows at fault set aside with their place.
class ImportFaults : public LakeTest {
 protected:
  void ExpectRefused(const std::filesystem::path& file, const std::string& why,
                     const std::string& what) {
    const auto delivery = lake_.Stage(file, {});
    ASSERT_FALSE(delivery) << what;
    EXPECT_EQ(delivery.error().code(), ErrorCode::kInvalidArgument) << what;
    EXPECT_NE(delivery.error().message().find(why), std::string::npos)
        << what << ": " << delivery.error().message();
    EXPECT_TRUE(IsEmpty()) << what;
  }
  // A Parquet file of one row with `columns` as in `SELECT`.
  std::filesystem::path Parquet(const std::string& select) {
    const auto path = folder_ / ("file" + std::to_string(next_++) + ".parquet");
    const Status written = Sql("COPY (SELECT " + select + ") TO " + QuoteSql(path.string()) +
                               " (FORMAT parquet, COMPRESSION uncompressed)");
    EXPECT_TRUE(written) << written.error().message();
    return path;
  }
  // All kept columns of a good row, with `changed` in place of `column` (empty: left out).
  static std::string Select(std::string_view column = "", std::string_view changed = "") {
    std::string select;
    for (const FocusColumn* kept : LakeColumns()) {
      if (kept->since > 0) continue;
      std::string value = "NULL::VARCHAR";
      const auto good = GoodRow();
      const auto found = good.find(kept->name);
      if (found != good.end()) value = QuoteSql(found->second);
      if (kept->type == ColumnType::kDecimal) value += "::DECIMAL(38,18)";
      if (kept->type == ColumnType::kInstant) value += "::TIMESTAMP";
      if (kept->name == column) {
        if (changed.empty()) continue;
        value = changed;
      }
      select += (select.empty() ? "" : ", ") + value + " AS \"" + std::string(kept->name) + "\"";
    }
    return select;
  }
};

TEST_F(ImportFaults, ACsvFileThatCannotBeTakenIsRefused) {
  auto without = ColumnNames(2);
  std::erase(without, "ConsumedQuantity");
  auto twice = ColumnNames(2);
  twice.emplace_back("Tags");
  const std::string good = CsvFile({GoodRow(), GoodRow()});
  std::string utf16 = "\xff\xfe";
  for (const char c : good) (utf16 += c) += '\0';
  struct Case {
    std::string what;
    std::string text;
    std::string why;
  };
  const std::vector<Case> cases = {
      {"empty", "", "is empty; expected a header and rows"},
      {"header only", CsvFile({}), "the file has a header and no rows; export"},
      {"wrong type", CsvFile({With({{"BilledCost", "x"}}), With({{"BilledCost", "y"}})}),
       "2 of 2 rows cannot be imported, at most 10 may be; nothing was kept. First: line 2 column "
       "`BilledCost`: not_a_decimal"},
      {"UTF-16", utf16, "is UTF-16 text, expected CSV in UTF-8 or Parquet; export it as UTF-8"},
      {"UTF-16 without a mark", utf16.substr(2), "NUL byte, expected text; export"},
      {"Latin-1", CsvFile({GoodRow(), With({{"SubAccountName", "Caf\xe9"}})}),
       "line 3 column `SubAccountName` is not UTF-8; export the file as UTF-8"},
      {"NUL", CsvFile({GoodRow(), With({{"Tags", std::string(1, '\0')}})}),
       "line 3 column `Tags` has a NUL byte, expected text"},
      {"missing column", CsvHeader(without) + CsvLine(without, GoodRow()),
       "line 1: the header has no column `ConsumedQuantity`; export all mandatory columns"},
      {"duplicate column", CsvHeader(twice) + CsvLine(twice, GoodRow()),
       "line 1: the header names the column `Tags` twice (again as column 58)"},
      {"no header", CsvLine(without, GoodRow()), "no column of FOCUS is in the header"},
      {"gzip", "\x1f\x8b\x08rest", "is gzip, expected CSV in UTF-8 or Parquet; unpack it first"},
      {"zip", "PK\x03\x04rest", "is a zip archive"},
      {"header with a stray quote", "Tags,\"x\n", "line 1"},
      {"long line", good + std::string(3U << 20U, 'x'), "line 4 is longer than 1048576 bytes"},
  };
  for (const Case& c : cases) ExpectRefused(Text(c.text), c.why, c.what);
}

TEST_F(ImportFaults, AParquetFileThatCannotBeTakenIsRefused) {
  const std::string good = ReadText(Parquet(Select()));
  std::string corrupt = good;
  corrupt.replace(corrupt.size() - 8, 4, std::string(4, '\x7f'));
  std::string damaged = good;
  damaged.replace(4, 200, std::string(200, '\x7f'));
  const auto raw = [&](const std::string& bytes) {
    return WriteText(folder_ / ("file" + std::to_string(next_++) + ".parquet"), bytes);
  };
  ExpectRefused(raw(good.substr(0, good.size() / 2)), "is a Parquet file that was cut off",
                "truncated");
  ExpectRefused(raw("PAR1"), "was cut off", "only the mark");
  ExpectRefused(raw(corrupt), "the Parquet file cannot be read", "corrupt");
  ExpectRefused(raw(damaged), "the Parquet file cannot be read", "damaged");
  ExpectRefused(raw("PARE" + good), "is encrypted Parquet", "encrypted");
  ExpectRefused(Parquet(Select("SkuId")), "the header has no column `SkuId`", "missing column");
  ExpectRefused(Parquet(Select("BilledCost", "1.25::DOUBLE")),
                "the column `BilledCost` is DOUBLE, expected DECIMAL", "wrong type");
  ExpectRefused(Parquet(Select("SubAccountId", "[1, 2]")),
                "the column `SubAccountId` is INTEGER[], expected text", "list");
  ExpectRefused(Parquet(Select("SubAccountId", "{'canary': 1}")),
                "the column `SubAccountId` is STRUCT, expected text", "struct");
  ExpectRefused(Parquet(Select("ChargePeriodEnd", "5")),
                "the column `ChargePeriodEnd` is INTEGER, expected TIMESTAMP", "no time");
  ExpectRefused(Parquet(Select() + " WHERE false"), "a header and no rows", "no rows");
  ExpectRefused(Parquet("1 AS a"), "no column of FOCUS", "another table");
}

// `bytes` with every `old` replaced by a text of the same length.
std::string Replaced(std::string bytes, const std::string& old, const std::string& text) {
  EXPECT_EQ(old.size(), text.size());
  EXPECT_NE(bytes.find(old), std::string::npos) << old;
  for (std::size_t at = bytes.find(old); at != std::string::npos; at = bytes.find(old, at)) {
    bytes.replace(at, old.size(), text);
  }
  return bytes;
}

TEST_F(ImportFaults, AParquetFileWithTextThatIsNotUtf8IsRefusedWithoutItsText) {
  for (const char* const column : {"SkuId", "RegionId", "ConsumedUnit"}) {
    const std::string whole = ReadText(Parquet(Select(column, "'canary text of nobody'")));
    const auto file = WriteText(folder_ / (std::string(column) + ".parquet"),
                                Replaced(whole, "canary text", "canary t\xE9xt"));
    const auto delivery = lake_.Stage(file, {});
    ASSERT_FALSE(delivery);
    EXPECT_EQ(delivery.error().code(), ErrorCode::kInvalidArgument);
    const std::string& said = delivery.error().message();
    EXPECT_TRUE(said.ends_with("the column `" + std::string(column) +
                               "` holds text that is not UTF-8; export it as UTF-8"))
        << said;
    EXPECT_EQ(said.find("canary"), std::string::npos) << said;
    EXPECT_TRUE(IsEmpty());
  }
}

TEST_F(ImportFaults, AParquetFileThatNamesAColumnTwiceIsRefused) {
  const std::string whole = ReadText(Parquet(Select() + ", '1' AS \"ConsumedQuantitz\""));
  const auto file =
      WriteText(folder_ / "twice.parquet", Replaced(whole, "ConsumedQuantitz", "ConsumedQuantity"));
  ExpectRefused(file, "the header names the column `ConsumedQuantity` twice", "twice");
  // A struct may have a member of any name.
  const auto within = Parquet(Select() + ", {'ConsumedQuantity': 1, 'b': [1]} AS x_More, 1 AS x_B");
  EXPECT_TRUE(lake_.Stage(within, {}));
}

TEST_F(ImportFaults, AHugeTextInAParquetFileIsRefusedWithItsColumn) {
  const auto file = Parquet(Select("ServiceName", "repeat('x', 100000000)"));
  const auto delivery =
      lake_.Stage(file, {.memory_bytes_max = std::uint64_t{256} << 20U, .progress = {}});
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().code(), ErrorCode::kInvalidArgument);
  const std::string& said = delivery.error().message();
  EXPECT_NE(said.find("the column `ServiceName` takes more memory to read than an import may use; "
                      "export it with shorter texts, or with fewer rows in a group"),
            std::string::npos)
      << said;
}

TEST_F(ImportFaults, ADamagedParquetFileIsRefusedInWordsOfOurs) {
  const std::string whole = ReadText(Parquet(Select()));
  int refused = 0;
  for (std::size_t at = 4; at + 8 < whole.size(); at += whole.size() / 40) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ '\x5A');
    const auto delivery = lake_.Stage(WriteText(folder_ / "damaged.parquet", damaged), {});
    if (delivery) continue;
    ++refused;
    const std::string& said = delivery.error().message();
    EXPECT_EQ(delivery.error().code(), ErrorCode::kInvalidArgument) << at << ": " << said;
    for (const char* const foreign : {"duckdb", "DuckDB", "Error", "Attempting", "value"}) {
      EXPECT_EQ(said.find(foreign), std::string::npos) << at << ": " << said;
    }
    EXPECT_NE(said.find("; "), std::string::npos) << at << ": " << said;
  }
  EXPECT_GT(refused, 10);
}

TEST_F(ImportFaults, AParquetFileMayTypeItsColumnsInSeveralWays) {
  const std::vector<std::pair<std::string, std::string>> variants = {
      {"", ""},
      {"BilledCost", "'1.25'"},
      {"BilledCost", "1::BIGINT"},
      {"BilledCost", "1.25::DECIMAL(9,2)"},
      {"PricingQuantity", "240::DOUBLE"},
      {"ChargePeriodStart", "TIMESTAMPTZ '2026-03-05 10:00:00+00'"},
      {"ChargePeriodStart", "TIMESTAMP_NS '2026-03-05 10:00:00'"},
      {"ChargePeriodStart", "'2026-03-05T10:00:00Z'"},
      {"BillingPeriodStart", "DATE '2026-03-01'"},
      {"SkuId", "11472"},
      {"SkuId", "'SKU-1'::BLOB"},
  };
  for (const auto& [column, value] : variants) {
    const auto delivery = lake_.Stage(Parquet(Select(column, value)), {});
    ASSERT_TRUE(delivery) << column << " " << value << ": " << delivery.error().message();
    EXPECT_EQ(delivery->rows, (RowCounts{1, 1, 0, 0})) << column;
    EXPECT_EQ(*Column("SELECT CAST(ChargePeriodStart AS VARCHAR) FROM " + LakeScan(*delivery)),
              std::vector<std::string>{"2026-03-05 10:00:00"});
  }
}

TEST_F(ImportFaults, ABrokenRowOfACsvFileIsSetAside) {
  const std::string good = CsvFile({GoodRow(), GoodRow()});
  const std::string row = CsvLine(ColumnNames(2), GoodRow());
  struct Case {
    std::string what;
    std::string text;
    RowCounts rows;
    std::string quarantine;
  };
  const std::vector<Case> cases = {
      {"truncated",
       good + row.substr(0, row.size() / 2),
       {3, 2, 1, 0},
       "{\"line\":4,\"reason\":\"too_few_fields\"}\n"},
      {"truncated within quotes",
       good + "\"a,b",
       {3, 2, 1, 0},
       "{\"line\":4,\"reason\":\"unterminated_quote\"}\n"},
      {"too few fields",
       good + "a,b\n" + row,
       {4, 3, 1, 0},
       "{\"line\":4,\"reason\":\"too_few_fields\"}\n"},
      {"too many fields",
       good + "," + row + row,
       {4, 3, 1, 0},
       "{\"line\":4,\"reason\":\"too_many_fields\"}\n"},
      {"stray quote",
       good + "5\" disk" + row + row,
       {4, 3, 1, 0},
       "{\"line\":4,\"reason\":\"bad_quoting\"}\n"},
      {"unterminated quote",
       good + "\"" + row + row,
       {4, 3, 1, 0},
       "{\"line\":4,\"reason\":\"unterminated_quote\"}\n"},
  };
  for (const Case& c : cases) {
    const auto delivery = lake_.Stage(Text(c.text), {});
    ASSERT_TRUE(delivery) << c.what << ": " << delivery.error().message();
    EXPECT_EQ(delivery->rows, c.rows) << c.what;
    EXPECT_EQ(ReadText(delivery->quarantine), c.quarantine) << c.what;
  }
}

TEST_F(ImportFaults, SaysThatAFileMayHaveBeenCutOff) {
  std::string text = CsvFile({GoodRow()});
  text.pop_back();
  const auto delivery = lake_.Stage(Text(text), {});
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->oddities,
            std::vector<std::string>{"the last line does not end: the file may have been cut off"});
}

TEST_F(ImportFaults, RefusesWhatIsNoFile) {
  EXPECT_EQ(lake_.Stage(folder_ / "none.csv", {}).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(lake_.Stage(folder_, {}).error().code(), ErrorCode::kInvalidArgument);
  ASSERT_EQ(::mkfifo((folder_ / "pipe.csv").c_str(), 0600), 0);
  ExpectRefused(folder_ / "pipe.csv", "expected a regular file, found a pipe", "pipe");
  const auto hash = Lake::Fingerprint(folder_ / "pipe.csv");
  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(lake_.Stage(Csv({GoodRow()}), {.memory_bytes_max = 1, .progress = {}}).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST_F(ImportFaults, TheWriterRefusesTheFirstCellThatDoesNotFit) {
  const auto converted = ConvertCsvToParquet(Csv({GoodRow(), With({{"ListUnitPrice", "x"}})}),
                                             folder_ / "out.parquet");
  ASSERT_FALSE(converted);
  EXPECT_NE(converted.error().message().find("line 3 column `ListUnitPrice`: not_a_decimal"),
            std::string::npos)
      << converted.error().message();
}

}  // namespace
}  // namespace proviso::usage
