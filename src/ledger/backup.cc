// Copies of a log's database without keys, and the database that is made of one again.
#include "ledger/backup.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "crypto/note.h"
#include "io/sql/sqlite.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/internal/store.h"
#include "ledger/internal/tile_files.h"
#include "ledger/merkle.h"
#include "ledger/tile_layout.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

// So many entries are copied at once: in between, others get at the database's journal.
constexpr std::uint64_t kCopyStep = 8192;

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

fs::path DatabaseOf(const LedgerOptions& options) { return options.directory / "proviso.db"; }

Status CheckEmbedded(const LedgerOptions& options) {
  if (PROVISO_TRY(options.files->Exists(DatabaseOf(options)))) return {};
  return Fail(ErrorCode::kFailedPrecondition,
              "`" + DatabaseOf(options).string() +
                  "` does not exist: what lies in a database server is backed up there");
}

// Runs `sql` for each step of [0, size), with the bounds as parameters 1 and 2.
Status InSteps(io::Database& database, const char* sql, std::uint64_t size, const Share& progress) {
  io::Statement copy = PROVISO_TRY(database.Prepare(sql));
  for (std::uint64_t from = 0; from < size; from += kCopyStep) {
    PROVISO_TRY(copy.RunWith(Signed(from), Signed(std::min(from + kCopyStep, size))));
    if (progress) progress(static_cast<double>(from) / static_cast<double>(size));
  }
  return {};
}

// Checkpoints up to `size`, and the hashes of the tiles that were full at the newest of them:
// what a later checkpoint brings with it is not there yet.
Status CopyCheckpoints(io::Database& database, std::uint64_t size) {
  io::Statement checkpoints = PROVISO_TRY(database.Prepare(
      "INSERT INTO main.log_checkpoint SELECT size, note FROM source.log_checkpoint"
      " WHERE size <= ? ORDER BY size"));
  PROVISO_TRY(checkpoints.RunWith(Signed(size)));
  io::Statement roots = PROVISO_TRY(database.Prepare(
      "INSERT INTO main.log_tile_root SELECT level, position, hash FROM source.log_tile_root"
      " WHERE level < 7 AND (position + 1) << (8 * (level + 1)) <="
      " (SELECT max(size) FROM main.log_checkpoint) ORDER BY level, position"));
  PROVISO_TRY(roots.Run());
  return database.Execute(
      "INSERT INTO main.log_meta SELECT name, value FROM source.log_meta"
      " WHERE name IN ('origin', 'key') ORDER BY name");
}

// The bundle that holds the entries from `number` * 256 on, of a log of `size`.
Result<std::vector<Bytes>> ReadBundle(io::FileSystem& files, const fs::path& log,
                                      std::uint64_t number, std::uint64_t size) {
  const std::uint64_t width = std::min(kTileWidth, size - number * kTileWidth);
  fs::path path = log / BundlePath(number, kTileWidth);
  if (!PROVISO_TRY(files.Exists(path))) path = log / BundlePath(number, width);
  const Bytes bundle = PROVISO_TRY(files.ReadFile(path, kBundleBytesMax));
  std::vector<Bytes> entries;
  ByteView rest = bundle;
  while (entries.size() < width) {
    const auto entry = TakeFromBundle(rest);
    if (!entry) {
      return Fail(ErrorCode::kDataLoss, "`" + path.string() + "` ends before entry " +
                                            std::to_string(number * kTileWidth + entries.size()));
    }
    entries.emplace_back(entry->begin(), entry->end());
  }
  return entries;
}

// The widths of partial tiles that the folder has of the tile `index` of `level`.
Result<std::vector<std::uint64_t>> PartialWidths(io::FileSystem& files, const fs::path& log,
                                                 int level, std::uint64_t index) {
  std::vector<std::uint64_t> widths;
  const fs::path folder = log / PartialFolder(TilePath({.level = level, .index = index}));
  if (!PROVISO_TRY(files.Exists(folder))) return widths;
  const std::vector<std::string> names = PROVISO_TRY(files.List(folder));
  for (const std::string& name : names) {
    std::uint64_t width = 0;
    const char* end = name.data() + name.size();
    const auto [at, error] = std::from_chars(name.data(), end, width);
    if (error == std::errc() && at == end && width > 0 && width < kTileWidth) {
      widths.push_back(width);
    }
  }
  return widths;
}

// Sizes beyond `known` for which the folder has partial tiles: there was a checkpoint of each, or,
// of higher levels, of a size that has the same tile.
Result<std::set<std::uint64_t>> SizesServed(io::FileSystem& files, const fs::path& log,
                                            std::uint64_t known, std::uint64_t size) {
  std::set<std::uint64_t> sizes;
  int level = 0;
  for (std::uint64_t count = size; count > 0; count /= kTileWidth, ++level) {
    const std::uint64_t index = count / kTileWidth;
    for (const std::uint64_t width : PROVISO_TRY(PartialWidths(files, log, level, index))) {
      const std::uint64_t served = (index * kTileWidth + width) << (level * kTileWidthBits);
      if (served > known && served < size) sizes.insert(served);
    }
  }
  return sizes;
}

// Takes entries out of the bundles of a published log, one bundle after the other.
class Forwarding {
 public:
  Forwarding(const LedgerOptions& options, const crypto::PrivateKey& signer, fs::path published)
      : options_(options), signer_(signer), published_(std::move(published)) {}

  Status Open() {
    const Bytes note =
        PROVISO_TRY(options_.files->ReadFile(published_ / "checkpoint", kCheckpointBytesMax));
    const crypto::NoteVerifier verifier{.name = options_.origin, .key = signer_.Public()};
    checkpoint_ = PROVISO_TRY_DOING(OpenCheckpoint(AsText(note), verifier), published_.string());
    store_ = PROVISO_TRY(Store::Open(options_));
    const std::uint64_t held = PROVISO_TRY(store_->EntriesEnd());
    const auto newest = PROVISO_TRY(store_->LatestCheckpoint());
    // The copy may be without the checkpoint of its last entries.
    served_ = PROVISO_TRY(
        SizesServed(*options_.files, published_, newest ? newest->size : 0, checkpoint_.size));
    const std::uint64_t common = std::min(held, checkpoint_.size);
    for (std::uint64_t from = 0; from < common; from += kCopyStep) {
      PROVISO_TRY(store_->reader().ReadEntries(
          from, std::min(from + kCopyStep, common),
          [&](std::uint64_t, const crypto::Hash& leaf, ByteView) -> Status {
            range_.Append(leaf);
            tree_.Append(leaf, completed_);
            if (newest && newest->size == tree_.size()) completed_.clear();
            return served_.contains(tree_.size()) ? SignAgain() : Status();
          }));
    }
    return {};
  }

  Result<std::uint64_t> Run(const Share& progress) {
    while (range_.size() < checkpoint_.size) {
      PROVISO_TRY(TakeBundle());
      if (progress) {
        progress(static_cast<double>(range_.size()) / static_cast<double>(checkpoint_.size));
      }
    }
    if (range_.Root() == checkpoint_.root) return checkpoint_.size;
    return Fail(ErrorCode::kDataLoss,
                "the published log and the backup are not one history: expected root " +
                    checkpoint_.root.Hex() + " at size " + std::to_string(checkpoint_.size) +
                    ", found " + range_.Root().Hex());
  }

 private:
  Status TakeBundle() {
    const std::uint64_t first = range_.size();
    const std::vector<Bytes> bundle =
        PROVISO_TRY(ReadBundle(*options_.files, published_, first / kTileWidth, checkpoint_.size));
    StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*store_));
    std::vector<PreparedEntry> entries;
    for (std::size_t i = first % kTileWidth; i < bundle.size(); ++i) {
      entries.push_back({.bytes = bundle[i], .leaf = crypto::LeafHash(bundle[i]), .addenda = {}});
      range_.Append(entries.back().leaf);
      tree_.Append(entries.back().leaf, completed_);
      if (served_.contains(range_.size())) PROVISO_TRY(SignAgain());
    }
    PROVISO_TRY(store_->InsertEntries(first, entries));
    return transaction.Commit();
  }

  Status SignAgain() {
    const Checkpoint earlier =
        SignCheckpoint(options_.origin, range_.size(), range_.Root(), signer_);
    PROVISO_TRY(store_->InsertCheckpoint({.size = earlier.size, .note = earlier.note}, completed_));
    completed_.clear();
    return {};
  }

  const LedgerOptions& options_;
  const crypto::PrivateKey& signer_;
  const fs::path published_;
  Checkpoint checkpoint_;
  std::unique_ptr<Store> store_;
  std::set<std::uint64_t> served_;
  CompactRange range_;
  TileTree tree_;
  std::vector<TileTree::FullTile> completed_;  // since the newest checkpoint of the database
};

}  // namespace

Status CopyDatabase(const LedgerOptions& from, std::uint64_t size, const fs::path& to,
                    const Share& progress) {
  PROVISO_TRY(CheckEmbedded(from));
  LedgerOptions copy = from;
  copy.directory = to.parent_path() / (to.filename().string() + ".making");
  PROVISO_TRY(from.files->RemoveTree(copy.directory));
  PROVISO_TRY(from.files->CreateDirectories(copy.directory));
  static_cast<void>(PROVISO_TRY(Store::Open(copy)));  // makes the tables
  {
    io::Database database = PROVISO_TRY(io::Database::Open(
        DatabaseOf(copy), {.create = false, .synchronous = io::Database::Synchronous::kNormal}));
    io::Statement attach = PROVISO_TRY(database.Prepare("ATTACH DATABASE ? AS source"));
    PROVISO_TRY(attach.RunWith(DatabaseOf(from).string()));
    PROVISO_TRY(InSteps(database,
                        "INSERT INTO main.log_entry SELECT position, leaf, content FROM"
                        " source.log_entry WHERE position >= ? AND position < ? ORDER BY position",
                        size, [&](double share) {
                          if (progress) progress(share / 2);
                        }));
    PROVISO_TRY(InSteps(database,
                        "INSERT INTO main.log_addendum SELECT position, name, digest, sealed FROM"
                        " source.log_addendum WHERE position >= ? AND position < ?"
                        " ORDER BY position, name",
                        size, [&](double share) {
                          if (progress) progress(0.5 + share / 2);
                        }));
    PROVISO_TRY(CopyCheckpoints(database, size));
    // Before the journal is moved: that of the source is its appender's to move.
    PROVISO_TRY(database.Execute("DETACH DATABASE source"));
    PROVISO_TRY(database.TruncateWal());
  }
  PROVISO_TRY(from.files->SyncFile(DatabaseOf(copy)));
  PROVISO_TRY(from.files->Rename(DatabaseOf(copy), to));
  PROVISO_TRY(from.files->RemoveTree(copy.directory));
  return from.files->SyncDirectory(to.parent_path());
}

Result<std::uint64_t> InsertPartKeys(const LedgerOptions& options, const PartKeys& keys) {
  io::Database database = PROVISO_TRY(
      io::Database::Open(DatabaseOf(options), {.create = false, .secure_delete = true}));
  io::Transaction transaction = PROVISO_TRY(io::Transaction::Begin(database));
  io::Statement insert = PROVISO_TRY(
      database.Prepare("INSERT INTO log_addendum_key SELECT ?1, ?2, ?3 WHERE EXISTS"
                       " (SELECT 1 FROM log_addendum WHERE position = ?1 AND name = ?2)"));
  std::uint64_t inserted = 0;
  for (const PartKey& key : keys.keys) {
    PROVISO_TRY(insert.RunWith(Signed(key.position), key.name, ByteView(key.secret)));
    inserted += static_cast<std::uint64_t>(database.changes());
  }
  PROVISO_TRY(transaction.Commit());
  PROVISO_TRY(database.TruncateWal());
  return inserted;
}

Result<DatabaseTree> ReadDatabaseTree(const LedgerOptions& options, const Share& progress) {
  const std::uint64_t end = PROVISO_TRY(PROVISO_TRY(Store::Open(options))->EntriesEnd());
  return DatabaseTree{.size = end, .root = PROVISO_TRY(ReadRoot(options, end, progress))};
}

Result<crypto::Hash> ReadRoot(const LedgerOptions& options, std::uint64_t size,
                              const Share& progress) {
  const std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(options));
  CompactRange range;
  for (std::uint64_t from = 0; from < size; from += kCopyStep) {
    PROVISO_TRY(
        reader->ReadEntries(from, std::min(from + kCopyStep, size),
                            [&](std::uint64_t, const crypto::Hash& leaf, ByteView) -> Status {
                              range.Append(leaf);
                              return {};
                            }));
    if (progress) progress(static_cast<double>(from) / static_cast<double>(size));
  }
  return range.Root();
}

Result<std::uint64_t> BringForward(const LedgerOptions& options, const crypto::PrivateKey& signer,
                                   const fs::path& published, const Share& progress) {
  Forwarding forwarding(options, signer, published);
  PROVISO_TRY(forwarding.Open());
  return forwarding.Run(progress);
}

}  // namespace proviso::ledger
