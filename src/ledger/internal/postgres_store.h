#pragma once

#include "ledger/appender_seat.h"
#include "ledger/internal/postgres_entry_reader.h"
#include "ledger/internal/store.h"

namespace proviso::ledger {

// The tables of the log in PostgreSQL, written through the session that holds the appender's lock.
// Each transaction also checks that no later appender has sat down: behind a pooler, which may give
// a statement to any session, the lock alone would say nothing.
class PostgresStore : public Store {
 public:
  // Takes the appender's seat when `options` bring none.
  static Result<std::unique_ptr<Store>> Open(const LedgerOptions& options);

  EntryReader& reader() override { return *reader_; }
  Status InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries) override;
  Status InsertReceipts(std::span<const Receipt> receipts) override;
  Status InsertCheckpoint(const SignedSize& checkpoint,
                          std::span<const TileTree::FullTile> completed) override;
  Result<std::optional<SignedSize>> LatestCheckpoint() override;
  Result<std::optional<SignedSize>> CheckpointAt(std::uint64_t size) override;
  Status CheckMayPublish() override;
  std::optional<std::int64_t> appender() const override { return seat_->epoch(); }
  bool is_lost() const override { return !seat_->is_held(); }
  // A server whose sync fails ends by itself, and recovers from its own journal.
  bool hides_failed_writes() const override { return false; }
  Status FlushJournal() override { return {}; }

 protected:
  Status BeginTransaction() override;
  Status CommitTransaction() override;
  void RollBack() override;
  std::string_view backed_up() const override { return "the database"; }
  Result<std::optional<std::string>> Meta(const std::string& name) override;
  Status SetMeta(const std::string& name, const std::string& value) override;
  Result<std::int64_t> SelectEntriesEnd() override;
  Status VisitTileRoots(int level, std::uint64_t from, std::uint64_t to,
                        const VisitBlob& visit) override;
  Result<std::vector<std::int64_t>> SelectEdgeWidths(const Edge& edge) override;
  Result<bool> DeleteKey(std::uint64_t position, const std::string& name) override;

 private:
  PostgresStore(std::unique_ptr<AppenderSeat> own, AppenderSeat* seat,
                std::unique_ptr<EntryReader> reader)
      : own_seat_(std::move(own)), seat_(seat), reader_(std::move(reader)) {}
  Result<io::PostgresRows> Query(const std::string& sql,
                                 std::initializer_list<io::PostgresValue> values = {});
  Status CheckEpoch(const std::string& lock);
  Status InsertSome(std::uint64_t first, std::span<const PreparedEntry> entries);

  std::unique_ptr<AppenderSeat> own_seat_;
  AppenderSeat* seat_;
  std::unique_ptr<EntryReader> reader_;
};

}  // namespace proviso::ledger
