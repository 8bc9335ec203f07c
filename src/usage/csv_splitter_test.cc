#include "usage/csv_splitter.h"

#include <random>

#include "usage/focus_fixture.h"

namespace proviso::usage {
namespace {

using delivery::FaultReason;
using delivery::FaultReasonCode;

using testing::MakeFolder;
using testing::WriteText;

struct ReadRecord {
  std::uint64_t line = 0;
  std::vector<std::string> fields;
  FaultReason fault = FaultReason::kNone;
  bool operator==(const ReadRecord&) const = default;
};

std::ostream& operator<<(std::ostream& out, const ReadRecord& record) {
  out << record.line << " " << FaultReasonCode(record.fault);
  for (const std::string& field : record.fields) out << " [" << field << "]";
  return out;
}

Result<std::vector<ReadRecord>> ReadAll(std::string_view text) {
  CsvSplitter splitter(PROVISO_TRY(DeliveryFile::Open(WriteText(MakeFolder() / "file.csv", text))));
  std::vector<ReadRecord> all;
  CsvBatch batch;
  while (true) {
    const Status next = splitter.Next(batch);
    if (!next) return tl::unexpected(next.error());
    if (batch.records.empty()) return all;
    for (const CsvBatch::Record& record : batch.records) {
      ReadRecord read{.line = record.line, .fields = {}, .fault = record.fault};
      for (std::size_t i = 0; i < record.fields; ++i) {
        std::string scratch;
        std::optional<std::string_view> cell;
        const FaultReason reason = ReadField(batch.Field(record, i), scratch, cell);
        read.fields.emplace_back(reason == FaultReason::kNone ? cell.value_or("~") : "?");
      }
      all.push_back(std::move(read));
    }
  }
}

ReadRecord Good(std::uint64_t line, std::vector<std::string> fields) {
  return {line, std::move(fields), FaultReason::kNone};
}
ReadRecord Bad(std::uint64_t line, FaultReason fault) { return {line, {}, fault}; }

TEST(CsvSplitter, ReadsWhatRfc4180Allows) {
  struct Case {
    std::string text;
    std::vector<ReadRecord> expected;
  };
  const std::vector<Case> cases = {
      {"a,b\n1,2\n", {Good(1, {"a", "b"}), Good(2, {"1", "2"})}},
      {"a,b\r\n1,2\r\n", {Good(1, {"a", "b"}), Good(2, {"1", "2"})}},
      {"a,b\n1,2", {Good(1, {"a", "b"}), Good(2, {"1", "2"})}},
      {"\xef\xbb\xbf\"a\",b\n", {Good(1, {"a", "b"})}},
      {"\"x, y\",\"say \"\"hi\"\"\"\n", {Good(1, {"x, y", "say \"hi\""})}},
      {"\"two\nlines\",b\nc,d\n", {Good(1, {"two\nlines", "b"}), Good(3, {"c", "d"})}},
      {"a,\"\"\n", {Good(1, {"a", "~"})}},
      {"NULL,\"NULL\",\n", {Good(1, {"~", "~", "~"})}},
      {"a\n\nb\n", {Good(1, {"a"}), Good(2, {"~"}), Good(3, {"b"})}},
  };
  for (const Case& c : cases) {
    const auto read = ReadAll(c.text);
    ASSERT_TRUE(read) << c.text;
    EXPECT_EQ(*read, c.expected) << c.text;
  }
}

TEST(CsvSplitter, AStrayQuoteCostsOneLineAndNotTheRest) {
  struct Case {
    std::string text;
    std::vector<ReadRecord> expected;
  };
  const std::vector<Case> cases = {
      {"5\" disk,b\nc,d\n", {Bad(1, FaultReason::kBadQuoting), Good(2, {"c", "d"})}},
      {"a,\"b\"x\nc,d\n", {Bad(1, FaultReason::kBadQuoting), Good(2, {"c", "d"})}},
      {"\"a\nb\"\rx\nc,d\n",
       {Bad(1, FaultReason::kBadQuoting), Bad(2, FaultReason::kBadQuoting), Good(3, {"c", "d"})}},
      {"a,\"open\nc,d\n\"e\",f\n",
       {Bad(1, FaultReason::kBadQuoting), Good(2, {"c", "d"}), Good(3, {"e", "f"})}},
      {"a,b\nc,\"open\nd,e\n",
       {Good(1, {"a", "b"}), Bad(2, FaultReason::kUnterminatedQuote), Good(3, {"d", "e"})}},
      {"a,\"open", {Bad(1, FaultReason::kUnterminatedQuote)}},
  };
  for (const Case& c : cases) {
    const auto read = ReadAll(c.text);
    ASSERT_TRUE(read) << c.text;
    EXPECT_EQ(*read, c.expected) << c.text;
  }
}

TEST(CsvSplitter, AnUnterminatedQuoteEndsAtTheRecordLimit) {
  std::string text = "a,\"open\n";
  std::uint64_t rows = 0;
  for (; text.size() < 3 * CsvSplitter::kRecordBytesMax; ++rows) text += "some,row\n";
  const auto read = ReadAll(text);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), rows + 1);
  EXPECT_EQ(read->front(), Bad(1, FaultReason::kUnterminatedQuote));
  EXPECT_EQ(read->back(), Good(rows + 1, {"some", "row"}));
}

TEST(CsvSplitter, RefusesALineBeyondTheLimitAndNamesIt) {
  const std::string text =
      "a,b\nc,d\n" + std::string(CsvSplitter::kRecordBytesMax + 10, 'x') + "\ne,f\n";
  const auto read = ReadAll(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(read.error().message().find("line 3 is longer than 1048576 bytes"), std::string::npos)
      << read.error().message();
}

// Differential: against a reader that looks at one character at a time.
std::vector<std::vector<std::string>> ReadNaively(std::string_view text) {
  std::vector<std::vector<std::string>> records(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      records.back().back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      records.back().emplace_back();
    } else if (c == '\n' && !quoted) {
      records.push_back({""});
    } else {
      records.back().back() += c;
    }
  }
  records.pop_back();
  return records;
}

TEST(CsvSplitter, AgreesWithANaiveReaderAcrossBlocks) {
  std::mt19937 random(20261122);
  std::string text;
  while (text.size() < 5 * CsvSplitter::kRecordBytesMax) {
    for (int field = 0; field < 5; ++field) {
      std::string value = "v";
      for (auto n = random() % 40; n > 0; --n) value += "abc,\"\n 0123456789"[random() % 17];
      text += (field == 0 ? "" : ",") + testing::CsvField(value);
    }
    text += '\n';
  }
  const auto read = ReadAll(text);
  ASSERT_TRUE(read) << read.error().message();
  const auto expected = ReadNaively(text);
  ASSERT_EQ(read->size(), expected.size());
  std::uint64_t line = 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ((*read)[i], Good(line, expected[i])) << "record " << i << " seed 20261122";
    ++line;
    for (const std::string& field : expected[i]) {
      line += static_cast<std::uint64_t>(std::count(field.begin(), field.end(), '\n'));
    }
  }
}

}  // namespace
}  // namespace proviso::usage
