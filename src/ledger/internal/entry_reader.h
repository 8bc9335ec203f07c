#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "ledger/options.h"

namespace proviso::ledger {

// An addendum as it lies in the database: sealed under a key of its own.
struct SealedAddendum {
  std::string name;
  crypto::Hash digest;
  Bytes sealed;
  Bytes key;  // 32 bytes; empty once erased
};

// Reads entries and addenda through a connection, and a cache, of its own: what it yields is what
// the database holds, not what a writer remembers. Belongs to one thread at a time.
class EntryReader {
 public:
  // The database must have the tables that Store makes.
  static Result<std::unique_ptr<EntryReader>> Open(const LedgerOptions& options);
  EntryReader(const EntryReader&) = delete;
  EntryReader& operator=(const EntryReader&) = delete;
  virtual ~EntryReader() = default;

  using Visit = std::function<Status(std::uint64_t, const crypto::Hash& leaf, ByteView)>;
  // Visits the entries of [from, to) in order. kDataLoss when one is missing, or when its bytes do
  // not have the leaf hash that is stored beside them.
  Status ReadEntries(std::uint64_t from, std::uint64_t to, const Visit& visit);
  // The sealed parts of one entry that are still there, by name.
  virtual Result<std::vector<SealedAddendum>> ReadAddenda(std::uint64_t position) = 0;
  // Whether the key of an addendum lies here, with the addendum or without.
  virtual Result<bool> HasKey(std::uint64_t position, const std::string& name) = 0;

 protected:
  EntryReader() = default;
  EntryReader(EntryReader&&) = default;
  EntryReader& operator=(EntryReader&&) = default;

  struct Row {
    std::uint64_t position = 0;
    ByteView leaf;
    ByteView content;
  };
  // Visits the rows of [from, to) by position, as they are, until `visit` fails.
  using VisitRow = std::function<Status(const Row&)>;
  virtual Status VisitRows(std::uint64_t from, std::uint64_t to, const VisitRow& visit) = 0;
};

}  // namespace proviso::ledger
