#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "usage/engines/duckdb_engine.h"

namespace proviso::usage {

// What a FOCUS column is to us (docs/formats/focus.md).
struct FocusColumn {
  std::string_view name;
  ColumnType type = ColumnType::kText;
  int since = 0;            // first minor version of FOCUS 1.x that has it
  bool required = false;    // a delivery without this column is refused
  bool kept = false;        // reaches the lake; all others are dropped unread
  bool filled = false;      // a row where it is null is quarantined
  std::string_view values;  // allowed values, separated by ';'; empty: any
  // Another value than those allowed becomes null, and is counted; else it costs the row.
  bool forgiving = false;
};

// All columns of FOCUS 1.0 to 1.4, by name.
std::span<const FocusColumn> FocusColumns();
const FocusColumn* FindFocusColumn(std::string_view name);  // nullptr when there is none

// The columns of a lake file, in their order: those kept, then kUsageDayColumn.
std::vector<const FocusColumn*> LakeColumns();
// The UTC day that a row's charge period lies in; null when it is longer than a day or crosses one.
inline constexpr std::string_view kUsageDayColumn = "UsageDay";

// How the columns of one delivery map to FOCUS.
struct FocusLayout {
  std::string version;                      // "1.0" or "1.2"
  std::vector<const FocusColumn*> columns;  // of the delivery, in its order; nullptr: unknown
  std::vector<std::string> names;           // as the delivery has them
  std::vector<std::string> unknown;         // columns that FOCUS does not have
  std::vector<std::string> absent;          // columns that this version has and the file not
};

// Recognises the version by the columns present. kUnimplemented names a version that is not read;
// kInvalidArgument names a missing or doubled column.
Result<FocusLayout> RecogniseLayout(const std::vector<std::string>& header);

}  // namespace proviso::usage
