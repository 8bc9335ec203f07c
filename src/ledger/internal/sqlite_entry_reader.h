#pragma once

#include <filesystem>

#include "io/sql/sqlite.h"
#include "ledger/internal/entry_reader.h"

namespace proviso::ledger {

// Reads proviso.db. Movable only.
class SqliteEntryReader : public EntryReader {
 public:
  static Result<SqliteEntryReader> Open(const std::filesystem::path& path, const std::string& vfs) {
    return Open(path, {.create = false, .vfs = vfs});
  }
  static Result<SqliteEntryReader> Open(const std::filesystem::path& path,
                                        const io::Database::Options& options);

  Result<std::vector<SealedAddendum>> ReadAddenda(std::uint64_t position) override;
  Result<bool> HasKey(std::uint64_t position, const std::string& name) override;

 protected:
  Status VisitRows(std::uint64_t from, std::uint64_t to, const VisitRow& visit) override;

 private:
  SqliteEntryReader(io::Database database, io::Statement entries, io::Statement addenda)
      : database_(std::move(database)),
        entries_(std::move(entries)),
        addenda_(std::move(addenda)) {}
  Status StepRows(const VisitRow& visit);

  io::Database database_;
  io::Statement entries_;
  io::Statement addenda_;
};

}  // namespace proviso::ledger
