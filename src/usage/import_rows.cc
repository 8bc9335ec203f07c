#include "usage/import_rows.h"

#include <algorithm>
#include <utility>

namespace proviso::usage {

Status SharedTally::Add(Tally&& part) {
  const MutexLock lock(mutex_);
  total_.Add(std::move(part));
  if (total_.quarantined.size() <= kQuarantinedRowsMax) return {};
  return Fail(ErrorCode::kInvalidArgument, "more than " + std::to_string(kQuarantinedRowsMax) +
                                               " rows would be quarantined; export the file again");
}

Tally SharedTally::Take() {
  const MutexLock lock(mutex_);
  std::ranges::sort(total_.quarantined);
  return std::exchange(total_, Tally{});
}

ImportRows::ImportRows(FocusLayout layout) : layout_(std::move(layout)) {
  for (const FocusColumn* column : LakeColumns()) {
    columns_.push_back({std::string(column->name), column->type});
  }
  columns_.push_back({std::string(kUsageDayColumn), ColumnType::kDate});
}

std::vector<int> LakePlaces(const FocusLayout& layout) {
  std::vector<int> places;
  for (const FocusColumn* column : LakeColumns()) {
    const auto found = std::ranges::find(layout.columns, column);
    places.push_back(
        found == layout.columns.end() ? -1 : static_cast<int>(found - layout.columns.begin()));
  }
  return places;
}

}  // namespace proviso::usage
