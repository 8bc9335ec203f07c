#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "enforcement/decision_table.h"
#include "io/files/mapped_file.h"

namespace proviso::points {

// A decision table together with the bytes that it reads. Immutable, so any thread may read it.
class TableSnapshot {
 public:
  // The errors of DecisionTable::Open: a damaged table is never served.
  static Result<std::unique_ptr<const TableSnapshot>> FromBytes(Bytes bytes);
  // Maps the file, which must be replaced as a whole, never changed.
  static Result<std::unique_ptr<const TableSnapshot>> FromFile(const std::filesystem::path& path);
  TableSnapshot(const TableSnapshot&) = delete;
  TableSnapshot& operator=(const TableSnapshot&) = delete;
  ~TableSnapshot() = default;

  const enforcement::DecisionTable& table() const { return *table_; }

 private:
  TableSnapshot() = default;
  static Result<std::unique_ptr<const TableSnapshot>> Open(std::unique_ptr<TableSnapshot> snapshot,
                                                           ByteView bytes);

  Bytes bytes_;
  std::optional<io::MappedFile> file_;
  std::optional<enforcement::DecisionTable> table_;  // always present once made
};

}  // namespace proviso::points
