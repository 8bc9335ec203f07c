#include "delivery/set_aside.h"

#include "base/json.h"

namespace proviso::delivery {

namespace {
constexpr std::size_t kFaultsShownMax = 5;
}  // namespace

std::string_view FaultReasonCode(FaultReason reason) {
  switch (reason) {
    case FaultReason::kNone:
      return "none";
    case FaultReason::kTooFewFields:
      return "too_few_fields";
    case FaultReason::kTooManyFields:
      return "too_many_fields";
    case FaultReason::kBadQuoting:
      return "bad_quoting";
    case FaultReason::kUnterminatedQuote:
      return "unterminated_quote";
    case FaultReason::kMissing:
      return "missing";
    case FaultReason::kTooLong:
      return "too_long";
    case FaultReason::kControlCharacter:
      return "control_character";
    case FaultReason::kNotAllowed:
      return "not_allowed";
    case FaultReason::kNotAnId:
      return "not_an_id";
    case FaultReason::kNotADate:
      return "not_a_date";
    case FaultReason::kNotAMonth:
      return "not_a_month";
    case FaultReason::kNotATime:
      return "not_a_time";
    case FaultReason::kNotADecimal:
      return "not_a_decimal";
    case FaultReason::kTooManyDigits:
      return "too_many_digits";
    case FaultReason::kNegative:
      return "negative";
    case FaultReason::kNotACurrency:
      return "not_a_currency";
    case FaultReason::kUnknownClass:
      return "unknown_class";
    case FaultReason::kUnknownRegion:
      return "unknown_region";
    case FaultReason::kUnknownUnit:
      return "unknown_unit";
    case FaultReason::kEndNotAfterStart:
      return "end_not_after_start";
    case FaultReason::kDuplicate:
      return "duplicate";
  }
  return "none";
}

std::string FormatQuarantine(const std::vector<Quarantined>& rows, std::string_view place) {
  std::string text;
  for (const Quarantined& row : rows) {
    Json line = Json::MakeObject();
    if (!row.column.empty()) line["column"] = row.column;
    line[place] = row.row;
    line["reason"] = FaultReasonCode(row.reason);
    text += line.Canonical() + "\n";
  }
  return text;
}

std::string FirstFaults(const std::vector<Quarantined>& rows, std::string_view place) {
  std::string text;
  for (std::size_t i = 0; i < rows.size() && i < kFaultsShownMax; ++i) {
    if (i > 0) text += "; ";
    text += std::string(place) + " " + std::to_string(rows[i].row);
    if (!rows[i].column.empty()) text += " column `" + std::string(rows[i].column) + "`";
    text += ": " + std::string(FaultReasonCode(rows[i].reason));
  }
  if (rows.size() > kFaultsShownMax) text += "; ...";
  return text;
}

}  // namespace proviso::delivery
