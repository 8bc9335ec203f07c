#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace proviso::delivery {

// Up to this many rows may be set aside whatever their share.
inline constexpr std::uint64_t kSetAsideTolerated = 10;

// rows read = imported + quarantined + skipped. Skipped: blank lines.
struct RowCounts {
  std::uint64_t read = 0;
  std::uint64_t imported = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t skipped = 0;
  bool operator==(const RowCounts&) const = default;
};

// kInvalidArgument when the file has no rows, when none of them was good, or when more were set
// aside than kSetAsideTolerated and `share_allows`. `first_faults` tells which (FirstFaults).
Status CheckCounts(const RowCounts& rows, std::uint64_t share_allows,
                   std::string_view first_faults);

}  // namespace proviso::delivery
