#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "io/sql/sqlite.h"

namespace proviso::ledger {

// An addendum as it lies in the database: sealed under a key of its own.
struct SealedAddendum {
  std::string name;
  crypto::Hash digest;
  Bytes sealed;
  Bytes key;  // 32 bytes; empty once erased
};

// Reads entries and addenda through a connection, and a cache, of its own: what it yields is what
// the files hold, not what a writer remembers. Belongs to one thread at a time. Movable only.
class EntryReader {
 public:
  // The database must have the tables that Store makes.
  static Result<EntryReader> Open(const std::filesystem::path& path);

  using Visit = std::function<Status(std::uint64_t, const crypto::Hash& leaf, ByteView)>;
  // Visits the entries of [from, to) in order. kDataLoss when one is missing, or when its bytes do
  // not have the leaf hash that is stored beside them.
  Status ReadEntries(std::uint64_t from, std::uint64_t to, const Visit& visit);
  // The sealed parts of one entry that are still there, by name.
  Result<std::vector<SealedAddendum>> ReadAddenda(std::uint64_t position);

 private:
  EntryReader(io::Database database, io::Statement entries, io::Statement addenda)
      : database_(std::move(database)),
        entries_(std::move(entries)),
        addenda_(std::move(addenda)) {}
  Status VisitRows(std::uint64_t from, std::uint64_t to, const Visit& visit);

  io::Database database_;
  io::Statement entries_;
  io::Statement addenda_;
};

}  // namespace proviso::ledger
