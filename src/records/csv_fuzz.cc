// The reader of registers against RFC 4180 read letter by letter, and fields written and read
// again.
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "fuzz/fuzzing.h"
#include "records/csv_reader.h"

namespace proviso::records {
namespace {

using Records = std::vector<std::vector<std::string>>;

// The whole text by the grammar: absent where it does not fit. A CR before the LF, or at the very
// end, belongs to the break; one elsewhere is a letter, also in a field without quotes.
std::optional<Records> ReadNaively(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  Records records;
  std::size_t at = 0;
  while (at < text.size()) {
    std::vector<std::string> record;
    bool open = true;
    while (open) {
      std::string field;
      if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
          if (at == text.size()) return std::nullopt;
          if (text[at] != '"') {
            field += text[at];
          } else if (at + 1 < text.size() && text[at + 1] == '"') {
            field += text[at++];
          } else {
            break;
          }
        }
        ++at;
      } else {
        while (at < text.size() && text[at] != ',' && text[at] != '\n') {
          if (text[at] == '"') return std::nullopt;
          field += text[at++];
        }
        const bool at_line_end = at == text.size() || text[at] == '\n';
        if (at_line_end && field.ends_with('\r')) field.pop_back();
      }
      if (text.substr(std::min(at, text.size()), 2) == "\r\n" ||
          text.substr(std::min(at, text.size())) == "\r") {
        ++at;
      }
      if (at < text.size() && text[at] != ',' && text[at] != '\n') return std::nullopt;
      open = at < text.size() && text[at] == ',';
      ++at;
      record.push_back(std::move(field));
    }
    records.push_back(std::move(record));
  }
  return records;
}

std::optional<Records> Read(std::string_view text) {
  CsvReader reader(text);
  CsvRecord record;
  Records records;
  bool whole = true;
  std::uint64_t line = 0;
  while (true) {
    const Result<bool> more = reader.Next(record);
    PROVISO_CHECK(more.has_value(), "a short line is refused");
    if (!*more) break;
    PROVISO_CHECK(record.line > line, "records do not stand on lines of their own");
    line = record.line;
    whole = whole && record.fault == delivery::FaultReason::kNone;
    records.push_back(record.fields);
  }
  PROVISO_CHECK(reader.bytes_read() == text.size(), "not all was read");
  if (!whole) return std::nullopt;
  return records;
}

void CheckRoundTrip(const Records& records) {
  std::string written;
  for (const std::vector<std::string>& record : records) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      if (i > 0) written += ',';
      AppendCsvField(written, record[i]);
    }
    written += '\n';
  }
  // A byte order mark is no part of the first field, unless quotes say so.
  if (written.starts_with("\xef\xbb\xbf")) return;
  PROVISO_CHECK(Read(written) == records, "what was written reads otherwise");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = proviso::fuzz::Input(data, size).rest();
  const std::optional<Records> read = Read(text);
  PROVISO_CHECK(read == ReadNaively(text), "the grammar reads it otherwise");
  if (read) CheckRoundTrip(*read);
  return 0;
}

}  // namespace proviso::records
