#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/set_aside.h"
#include "usage/delivery_file.h"

namespace proviso::usage {

// Some whole records of a CSV file, cut into fields. The fields are as they stand in the file:
// quoted ones still have their quotes.
struct CsvBatch {
  struct Record {
    std::uint64_t line = 0;  // on which it starts, from 1
    std::uint32_t begin = 0;
    std::uint32_t first_field = 0;
    std::uint32_t fields = 0;
    delivery::FaultReason fault =
        delivery::FaultReason::kNone;  // set: the record has no fields to trust
  };
  std::vector<char> text;
  std::vector<std::uint32_t> ends;  // where each field ends in `text`
  std::vector<Record> records;
  std::size_t used = 0;  // bytes of `text` that the records cover

  std::string_view Field(const Record& record, std::size_t index) const {
    const std::size_t field = record.first_field + index;
    const std::uint32_t begin = index == 0 ? record.begin : ends[field - 1] + 1;
    return {text.data() + begin, ends[field] - begin};
  }
};

// Cuts a CSV file (RFC 4180: comma, double quote, LF or CRLF) into batches of whole records.
//
// A record whose quotes make no sense, or do not end within kRecordBytesMax, costs one line: the
// line is reported and reading goes on at the next one, so that one stray quote does not swallow
// the rest of the file. Memory is bounded; a single line beyond kRecordBytesMax is an error.
class CsvSplitter {
 public:
  static constexpr std::size_t kRecordBytesMax = std::size_t{1} << 20U;

  explicit CsvSplitter(DeliveryFile file) : file_(std::move(file)) {}

  // Fills `batch` (reusing its memory); no records in it means the end of the file.
  Status Next(CsvBatch& batch);

  std::uint64_t bytes_read() const { return file_.bytes_read(); }
  std::uint64_t bytes_total() const { return file_.size(); }
  // False when the file ends within a line: it may have been cut off.
  bool ended_with_newline() const { return ended_with_newline_; }
  Result<crypto::Hash> Finish() { return file_.Finish(); }

 private:
  Result<std::size_t> ReadBlock(CsvBatch& batch);
  void ScanBlock(CsvBatch& batch, std::size_t size);
  // Scans up to the end, or to the line after one that was given up; returns where it stopped.
  std::size_t ScanFrom(CsvBatch& batch, std::size_t from, std::size_t size);
  void EndRecord(CsvBatch& batch, std::size_t end);
  // Reports the line that the open record starts on; returns where the next line starts.
  std::size_t GiveUpLine(CsvBatch& batch, std::size_t size, delivery::FaultReason reason);

  DeliveryFile file_;
  std::vector<char> rest_;  // the record that the last batch did not end
  bool at_start_ = true;
  bool at_end_ = false;
  bool ended_with_newline_ = true;

  // The open record.
  std::uint64_t line_ = 1;
  std::uint64_t newlines_inside_ = 0;
  std::size_t record_begin_ = 0;
  std::size_t fields_begin_ = 0;  // in CsvBatch::ends
  bool inside_quotes_ = false;    // at the end of the last scan
  bool line_too_long_ = false;    // the line `line_`
};

// What a field says: without its quotes, and absent where it is empty or says NULL. `scratch` holds
// the text where doubled quotes had to be undone. kBadQuoting when its quotes do not enclose it.
delivery::FaultReason ReadField(std::string_view field, std::string& scratch,
                                std::optional<std::string_view>& out);

}  // namespace proviso::usage
