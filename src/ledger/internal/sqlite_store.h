#pragma once

#include <filesystem>

#include "io/files/file_system.h"
#include "io/sql/sqlite.h"
#include "ledger/internal/sqlite_entry_reader.h"
#include "ledger/internal/store.h"

namespace proviso::ledger {

// The tables of the log in proviso.db.
class SqliteStore : public Store {
 public:
  struct Place {
    std::int64_t pages_max = 0;  // limits the size of the database (0: no limit)
    std::string vfs = {};        // as io::Database::Options has it
    io::FileSystem* files = nullptr;
  };
  static Result<std::unique_ptr<Store>> Open(const std::filesystem::path& path, const Place& place);

  EntryReader& reader() override { return reader_; }
  Result<std::optional<Identity>> ReadIdentity() override;
  Status WriteIdentity(const Identity& identity) override;
  Status InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries) override;
  Status InsertReceipts(std::span<const Receipt> receipts) override;
  Result<std::uint64_t> EntriesEnd() override;
  Status InsertCheckpoint(const SignedSize& checkpoint,
                          std::span<const TileTree::FullTile> completed) override;
  Result<std::optional<SignedSize>> LatestCheckpoint() override;
  Result<std::optional<SignedSize>> CheckpointAt(std::uint64_t size) override;
  Result<std::vector<crypto::Hash>> TileRoots(int level, std::uint64_t from,
                                              std::uint64_t to) override;
  Result<std::vector<std::uint64_t>> EdgeWidths(int level, std::uint64_t size) override;
  Result<std::uint64_t> Materialised() override;
  Status SetMaterialised(std::uint64_t size) override;
  Status EraseKey(std::uint64_t position, const std::string& name) override;
  // Whoever has the file open holds the data directory's lock.
  Status CheckMayPublish() override { return {}; }
  bool is_shared() const override { return false; }
  bool is_lost() const override { return false; }
  bool hides_failed_writes() const override { return true; }
  Status FlushJournal() override { return writer_.FlushWal(); }

 protected:
  Status BeginTransaction() override;
  Status CommitTransaction() override;
  void RollBack() override { transaction_.reset(); }

 private:
  struct Statements {
    io::Statement entry;
    io::Statement addendum;
    io::Statement key;
    io::Statement checkpoint;
    io::Statement root;
  };
  SqliteStore(io::Database writer, SqliteEntryReader reader, Statements statements)
      : writer_(std::move(writer)),
        reader_(std::move(reader)),
        statements_(std::move(statements)) {}
  static Status SecureWal(const std::filesystem::path& path, io::FileSystem& files);
  static Status CheckWritable(const std::filesystem::path& path, io::Database& writer);
  static Status MakeTables(io::Database& writer);
  static Result<Statements> Prepare(io::Database& writer);
  Result<std::optional<std::string>> Meta(std::string_view name);
  Status SetMeta(std::string_view name, std::string_view value);
  Result<std::optional<SignedSize>> OneCheckpoint(io::Statement& select);

  io::Database writer_;
  SqliteEntryReader reader_;
  Statements statements_;
  std::optional<io::Transaction> transaction_;
};

}  // namespace proviso::ledger
