// Two CSV readers that share no code, that of registers and that of metering, give the same rows.
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzzing.h"
#include "io/files/temporary_folder.h"
#include "records/csv_reader.h"
#include "usage/csv_splitter.h"

namespace proviso::records {
namespace {

struct Row {
  std::uint64_t line = 0;
  delivery::FaultReason fault = delivery::FaultReason::kNone;
  std::vector<std::string> fields;
  bool operator==(const Row&) const = default;
};

std::vector<Row> ReadOne(std::string_view text) {
  CsvReader reader(text);
  CsvRecord record;
  std::vector<Row> rows;
  while (reader.Next(record).value()) {
    for (std::string& field : record.fields) {
      if (field == "NULL") field.clear();
    }
    rows.push_back({record.line, record.fault, record.fields});
  }
  return rows;
}

// The splitter leaves quotes in the fields; ReadField takes them away, and finds faults in them.
Row ReadRecord(const usage::CsvBatch& batch, const usage::CsvBatch::Record& record) {
  Row row{record.line, record.fault, {}};
  if (row.fault != delivery::FaultReason::kNone) return row;
  std::string scratch;
  std::optional<std::string_view> value;
  for (std::size_t i = 0; i < record.fields; ++i) {
    row.fault = usage::ReadField(batch.Field(record, i), scratch, value);
    if (row.fault != delivery::FaultReason::kNone) break;
    row.fields.emplace_back(value.value_or(""));
  }
  if (row.fault != delivery::FaultReason::kNone) row.fields.clear();
  return row;
}

std::vector<Row> ReadOther(const std::filesystem::path& path) {
  usage::CsvSplitter splitter(usage::DeliveryFile::Open(path).value());
  usage::CsvBatch batch;
  std::vector<Row> rows;
  while (true) {
    PROVISO_CHECK(splitter.Next(batch).has_value(), "a short line is refused");
    if (batch.records.empty()) return rows;
    for (const auto& record : batch.records) rows.push_back(ReadRecord(batch, record));
  }
}

}  // namespace
}  // namespace proviso::records

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  if (text.empty()) return 0;
  static const io::TemporaryFolder folder = io::TemporaryFolder::Make().value();
  const std::filesystem::path path = folder.path() / "delivery.csv";
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  const auto one = records::ReadOne(text);
  const auto other = records::ReadOther(path);
  PROVISO_CHECK(one == other, std::to_string(one.size()) + " and " + std::to_string(other.size()));
  return 0;
}

}  // namespace proviso
