#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/sql/sqlite.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/merkle.h"

namespace proviso::ledger {

// An entry ready for the database.
struct PreparedEntry {
  Bytes bytes;
  crypto::Hash leaf;
  std::vector<SealedAddendum> addenda;
};

// The tables of the log in proviso.db, and the only writer to them. Belongs to one thread at a
// time. Movable only.
class Store {
 public:
  // Makes the tables when they are absent; kUnimplemented for those of a later version. `pages_max`
  // limits the size of the database (0: no limit).
  static Result<Store> Open(const std::filesystem::path& path, std::int64_t pages_max);

  EntryReader& reader() { return reader_; }
  Result<io::Transaction> Begin() { return io::Transaction::Begin(writer_); }

  struct Identity {
    std::string origin;
    std::string key;  // the public key as text
    bool operator==(const Identity&) const = default;
  };
  Result<std::optional<Identity>> ReadIdentity();
  Status WriteIdentity(const Identity& identity);

  Status InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries);
  // One past the last entry.
  Result<std::uint64_t> EntriesEnd();

  struct SignedSize {
    std::uint64_t size = 0;
    std::string note;
  };
  Status InsertCheckpoint(const SignedSize& checkpoint,
                          std::span<const TileTree::FullTile> completed);
  Result<std::optional<SignedSize>> LatestCheckpoint();
  Result<std::optional<SignedSize>> CheckpointAt(std::uint64_t size);
  // The hashes that stand for the full tiles [from, to) of `level`. kDataLoss when one is missing.
  Result<std::vector<crypto::Hash>> TileRoots(int level, std::uint64_t from, std::uint64_t to);
  // The widths that the tile of `level` at the right edge of a tree of `size` had at checkpoints.
  Result<std::vector<std::uint64_t>> EdgeWidths(int level, std::uint64_t size);

  // Everything that trees up to this size need lies durably in the files under log/.
  Result<std::uint64_t> Materialised();
  Status SetMaterialised(std::uint64_t size);

  // Destroys the key of an addendum, in the write-ahead log too. kNotFound when there is none.
  Status EraseKey(std::uint64_t position, const std::string& name);
  // Moves what the write-ahead log holds into the database file, as far as readers allow.
  Status FlushWal() { return writer_.FlushWal(); }

 private:
  struct Statements {
    io::Statement entry;
    io::Statement addendum;
    io::Statement key;
    io::Statement checkpoint;
    io::Statement root;
  };
  Store(io::Database writer, EntryReader reader, Statements statements)
      : writer_(std::move(writer)),
        reader_(std::move(reader)),
        statements_(std::move(statements)) {}
  static Status MakeTables(io::Database& writer);
  static Result<Statements> Prepare(io::Database& writer);
  Result<std::optional<std::string>> Meta(std::string_view name);
  Status SetMeta(std::string_view name, std::string_view value);
  Result<std::optional<SignedSize>> OneCheckpoint(io::Statement& select);

  io::Database writer_;
  EntryReader reader_;
  Statements statements_;
};

}  // namespace proviso::ledger
