#include "ledger/internal/writer.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/check.h"
#include "ledger/entry.h"
#include "ledger/internal/unsealing.h"

namespace proviso::ledger {
namespace {

using crypto::Hash;

constexpr std::size_t kFlushBytes = std::size_t{8} << 20U;
constexpr std::string_view kRestoreRemedy = "; restore the data directory from a backup";

// INVARIANT: after a failed write or sync nobody knows what the disk holds, and asking again yields
// what the cache holds. Nothing may be acknowledged on that ground, so the process ends; the next
// one reads the disk.
[[noreturn]] void EndProcess(const Error& error) {
  std::fprintf(stderr,
               "the log cannot tell whether its last entries are durable: %s; the process ends so "
               "that nothing false is acknowledged, and a restart recovers what is durable\n",
               error.message().c_str());
  std::abort();
}

}  // namespace

Writer::Writer(const LedgerOptions& options, crypto::PrivateKey signer,
               std::unique_ptr<Store> store)
    : options_(options),
      signer_(std::move(signer)),
      verifier_{.name = options.origin, .key = signer_.Public()},
      store_(std::move(store)),
      files_(*options.files, options.directory / "log") {}

Result<std::unique_ptr<Writer>> Writer::Open(const LedgerOptions& options,
                                             crypto::PrivateKey signer, bool* beside) {
  PROVISO_TRY(io::CreateDirectoriesDurably(*options.files, options.directory));
  std::unique_ptr<Store> store = PROVISO_TRY(Store::Open(options));
  // The names of the files that the store found, which a process that died may not have synced.
  PROVISO_TRY(options.files->SyncDirectory(options.directory));
  std::unique_ptr<Writer> writer(new Writer(options, std::move(signer), std::move(store)));
  const Status taken = writer->TakeUp();
  if (!taken && beside != nullptr) *beside = writer->FailedBeside();
  PROVISO_TRY(taken);
  return writer;
}

Status Writer::TakeUp() {
  PROVISO_TRY(Identify());
  PROVISO_TRY(LoadTree());
  PROVISO_TRY(ReadBack({}));
  PROVISO_TRY(CheckPublished(options_.rewrite_files));
  if (!options_.rewrite_files) PROVISO_TRY(files_.Prepare());
  return Recover();
}

// INVARIANT: never true of a database that lacks what was published, nor where nothing tells.
bool Writer::FailedBeside() const {
  return files_.met_other() && found_ && found_->size == tree_.size() &&
         found_->root == range_.Root();
}

// A full disk and a read-only one are answers (nothing was committed); any other failure is none.
Status Writer::EndUnlessKnown(Status done) const {
  if (done || done.error().code() == ErrorCode::kResourceExhausted ||
      done.error().code() == ErrorCode::kPermissionDenied) {
    return done;
  }
  if (!store_->hides_failed_writes()) return done;
  return End(done.error());
}

Status Writer::End(const Error& error) const {
  if (!options_.end_process) EndProcess(error);
  options_.end_process(error);
  return Fail(ErrorCode::kUnavailable, error.message());
}

void Writer::Reach(std::string_view point) const {
  if (options_.crash_hook) options_.crash_hook(point);
}

// Makes a new log, or sees that the existing one is ours.
Status Writer::Identify() {
  const Store::Identity ours{.origin = options_.origin, .key = verifier_.key.ToText()};
  const auto found = PROVISO_TRY(store_->ReadIdentity());
  if (options_.must_exist && (!found || PROVISO_TRY(store_->EntriesEnd()) == 0)) {
    return Fail(ErrorCode::kDataLoss,
                "the log in `" + options_.directory.string() +
                    "` was made once, and its database is empty: it was lost, or another one "
                    "stands in its place; restore it from a backup");
  }
  if (found) {
    if (*found == ours) return {};
    return Fail(ErrorCode::kFailedPrecondition,
                "the log in `" + options_.directory.string() + "`: expected origin `" +
                    found->origin + "` and key `" + found->key + "`, found origin `" + ours.origin +
                    "` and key `" + ours.key + "`; open it with what it was made with");
  }
  if (PROVISO_TRY(store_->EntriesEnd()) != 0) {
    return Fail(ErrorCode::kDataLoss, "the log's database has entries but no origin and key");
  }
  latest_ = SignCheckpoint(ours.origin, 0, CompactRange().Root(), signer_);
  StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*store_));
  PROVISO_TRY(store_->WriteIdentity(ours));
  PROVISO_TRY(store_->InsertCheckpoint({.size = 0, .note = latest_.note}, {}));
  return EndUnlessKnown(transaction.Commit());
}

Result<std::vector<std::vector<Hash>>> Writer::LoadEdge(std::uint64_t size) {
  std::vector<std::vector<Hash>> edge;
  if (size == 0) return edge;
  std::vector<Hash>& leaves = edge.emplace_back();
  const std::uint64_t start = size / kTileWidth * kTileWidth;
  PROVISO_TRY(store_->reader().ReadEntries(
      start, size, [&](std::uint64_t, const Hash& leaf, ByteView bytes) -> Status {
        leaves.push_back(leaf);
        AppendToBundle(bundle_, bytes);
        return {};
      }));
  int level = 0;
  for (std::uint64_t count = size / kTileWidth; count > 0; count /= kTileWidth) {
    edge.push_back(PROVISO_TRY(store_->TileRoots(level++, count / kTileWidth * kTileWidth, count)));
  }
  return edge;
}

// Takes up the tree of the newest stored checkpoint, from its right edge alone.
Status Writer::LoadTree() {
  const auto stored = PROVISO_TRY(store_->LatestCheckpoint());
  if (!stored) {
    return Fail(ErrorCode::kDataLoss, "the database of the log in `" + options_.directory.string() +
                                          "` has no checkpoint" + std::string(kRestoreRemedy));
  }
  auto opened = OpenCheckpoint(stored->note, verifier_);
  if (!opened) {
    return Fail(ErrorCode::kDataLoss,
                "the checkpoint of size " + std::to_string(stored->size) +
                    " in the database of the log in `" + options_.directory.string() +
                    "`: " + opened.error().message() + std::string(kRestoreRemedy));
  }
  latest_ = *std::move(opened);
  if (latest_.size != stored->size || PROVISO_TRY(store_->EntriesEnd()) < latest_.size) {
    return Fail(ErrorCode::kDataLoss,
                "the log's database holds fewer entries than the " + std::to_string(latest_.size) +
                    " of its checkpoint; restore the data directory from a backup");
  }
  tree_ = TileTree(latest_.size, PROVISO_TRY(LoadEdge(latest_.size)));
  range_ = CompactRange(latest_.size, tree_.Peaks());
  if (tree_.Root() != latest_.root || range_.Root() != latest_.root) {
    return Fail(ErrorCode::kDataLoss,
                "the log's database is damaged: expected root " + latest_.root.Hex() + " at size " +
                    std::to_string(latest_.size) + ", found " + tree_.Root().Hex() +
                    "; restore the data directory from a backup");
  }
  published_size_ = latest_.size;
  return {};
}

// The checkpoint under log/, if it is one of ours. When the files are to be written again, one of
// ours that is damaged says nothing; another log's may be the last copy of what that log published.
Result<std::optional<Checkpoint>> Writer::Published(bool rewriting) {
  const auto note = PROVISO_TRY(files_.PublishedCheckpoint());
  if (!note) return std::optional<Checkpoint>();
  auto published = OpenCheckpoint(*note, verifier_);
  if (published) return std::optional(std::move(*published));
  const std::filesystem::path folder = options_.directory / "log";
  const std::string place = "`" + (folder / "checkpoint").string() + "`";
  const std::string others = OtherLogThatSigned(*note, verifier_);
  if (!others.empty()) {
    return Fail(ErrorCode::kDataLoss,
                place + " is another log's: expected the key `" + verifier_.ToText() +
                    "`, found a signature of " + others +
                    "; put this log's own files back, or move `" + folder.string() +
                    "` out of the data directory to where it belongs: `proviso log rebuild` then "
                    "writes the files of this log from the database; nothing was removed");
  }
  if (rewriting) return std::optional<Checkpoint>();
  return Fail(published.error().code(),
              place + ": " + published.error().message() + "; " + std::string(kRebuildRemedy));
}

// The root of the database's entries up to `size`, where there was a checkpoint.
Result<std::optional<Hash>> Writer::RootAt(std::uint64_t size) {
  if (size == tree_.size()) return std::optional(range_.Root());
  const auto stored = PROVISO_TRY(store_->CheckpointAt(size));
  if (!stored) return std::optional<Hash>();
  const Checkpoint ours = PROVISO_TRY_DOING(OpenCheckpoint(stored->note, verifier_), "database");
  return std::optional(ours.root);
}

Result<bool> Writer::Knows(const Checkpoint& checkpoint) {
  if (checkpoint.size > tree_.size()) return false;
  const auto ours = PROVISO_TRY(RootAt(checkpoint.size));
  return ours && *ours == checkpoint.root;
}

Result<bool> Writer::AddSignatures(const Checkpoint& signed_by_more) {
  if (signed_by_more.size != latest_.size || signed_by_more.root != latest_.root) return false;
  const Checkpoint ours = PROVISO_TRY(OpenCheckpoint(signed_by_more.note, verifier_));
  if (ours.size != latest_.size || ours.root != latest_.root) return false;
  PROVISO_TRY(PublishCheckpoint(signed_by_more.note));
  Reach("cosignatures.published");
  latest_.note = signed_by_more.note;
  return true;
}

// Tiles are published before their checkpoint and after the database is durable. Where they begin
// as our entries do and then go on, entries were lost, whatever has become of the checkpoint.
Status Writer::CheckTilesEnd() {
  const std::uint64_t index = tree_.size() / kTileWidth;
  const std::span<const Hash> edge =
      tree_.size() % kTileWidth == 0 ? std::span<const Hash>() : tree_.Edge(0);
  const std::uint64_t width = PROVISO_TRY(files_.WidestTileThatBegins(index, edge));
  if (width <= edge.size()) return {};
  return Fail(ErrorCode::kDataLoss,
              "the published tiles go on to entry " +
                  std::to_string(index * kTileWidth + width - 1) +
                  ", and the database ends at size " + std::to_string(tree_.size()) +
                  ": was an older database put back? Writing on would fork the log, and to rebuild "
                  "the tiles would remove the last that is left of it" +
                  RestoreForward());
}

// A checkpoint that outsiders may have seen binds us. When the database does not have it, an older
// copy of the database was put back: going on would fork the log.
Status Writer::CheckPublished(bool rewriting) {
  PROVISO_TRY(CheckTilesEnd());
  found_ = PROVISO_TRY(Published(rewriting));
  if (!found_ || PROVISO_TRY(Knows(*found_))) return {};
  return Fail(ErrorCode::kDataLoss,
              "the published checkpoint of size " + std::to_string(found_->size) +
                  " is not in the database, which ends at size " + std::to_string(tree_.size()) +
                  ": was an older database put back? Writing on would fork the log" +
                  RestoreForward());
}

// The published files have the entries that such a database lacks, but not their confidential
// parts.
std::string Writer::RestoreForward() const {
  return "; restore the newest backup, and what it lacks from the published log: `proviso restore "
         "BACKUP --keys KEYS --to NEW --published " +
         (options_.directory / "log").string() + "`";
}

Status Writer::Recover() {
  if (tree_.size() > latest_.size) {
    PROVISO_TRY(CheckUnpublishedParts());
    PROVISO_TRY(Sign());
  }
  PROVISO_TRY(SaveCheckpoint());
  // The database keeps our signature alone; what others put below it stays published.
  if (found_ && found_->size == latest_.size) latest_.note = found_->note;
  full_tiles_.clear();
  full_bundles_.clear();
  if (options_.rewrite_files) PROVISO_TRY(files_.MendMarker());
  if (const auto appender = store_->appender()) PROVISO_TRY(files_.FenceOffOthers(*appender));
  if (options_.rewrite_files) PROVISO_TRY(Clear());
  const std::uint64_t marker = PROVISO_TRY(store_->Materialised());
  if (marker > latest_.size) {
    return Fail(ErrorCode::kDataLoss, "the log's database is damaged: its files end at size " +
                                          std::to_string(marker) + ", its checkpoint at " +
                                          std::to_string(latest_.size));
  }
  const auto paths = PROVISO_TRY(PathsSince(marker));
  PROVISO_TRY(files_.RemoveLeftovers(paths));
  PROVISO_TRY(Materialise(marker));
  if (marker == latest_.size) return {};
  return MarkDurable(files_.WriteBack(PROVISO_TRY(PathsSince(marker))));
}

Result<std::uint64_t> Writer::Accept(std::span<const PreparedEntry> entries,
                                     std::span<const Receipt> receipts) {
  const std::uint64_t first = tree_.size();
  StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*store_));
  PROVISO_TRY(CheckEnd());
  PROVISO_TRY(InsertUnsaved());
  PROVISO_TRY(store_->InsertEntries(first, entries));
  PROVISO_TRY(store_->InsertReceipts(receipts));
  Reach("entries.inserted");
  PROVISO_TRY(EndUnlessKnown(transaction.Commit()));
  Reach("entries.committed");
  unsaved_.reset();
  for (const PreparedEntry& entry : entries) bytes_ += entry.bytes.size();
  return first;
}

// INVARIANT: entries follow those that are there. Whoever copies an older database over this one
// while it is open would have them follow a hole.
Status Writer::CheckEnd() {
  const std::uint64_t end = PROVISO_TRY(store_->EntriesEnd());
  if (end >= tree_.size()) return {};  // what is there already is not inserted again
  return Fail(ErrorCode::kDataLoss,
              "the log's database was changed by somebody else while it was open: expected " +
                  std::to_string(tree_.size()) + " entries, found " + std::to_string(end) +
                  "; restore it from a backup");
}

Status Writer::Integrate(std::span<const PreparedEntry> entries) {
  PROVISO_TRY(ReadBack(entries));
  return Sign();
}

Status Writer::ReadBack(std::span<const PreparedEntry> entries) {
  const std::uint64_t from = tree_.size();
  const std::uint64_t end =
      entries.empty() ? PROVISO_TRY(store_->EntriesEnd()) : from + entries.size();
  return store_->reader().ReadEntries(
      from, end, [&](std::uint64_t position, const Hash& leaf, ByteView bytes) -> Status {
        if (!entries.empty()) {
          if (entries[position - from].leaf != leaf) {
            return Fail(ErrorCode::kDataLoss, "entry " + std::to_string(position) +
                                                  " changed on its way into the database");
          }
          PROVISO_TRY(CheckParts(store_->reader(), position, bytes, Stored::kNow));
        }
        range_.Append(leaf);
        tree_.Append(leaf, full_tiles_);
        AppendToBundle(bundle_, bytes);
        if (tree_.size() % kTileWidth == 0) {
          full_bundles_.push_back(std::move(bundle_));
          bundle_.clear();
        }
        return {};
      });
}

// INVARIANT: nothing is signed anew that commits to a part which nobody can open; no backup would
// have it either. These are entries of a process that died before it published them.
Status Writer::CheckUnpublishedParts() {
  const std::uint64_t published = std::max(latest_.size, found_ ? found_->size : 0);
  return store_->reader().ReadEntries(
      published, tree_.size(), [&](std::uint64_t position, const Hash&, ByteView bytes) -> Status {
        return CheckParts(store_->reader(), position, bytes, Stored::kBefore);
      });
}

Status Writer::Sign() {
  const Hash root = range_.Root();
  // Two ways to one root: a flipped bit in either must not be signed.
  if (tree_.Root() != root) {
    return Fail(ErrorCode::kDataLoss, "expected one root on both ways, found " + root.Hex() +
                                          " and " + tree_.Root().Hex());
  }
  latest_ = SignCheckpoint(options_.origin, range_.size(), root, signer_);
  unsaved_ =
      Unsaved{.checkpoint = {.size = latest_.size, .note = latest_.note}, .completed = full_tiles_};
  Reach("checkpoint.signed");
  return {};
}

Status Writer::InsertUnsaved() {
  if (!unsaved_) return {};
  return store_->InsertCheckpoint(unsaved_->checkpoint, unsaved_->completed);
}

Status Writer::SaveCheckpoint() {
  if (!unsaved_) return {};
  StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*store_));
  PROVISO_TRY(InsertUnsaved());
  Reach("checkpoint.inserted");
  PROVISO_TRY(EndUnlessKnown(transaction.Commit()));
  Reach("checkpoint.committed");
  unsaved_.reset();
  return {};
}

Status Writer::PutPartial(const TileId& tile) {
  const std::span<const Hash> edge = tree_.Edge(tile.level);
  PROVISO_CHECK(edge.size() >= tile.width, "expected a tile at the right edge");
  if (tile.level == 0) {
    PROVISO_TRY(files_.Put(BundlePath(tile.index, tile.width), BundlePrefix(bundle_, tile.width)));
  }
  return files_.Put(TilePath(tile), TileBytes(edge.first(tile.width)));
}

// Of two servers that a broken failover gave two databases, the second must see what the first did.
Status Writer::CheckNobodyElsePublished() {
  if (!store_->appender()) return {};
  if (PROVISO_TRY(files_.PublishedCheckpoint()) == published_note_) return {};
  return CheckPublished(options_.rewrite_files);
}

// INVARIANT: an older checkpoint never replaces a newer one. Between the question to the database
// and the rename another process may have begun to append: then it has fenced this one off.
Status Writer::PublishCheckpoint(const std::string& note, bool durably) {
  PROVISO_TRY(store_->CheckMayPublish());
  Reach("checkpoint.publishing");
  Status published =
      durably ? files_.PublishCheckpointDurably(note) : files_.PublishCheckpoint(note);
  if (!published && published.error().code() == ErrorCode::kNotFound) {
    PROVISO_TRY(store_->CheckMayPublish());
  }
  return published;
}

Status Writer::Publish() {
  PROVISO_TRY(store_->CheckMayPublish());
  PROVISO_TRY(CheckNobodyElsePublished());
  std::uint64_t bundle_index = published_size_ / kTileWidth;
  for (const Bytes& bundle : full_bundles_) {
    PROVISO_TRY(files_.PutFull(BundlePath(bundle_index++, kTileWidth), bundle));
    Reach("bundle.written");
  }
  for (const TileTree::FullTile& tile : full_tiles_) {
    PROVISO_TRY(files_.PutFull(TilePath(tile.id), TileBytes(tile.hashes)));
    Reach("tile.written");
  }
  for (const TileId& tile : NewTiles(published_size_, tree_.size())) {
    if (tile.IsFull()) continue;
    PROVISO_TRY(PutPartial(tile));
    Reach("partial.written");
  }
  PROVISO_TRY(PublishCheckpoint(latest_.note));
  Reach("checkpoint.published");
  published_note_ = latest_.note;
  published_size_ = tree_.size();
  full_tiles_.clear();
  full_bundles_.clear();
  return FlushWhenDue(0);
}

// Moves the write-ahead log from time to time, where a failed sync is seen. SQLite's own way to do
// it keeps such failures to itself.
Status Writer::FlushWhenDue(std::size_t bytes) {
  bytes_ += bytes;
  if (++commits_ < options_.flush_commits && bytes_ < kFlushBytes) return {};
  commits_ = 0;
  bytes_ = 0;
  Reach("wal.flushing");
  return Flush();
}

Status Writer::Flush() {
  Status flushed = EndUnlessKnown(store_->FlushJournal());
  // What a full disk keeps in the write-ahead log is as durable there.
  if (!flushed && flushed.error().code() == ErrorCode::kResourceExhausted) return {};
  return flushed;
}

Status Writer::MaterialiseEntries(std::uint64_t first_tile, CompactRange* whole) {
  const std::uint64_t end_tile = latest_.size / kTileWidth;
  for (std::uint64_t index = first_tile; index < end_tile; ++index) {
    std::vector<Hash> leaves;
    Bytes bundle;
    PROVISO_TRY(store_->reader().ReadEntries(
        index * kTileWidth, (index + 1) * kTileWidth,
        [&](std::uint64_t, const Hash& leaf, ByteView bytes) -> Status {
          leaves.push_back(leaf);
          AppendToBundle(bundle, bytes);
          if (whole != nullptr) whole->Append(leaf);
          return {};
        }));
    if (TreeRoot(leaves) != PROVISO_TRY(store_->TileRoots(0, index, index + 1)).front()) {
      return Fail(ErrorCode::kDataLoss, "the log's database is damaged: the entries of tile " +
                                            std::to_string(index) + " do not have its hash");
    }
    PROVISO_TRY(files_.PutFull(BundlePath(index, kTileWidth), bundle));
    PROVISO_TRY(files_.PutFull(TilePath({.level = 0, .index = index}), TileBytes(leaves)));
    Reach("materialise.tile");
  }
  return {};
}

// Partial tiles stay while their full tile does not exist: somebody may hold their checkpoint.
Result<std::vector<TileId>> Writer::PartialTiles() {
  std::vector<TileId> tiles;
  int level = 0;
  for (std::uint64_t count = latest_.size; count > 0; count /= kTileWidth, ++level) {
    for (const std::uint64_t width : PROVISO_TRY(store_->EdgeWidths(level, latest_.size))) {
      tiles.push_back({.level = level, .index = count / kTileWidth, .width = width});
    }
  }
  return tiles;
}

Status Writer::Materialise(std::uint64_t from) {
  CompactRange whole;
  PROVISO_TRY(MaterialiseEntries(from / kTileWidth, from == 0 ? &whole : nullptr));
  for (const TileId& tile : NewTiles(from, latest_.size)) {
    if (tile.level == 0 || !tile.IsFull()) continue;
    const std::uint64_t start = tile.index * kTileWidth;
    const std::vector<Hash> hashes =
        PROVISO_TRY(store_->TileRoots(tile.level - 1, start, start + kTileWidth));
    PROVISO_TRY(files_.PutFull(TilePath(tile), TileBytes(hashes)));
  }
  for (const TileId& tile : PROVISO_TRY(PartialTiles())) PROVISO_TRY(PutPartial(tile));
  if (from == 0) {
    for (const Hash& leaf : tree_.Edge(0)) whole.Append(leaf);
    if (whole.Root() != latest_.root) {
      return Fail(ErrorCode::kDataLoss, "the log's database is damaged: expected root " +
                                            latest_.root.Hex() + " over all entries, found " +
                                            whole.Root().Hex());
    }
  }
  Reach("materialise.edge");
  // One that stands already is durable, perhaps, and what replaces it would not be.
  if (PROVISO_TRY(files_.PublishedCheckpoint()) != latest_.note) {
    PROVISO_TRY(PublishCheckpoint(latest_.note));
  }
  published_size_ = latest_.size;
  return {};
}

Result<std::vector<std::string>> Writer::PathsSince(std::uint64_t from) {
  std::vector<std::string> paths;
  const auto add = [&](const TileId& tile) {
    paths.push_back(TilePath(tile));
    if (tile.level == 0) paths.push_back(BundlePath(tile.index, tile.width));
  };
  for (const TileId& tile : NewTiles(from, latest_.size)) {
    if (tile.IsFull()) add(tile);
  }
  for (const TileId& tile : PROVISO_TRY(PartialTiles())) add(tile);
  return paths;
}

Status Writer::SyncSince(std::uint64_t from) {
  const auto paths = PROVISO_TRY(PathsSince(from));
  return MarkDurable(files_.Sync(paths));
}

Status Writer::MarkDurable(const Status& synced) {
  if (!synced) return End(synced.error());
  Reach("files.synced");
  return store_->SetMaterialised(latest_.size);
}

// Marks first: whoever dies in between finds at the next start that all files are to be written.
// INVARIANT: before a tile goes, the newest checkpoint stands, and is durable. Readers find it
// without its tiles for a while; but should the process die here, it alone tells an older database
// that it must not go on.
Status Writer::Clear() {
  PROVISO_TRY(store_->SetMaterialised(0));
  Reach("rebuild.marked");
  PROVISO_TRY(files_.MendMarker());
  PROVISO_TRY(PublishCheckpoint(latest_.note, true));
  Reach("rebuild.guarded");
  PROVISO_TRY(files_.RemoveTiles());
  Reach("rebuild.removed");
  return {};
}

Status Writer::CheckMayRebuild() {
  PROVISO_TRY(store_->CheckMayPublish());
  return CheckPublished(true);
}

Status Writer::Rebuild() {
  PROVISO_TRY(SaveCheckpoint());
  PROVISO_TRY(Clear());
  PROVISO_TRY(Materialise(0));
  return SyncSince(0);
}

Status Writer::Tend() {
  PROVISO_TRY(store_->CheckMayPublish());
  PROVISO_TRY(CheckNobodyElsePublished());
  const auto note = PROVISO_TRY(files_.PublishedCheckpoint());
  const auto published =
      note ? OpenCheckpoint(*note, verifier_) : Result<Checkpoint>(Fail(ErrorCode::kNotFound, ""));
  if (published && published->root == latest_.root) return {};
  return PublishCheckpoint(latest_.note);
}

Status Writer::Erase(std::uint64_t position, const std::string& name) {
  return store_->EraseKey(position, name);
}

Status Writer::Close() {
  PROVISO_TRY(SaveCheckpoint());
  const std::uint64_t marker = PROVISO_TRY(store_->Materialised());
  if (marker < latest_.size) PROVISO_TRY(SyncSince(marker));
  return Flush();
}

}  // namespace proviso::ledger
