#include "records/register_rows.h"

#include <algorithm>

#include "base/check.h"

namespace proviso::records {

using delivery::FaultReason;

namespace {

// Further places in RegisterColumns().
constexpr std::size_t kClass = 3;
constexpr std::size_t kRegion = 4;
constexpr std::size_t kFrom = 5;   // contracts
constexpr std::size_t kMonth = 5;  // invoices
constexpr std::size_t kUntil = 6;
constexpr std::size_t kContractQuantity = 7;
constexpr std::size_t kInvoiceQuantity = 6;
constexpr std::size_t kAmount = 8;
constexpr std::size_t kCurrency = 9;
constexpr char kKeySeparator = '\x1f';  // in no cell: it is a control character

// Records began after 1970; a day before it is a default value of some program.
constexpr Date kFirstDate{std::chrono::year{1970} / 1 / 1};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }
bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

FaultReason CheckParty(std::string_view cell) {
  const bool good = cell.front() != ' ' && cell.back() != ' ';
  return good ? FaultReason::kNone : FaultReason::kNotAnId;
}

std::size_t SkipDigits(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at - begin;
}

// Whether `text` is a number at all: -?digits(.digits)?([eE]-?digits)?
bool IsNumber(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  if (SkipDigits(text, at) == 0) return false;
  if (at < text.size() && text[at] == '.' && SkipDigits(text, ++at) == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && text[at] == '-') ++at;
    if (SkipDigits(text, at) == 0) return false;
  }
  return at == text.size();
}

FaultReason CheckDecimal(std::string& cell) {
  if (!IsNumber(cell)) return FaultReason::kNotADecimal;
  const Result<Decimal> value = Decimal::Parse(cell);
  if (!value) return FaultReason::kTooManyDigits;
  cell = value->ToString();
  return FaultReason::kNone;
}

FaultReason CheckDate(std::string_view cell) {
  const Result<Date> date = ParseDate(cell);
  return date && *date >= kFirstDate ? FaultReason::kNone : FaultReason::kNotADate;
}

FaultReason CheckMonth(std::string_view cell) {
  const Result<Month> month = ParseMonth(cell);
  return month && FirstDay(*month) >= kFirstDate ? FaultReason::kNone : FaultReason::kNotAMonth;
}

FaultReason CheckCurrency(std::string_view cell) {
  const bool good = cell.size() == 3 && std::ranges::all_of(cell, IsCapital);
  return good ? FaultReason::kNone : FaultReason::kNotACurrency;
}

// Empty: absent.
Result<std::optional<Decimal>> ReadQuantity(const std::string& cell) {
  std::optional<Decimal> quantity;
  if (!cell.empty()) quantity = PROVISO_TRY(Decimal::Parse(cell));
  return quantity;
}

}  // namespace

bool IsNumberOfARegister(std::string_view cell) {
  const auto fits = [](char c) {
    return IsLetter(c) || IsDigit(c) ||
           std::string_view("-_./:#").find(c) != std::string_view::npos;
  };
  return !cell.empty() && cell.size() <= RowCheck::kNumberBytesMax &&
         (IsLetter(cell.front()) || IsDigit(cell.front())) && std::ranges::all_of(cell, fits);
}

RowCheck::RowCheck(SourceClass cls, const catalogue::Catalogue& catalogue) : cls_(cls) {
  for (const catalogue::Region& region : catalogue.regions()) regions_.insert(region.id);
  for (const catalogue::CapabilityClass& known : catalogue.classes()) {
    auto& units = units_[known.id];
    units.insert(known.unit);
    if (known.kind == catalogue::ClassKind::kLevel) units.insert(known.unit + "-Hours");
  }
  for (const catalogue::Service& service : catalogue.services()) {
    for (const catalogue::Meter& meter : service.meters) {
      if (!meter.match.unit.empty()) units_[service.capability_class].insert(meter.match.unit);
    }
  }
  for (const auto& [id, units] : units_) all_units_.insert(units.begin(), units.end());
}

FaultReason RowCheck::CheckCell(const RegisterColumn& column, std::string& cell) const {
  if (cell.empty()) return column.may_be_empty ? FaultReason::kNone : FaultReason::kMissing;
  if (cell.size() > kCellBytesMax) return FaultReason::kTooLong;
  if (std::ranges::any_of(cell, IsControl)) return FaultReason::kControlCharacter;
  const bool contract = cls_ == SourceClass::kContract;
  switch (column.kind) {
    case CellKind::kNumber:
      return IsNumberOfARegister(cell) ? FaultReason::kNone : FaultReason::kNotAnId;
    case CellKind::kParty:
      return CheckParty(cell);
    case CellKind::kClass:
      if (cell == (contract ? kEvery : kOtherClass) || units_.contains(cell)) break;
      return FaultReason::kUnknownClass;
    case CellKind::kRegion:
      if ((contract && cell == kEvery) || regions_.contains(cell)) break;
      return FaultReason::kUnknownRegion;
    case CellKind::kDate:
      return CheckDate(cell);
    case CellKind::kMonth:
      return CheckMonth(cell);
    case CellKind::kDecimal:
      return CheckDecimal(cell);
    case CellKind::kUnit:
      break;  // With the class of the row.
    case CellKind::kCurrency:
      return CheckCurrency(cell);
  }
  return FaultReason::kNone;
}

bool RowCheck::KnowsUnit(const std::string& cls, const std::string& unit) const {
  const auto found = units_.find(cls);
  return (found == units_.end() ? all_units_ : found->second).contains(unit);
}

RowFault RowCheck::CheckRow(const std::vector<std::string>& cells) const {
  const bool contract = cls_ == SourceClass::kContract;
  const std::size_t quantity = contract ? kContractQuantity : kInvoiceQuantity;
  const std::string& unit = cells[quantity + 1];
  const bool due = !contract && cells[kClass] != kOtherClass;
  if (cells[quantity].empty() && (due || !unit.empty())) return {FaultReason::kMissing, "quantity"};
  if (unit.empty() && !cells[quantity].empty()) return {FaultReason::kMissing, "unit"};
  if (!unit.empty() && !KnowsUnit(cells[kClass], unit)) return {FaultReason::kUnknownUnit, "unit"};
  if (!contract) return {};
  if (cells[quantity].starts_with('-')) return {FaultReason::kNegative, "quantity"};
  // Dates in one form compare as texts.
  if (!cells[kUntil].empty() && cells[kUntil] <= cells[kFrom]) {
    return {FaultReason::kEndNotAfterStart, "until"};
  }
  return {};
}

RowFault RowCheck::Check(std::vector<std::string>& cells) const {
  const auto columns = RegisterColumns(cls_);
  PROVISO_CHECK(cells.size() == columns.size(), std::to_string(cells.size()));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const FaultReason reason = CheckCell(columns[i], cells[i]);
    if (reason != FaultReason::kNone) return {reason, columns[i].name};
  }
  return CheckRow(cells);
}

std::string RowCheck::Key(const std::vector<std::string>& cells) const {
  std::string key;
  const auto add = [&](const std::string& cell) { (key += cell) += kKeySeparator; };
  if (cls_ == SourceClass::kContract) {
    for (const std::size_t i : {std::size_t{0}, kSubscriptionPlace, kClass, kRegion, kFrom}) {
      add(cells[i]);
    }
  } else {
    // Two meters of one class make two lines of an invoice, so all cells count.
    for (const std::string& cell : cells) add(cell);
  }
  return key;
}

Result<ContractLine> ReadContractLine(const std::vector<std::string>& cells) {
  if (cells.size() != RegisterColumns(SourceClass::kContract).size()) {
    return Fail(ErrorCode::kInvalidArgument, "a line of a contract register has other fields");
  }
  ContractLine line;
  line.agreement = cells[0];
  line.customer = cells[kCustomerPlace];
  line.subscription = cells[kSubscriptionPlace];
  line.capability_class = cells[kClass];
  line.region = cells[kRegion];
  line.from = PROVISO_TRY(ParseDate(cells[kFrom]));
  if (!cells[kUntil].empty()) line.until = PROVISO_TRY(ParseDate(cells[kUntil]));
  line.quantity = PROVISO_TRY(ReadQuantity(cells[kContractQuantity]));
  line.unit = cells[kContractQuantity + 1];
  return line;
}

Result<InvoiceLine> ReadInvoiceLine(const std::vector<std::string>& cells) {
  if (cells.size() != RegisterColumns(SourceClass::kBilling).size()) {
    return Fail(ErrorCode::kInvalidArgument, "a line of an invoice register has other fields");
  }
  InvoiceLine line;
  line.invoice = cells[0];
  line.customer = cells[kCustomerPlace];
  line.subscription = cells[kSubscriptionPlace];
  line.capability_class = cells[kClass];
  line.region = cells[kRegion];
  line.month = PROVISO_TRY(ParseMonth(cells[kMonth]));
  line.quantity = PROVISO_TRY(ReadQuantity(cells[kInvoiceQuantity]));
  line.unit = cells[kInvoiceQuantity + 1];
  line.amount = PROVISO_TRY(Decimal::Parse(cells[kAmount]));
  line.currency = cells[kCurrency];
  return line;
}

}  // namespace proviso::records
