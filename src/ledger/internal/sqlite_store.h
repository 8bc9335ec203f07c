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
  Status InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries) override;
  Status InsertReceipts(std::span<const Receipt> receipts) override;
  Status InsertCheckpoint(const SignedSize& checkpoint,
                          std::span<const TileTree::FullTile> completed) override;
  Result<std::optional<SignedSize>> LatestCheckpoint() override;
  Result<std::optional<SignedSize>> CheckpointAt(std::uint64_t size) override;
  // Whoever has the file open holds the data directory's lock.
  Status CheckMayPublish() override { return {}; }
  std::optional<std::int64_t> appender() const override { return std::nullopt; }
  bool is_lost() const override { return false; }
  bool hides_failed_writes() const override { return true; }
  Status FlushJournal() override { return writer_.FlushWal(); }

 protected:
  Status BeginTransaction() override;
  Status CommitTransaction() override;
  void RollBack() override { transaction_.reset(); }
  std::string_view backed_up() const override { return "the data directory"; }
  Result<std::optional<std::string>> Meta(const std::string& name) override;
  Status SetMeta(const std::string& name, const std::string& value) override;
  Result<std::int64_t> SelectEntriesEnd() override;
  Status VisitTileRoots(int level, std::uint64_t from, std::uint64_t to,
                        const VisitBlob& visit) override;
  Result<std::vector<std::int64_t>> SelectEdgeWidths(const Edge& edge) override;
  Result<bool> DeleteKey(std::uint64_t position, const std::string& name) override;

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
  Result<std::optional<SignedSize>> OneCheckpoint(io::Statement& select);

  io::Database writer_;
  SqliteEntryReader reader_;
  Statements statements_;
  std::optional<io::Transaction> transaction_;
};

}  // namespace proviso::ledger
