#include "records/register_columns.h"

#include <algorithm>
#include <array>
#include <map>

namespace proviso::records {

namespace {

constexpr std::size_t kColumnsMax = 256;
constexpr std::size_t kNameShownMax = 64;

constexpr std::array kContractColumns = {
    RegisterColumn{"agreement", CellKind::kNumber},
    RegisterColumn{"customer", CellKind::kParty},
    RegisterColumn{"subscription", CellKind::kParty, true},
    RegisterColumn{"class", CellKind::kClass},
    RegisterColumn{"region", CellKind::kRegion},
    RegisterColumn{"from", CellKind::kDate},
    RegisterColumn{"until", CellKind::kDate, true},
    RegisterColumn{"quantity", CellKind::kDecimal, true},
    RegisterColumn{"unit", CellKind::kUnit, true},
};

constexpr std::array kInvoiceColumns = {
    RegisterColumn{"invoice", CellKind::kNumber},
    RegisterColumn{"customer", CellKind::kParty},
    RegisterColumn{"subscription", CellKind::kParty, true},
    RegisterColumn{"class", CellKind::kClass},
    RegisterColumn{"region", CellKind::kRegion, true},
    RegisterColumn{"month", CellKind::kMonth},
    RegisterColumn{"quantity", CellKind::kDecimal, true},
    RegisterColumn{"unit", CellKind::kUnit, true},
    RegisterColumn{"amount", CellKind::kDecimal},
    RegisterColumn{"currency", CellKind::kCurrency},
};

std::string Expected(SourceClass cls) {
  std::string text = "expected the columns ";
  const auto columns = RegisterColumns(cls);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    text += (i == 0 ? "`" : ", `") + std::string(columns[i].name) + "`";
  }
  return text;
}

// A first line without a comma is often one whose columns are separated by something else.
std::string SeparatorHint(const std::vector<std::string>& names) {
  if (names.size() != 1) return "";
  if (names.front().find(';') != std::string::npos) {
    return "; the first line is separated by semicolons: export it with commas";
  }
  if (names.front().find('\t') != std::string::npos) {
    return "; the first line is separated by tabs: export it with commas";
  }
  return "";
}

bool IsPlain(std::string_view name) {
  return !name.empty() && name.size() <= kNameShownMax && std::ranges::none_of(name, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

}  // namespace

std::span<const RegisterColumn> RegisterColumns(SourceClass cls) {
  if (cls == SourceClass::kContract) return kContractColumns;
  return kInvoiceColumns;
}

Result<RegisterLayout> RecogniseHeader(SourceClass cls, const std::vector<std::string>& names) {
  if (names.size() > kColumnsMax) {
    return Fail(ErrorCode::kInvalidArgument, "the header has " + std::to_string(names.size()) +
                                                 " columns, at most " +
                                                 std::to_string(kColumnsMax) + " are read");
  }
  const auto columns = RegisterColumns(cls);
  RegisterLayout layout;
  layout.fields = names.size();
  for (const RegisterColumn& column : columns) {
    const auto found = std::ranges::find(names, column.name);
    if (found == names.end()) {
      return Fail(ErrorCode::kInvalidArgument, "the header has no column `" +
                                                   std::string(column.name) + "`; " +
                                                   Expected(cls) + SeparatorHint(names));
    }
    layout.places.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  // Names of other columns are told only where all that must be there are: else the first line
  // may be anything.
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [first, is_new] = seen.emplace(names[i], i);
    if (!is_new) {
      return Fail(ErrorCode::kInvalidArgument,
                  "columns " + std::to_string(first->second + 1) + " and " + std::to_string(i + 1) +
                      " of the header have the same name; name each column once");
    }
    if (std::ranges::find(columns, names[i], &RegisterColumn::name) != columns.end()) continue;
    layout.dropped.push_back(IsPlain(names[i]) ? names[i] : "column " + std::to_string(i + 1));
  }
  return layout;
}

}  // namespace proviso::records
