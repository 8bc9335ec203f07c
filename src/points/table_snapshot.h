#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "enforcement/decision_table.h"
#include "enforcement/table_memory.h"
#include "io/files/mapped_file.h"
#include "points/table_name.h"

namespace proviso::points {

// A decision table together with the bytes that it reads. Immutable, so any thread may read it.
class TableSnapshot {
 public:
  // Keeps a copy where lookups are fastest. The errors of DecisionTable::Open: a damaged table is
  // never served.
  static Result<std::unique_ptr<const TableSnapshot>> FromBytes(ByteView bytes);
  // The same for a mapped file, which must be replaced as a whole, never changed, or a copy.
  static Result<std::unique_ptr<const TableSnapshot>> FromMapped(io::MappedFile file);
  TableSnapshot(const TableSnapshot&) = delete;
  TableSnapshot& operator=(const TableSnapshot&) = delete;
  ~TableSnapshot() = default;

  const enforcement::DecisionTable& table() const { return *table_; }
  ByteView bytes() const { return view_; }
  TableName name() const { return {.number = table_->number(), .sum = TableSum(view_)}; }

 private:
  TableSnapshot() = default;
  static Result<std::unique_ptr<const TableSnapshot>> Open(std::unique_ptr<TableSnapshot> snapshot,
                                                           ByteView bytes);

  ByteView view_;
  std::optional<enforcement::TableMemory> memory_;
  std::optional<io::MappedFile> file_;
  std::optional<enforcement::DecisionTable> table_;  // always present once made
};

}  // namespace proviso::points
