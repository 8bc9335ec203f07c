#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/ed25519.h"
#include "ledger/checkpoint.h"
#include "ledger/internal/store.h"
#include "ledger/internal/tile_files.h"
#include "ledger/merkle.h"
#include "ledger/options.h"

namespace proviso::ledger {

// Takes entries through the whole commit: database, tree, signature, files. After a failure of
// anything but Accept and Erase it must not be used further: what is durable is found again by
// opening anew. Ends the process when the database cannot say whether something is durable, since
// the kernel forgets what it failed to write. Belongs to one thread at a time.
class Writer {
 public:
  // `beside` gets whether it failed by a published file alone, while the published checkpoint is
  // this log's own and has the size and the root of the database.
  static Result<std::unique_ptr<Writer>> Open(const LedgerOptions& options,
                                              crypto::PrivateKey signer, bool* beside = nullptr);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() = default;

  // Makes the entries durable, and with them the receipts and the checkpoint of the group before;
  // the position of the first. A failure has changed nothing, unless is_lost().
  Result<std::uint64_t> Accept(std::span<const PreparedEntry> entries,
                               std::span<const Receipt> receipts);
  // Reads back what Accept stored, extends the tree and signs the checkpoint. `entries` are what
  // Accept was given: kDataLoss, before anything is signed, when the database yields others, or
  // sealed parts that do not open to what the entries commit to.
  Status Integrate(std::span<const PreparedEntry> entries);
  // Writes the tiles of the newest checkpoint, then publishes it.
  Status Publish();

  // Puts `signed_by_more` in the place of the newest checkpoint: the same text with signature lines
  // of others. False when it is not the newest any more. A failure leaves the published one.
  Result<bool> AddSignatures(const Checkpoint& signed_by_more);
  // Whether the database had the tree of `checkpoint` when it had that size.
  Result<bool> Knows(const Checkpoint& checkpoint);

  // Stores the newest checkpoint, where Accept has not done so yet. Until then only its entries are
  // durable, and a crash has the very same checkpoint signed again: the key signs
  // deterministically.
  Status SaveCheckpoint();
  bool HasUnsavedCheckpoint() const { return unsaved_.has_value(); }

  // Writes all files under log/ anew, from the database alone.
  Status Rebuild();
  // Refuses that where they are another log's, or tell of more than the database has.
  Status CheckMayRebuild();
  // Puts the newest checkpoint back in its place, should another process have written late.
  Status Tend();
  Status Erase(std::uint64_t position, const std::string& name);
  // Makes the files durable, so that the next Open need not write them again.
  Status Close();

  // True once another process may append: nothing more can be written here.
  bool is_lost() const { return store_->is_lost(); }
  const Checkpoint& latest() const { return latest_; }

 private:
  Writer(const LedgerOptions& options, crypto::PrivateKey signer, std::unique_ptr<Store> store);

  Status TakeUp();
  bool FailedBeside() const;
  std::string RestoreForward() const;
  Status Identify();
  Status LoadTree();
  Result<std::vector<std::vector<crypto::Hash>>> LoadEdge(std::uint64_t size);
  Status CheckTilesEnd();
  // With `rewriting`, a checkpoint that is damaged says nothing.
  Status CheckPublished(bool rewriting);
  Status CheckNobodyElsePublished();
  Status PublishCheckpoint(const std::string& note, bool durably = false);
  Result<std::optional<Checkpoint>> Published(bool rewriting);
  Status Recover();
  Status Clear();
  Status CheckEnd();
  // Takes the database's entries beyond the tree into it. Without `entries`: all of them, and no
  // look at their sealed parts.
  Status ReadBack(std::span<const PreparedEntry> entries);
  Status CheckUnpublishedParts();
  Status Sign();
  Status InsertUnsaved();
  Result<std::optional<crypto::Hash>> RootAt(std::uint64_t size);
  // Writes the files of all trees from `from` on that ever had a checkpoint; existing ones stay.
  Status Materialise(std::uint64_t from);
  Status MaterialiseEntries(std::uint64_t first_tile, CompactRange* whole);
  Result<std::vector<TileId>> PartialTiles();
  Result<std::vector<std::string>> PathsSince(std::uint64_t from);
  Status SyncSince(std::uint64_t from);
  Status MarkDurable(const Status& synced);
  Status FlushWhenDue(std::size_t bytes);
  Status Flush();
  Status PutPartial(const TileId& tile);
  Status EndUnlessKnown(Status done) const;
  Status End(const Error& error) const;
  void Reach(std::string_view point) const;

  LedgerOptions options_;
  crypto::PrivateKey signer_;
  crypto::NoteVerifier verifier_;
  std::unique_ptr<Store> store_;
  TileFiles files_;

  Checkpoint latest_;
  std::optional<Checkpoint> found_;  // under log/ when it was opened
  CompactRange range_;
  TileTree tree_;
  Bytes bundle_;  // the entries of the bundle that is not full
  struct Unsaved {
    Store::SignedSize checkpoint;
    std::vector<TileTree::FullTile> completed;  // since the checkpoint before
  };
  std::optional<Unsaved> unsaved_;
  // Since the last Publish.
  std::uint64_t published_size_ = 0;
  std::string published_note_;
  std::vector<TileTree::FullTile> full_tiles_;
  std::vector<Bytes> full_bundles_;
  // Since the write-ahead log was last moved.
  std::size_t commits_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace proviso::ledger
