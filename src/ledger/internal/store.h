#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/internal/entry_reader.h"
#include "ledger/mailbox.h"
#include "ledger/merkle.h"
#include "ledger/options.h"

namespace proviso::ledger {

// An entry ready for the database.
struct PreparedEntry {
  Bytes bytes;
  crypto::Hash leaf;
  std::vector<SealedAddendum> addenda;
};

// The tables of the log in its database, and the only writer to them: what they mean is here, and
// how a database is asked for them in the classes below it. Belongs to one thread at a time. A call
// outside of a StoreTransaction is a transaction of its own.
class Store {
 public:
  // Makes the tables when they are absent; kUnimplemented for those of a later version.
  static Result<std::unique_ptr<Store>> Open(const LedgerOptions& options);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  virtual EntryReader& reader() = 0;

  struct Identity {
    std::string origin;
    std::string key;  // the public key as text
    bool operator==(const Identity&) const = default;
  };
  Result<std::optional<Identity>> ReadIdentity();
  Status WriteIdentity(const Identity& identity);

  virtual Status InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries) = 0;
  // kFailedPrecondition when a request was withdrawn meanwhile, or answered.
  virtual Status InsertReceipts(std::span<const Receipt> receipts) = 0;
  // One past the last entry.
  Result<std::uint64_t> EntriesEnd();

  struct SignedSize {
    std::uint64_t size = 0;
    std::string note;
  };
  virtual Status InsertCheckpoint(const SignedSize& checkpoint,
                                  std::span<const TileTree::FullTile> completed) = 0;
  virtual Result<std::optional<SignedSize>> LatestCheckpoint() = 0;
  virtual Result<std::optional<SignedSize>> CheckpointAt(std::uint64_t size) = 0;
  // The hashes that stand for the full tiles [from, to) of `level`. kDataLoss when one is missing.
  Result<std::vector<crypto::Hash>> TileRoots(int level, std::uint64_t from, std::uint64_t to);
  // The widths that the tile of `level` at the right edge of a tree of `size` had at checkpoints.
  Result<std::vector<std::uint64_t>> EdgeWidths(int level, std::uint64_t size);

  // Everything that trees up to this size need lies durably in the files under log/.
  Result<std::uint64_t> Materialised();
  Status SetMaterialised(std::uint64_t size);

  // Destroys the key of an addendum, in the database's own journal too as far as it can. kNotFound
  // when there is none.
  Status EraseKey(std::uint64_t position, const std::string& name);
  // Before anything that outsiders see: kUnavailable when another process appends by now.
  virtual Status CheckMayPublish() = 0;
  // The number of this appender, higher than those of all before it, where processes on other
  // machines may append too, or hold a copy of the database for the log.
  virtual std::optional<std::int64_t> appender() const = 0;
  // True once the database can no longer be reached as its only writer. Nothing more can be
  // written; what was being written may be durable, or not.
  virtual bool is_lost() const = 0;
  // True when a failed commit may have left the kernel with other bytes than the disk, so that only
  // a new process can tell what is durable.
  virtual bool hides_failed_writes() const = 0;
  // Moves what the database's journal holds to its place, where nobody else does it.
  virtual Status FlushJournal() = 0;

 protected:
  friend class StoreTransaction;
  Store() = default;
  virtual Status BeginTransaction() = 0;
  // kResourceExhausted: nothing was changed. After any other failure nobody knows.
  virtual Status CommitTransaction() = 0;
  // Without a transaction (some failures end it) this does nothing.
  virtual void RollBack() = 0;

  // What is to be restored from a backup when the database is damaged.
  virtual std::string_view backed_up() const = 0;
  virtual Result<std::optional<std::string>> Meta(const std::string& name) = 0;
  virtual Status SetMeta(const std::string& name, const std::string& value) = 0;
  // One past the largest position; 0 when there is none.
  virtual Result<std::int64_t> SelectEntriesEnd() = 0;
  // Visits the stored hashes of [from, to) by position, as they are, until `visit` fails.
  using VisitBlob = std::function<Status(ByteView)>;
  virtual Status VisitTileRoots(int level, std::uint64_t from, std::uint64_t to,
                                const VisitBlob& visit) = 0;
  // The right edge of a tree of `size` at one level: the hashes from number `start` on, each of
  // which stands for 2^shift entries.
  struct Edge {
    int shift = 0;
    std::uint64_t start = 0;
    std::uint64_t size = 0;
  };
  // (size >> shift) - start, each once and in order, of the checkpoints whose size is at least
  // start << shift, and at most that of the edge.
  virtual Result<std::vector<std::int64_t>> SelectEdgeWidths(const Edge& edge) = 0;
  // Whether the key was there; gone when it returns.
  virtual Result<bool> DeleteKey(std::uint64_t position, const std::string& name) = 0;

 private:
  tl::unexpected<Error> Damaged(const std::string& what) const;
};

// What is written between Begin and Commit is durable as a whole or not at all; rolled back when it
// dies without Commit. The Store must outlive it.
class StoreTransaction {
 public:
  static Result<StoreTransaction> Begin(Store& store);
  StoreTransaction(StoreTransaction&& other) noexcept;
  StoreTransaction& operator=(StoreTransaction&&) = delete;
  StoreTransaction(const StoreTransaction&) = delete;
  StoreTransaction& operator=(const StoreTransaction&) = delete;
  ~StoreTransaction();

  Status Commit();

 private:
  explicit StoreTransaction(Store& store) : store_(&store) {}
  Store* store_;  // empty once moved from or committed
};

}  // namespace proviso::ledger
