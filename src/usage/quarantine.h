#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::usage {

// Why a row did not reach the lake (docs/formats/focus.md lists the codes).
enum class FaultReason : std::uint8_t {
  kNone,
  kTooFewFields,
  kTooManyFields,
  kBadQuoting,
  kUnterminatedQuote,
  kMissing,
  kNotADecimal,
  kTooManyDigits,
  kNotATime,
  kNotAllowed,
  kTooLong,
  kControlCharacter,
  kEndNotAfterStart,
};

// The code as it stands in the quarantine file: "not_a_decimal".
std::string_view FaultReasonCode(FaultReason reason);

// One row that was set aside. Never holds what stood in it: that may be anything.
struct Quarantined {
  std::uint64_t row = 0;    // CSV: the line on which the record starts; Parquet: the row, from 1
  std::string_view column;  // name in FOCUS; empty when the row as a whole is at fault
  FaultReason reason = FaultReason::kNone;
  auto operator<=>(const Quarantined&) const = default;
};

// One JSON object a line: {"column":"BilledCost","line":7,"reason":"not_a_decimal"}; "row" in place
// of "line" for Parquet; no "column" when the row as a whole is at fault.
std::string FormatQuarantine(const std::vector<Quarantined>& rows, std::string_view place);

// "line 7 column `BilledCost`: not_a_decimal; ..." for the first few.
std::string FirstFaults(const std::vector<Quarantined>& rows, std::string_view place);

}  // namespace proviso::usage
