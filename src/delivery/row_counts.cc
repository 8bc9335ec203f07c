#include "delivery/row_counts.h"

#include <algorithm>
#include <string>

namespace proviso::delivery {

Status CheckCounts(const RowCounts& rows, std::uint64_t share_allows,
                   std::string_view first_faults) {
  if (rows.read == rows.skipped) {
    return Fail(ErrorCode::kInvalidArgument, "the file has a header and no rows; export it again");
  }
  const std::uint64_t allowed = std::max(kSetAsideTolerated, share_allows);
  if (rows.quarantined <= allowed && rows.imported > 0) return {};
  return Fail(ErrorCode::kInvalidArgument,
              std::to_string(rows.quarantined) + " of " + std::to_string(rows.read) +
                  " rows cannot be imported, at most " + std::to_string(allowed) +
                  " may be; nothing was kept. First: " + std::string(first_faults) +
                  "; correct the export and deliver it again");
}

}  // namespace proviso::delivery
