#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace proviso::points {

// Which table it is. Tables of two logs may have one number, and then not one checksum.
struct TableName {
  std::uint64_t number = 0;  // of the log entry that made it
  // The first 8 bytes of the table's checksum, in hexadecimal; empty where nobody told.
  std::string sum = {};
  bool operator==(const TableName&) const = default;

  // Whether both may name the same table: what is not told contradicts nothing.
  bool Matches(const TableName& other) const {
    return number == other.number && (sum.empty() || other.sum.empty() || sum == other.sum);
  }
};

// The `sum` of a whole table.
std::string TableSum(ByteView table);

// For people: "table 118 (sum bcbe075f6fa77d89)".
std::string InWords(const TableName& name);

}  // namespace proviso::points
