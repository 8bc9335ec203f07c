#include "base/random.h"
#include "records/csv_reader.h"
#include "records/register_fixture.h"

namespace proviso::records {
namespace {

using delivery::RowCounts;

using testing::Contracts;
using testing::Invoices;
using testing::kContractHeader;
using testing::kInvoiceHeader;
using testing::ReadText;

constexpr std::string_view kContractRow =
    "A-1,ba-1,sub-1,object-storage,nl-1,2024-01-01,2027-01-01,100,GB\n";
constexpr std::string_view kInvoiceRow =
    "I-1,ba-1,sub-1,object-storage,nl-1,2026-03,10,GB-Hours,1.5,EUR\n";

struct Format {
  SourceClass cls;
  std::string header;
  std::string row;
};
const std::vector<Format>& Formats() {
  static const std::vector<Format> formats = {
      {SourceClass::kContract, std::string(kContractHeader), std::string(kContractRow)},
      {SourceClass::kBilling, std::string(kInvoiceHeader), std::string(kInvoiceRow)}};
  return formats;
}

std::string Replaced(std::string text, std::string_view old, std::string_view by) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return at == std::string::npos ? text : text.replace(at, old.size(), by);
}

// Every way in which a file may be broken: refused with place and remedy and nothing kept, or the
// rows at fault set aside with their place. The canary stands in what is broken.
class RegisterFaults : public testing::RegisterTest {
 protected:
  void ExpectRefused(std::string_view text, SourceClass cls, const std::string& why,
                     const std::string& what, ErrorCode code = ErrorCode::kInvalidArgument) {
    const std::string which = what + " (" + std::string(SourceClassName(cls)) + ")";
    const auto staged = Stage(text, cls);
    ASSERT_FALSE(staged) << which;
    EXPECT_EQ(staged.error().code(), code) << which;
    const std::string& said = staged.error().message();
    EXPECT_NE(said.find(why), std::string::npos) << which << ": " << said;
    EXPECT_EQ(said.find("canary"), std::string::npos) << which << ": " << said;
    EXPECT_TRUE(Names().empty()) << which;
  }
};

struct FileCase {
  std::string what;
  std::string text;
  std::string why;
};

TEST_F(RegisterFaults, AFileThatIsNoTextIsRefused) {
  for (const Format& format : Formats()) {
    const std::string good = format.header + format.row;
    std::string utf16 = "\xff\xfe";
    for (const char c : good) (utf16 += c) += '\0';
    const std::vector<FileCase> cases = {
        {"empty", "", "the file is empty; expected a header and rows: export it again"},
        {"byte order mark only", "\xef\xbb\xbf", "the file is empty"},
        {"gzip",
         "\x1f\x8b\x08"
         "canary",
         "the file is gzip, expected CSV in UTF-8; unpack it"},
        {"zip or xlsx",
         "PK\x03\x04"
         "canary",
         "a zip archive or a spreadsheet"},
        {"xls",
         "\xd0\xcf\x11\xe0"
         "canary",
         "is a spreadsheet, expected CSV"},
        {"Parquet", "PAR1canary", "the file is Parquet"},
        {"PDF", "%PDF-1.7 canary", "the file is a PDF"},
        {"zstd",
         "\x28\xb5\x2f\xfd"
         "canary",
         "the file is zstd"},
        {"UTF-16", utf16, "is UTF-16 text, expected CSV in UTF-8; export it as UTF-8"},
        {"UTF-16 without a mark", utf16.substr(2), "line 1 has a NUL byte, expected text"},
        {"NUL", good + std::string("canary\0canary\n", 14),
         "line 3 has a NUL byte, expected text; export the file as UTF-8"},
        {"Latin-1", good + "canary \xe9\n", "line 3 is not UTF-8; export the file as UTF-8"},
    };
    for (const FileCase& c : cases) ExpectRefused(c.text, format.cls, c.why, c.what);
  }
}

TEST_F(RegisterFaults, AFileThatCannotBeTakenIsRefused) {
  for (const Format& format : Formats()) {
    const std::string& header = format.header;
    const std::string& row = format.row;
    const std::string good = header + row;
    const std::string header_line = header.substr(0, header.size() - 1);
    const std::vector<FileCase> cases = {
        {"header only", header, "the file has a header and no rows; export it again"},
        {"blank rows only", header + "\n\n", "a header and no rows"},
        {"header with a stray quote", "a,\"canary\n", "line 1: the quotes of the header do not"},
        {"line break in a name", "\"canary\ncanary\"," + good,
         "line 1: the name of a column has a line break within"},
        {"old line ends", header_line + "\r" + row.substr(0, row.size() - 1) + "\r",
         "export the file with lines that end with LF or CRLF"},
        {"no header", row, "line 1: the header has no column `"},
        {"semicolons", "canary;customer;class\n", "separated by semicolons: export it with commas"},
        {"tabs", "canary\tcustomer\tclass\n", "separated by tabs: export it with commas"},
        {"missing column", Replaced(good, ",unit", ",canary"),
         "line 1: the header has no column `unit`; expected the columns `"},
        {"duplicate column", Replaced(header, "\n", ",class\n") + row,
         " of the header have the same name; name each column once"},
        {"duplicate other column", Replaced(header, "\n", ",canary,canary\n") + row,
         " of the header have the same name; name each column once"},
        {"too many columns", header_line + std::string(300, ',') + "\n",
         "columns, at most 256 are read"},
        {"long line", good + std::string(CsvReader::kRecordBytesMax + 1, 'x') + "\n",
         "line 3 is longer than 262144 bytes; expected one row a line: export the file again"},
        {"cut off in a row", good + row.substr(0, row.size() / 2),
         "line 3 is the last one, does not end and is no whole row: the file was cut off; "
         "deliver it again"},
        {"cut off in quotes", good + "\"canary", "line 3 is the last one"},
        {"cut off behind a line break in quotes", good + "\"canary\ncanary", "line 4 is the last"},
        {"nothing but bad rows", header + "canary\n",
         "1 of 1 rows cannot be imported, at most 10 may be; nothing was kept. First: line 2: "
         "too_few_fields; correct the export and deliver it again"},
    };
    for (const FileCase& c : cases) ExpectRefused(c.text, format.cls, c.why, c.what);
  }
}

TEST_F(RegisterFaults, ARegisterOfTheOtherClassIsRefused) {
  ExpectRefused(Contracts({}) + std::string(kContractRow), SourceClass::kBilling,
                "the header has no column `invoice`", "contracts as invoices");
  ExpectRefused(Invoices({}) + std::string(kInvoiceRow), SourceClass::kContract,
                "the header has no column `agreement`", "invoices as contracts");
}

TEST_F(RegisterFaults, AFileBeyondTheLimitIsRefused) {
  const auto path = Text("x");
  std::filesystem::resize_file(path, kRegisterBytesMax + 1);
  const auto staged = store_.Stage(path, SourceClass::kBilling, {catalogue_});
  ASSERT_FALSE(staged);
  EXPECT_EQ(staged.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_NE(staged.error().message().find("expected at most 67108864 bytes"), std::string::npos)
      << staged.error().message();
  EXPECT_TRUE(Names().empty());
}

TEST_F(RegisterFaults, WhatIsNoFileIsRefused) {
  const auto missing = store_.Stage(folder_ / "none.csv", SourceClass::kBilling, {catalogue_});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  const auto folder = store_.Stage(folder_, SourceClass::kBilling, {catalogue_});
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code(), ErrorCode::kInvalidArgument);
}

struct RowCase {
  std::string row;
  std::string column;
  std::string reason;
};

// The row between two good ones is set aside with its place, and the others are kept.
class RowFaults : public RegisterFaults {
 protected:
  void ExpectQuarantined(const Format& format, const RowCase& c) {
    const auto staged = Stage(format.header + format.row + c.row + "\n", format.cls);
    ASSERT_TRUE(staged) << c.row << ": " << staged.error().message();
    EXPECT_EQ(staged->rows, (RowCounts{2, 1, 1, 0})) << c.row;
    const std::string column = c.column.empty() ? "" : "\"column\":\"" + c.column + "\",";
    EXPECT_EQ(ReadText(staged->quarantine),
              "{" + column + "\"line\":3,\"reason\":\"" + c.reason + "\"}\n")
        << c.row;
    EXPECT_EQ(Kept(*staged).find("canary"), std::string::npos) << c.row;
  }
};

TEST_F(RowFaults, ARowOfAContractRegisterAtFaultIsSetAside) {
  const std::string long_text(256, 'x');
  const std::vector<RowCase> cases = {
      {"canary", "", "too_few_fields"},
      {"A-2,ba-1,,*,*,2024-01-01,,", "", "too_few_fields"},
      {"A-2,ba-1,,*,*,2024-01-01,,,,canary", "", "too_many_fields"},
      {"A-2,ba-1,ca\"nary,*,*,2024-01-01,,,", "", "bad_quoting"},
      {"\"canary,ba-1,,*,*,2024-01-01,,,", "", "unterminated_quote"},
      {",ba-1,,*,*,2024-01-01,,,", "agreement", "missing"},
      {"NULL,ba-1,,*,*,2024-01-01,,,", "agreement", "missing"},
      {"canary of words,ba-1,,*,*,2024-01-01,,,", "agreement", "not_an_id"},
      {"-canary,ba-1,,*,*,2024-01-01,,,", "agreement", "not_an_id"},
      {std::string(65, 'x') + ",ba-1,,*,*,2024-01-01,,,", "agreement", "not_an_id"},
      {"A-2,,,*,*,2024-01-01,,,", "customer", "missing"},
      {"A-2, canary,,*,*,2024-01-01,,,", "customer", "not_an_id"},
      {"A-2," + long_text + ",,*,*,2024-01-01,,,", "customer", "too_long"},
      {"A-2,\"canary\nline\",,*,*,2024-01-01,,,", "customer", "control_character"},
      {"A-2,ba-1,canary ,*,*,2024-01-01,,,", "subscription", "not_an_id"},
      {"A-2,ba-1,,,*,2024-01-01,,,", "class", "missing"},
      {"A-2,ba-1,,canary,*,2024-01-01,,,", "class", "unknown_class"},
      {"A-2,ba-1,,Object-Storage,*,2024-01-01,,,", "class", "unknown_class"},
      {"A-2,ba-1,,other,*,2024-01-01,,,", "class", "unknown_class"},
      {"A-2,ba-1,,*,,2024-01-01,,,", "region", "missing"},
      {"A-2,ba-1,,*,canary,2024-01-01,,,", "region", "unknown_region"},
      {"A-2,ba-1,,*,*,,,,", "from", "missing"},
      {"A-2,ba-1,,*,*,canary,,,", "from", "not_a_date"},
      {"A-2,ba-1,,*,*,01/02/2024,,,", "from", "not_a_date"},
      {"A-2,ba-1,,*,*,2024-02-30,,,", "from", "not_a_date"},
      {"A-2,ba-1,,*,*,2024-1-1,,,", "from", "not_a_date"},
      {"A-2,ba-1,,*,*,0001-01-01,,,", "from", "not_a_date"},
      {"A-2,ba-1,,*,*,2024-01-01T00:00:00Z,,,", "from", "not_a_date"},
      {"A-2,ba-1,,*,*,2024-01-01,open,,", "until", "not_a_date"},
      {"A-2,ba-1,,*,*,2024-01-01,2024-01-01,,", "until", "end_not_after_start"},
      {"A-2,ba-1,,*,*,2024-01-01,2023-01-01,,", "until", "end_not_after_start"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,canary,GB", "quantity", "not_a_decimal"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,\"1,5\",GB", "quantity", "not_a_decimal"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,+1,GB", "quantity", "not_a_decimal"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,-1,GB", "quantity", "negative"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,,GB", "quantity", "missing"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,1,", "unit", "missing"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,1,canary", "unit", "unknown_unit"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,1,gb", "unit", "unknown_unit"},
      {"A-2,ba-1,,object-storage,*,2024-01-01,,1,h", "unit", "unknown_unit"},
      {"A-2,ba-1,,*,*,2024-01-01,,1,canary", "unit", "unknown_unit"},
      {"A-1,ba-1,sub-1,object-storage,nl-1,2024-01-01,,7,GB", "", "duplicate"},
      {"\"A-1\",ba-1,sub-1,object-storage,nl-1,2024-01-01,2027-01-01,100.0,GB", "", "duplicate"},
  };
  for (const RowCase& c : cases) ExpectQuarantined(Formats()[0], c);
}

TEST_F(RowFaults, ARowOfAnInvoiceRegisterAtFaultIsSetAside) {
  const std::string digits = "0." + std::string(18, '0') + "1";
  const std::vector<RowCase> cases = {
      {"canary", "", "too_few_fields"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1.5,EUR,canary", "", "too_many_fields"},
      {"canary words,ba-1,,ingress,,2026-03,10,GB,1,EUR", "invoice", "not_an_id"},
      {"I-2,,sub-1,ingress,nl-1,2026-03,10,GB,1.5,EUR", "customer", "missing"},
      {"I-2,ba-1,sub-1,canary,nl-1,2026-03,10,GB,1.5,EUR", "class", "unknown_class"},
      {"I-2,ba-1,sub-1,*,nl-1,2026-03,10,GB,1.5,EUR", "class", "unknown_class"},
      {"I-2,ba-1,sub-1,ingress,*,2026-03,10,GB,1.5,EUR", "region", "unknown_region"},
      {"I-2,ba-1,sub-1,ingress,nl-1,,10,GB,1.5,EUR", "month", "missing"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-13,10,GB,1.5,EUR", "month", "not_a_month"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03-01,10,GB,1.5,EUR", "month", "not_a_month"},
      {"I-2,ba-1,sub-1,ingress,nl-1,March 2026,10,GB,1.5,EUR", "month", "not_a_month"},
      {"I-2,ba-1,sub-1,ingress,nl-1,0000-01,10,GB,1.5,EUR", "month", "not_a_month"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,,GB,1.5,EUR", "quantity", "missing"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,,,1.5,EUR", "quantity", "missing"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,,1.5,EUR", "unit", "missing"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB-Hours,1.5,EUR", "unit", "unknown_unit"},
      {"I-2,ba-1,sub-1,other,nl-1,2026-03,10,canary,1.5,EUR", "unit", "unknown_unit"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,,EUR", "amount", "missing"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,canary,EUR", "amount", "not_a_decimal"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1.,EUR", "amount", "not_a_decimal"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,EUR 1,EUR", "amount", "not_a_decimal"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB," + digits + ",EUR", "amount", "too_many_digits"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1e21,EUR", "amount", "too_many_digits"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1e99999999999,EUR", "amount", "too_many_digits"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1.5,", "currency", "missing"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1.5,eur", "currency", "not_a_currency"},
      {"I-2,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,1.5,euros", "currency", "not_a_currency"},
      {"I-1,ba-1,sub-1,object-storage,nl-1,2026-03,10.00,GB-Hours,15e-1,EUR", "", "duplicate"},
  };
  for (const RowCase& c : cases) ExpectQuarantined(Formats()[1], c);
}

TEST_F(RegisterFaults, RowsWithOddButGoodCellsAreKept) {
  const StagedRegister contracts = Staged(
      "\xef\xbb\xbf"
      "unit,quantity,until,from,region,class,subscription,customer,agreement,\"no\"\"tes\"\r\n"
      "TB-Hours,1e3,NULL,2024-01-01,nl-1,object-storage,,\"ba, "
      "\"\"one\"\"\",A/2024#1:a,\"x\r\ny\"\r\n"
      "GB,0,,2024-01-01,*,*,sub 1,ba-1,A.2,\r\n",
      SourceClass::kContract);
  EXPECT_EQ(contracts.rows, (RowCounts{2, 2, 0, 0}));
  EXPECT_EQ(Kept(contracts),
            "line,agreement,customer,subscription,class,region,from,until,quantity,unit\n"
            "2,A/2024#1:a,\"ba, \"\"one\"\"\",,object-storage,nl-1,2024-01-01,,1000,TB-Hours\n"
            "4,A.2,ba-1,sub 1,*,*,2024-01-01,,0,GB\n");
  EXPECT_EQ(contracts.dropped_columns, std::vector<std::string>{"no\"tes"});
  EXPECT_TRUE(contracts.quarantine.empty());
  EXPECT_TRUE(contracts.months.empty());
  const StagedRegister invoices = Staged(
      Invoices({"I-1,ba-1,sub-1,ingress,nl-1,2026-03,12.50,GB,0.00,EUR", "",
                "I-1,ba-1,,other,,2026-04,,,-3.10,EUR", "I-1,ba-1,,other,,2026-04,1,h,5E-1,USD",
                "I-1,ba-1,sub-1,ingress,nl-1,2026-03,12.51,GB,0,EUR"}),
      SourceClass::kBilling);
  EXPECT_EQ(invoices.rows, (RowCounts{5, 4, 0, 1}));
  EXPECT_EQ(Kept(invoices),
            "line,invoice,customer,subscription,class,region,month,quantity,unit,amount,currency\n"
            "2,I-1,ba-1,sub-1,ingress,nl-1,2026-03,12.5,GB,0,EUR\n"
            "4,I-1,ba-1,,other,,2026-04,,,-3.1,EUR\n"
            "5,I-1,ba-1,,other,,2026-04,1,h,0.5,USD\n"
            "6,I-1,ba-1,sub-1,ingress,nl-1,2026-03,12.51,GB,0,EUR\n");
  const std::map<Month, std::uint64_t> months = {{ParseMonth("2026-03").value(), 2},
                                                 {ParseMonth("2026-04").value(), 2}};
  EXPECT_EQ(invoices.months, months);
}

TEST_F(RegisterFaults, ALastLineThatDoesNotEndIsToldWhenItIsWhole) {
  for (const Format& format : Formats()) {
    const std::string text = format.header + format.row;
    const StagedRegister staged = Staged(text.substr(0, text.size() - 1), format.cls);
    EXPECT_EQ(staged.rows, (RowCounts{1, 1, 0, 0}));
    EXPECT_EQ(staged.oddities,
              std::vector<std::string>{"the last line does not end: the file may have been cut "
                                       "off"});
    EXPECT_TRUE(Staged(text, format.cls).oddities.empty());
  }
}

TEST_F(RegisterFaults, AboveAShareOfBadRowsTheFileIsRefused) {
  const auto text = [](int good, int bad) {
    std::string rows(kInvoiceHeader);
    for (int i = 0; i < good + bad; ++i) {
      rows += "I-" + std::to_string(i) + ",ba-1,,ingress,nl-1,2026-03," +
              (i < bad ? "canary" : "10") + ",GB,1,EUR\n";
    }
    return rows;
  };
  EXPECT_TRUE(Stage(text(1, 10), SourceClass::kBilling));
  EXPECT_TRUE(Stage(text(381, 19), SourceClass::kBilling));
  const auto a_share = Stage(text(380, 20), SourceClass::kBilling);
  EXPECT_TRUE(a_share);
  for (const auto& [good, bad] : {std::pair(1, 11), std::pair(379, 21), std::pair(0, 1)}) {
    const auto staged = Stage(text(good, bad), SourceClass::kBilling);
    ASSERT_FALSE(staged) << good << " " << bad;
    EXPECT_EQ(staged.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(staged.error().message().find("cannot be imported"), std::string::npos);
    EXPECT_NE(staged.error().message().find("line 2 column `quantity`: not_a_decimal"),
              std::string::npos);
    EXPECT_EQ(staged.error().message().find("canary"), std::string::npos);
  }
}

// Whatever is done to a file: it is refused, or every row is counted and what is kept gives itself.
TEST_F(RegisterFaults, AFileWithRandomDamageIsCountedOrRefused) {
  int taken = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    SeededRandom random(seed);
    const Format& format = Formats()[seed % 2];
    std::string text = format.header;
    for (int i = 0; i < 3; ++i) text += Replaced(format.row, "-1", "-" + std::to_string(i));
    for (std::uint64_t changes = random.Next() % 4; changes > 0; --changes) {
      const std::size_t at = random.Next() % text.size();
      const char by = "\"\n\r,;x0-\xff\t*"[random.Next() % 11];
      if (random.Next() % 3 == 0) {
        text.erase(at, 1 + random.Next() % 8);
      } else {
        text[at] = by;
      }
    }
    const auto made = NormaliseRegister(text, format.cls, {catalogue_});
    if (!made) {
      EXPECT_EQ(made.error().code(), ErrorCode::kInvalidArgument) << "seed " << seed;
      continue;
    }
    ++taken;
    const RowCounts& rows = made->rows;
    EXPECT_EQ(rows.read, rows.imported + rows.quarantined + rows.skipped) << "seed " << seed;
    const auto again = NormaliseRegister(made->kept, format.cls, {catalogue_});
    ASSERT_TRUE(again) << "seed " << seed << ": " << again.error().message();
    EXPECT_EQ(again->rows, (RowCounts{rows.imported, rows.imported, 0, 0})) << "seed " << seed;
  }
  EXPECT_GT(taken, 1000);
}

TEST_F(RegisterFaults, TheListOfBadRowsIsBounded) {
  std::string text(kInvoiceHeader);
  for (std::uint64_t i = 0; i <= kQuarantinedRowsMax; ++i) text += "canary\n";
  const auto made = NormaliseRegister(text, SourceClass::kBilling, {catalogue_});
  ASSERT_FALSE(made);
  EXPECT_NE(
      made.error().message().find("more than 10000 rows cannot be imported; nothing was kept"),
      std::string::npos)
      << made.error().message();
}

TEST_F(RegisterFaults, NamesOfDroppedColumnsAreShownOnlyWhenTheyAreNames) {
  const StagedRegister staged = Staged(
      Replaced(std::string(kInvoiceHeader), "\n", ",notes,,a\tb," + std::string(65, 'x') + "\n") +
          "I-1,ba-1,,ingress,,2026-03,1,GB,1,EUR,a,b,c,d\n",
      SourceClass::kBilling);
  EXPECT_EQ(staged.dropped_columns,
            (std::vector<std::string>{"notes", "column 12", "column 13", "column 14"}));
}

}  // namespace
}  // namespace proviso::records
