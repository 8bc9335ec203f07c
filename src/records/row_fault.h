#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::records {

// Why a row of a register was set aside (docs/formats/records.md lists the codes).
enum class FaultReason : std::uint8_t {
  kNone,
  kTooFewFields,
  kTooManyFields,
  kBadQuoting,
  kUnterminatedQuote,
  kMissing,
  kTooLong,
  kControlCharacter,
  kNotAnId,
  kNotADate,
  kNotAMonth,
  kNotADecimal,
  kTooManyDigits,
  kNegative,
  kNotACurrency,
  kUnknownClass,
  kUnknownRegion,
  kUnknownUnit,
  kEndNotAfterStart,
  kDuplicate,
};

// The code as it stands in the quarantine file: "not_a_decimal".
std::string_view FaultReasonCode(FaultReason reason);

// One row that was set aside. Never holds what stood in it: that may be anything.
struct Quarantined {
  std::uint64_t line = 0;   // on which the record starts, from 1
  std::string_view column;  // of the format; empty when the row as a whole is at fault
  FaultReason reason = FaultReason::kNone;
  auto operator<=>(const Quarantined&) const = default;
};

// One JSON object a line: {"column":"amount","line":7,"reason":"not_a_decimal"}.
std::string FormatQuarantine(const std::vector<Quarantined>& rows);

// "line 7 column `amount`: not_a_decimal; ..." for the first few.
std::string FirstFaults(const std::vector<Quarantined>& rows);

}  // namespace proviso::records
