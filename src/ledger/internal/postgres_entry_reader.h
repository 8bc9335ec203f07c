#pragma once

#include <map>
#include <memory>

#include "io/sql/postgres.h"
#include "ledger/internal/entry_reader.h"

namespace proviso::ledger {

// Reads the log's tables in PostgreSQL through a session of its own.
class PostgresEntryReader : public EntryReader {
 public:
  static Result<std::unique_ptr<EntryReader>> Open(const std::string& place);
  explicit PostgresEntryReader(io::PostgresConnection session) : session_(std::move(session)) {}

  Result<std::vector<SealedAddendum>> ReadAddenda(std::uint64_t position) override;
  Result<bool> HasKey(std::uint64_t position, const std::string& name) override;

 protected:
  Status VisitRows(std::uint64_t from, std::uint64_t to, const VisitRow& visit) override;

 private:
  // Positions [from, to).
  struct Range {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
  };
  Status LoadAddenda(Range range);

  io::PostgresConnection session_;
  // Whoever visits entries asks for the addenda of each: they are fetched for many at once. Only
  // while a visit lasts, since they may be erased.
  Range visited_;
  bool loaded_ = false;
  std::map<std::uint64_t, std::vector<SealedAddendum>> addenda_;
};

}  // namespace proviso::ledger
