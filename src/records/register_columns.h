#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "records/source.h"

namespace proviso::records {

enum class CellKind {
  kNumber,  // of an agreement or an invoice
  kParty,   // id of a customer or a subscription
  kClass,   // capability class
  kRegion,
  kDate,
  kMonth,
  kDecimal,
  kUnit,
  kCurrency,
};

// A column that a register keeps.
struct RegisterColumn {
  std::string_view name;
  CellKind kind = CellKind::kParty;
  bool may_be_empty = false;
};

// The columns of docs/formats/records.md, in the order in which they are kept.
std::span<const RegisterColumn> RegisterColumns(SourceClass cls);

// Where the columns of a register stand in a file.
struct RegisterLayout {
  std::size_t fields = 0;            // of each record
  std::vector<std::size_t> places;   // of RegisterColumns()
  std::vector<std::string> dropped;  // names of all other columns, in the order of the file
};

// Reads the first record of a file. kInvalidArgument when a kept column is missing or named twice.
Result<RegisterLayout> RecogniseHeader(SourceClass cls, const std::vector<std::string>& names);

}  // namespace proviso::records
