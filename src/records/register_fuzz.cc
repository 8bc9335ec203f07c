// A register is refused, or every row is counted, and what is kept gives itself again.
#include "fuzz/fuzzing.h"
#include "records/csv_reader.h"
#include "records/register_intake.h"
#include "records/register_rows.h"

namespace proviso::records {
namespace {

const catalogue::Catalogue& SmallCatalogue() {
  static const catalogue::Catalogue catalogue = catalogue::Catalogue::FromYaml(R"(
regions: [{id: nl-1, name: Netherlands}]
classes: [{id: storage, name: Storage, kind: level, unit: GB}]
services:
  - id: store
    name: Store
    class: storage
    regions: [nl-1]
    meters: [{service_name: S, unit: T, factor: 1}]
)",
                                                                               "c.yaml")
                                                    .value();
  return catalogue;
}

// What is kept, without the lines of the file that it came from.
std::vector<std::vector<std::string>> RowsOf(const std::string& kept) {
  CsvReader reader(kept);
  CsvRecord record;
  std::vector<std::vector<std::string>> rows;
  while (reader.Next(record).value()) {
    rows.emplace_back(record.fields.begin() + 1, record.fields.end());
  }
  return rows;
}

void CheckRegister(std::string_view text, SourceClass cls) {
  const auto made = NormaliseRegister(text, cls, {SmallCatalogue()});
  if (!made) {
    PROVISO_CHECK(made.error().code() == ErrorCode::kInvalidArgument, made.error().message());
    return;
  }
  const delivery::RowCounts& rows = made->rows;
  PROVISO_CHECK(rows.read == rows.imported + rows.quarantined + rows.skipped, "rows are lost");
  PROVISO_CHECK(made->quarantined.size() == rows.quarantined, "quarantine and count differ");
  const auto again = NormaliseRegister(made->kept, cls, {SmallCatalogue()});
  PROVISO_CHECK(again.has_value(), again.error().message());
  PROVISO_CHECK(again->rows == (delivery::RowCounts{rows.imported, rows.imported, 0, 0}),
                "what was kept is not taken whole");
  const auto kept = RowsOf(made->kept);
  PROVISO_CHECK(kept == RowsOf(again->kept), "what was kept is kept otherwise");
  for (std::size_t i = 1; i < kept.size(); ++i) {
    const bool reads = cls == SourceClass::kContract ? ReadContractLine(kept[i]).has_value()
                                                     : ReadInvoiceLine(kept[i]).has_value();
    PROVISO_CHECK(reads, "a kept row does not read");
  }
}

}  // namespace
}  // namespace proviso::records

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using proviso::records::SourceClass;
  const std::string_view text = proviso::fuzz::Input(data, size).rest();
  // By what the header looks like, so that any register is a seed.
  const bool contract = text.substr(0, 200).find("agreement") != std::string_view::npos;
  proviso::records::CheckRegister(text, contract ? SourceClass::kContract : SourceClass::kBilling);
  return 0;
}
