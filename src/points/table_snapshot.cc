#include "points/table_snapshot.h"

#include <utility>

namespace proviso::points {

Result<std::unique_ptr<const TableSnapshot>> TableSnapshot::FromBytes(Bytes bytes) {
  std::unique_ptr<TableSnapshot> snapshot(new TableSnapshot());
  snapshot->bytes_ = std::move(bytes);
  const ByteView view = snapshot->bytes_;
  return Open(std::move(snapshot), view);
}

Result<std::unique_ptr<const TableSnapshot>> TableSnapshot::FromFile(
    const std::filesystem::path& path) {
  std::unique_ptr<TableSnapshot> snapshot(new TableSnapshot());
  const ByteView view = snapshot->file_.emplace(PROVISO_TRY(io::MappedFile::Open(path))).bytes();
  return Open(std::move(snapshot), view);
}

Result<std::unique_ptr<const TableSnapshot>> TableSnapshot::Open(
    std::unique_ptr<TableSnapshot> snapshot, ByteView bytes) {
  snapshot->table_ = PROVISO_TRY(enforcement::DecisionTable::Open(bytes));
  return std::unique_ptr<const TableSnapshot>(std::move(snapshot));
}

}  // namespace proviso::points
