#include "points/table_snapshot.h"

#include <utility>

namespace proviso::points {

Result<std::unique_ptr<const TableSnapshot>> TableSnapshot::FromBytes(ByteView bytes) {
  std::unique_ptr<TableSnapshot> snapshot(new TableSnapshot());
  const ByteView view = snapshot->memory_.emplace(bytes).bytes();
  return Open(std::move(snapshot), view);
}

Result<std::unique_ptr<const TableSnapshot>> TableSnapshot::FromMapped(io::MappedFile file) {
  std::unique_ptr<TableSnapshot> snapshot(new TableSnapshot());
  const ByteView view = snapshot->file_.emplace(std::move(file)).bytes();
  return Open(std::move(snapshot), view);
}

Result<std::unique_ptr<const TableSnapshot>> TableSnapshot::Open(
    std::unique_ptr<TableSnapshot> snapshot, ByteView bytes) {
  snapshot->view_ = bytes;
  snapshot->table_ = PROVISO_TRY(enforcement::DecisionTable::Open(bytes));
  return std::unique_ptr<const TableSnapshot>(std::move(snapshot));
}

}  // namespace proviso::points
