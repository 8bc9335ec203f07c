#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delivery/set_aside.h"

namespace proviso::records {

struct CsvRecord {
  std::uint64_t line = 0;           // on which it starts, from 1
  std::vector<std::string> fields;  // without their quotes
  delivery::FaultReason fault =
      delivery::FaultReason::kNone;  // set: the record has no fields to trust
  bool ended = true;                 // by a line break; false: by the end of the text

  bool IsBlank() const {
    return fault == delivery::FaultReason::kNone && fields.size() == 1 && fields.front().empty();
  }
};

// Cuts a CSV text (RFC 4180: comma, double quote, LF or CRLF, line breaks within quotes, perhaps a
// byte order mark) into records. `text` must outlive it.
//
// A record whose quotes make no sense, or do not end within kRecordBytesMax, costs one line: the
// line is reported and reading goes on at the next one, so that one stray quote does not swallow
// the rest. That, and the line on which a record starts, is what the CSV libraries of Debian lack
// (libcsv gives up or reads on in quotes; fast-cpp-csv-parser has no line breaks within quotes).
class CsvReader {
 public:
  static constexpr std::size_t kRecordBytesMax = std::size_t{256} << 10U;

  explicit CsvReader(std::string_view text);

  // Fills `record` (reusing its memory); false at the end. kInvalidArgument for a single line that
  // is longer than kRecordBytesMax.
  Result<bool> Next(CsvRecord& record);

  std::size_t bytes_read() const { return at_; }

 private:
  enum class Step { kField, kRecord, kBadQuoting, kUnterminated };
  // Reads one field and what ends it.
  Step ReadField(std::string& field, bool& ended);
  Step ReadQuoted(std::string& field, bool& ended);
  Step EndField(bool& ended);
  void GiveUpLine(CsvRecord& record, std::size_t begin, delivery::FaultReason reason);

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
};

// `value` as a field of a CSV file, in quotes only where it needs them.
void AppendCsvField(std::string& out, std::string_view value);

}  // namespace proviso::records
