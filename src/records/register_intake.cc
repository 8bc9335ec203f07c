#include "records/register_intake.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "delivery/foreign_format.h"
#include "records/csv_reader.h"
#include "records/party_check.h"
#include "records/register_rows.h"

namespace proviso::records {

using delivery::FaultReason;
using delivery::FirstFaults;

namespace {

constexpr std::uint64_t kRowsPerTick = 4096;
constexpr std::string_view kLineColumn = "line";
constexpr std::size_t kMonthPlace = 5;  // in RegisterColumns(kBilling)

constexpr std::string_view kParquetMagic = "PAR1";

tl::unexpected<Error> RefuseFormat(std::string_view what, std::string_view remedy) {
  return Fail(ErrorCode::kInvalidArgument, "the file is " + std::string(what) +
                                               ", expected CSV in UTF-8; " + std::string(remedy));
}

// Text in UTF-8 without NUL, or the line that is not.
Status CheckText(std::string_view text) {
  if (const auto* foreign = delivery::FindForeignFormat(text)) {
    return RefuseFormat(foreign->what, foreign->remedy);
  }
  if (text.starts_with(kParquetMagic)) return RefuseFormat("Parquet", "export it as CSV in UTF-8");
  if (IsUtf8(text) && text.find('\0') == std::string_view::npos) return {};
  std::uint64_t number = 1;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.find('\0') != std::string_view::npos) {
      return Fail(ErrorCode::kInvalidArgument,
                  "line " + std::to_string(number) +
                      " has a NUL byte, expected text; export the file as UTF-8");
    }
    if (!IsUtf8(line)) break;
    at = end + 1;
    ++number;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "line " + std::to_string(number) + " is not UTF-8; export the file as UTF-8");
}

Result<RegisterLayout> ReadHeader(CsvReader& reader, SourceClass cls) {
  CsvRecord header;
  if (!PROVISO_TRY(reader.Next(header))) {
    return Fail(ErrorCode::kInvalidArgument,
                "the file is empty; expected a header and rows: export it again");
  }
  if (header.fault != FaultReason::kNone) {
    return Fail(ErrorCode::kInvalidArgument,
                "line 1: the quotes of the header do not pair; expected the names of the columns, "
                "separated by commas");
  }
  for (const std::string& name : header.fields) {
    if (name.find_first_of("\r\n") == std::string::npos) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "line 1: the name of a column has a line break within; export the file with lines "
                "that end with LF or CRLF, and names of one line");
  }
  return PROVISO_TRY_DOING(RecogniseHeader(cls, header.fields), "line 1");
}

// Reads the rows of one file.
class Intake {
 public:
  Intake(SourceClass cls, KnownNames known, RegisterLayout layout)
      : cls_(cls),
        check_(cls, known.catalogue),
        parties_(known.customers),
        layout_(std::move(layout)) {
    result_.kept = KeptHeader(cls);
    result_.dropped_columns = layout_.dropped;
    cells_.resize(layout_.places.size());
  }

  // kInvalidArgument when the file cannot be taken at all.
  Status Take(CsvRecord& record) {
    if (++result_.rows.read > kRegisterRowsMax) {
      return Fail(ErrorCode::kInvalidArgument, "the file has more than " +
                                                   std::to_string(kRegisterRowsMax) +
                                                   " rows; split it, for example by year");
    }
    if (record.IsBlank()) {
      ++result_.rows.skipped;
      return {};
    }
    const RowFault fault = Check(record);
    if (fault.reason == FaultReason::kNone) {
      Keep(record.line);
      if (!record.ended) {
        result_.oddities.emplace_back("the last line does not end: the file may have been cut off");
      }
      return {};
    }
    result_.quarantined.push_back({record.line, fault.column, fault.reason});
    if (!record.ended) return CutOff(record.line);
    if (result_.quarantined.size() <= kQuarantinedRowsMax) return {};
    return Fail(ErrorCode::kInvalidArgument,
                "more than " + std::to_string(kQuarantinedRowsMax) +
                    " rows cannot be imported; nothing was kept. First: " +
                    FirstFaults(result_.quarantined, kLineColumn) +
                    "; correct the export and deliver it again");
  }

  Result<NormalRegister> Finish() {
    result_.rows.quarantined = result_.quarantined.size();
    PROVISO_TRY(delivery::CheckCounts(result_.rows, result_.rows.read / kQuarantineShare,
                                      FirstFaults(result_.quarantined, kLineColumn)));
    std::ranges::copy(parties_.Oddities(), std::back_inserter(result_.oddities));
    return std::move(result_);
  }

 private:
  RowFault Check(CsvRecord& record) {
    if (record.fault != FaultReason::kNone) return {record.fault, ""};
    if (record.fields.size() < layout_.fields) return {FaultReason::kTooFewFields, ""};
    if (record.fields.size() > layout_.fields) return {FaultReason::kTooManyFields, ""};
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      cells_[i].swap(record.fields[layout_.places[i]]);
      if (cells_[i] == "NULL") cells_[i].clear();
    }
    const RowFault fault = check_.Check(cells_);
    if (fault.reason != FaultReason::kNone) return fault;
    // The hash, so that the memory for keys does not grow with what rows hold.
    if (!keys_.insert(crypto::Sha256(check_.Key(cells_))).second) {
      return {FaultReason::kDuplicate, ""};
    }
    return {};
  }

  void Keep(std::uint64_t line) {
    ++result_.rows.imported;
    parties_.Check(line, cells_);
    result_.kept += std::to_string(line);
    for (const std::string& cell : cells_) {
      result_.kept += ',';
      AppendCsvField(result_.kept, cell);
    }
    result_.kept += '\n';
    if (cls_ != SourceClass::kBilling) return;
    if (const Result<Month> month = ParseMonth(cells_[kMonthPlace])) ++result_.months[*month];
  }

  static Status CutOff(std::uint64_t line) {
    return Fail(ErrorCode::kInvalidArgument,
                "line " + std::to_string(line) +
                    " is the last one, does not end and is no whole row: the file was cut off; "
                    "deliver it again");
  }

  SourceClass cls_;
  RowCheck check_;
  PartyCheck parties_;
  RegisterLayout layout_;
  std::vector<std::string> cells_;
  std::set<crypto::Hash> keys_;
  NormalRegister result_;
};

}  // namespace

std::string KeptHeader(SourceClass cls) {
  std::string header(kLineColumn);
  for (const RegisterColumn& column : RegisterColumns(cls)) {
    (header += ',') += column.name;
  }
  return header + "\n";
}

Result<NormalRegister> NormaliseRegister(std::string_view text, SourceClass cls, KnownNames known,
                                         const Progress& progress) {
  if (text.size() > kRegisterBytesMax) {
    return Fail(ErrorCode::kResourceExhausted,
                "expected at most " + std::to_string(kRegisterBytesMax) + " bytes, found " +
                    std::to_string(text.size()) + "; split the file, for example by year");
  }
  PROVISO_TRY(CheckText(text));
  CsvReader reader(text);
  Intake intake(cls, known, PROVISO_TRY(ReadHeader(reader, cls)));
  CsvRecord record;
  for (std::uint64_t rows = 1; PROVISO_TRY(reader.Next(record)); ++rows) {
    PROVISO_TRY(intake.Take(record));
    if (progress && rows % kRowsPerTick == 0) {
      progress(static_cast<double>(reader.bytes_read()) / static_cast<double>(text.size()),
               "import");
    }
  }
  return intake.Finish();
}

}  // namespace proviso::records
