#include "usage/row_check.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace proviso::usage {

using delivery::FaultReason;

namespace {

// Ids, units and names of what is sold are short; a long text is something else.
constexpr std::size_t kTextBytesMax = 512;
constexpr std::size_t kFastDigitsMax = 18;

constexpr std::array<std::int64_t, 19> kPowersOfTen = [] {
  std::array<std::int64_t, 19> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads digits from `at` on; the value is meaningful for up to 18 of them.
std::size_t TakeDigits(std::string_view text, std::size_t at, std::uint64_t& value) {
  const std::size_t begin = at;
  value = 0;
  while (at < text.size() && IsDigit(text[at])) {
    value = value * 10 + static_cast<std::uint64_t>(text[at] - '0');
    ++at;
  }
  return at - begin;
}

// The plain forms: up to 18 digits on either side of the point. False: look closer.
bool ParsePlain(std::string_view text, Decimal& out) {
  const bool negative = !text.empty() && text.front() == '-';
  std::size_t at = negative ? 1 : 0;
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  const std::size_t whole_digits = TakeDigits(text, at, whole);
  if (whole_digits == 0 || whole_digits > kFastDigitsMax) return false;
  at += whole_digits;
  if (at < text.size()) {
    if (text[at] != '.') return false;
    const std::size_t fraction_digits = TakeDigits(text, at + 1, fraction);
    if (fraction_digits == 0 || fraction_digits > kFastDigitsMax) return false;
    if (at + 1 + fraction_digits != text.size()) return false;
    fraction *= static_cast<std::uint64_t>(kPowersOfTen[kFastDigitsMax - fraction_digits]);
  }
  const Int128 units = static_cast<Int128>(whole) * Decimal::kUnit + static_cast<Int128>(fraction);
  out = Decimal::FromUnits(negative ? -units : units);
  return true;
}

// Whether `text` is a number at all: -?digits(.digits)?([eE]-?digits)?
bool IsNumber(std::string_view text) {
  std::uint64_t ignored = 0;
  std::size_t at = text.starts_with('-') ? 1 : 0;
  std::size_t digits = TakeDigits(text, at, ignored);
  if (digits == 0) return false;
  at += digits;
  if (at < text.size() && text[at] == '.') {
    digits = TakeDigits(text, at + 1, ignored);
    if (digits == 0) return false;
    at += 1 + digits;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && text[at] == '-') ++at;
    digits = TakeDigits(text, at, ignored);
    if (digits == 0) return false;
    at += digits;
  }
  return at == text.size();
}

// `count` digits at `at`, or -1.
int DigitsAt(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!IsDigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// The rest of a time behind its seconds: a fraction of up to six digits, in microseconds; or -1.
std::int64_t Microseconds(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != '.' || text.size() < 2 || text.size() > 7) return -1;
  const int value = DigitsAt(text, 1, text.size() - 1);
  return value < 0 ? -1 : value * kPowersOfTen[7 - text.size()];
}

bool IsOneOf(std::string_view text, std::string_view values) {
  while (!values.empty()) {
    const std::size_t end = std::min(values.find(';'), values.size());
    if (values.substr(0, end) == text) return true;
    values.remove_prefix(std::min(end + 1, values.size()));
  }
  return false;
}

FaultReason CheckText(const FocusColumn& column, std::string_view text) {
  if (!column.values.empty()) {
    return IsOneOf(text, column.values) ? FaultReason::kNone : FaultReason::kNotAllowed;
  }
  if (text.size() > kTextBytesMax) return FaultReason::kTooLong;
  const bool control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return control ? FaultReason::kControlCharacter : FaultReason::kNone;
}

std::size_t PlaceOf(const std::vector<const FocusColumn*>& columns, std::string_view name) {
  const auto found = std::ranges::find(columns, name, &FocusColumn::name);
  PROVISO_CHECK(found != columns.end(), name);
  return static_cast<std::size_t>(found - columns.begin());
}

}  // namespace

std::string_view OddityText(Oddity oddity) {
  switch (oddity) {
    case Oddity::kNullCost:
      return "rows without one of the four costs";
    case Oddity::kNegativeQuantity:
      return "usage rows with a negative quantity";
    case Oddity::kNullQuantity:
      return "usage rows without a quantity";
    case Oddity::kNoSubscription:
      return "usage rows without a sub account";
    case Oddity::kOutsideBillingPeriod:
      return "rows charged outside of their billing period";
    case Oddity::kLongerThanDay:
      return "rows longer than a day, which count in months only";
    case Oddity::kCrossesMidnight:
      return "rows within 24 hours that cross midnight";
    case Oddity::kUnknownValue:
      return "rows with a charge frequency or pricing category that FOCUS does not have, left out";
    case Oddity::kCount:
      break;
  }
  return "";
}

void Tally::Add(Tally&& other) {
  read += other.read;
  imported += other.imported;
  skipped += other.skipped;
  quarantined.insert(quarantined.end(), other.quarantined.begin(), other.quarantined.end());
  for (const auto& [period, rows] : other.periods) periods[period] += rows;
  for (std::size_t i = 0; i < oddities.size(); ++i) oddities[i] += other.oddities[i];
}

LakeRow::LakeRow()
    : cells(LakeColumns().size()),
      decimals(cells.size()),
      instants(cells.size()),
      scratch(cells.size()) {}

FaultReason ParseQuantity(std::string_view text, Decimal& out) {
  if (ParsePlain(text, out)) return FaultReason::kNone;
  if (!IsNumber(text)) return FaultReason::kNotADecimal;
  const Result<Decimal> parsed = Decimal::Parse(text);
  if (!parsed) return FaultReason::kTooManyDigits;
  out = *parsed;
  return FaultReason::kNone;
}

FaultReason ParseInstant(std::string_view text, Instant& out) {
  constexpr std::size_t kSeconds = 19;  // "2024-09-01T00:00:00"
  if (text.size() < kSeconds) return FaultReason::kNotATime;
  const bool iso = text[10] == 'T';
  if (iso) {
    if (text.back() != 'Z') return FaultReason::kNotATime;
    text.remove_suffix(1);
  }
  if (text.size() < kSeconds || text[4] != '-' || text[7] != '-' || (!iso && text[10] != ' ') ||
      text[13] != ':' || text[16] != ':') {
    return FaultReason::kNotATime;
  }
  const int year = DigitsAt(text, 0, 4);
  const int month = DigitsAt(text, 5, 2);
  const int day = DigitsAt(text, 8, 2);
  const int hour = DigitsAt(text, 11, 2);
  const int minute = DigitsAt(text, 14, 2);
  const int second = DigitsAt(text, 17, 2);
  const std::int64_t micros = Microseconds(text.substr(kSeconds));
  // Metering began after 1970; a year before it is a default value of some program.
  if (year < 1970 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 59 || micros < 0) {
    return FaultReason::kNotATime;
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return FaultReason::kNotATime;
  out = Date{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
        std::chrono::seconds{second} + std::chrono::microseconds{micros};
  return FaultReason::kNone;
}

RowCheck::RowCheck()
    : columns_(LakeColumns()),
      period_start_(PlaceOf(columns_, "BillingPeriodStart")),
      period_end_(PlaceOf(columns_, "BillingPeriodEnd")),
      start_(PlaceOf(columns_, "ChargePeriodStart")),
      end_(PlaceOf(columns_, "ChargePeriodEnd")),
      category_(PlaceOf(columns_, "ChargeCategory")),
      charge_class_(PlaceOf(columns_, "ChargeClass")),
      quantity_(PlaceOf(columns_, "ConsumedQuantity")),
      subscription_(PlaceOf(columns_, "SubAccountId")),
      commitment_(PlaceOf(columns_, "CommitmentDiscountStatus")),
      costs_{PlaceOf(columns_, "BilledCost"), PlaceOf(columns_, "EffectiveCost"),
             PlaceOf(columns_, "ListCost"), PlaceOf(columns_, "ContractedCost")} {}

FaultReason RowCheck::CheckCell(const FocusColumn& column, std::size_t at, LakeRow& row) const {
  const Cell& cell = row.cells[at];
  if (!cell) return column.filled ? FaultReason::kMissing : FaultReason::kNone;
  if (column.forgiving && !IsOneOf(*cell, column.values)) {
    row.cells[at].reset();
    row.unknown_value = true;
    return FaultReason::kNone;
  }
  if (column.type == ColumnType::kText) return CheckText(column, *cell);
  if (column.type == ColumnType::kDecimal) return ParseQuantity(*cell, row.decimals[at]);
  return ParseInstant(*cell, row.instants[at]);
}

RowCheck::Fault RowCheck::Check(LakeRow& row) const {
  row.unknown_value = false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const FaultReason reason = CheckCell(*columns_[i], i, row);
    if (reason != FaultReason::kNone) return {reason, columns_[i]->name};
  }
  if (row.instants[end_] <= row.instants[start_]) {
    return {FaultReason::kEndNotAfterStart, columns_[end_]->name};
  }
  if (row.instants[period_end_] <= row.instants[period_start_]) {
    return {FaultReason::kEndNotAfterStart, columns_[period_end_]->name};
  }
  return {};
}

std::optional<Date> RowCheck::UsageDay(const LakeRow& row) const {
  const Date day = std::chrono::floor<std::chrono::days>(row.instants[start_]);
  if (row.instants[end_] > day + std::chrono::days{1}) return std::nullopt;
  return day;
}

void RowCheck::Count(const LakeRow& row, Tally& tally) const {
  ++tally.imported;
  ++tally.periods[row.instants[period_start_].time_since_epoch().count()];
  const auto note = [&](Oddity oddity) { ++tally.oddities[static_cast<std::size_t>(oddity)]; };
  if (std::ranges::any_of(costs_, [&](std::size_t at) { return !row.cells[at]; })) {
    note(Oddity::kNullCost);
  }
  if (row.instants[start_] < row.instants[period_start_] ||
      row.instants[end_] > row.instants[period_end_]) {
    note(Oddity::kOutsideBillingPeriod);
  }
  if (row.instants[end_] - row.instants[start_] > std::chrono::hours{24}) {
    note(Oddity::kLongerThanDay);
  } else if (!UsageDay(row)) {
    note(Oddity::kCrossesMidnight);
  }
  if (row.unknown_value) note(Oddity::kUnknownValue);
  if (row.cells[category_] != "Usage") return;
  if (!row.cells[subscription_]) note(Oddity::kNoSubscription);
  const bool quantity_due = !row.cells[charge_class_] && row.cells[commitment_] != "Unused";
  if (!row.cells[quantity_]) {
    if (quantity_due) note(Oddity::kNullQuantity);
  } else if (row.decimals[quantity_] < Decimal() && !row.cells[charge_class_]) {
    note(Oddity::kNegativeQuantity);
  }
}

void RowCheck::Write(const LakeRow& row, ChunkWriter& out, std::size_t at) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!row.cells[i]) {
      out.SetNull(i, at);
    } else if (columns_[i]->type == ColumnType::kText) {
      out.SetText(i, at, *row.cells[i]);
    } else if (columns_[i]->type == ColumnType::kDecimal) {
      out.SetDecimal(i, at, row.decimals[i]);
    } else {
      out.SetInstant(i, at, row.instants[i]);
    }
  }
  if (const std::optional<Date> day = UsageDay(row)) {
    out.SetDate(columns_.size(), at, *day);
  } else {
    out.SetNull(columns_.size(), at);
  }
}

}  // namespace proviso::usage
