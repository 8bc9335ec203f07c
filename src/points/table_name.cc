#include "points/table_name.h"

#include <algorithm>

namespace proviso::points {
namespace {

constexpr std::size_t kChecksumBytes = 16;  // the last ones of a table
constexpr std::size_t kToldBytes = 8;

}  // namespace

std::string TableSum(ByteView table) {
  const ByteView checksum = table.last(std::min(table.size(), kChecksumBytes));
  return HexEncode(checksum.first(std::min(checksum.size(), kToldBytes)));
}

std::string InWords(const TableName& name) {
  const std::string number = "table " + std::to_string(name.number);
  return name.sum.empty() ? number : number + " (sum " + name.sum + ")";
}

}  // namespace proviso::points
