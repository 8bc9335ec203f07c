#include "records/csv_reader.h"

#include <algorithm>

namespace proviso::records {

using delivery::FaultReason;

namespace {
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
  if (text.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

Result<bool> CsvReader::Next(CsvRecord& record) {
  if (at_ >= text_.size()) return false;
  const std::size_t begin = at_;
  const std::size_t line_bytes = std::min(text_.find('\n', begin), text_.size()) - begin;
  if (line_bytes > kRecordBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "line " + std::to_string(line_) + " is longer than " +
                    std::to_string(kRecordBytesMax) +
                    " bytes; expected one row a line: export the file again");
  }
  record.line = line_;
  record.fault = FaultReason::kNone;
  record.ended = true;
  std::size_t fields = 0;
  Step step = Step::kField;
  while (step == Step::kField) {
    if (fields == record.fields.size()) record.fields.emplace_back();
    step = ReadField(record.fields[fields++], record.ended);
    if (at_ - begin > kRecordBytesMax + 1) step = Step::kUnterminated;
  }
  record.fields.resize(fields);
  if (step == Step::kRecord) {
    line_ += static_cast<std::uint64_t>(std::ranges::count(text_.substr(begin, at_ - begin), '\n'));
  } else {
    GiveUpLine(
        record, begin,
        step == Step::kBadQuoting ? FaultReason::kBadQuoting : FaultReason::kUnterminatedQuote);
  }
  return true;
}

CsvReader::Step CsvReader::ReadField(std::string& field, bool& ended) {
  field.clear();
  if (at_ < text_.size() && text_[at_] == '"') return ReadQuoted(field, ended);
  const std::size_t end = std::min(text_.find_first_of(",\n\"", at_), text_.size());
  field = text_.substr(at_, end - at_);
  at_ = end;
  if (at_ < text_.size() && text_[at_] == '"') return Step::kBadQuoting;
  const bool at_line_end = at_ == text_.size() || text_[at_] == '\n';
  if (at_line_end && field.ends_with('\r')) field.pop_back();
  return EndField(ended);
}

CsvReader::Step CsvReader::ReadQuoted(std::string& field, bool& ended) {
  const std::size_t begin = ++at_;
  while (true) {
    const std::size_t quote =
        std::min(text_.substr(0, std::min(text_.size(), begin + kRecordBytesMax)).find('"', at_),
                 text_.size());
    if (quote == text_.size()) return Step::kUnterminated;
    field += text_.substr(at_, quote - at_);
    at_ = quote + 1;
    if (at_ == text_.size() || text_[at_] != '"') break;
    field += '"';
    ++at_;
  }
  if (text_.substr(at_, 2) == "\r\n" || text_.substr(at_) == "\r") ++at_;
  return EndField(ended);
}

CsvReader::Step CsvReader::EndField(bool& ended) {
  if (at_ == text_.size()) {
    ended = false;
    return Step::kRecord;
  }
  const char next = text_[at_++];
  if (next == ',') return Step::kField;
  return next == '\n' ? Step::kRecord : Step::kBadQuoting;
}

void CsvReader::GiveUpLine(CsvRecord& record, std::size_t begin, FaultReason reason) {
  const std::size_t newline = text_.find('\n', begin);
  record.fields.clear();
  record.fault = reason;
  record.ended = newline != std::string_view::npos;
  at_ = record.ended ? newline + 1 : text_.size();
  ++line_;
}

void AppendCsvField(std::string& out, std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace proviso::records
