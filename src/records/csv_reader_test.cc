#include "records/csv_reader.h"

#include <algorithm>

#include "base/random.h"

namespace proviso::records {
namespace {

using delivery::FaultReason;
using delivery::FaultReasonCode;

std::string Shown(const CsvRecord& record) {
  std::string text = std::to_string(record.line) + ":";
  if (record.fault != FaultReason::kNone) return text + std::string(FaultReasonCode(record.fault));
  for (const std::string& field : record.fields) text += "[" + field + "]";
  return text + (record.ended ? "" : "~");
}

std::vector<std::string> ReadAll(std::string_view text) {
  CsvReader reader(text);
  std::vector<std::string> all;
  CsvRecord record;
  while (true) {
    const Result<bool> more = reader.Next(record);
    if (!more) all.push_back(more.error().message());
    if (!more || !*more) return all;
    all.push_back(Shown(record));
  }
}

TEST(CsvReader, ReadsWhatTheFormatAllows) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"\xef\xbb\xbf", {}},
      {"a,b\n1,2\n", {"1:[a][b]", "2:[1][2]"}},
      {"a,b\r\n1,2\r\n", {"1:[a][b]", "2:[1][2]"}},
      {"\xef\xbb\xbf\"a\",b\n", {"1:[a][b]"}},
      {"a,b", {"1:[a][b]~"}},
      {"a,", {"1:[a][]~"}},
      {"a,b\r", {"1:[a][b]~"}},
      {"\"a\"\r", {"1:[a]~"}},
      {",\n\n", {"1:[][]", "2:[]"}},
      {"\"\",\"\"\"\",\"a,b\"\n", {"1:[][\"][a,b]"}},
      {"\"a\nb\",c\nd,e\n", {"1:[a\nb][c]", "3:[d][e]"}},
      {"\"a\r\nb\r\n\"\r\nd\r\n", {"1:[a\r\nb\r\n]", "4:[d]"}},
      {"\"a\"\"\",\"\"\"b\"\n", {"1:[a\"][\"b]"}},
  };
  for (const Case& c : cases) EXPECT_EQ(ReadAll(c.text), c.expected) << c.text;
}

TEST(CsvReader, GivesUpOneLineForAStrayQuote) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases = {
      {"a\"b,c\nd\n", {"1:bad_quoting", "2:[d]"}},
      {"\"a\"b,c\nd\n", {"1:bad_quoting", "2:[d]"}},
      {"\"a\" ,c\nd\n", {"1:bad_quoting", "2:[d]"}},
      {"\"a\"\rb\nd\n", {"1:bad_quoting", "2:[d]"}},
      {"\"a,c\nd\n", {"1:unterminated_quote", "2:[d]"}},
      {"x\n\"a\n\"b\n", {"1:[x]", "2:bad_quoting", "3:unterminated_quote"}},
      {"\"", {"1:unterminated_quote"}},
      {"\"a\"\"", {"1:unterminated_quote"}},
  };
  for (const Case& c : cases) EXPECT_EQ(ReadAll(c.text), c.expected) << c.text;
}

TEST(CsvReader, TellsWhetherTheLastLineGivenUpEnds) {
  CsvReader reader("\"a");
  CsvRecord record;
  ASSERT_TRUE(reader.Next(record).value());
  EXPECT_FALSE(record.ended);
  EXPECT_FALSE(reader.Next(record).value());
}

TEST(CsvReader, RefusesALineBeyondTheLimitAndGivesUpARecordBeyondIt) {
  const std::string full(CsvReader::kRecordBytesMax, 'x');
  EXPECT_EQ(ReadAll(full + "\n"), std::vector<std::string>{"1:[" + full + "]"});
  EXPECT_EQ(ReadAll("a\n" + full + "x\n"),
            (std::vector<std::string>{
                "1:[a]",
                "line 2 is longer than 262144 bytes; expected one row a line: export the "
                "file again"}));
  std::string lines = "\"";
  while (lines.size() < CsvReader::kRecordBytesMax + 100) lines += "some text\n";
  const auto read = ReadAll(lines + "\",b\nlast\n");
  ASSERT_GT(read.size(), 2U);
  EXPECT_EQ(read[0], "1:unterminated_quote");
  EXPECT_EQ(read[1], "2:[some text]");
  EXPECT_TRUE(read.back().ends_with(":[last]"));
}

TEST(CsvReader, ReadsBackWhatWasWritten) {
  const std::vector<std::string> fields = {"",     "plain", "a,b",     "\"",      "\"quoted\"",
                                           "x\ny", "\r",    "Prüfung", " spaces "};
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    AppendCsvField(line, fields[i]);
  }
  line += '\n';
  CsvReader reader(line);
  CsvRecord record;
  ASSERT_TRUE(reader.Next(record).value());
  EXPECT_EQ(record.fields, fields);
  std::string bare;
  AppendCsvField(bare, "plain");
  EXPECT_EQ(bare, "plain");
}

// The same rules read character by character, for texts below every limit.
std::vector<std::string> ReadPlainly(const std::string& text) {
  enum class State { kStart, kBare, kQuoted, kClosed };
  std::vector<std::string> all;
  std::size_t at = 0;
  std::uint64_t line = 1;
  while (at < text.size()) {
    std::size_t i = at;
    std::string shown = "[";
    State state = State::kStart;
    std::string fault;
    for (; i < text.size() && fault.empty(); ++i) {
      const char c = text[i];
      if (state == State::kQuoted) {
        state = c == '"' ? State::kClosed : State::kQuoted;
        if (c != '"') shown += c;
      } else if (c == '"' && state == State::kClosed) {
        shown += c;
        state = State::kQuoted;
      } else if (c == '"') {
        if (state == State::kBare) fault = "bad_quoting";
        state = State::kQuoted;
      } else if (c == ',') {
        shown += "][";
        state = State::kStart;
      } else if (c == '\n') {
        break;
      } else if (c == '\r' && (i + 1 == text.size() || text[i + 1] == '\n')) {
        continue;  // Belongs to the end of the line.
      } else if (state == State::kClosed) {
        fault = "bad_quoting";
      } else {
        shown += c;
        state = State::kBare;
      }
    }
    if (fault.empty() && state == State::kQuoted) fault = "unterminated_quote";
    const std::string place = std::to_string(line) + ":";
    if (fault.empty()) {
      all.push_back(place + shown + "]" + (i == text.size() ? "~" : ""));
      line += static_cast<std::uint64_t>(std::count(
          text.begin() + static_cast<std::ptrdiff_t>(at),
          text.begin() + static_cast<std::ptrdiff_t>(std::min(i + 1, text.size())), '\n'));
      at = i + 1;
    } else {
      all.push_back(place + fault);
      at = std::min(text.find('\n', at), text.size()) + 1;
      ++line;
    }
  }
  return all;
}

TEST(CsvReader, AgreesWithAPlainReaderOnRandomTexts) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    SeededRandom random(seed);
    std::string text;
    const std::uint64_t size = random.Next() % 24;
    for (std::uint64_t i = 0; i < size; ++i) text += "ab,,\"\"\n\n\r"[random.Next() % 9];
    EXPECT_EQ(ReadAll(text), ReadPlainly(text)) << "seed " << seed << ": " << text;
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace proviso::records
