#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "crypto/hash.h"
#include "usage/delivery_file.h"
#include "usage/engines/duckdb_engine.h"
#include "usage/row_check.h"

namespace proviso::usage {

// More rows than this are never set aside, whatever the share: their list is held in memory.
inline constexpr std::size_t kQuarantinedRowsMax = 1'000'000;

// What all workers of an import have counted so far. Thread-safe.
class SharedTally {
 public:
  // kInvalidArgument when more than kQuarantinedRowsMax rows would be set aside.
  Status Add(Tally&& part);
  // The total, with the quarantined rows in order. Leaves nothing.
  Tally Take();

 private:
  Mutex mutex_;
  Tally total_ GUARDED_BY(mutex_);
};

// The good rows of one delivery, in the columns of the lake; counts all others. Thread-safe.
class ImportRows : public RowSource {
 public:
  const std::vector<ColumnSpec>& columns() const override { return columns_; }
  const FocusLayout& layout() const { return layout_; }
  Tally TakeTally() { return tally_.Take(); }

  virtual DeliveryFormat format() const = 0;
  virtual double ShareDone() const = 0;
  // What is odd about the file as a whole. Call after the last row.
  virtual std::vector<std::string> FileOddities() const = 0;
  // The SHA-256 of the file. Call once, after the last row.
  virtual Result<crypto::Hash> Finish() = 0;

 protected:
  explicit ImportRows(FocusLayout layout);

  FocusLayout layout_;
  std::vector<ColumnSpec> columns_;
  RowCheck check_;
  SharedTally tally_;
};

// Where each of LakeColumns() stands in the delivery; -1: it does not.
std::vector<int> LakePlaces(const FocusLayout& layout);

Result<std::unique_ptr<ImportRows>> OpenCsvRows(const std::filesystem::path& path);
Result<std::unique_ptr<ImportRows>> OpenParquetRows(const std::filesystem::path& path,
                                                    std::uint64_t memory_bytes);

}  // namespace proviso::usage
