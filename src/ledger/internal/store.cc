#include "ledger/internal/store.h"

#include <charconv>
#include <utility>

#include "ledger/internal/postgres_store.h"
#include "ledger/internal/sqlite_store.h"

namespace proviso::ledger {
namespace {

// Names in log_meta.
constexpr const char* kOrigin = "origin";
constexpr const char* kKey = "key";
constexpr const char* kMaterialised = "materialised";

}  // namespace

Result<std::unique_ptr<Store>> Store::Open(const LedgerOptions& options) {
  if (!options.postgres.empty()) return PostgresStore::Open(options);
  return SqliteStore::Open(options.directory / "proviso.db",
                           {.pages_max = options.database_pages_max,
                            .vfs = options.database_vfs,
                            .files = options.files});
}

tl::unexpected<Error> Store::Damaged(const std::string& what) const {
  return Fail(ErrorCode::kDataLoss, "the log's database: " + what + "; restore " +
                                        std::string(backed_up()) + " from a backup");
}

Result<std::optional<Store::Identity>> Store::ReadIdentity() {
  const auto origin = PROVISO_TRY(Meta(kOrigin));
  const auto key = PROVISO_TRY(Meta(kKey));
  if (!origin && !key) return std::optional<Identity>();
  if (!origin || !key) return Damaged("expected an origin and a key, found one of them");
  return std::optional(Identity{.origin = *origin, .key = *key});
}

Status Store::WriteIdentity(const Identity& identity) {
  PROVISO_TRY(SetMeta(kOrigin, identity.origin));
  return SetMeta(kKey, identity.key);
}

Result<std::uint64_t> Store::EntriesEnd() {
  const std::int64_t end = PROVISO_TRY(SelectEntriesEnd());
  if (end < 0) return Damaged("expected positions from 0 on");
  return static_cast<std::uint64_t>(end);
}

Result<std::vector<crypto::Hash>> Store::TileRoots(int level, std::uint64_t from,
                                                   std::uint64_t to) {
  std::vector<crypto::Hash> roots;
  PROVISO_TRY(VisitTileRoots(level, from, to, [&](ByteView blob) -> Status {
    const auto hash = crypto::Hash::FromBytes(blob);
    if (!hash) return Damaged("expected hashes of 32 bytes");
    roots.push_back(*hash);
    return {};
  }));
  if (roots.size() == to - from) return roots;
  return Damaged("expected " + std::to_string(to - from) + " hashes of level " +
                 std::to_string(level) + ", found " + std::to_string(roots.size()));
}

Result<std::vector<std::uint64_t>> Store::EdgeWidths(int level, std::uint64_t size) {
  const int shift = level * kTileWidthBits;
  const std::uint64_t start = (size >> shift) / kTileWidth * kTileWidth;
  std::vector<std::uint64_t> widths;
  for (const std::int64_t width :
       PROVISO_TRY(SelectEdgeWidths({.shift = shift, .start = start, .size = size}))) {
    if (width > 0) widths.push_back(static_cast<std::uint64_t>(width));
  }
  return widths;
}

Result<std::uint64_t> Store::Materialised() {
  const auto text = PROVISO_TRY(Meta(kMaterialised));
  std::uint64_t size = 0;
  if (!text) return size;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, size);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return Damaged("expected a size, found `" + *text + "`");
  }
  return size;
}

Status Store::SetMaterialised(std::uint64_t size) {
  StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*this));
  PROVISO_TRY(SetMeta(kMaterialised, std::to_string(size)));
  return transaction.Commit();
}

Status Store::EraseKey(std::uint64_t position, const std::string& name) {
  if (PROVISO_TRY(DeleteKey(position, name))) return {};
  return Fail(ErrorCode::kNotFound,
              "entry " + std::to_string(position) + " has no key for `" + name + "`");
}

Result<StoreTransaction> StoreTransaction::Begin(Store& store) {
  PROVISO_TRY(store.BeginTransaction());
  return StoreTransaction(store);
}

StoreTransaction::StoreTransaction(StoreTransaction&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)) {}

StoreTransaction::~StoreTransaction() {
  if (store_ != nullptr) store_->RollBack();
}

Status StoreTransaction::Commit() {
  PROVISO_TRY(store_->CommitTransaction());
  store_ = nullptr;
  return {};
}

}  // namespace proviso::ledger
