#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::delivery {

// Why a row of a delivered table was set aside. docs/formats/records.md and docs/formats/focus.md
// list the codes that each of them gives.
enum class FaultReason : std::uint8_t {
  kNone,
  kTooFewFields,
  kTooManyFields,
  kBadQuoting,
  kUnterminatedQuote,
  kMissing,
  kTooLong,
  kControlCharacter,
  kNotAllowed,
  kNotAnId,
  kNotADate,
  kNotAMonth,
  kNotATime,
  kNotADecimal,
  kTooManyDigits,
  kNegative,
  kNotACurrency,
  kUnknownClass,
  kUnknownRegion,
  kUnknownUnit,
  kEndNotAfterStart,
  kDuplicate,  // the last one
};
inline constexpr int kFaultReasons = static_cast<int>(FaultReason::kDuplicate) + 1;

// The code as it stands in the quarantine file: "not_a_decimal".
std::string_view FaultReasonCode(FaultReason reason);

// One row that was set aside. Never holds what stood in it: that may be anything.
struct Quarantined {
  std::uint64_t row = 0;    // CSV: the line on which the record starts; Parquet: the row, from 1
  std::string_view column;  // of the format; empty when the row as a whole is at fault
  FaultReason reason = FaultReason::kNone;
  auto operator<=>(const Quarantined&) const = default;
};

// One JSON object a line: {"column":"amount","line":7,"reason":"not_a_decimal"}. `place` is "line"
// or "row"; no "column" when the row as a whole is at fault.
std::string FormatQuarantine(const std::vector<Quarantined>& rows, std::string_view place);

// "line 7 column `amount`: not_a_decimal; ..." for the first few.
std::string FirstFaults(const std::vector<Quarantined>& rows, std::string_view place);

}  // namespace proviso::delivery
