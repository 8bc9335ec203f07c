#include "ledger/internal/postgres_store.h"

#include <charconv>
#include <utility>

namespace proviso::ledger {
namespace {

// How long a log that is opened without a seat waits for one: a process that died a moment ago may
// have it still.
constexpr std::chrono::seconds kSeatPatience{5};
// One statement carries at most so much.
constexpr std::size_t kStatementEntries = 4'096;
constexpr std::size_t kStatementBytes = std::size_t{16} << 20U;

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

tl::unexpected<Error> Damaged(const std::string& what) {
  return Fail(ErrorCode::kDataLoss,
              "the log's database: " + what + "; restore the database from a backup");
}

std::size_t BytesOf(const PreparedEntry& entry) {
  std::size_t bytes = entry.bytes.size();
  for (const SealedAddendum& addendum : entry.addenda) bytes += addendum.sealed.size();
  return bytes;
}

}  // namespace

Result<std::unique_ptr<Store>> PostgresStore::Open(const LedgerOptions& options) {
  std::unique_ptr<AppenderSeat> own;
  AppenderSeat* seat = options.seat;
  if (seat == nullptr) {
    own = PROVISO_TRY(AppenderSeat::Take(options.postgres, kSeatPatience));
    seat = own.get();
  }
  std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(options));
  return std::unique_ptr<Store>(new PostgresStore(std::move(own), seat, std::move(reader)));
}

// Who lost the session has lost the seat, whatever the statement was.
Result<io::PostgresRows> PostgresStore::Query(const std::string& sql,
                                              std::initializer_list<io::PostgresValue> values) {
  Result<io::PostgresRows> rows = seat_->session().Query(sql, values);
  if (!seat_->session().is_alive()) seat_->Lose();
  return rows;
}

Status PostgresStore::CheckEpoch(const std::string& lock) {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT 1 FROM log_appender WHERE epoch = $1" + lock, {seat_->epoch()}));
  if (rows.size() == 1 && seat_->is_held()) return {};
  seat_->Lose();
  return Fail(ErrorCode::kUnavailable,
              "another server appends to the log in PostgreSQL at `" + seat_->place() + "` by now");
}

Status PostgresStore::CheckMayPublish() { return CheckEpoch(""); }

Status PostgresStore::BeginTransaction() {
  PROVISO_TRY(Query("BEGIN"));
  // The next appender cannot sit down before this transaction is over.
  Status checked = CheckEpoch(" FOR SHARE");
  if (!checked) RollBack();
  return checked;
}

Status PostgresStore::CommitTransaction() {
  const Result<io::PostgresRows> done = Query("COMMIT");
  if (!done) {
    // The server said no, and is there still: nothing was changed. Without a server nobody knows.
    if (seat_->is_held() && !seat_->session().in_transaction()) {
      return Fail(ErrorCode::kResourceExhausted, done.error().message());
    }
    seat_->Lose();
    return tl::unexpected<Error>(done.error());
  }
  if (done->tag() == "COMMIT") return {};
  return Fail(ErrorCode::kResourceExhausted, "PostgreSQL rolled the transaction back");
}

void PostgresStore::RollBack() {
  if (seat_->session().is_alive() && seat_->session().in_transaction()) {
    static_cast<void>(Query("ROLLBACK"));
  }
}

Result<std::optional<std::string>> PostgresStore::Meta(const std::string& name) {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT value FROM log_meta WHERE name = $1", {name}));
  if (rows.size() == 0) return std::optional<std::string>();
  return std::optional(std::string(rows.Text(0, 0)));
}

Status PostgresStore::SetMeta(const std::string& name, const std::string& value) {
  PROVISO_TRY(
      Query("INSERT INTO log_meta VALUES($1, $2)"
            " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            {name, value}));
  return {};
}

Result<std::optional<Store::Identity>> PostgresStore::ReadIdentity() {
  const auto origin = PROVISO_TRY(Meta("origin"));
  const auto key = PROVISO_TRY(Meta("key"));
  if (!origin && !key) return std::optional<Identity>();
  if (!origin || !key) return Damaged("expected an origin and a key, found one of them");
  return std::optional(Identity{.origin = *origin, .key = *key});
}

Status PostgresStore::WriteIdentity(const Identity& identity) {
  PROVISO_TRY(SetMeta("origin", identity.origin));
  return SetMeta("key", identity.key);
}

Status PostgresStore::InsertEntries(std::uint64_t first, std::span<const PreparedEntry> entries) {
  std::size_t from = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    bytes += BytesOf(entries[i]);
    const bool last = i + 1 == entries.size();
    if (!last && bytes < kStatementBytes && i + 1 - from < kStatementEntries) continue;
    PROVISO_TRY(InsertSome(first + from, entries.subspan(from, i + 1 - from)));
    from = i + 1;
    bytes = 0;
  }
  return {};
}

Status PostgresStore::InsertSome(std::uint64_t first, std::span<const PreparedEntry> entries) {
  using io::PostgresValue;
  std::vector<std::int64_t> positions;
  std::vector<ByteView> leaves;
  std::vector<ByteView> contents;
  std::vector<std::int64_t> owners;
  std::vector<std::string> names;
  std::vector<ByteView> digests;
  std::vector<ByteView> sealed;
  std::vector<ByteView> keys;
  for (const PreparedEntry& entry : entries) {
    const std::int64_t position = Signed(first + positions.size());
    positions.push_back(position);
    leaves.emplace_back(entry.leaf.bytes);
    contents.emplace_back(entry.bytes);
    for (const SealedAddendum& addendum : entry.addenda) {
      owners.push_back(position);
      names.push_back(addendum.name);
      digests.emplace_back(addendum.digest.bytes);
      sealed.emplace_back(addendum.sealed);
      keys.emplace_back(addendum.key);
    }
  }
  PROVISO_TRY(Query("INSERT INTO log_entry SELECT * FROM unnest($1, $2, $3)",
                    {PostgresValue::IntegerArray(positions), PostgresValue::BlobArray(leaves),
                     PostgresValue::BlobArray(contents)}));
  if (owners.empty()) return {};
  // Both tables in one statement: a round trip less for each group.
  PROVISO_TRY(
      Query("WITH part AS (SELECT * FROM unnest($1, $2, $3, $4, $5)"
            " AS row(position, name, digest, sealed, secret)),"
            " addendum AS (INSERT INTO log_addendum"
            " SELECT position, name, digest, sealed FROM part)"
            " INSERT INTO log_addendum_key SELECT position, name, secret FROM part",
            {PostgresValue::IntegerArray(owners), PostgresValue::TextArray(names),
             PostgresValue::BlobArray(digests), PostgresValue::BlobArray(sealed),
             PostgresValue::BlobArray(keys)}));
  return {};
}

Status PostgresStore::InsertReceipts(std::span<const Receipt> receipts) {
  for (const Receipt& receipt : receipts) {
    const io::PostgresRows rows =
        PROVISO_TRY(Query("UPDATE log_mail SET request = NULL, answer = $2"
                          " WHERE id = $1 AND request IS NOT NULL",
                          {receipt.request, ByteView(receipt.answer)}));
    if (rows.changes() != 1) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "the request was withdrawn before it was done, or it is done already");
    }
  }
  return {};
}

Result<std::uint64_t> PostgresStore::EntriesEnd() {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT coalesce(max(position) + 1, 0) FROM log_entry"));
  if (rows.Integer(0, 0) < 0) return Damaged("expected positions from 0 on");
  return static_cast<std::uint64_t>(rows.Integer(0, 0));
}

Status PostgresStore::InsertCheckpoint(const SignedSize& checkpoint,
                                       std::span<const TileTree::FullTile> completed) {
  for (const TileTree::FullTile& tile : completed) {
    PROVISO_TRY(
        Query("INSERT INTO log_tile_root VALUES($1, $2, $3)",
              {std::int64_t{tile.id.level}, Signed(tile.id.index), ByteView(tile.root.bytes)}));
  }
  PROVISO_TRY(Query("INSERT INTO log_checkpoint VALUES($1, $2)",
                    {Signed(checkpoint.size), checkpoint.note}));
  return {};
}

namespace {

std::optional<Store::SignedSize> OneCheckpoint(const io::PostgresRows& rows) {
  if (rows.size() == 0) return std::nullopt;
  return Store::SignedSize{.size = static_cast<std::uint64_t>(rows.Integer(0, 0)),
                           .note = std::string(rows.Text(0, 1))};
}

}  // namespace

Result<std::optional<Store::SignedSize>> PostgresStore::LatestCheckpoint() {
  return OneCheckpoint(
      PROVISO_TRY(Query("SELECT size, note FROM log_checkpoint ORDER BY size DESC LIMIT 1")));
}

Result<std::optional<Store::SignedSize>> PostgresStore::CheckpointAt(std::uint64_t size) {
  return OneCheckpoint(
      PROVISO_TRY(Query("SELECT size, note FROM log_checkpoint WHERE size = $1", {Signed(size)})));
}

Result<std::vector<crypto::Hash>> PostgresStore::TileRoots(int level, std::uint64_t from,
                                                           std::uint64_t to) {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT hash FROM log_tile_root WHERE level = $1 AND position >= $2"
                        " AND position < $3 ORDER BY position",
                        {std::int64_t{level}, Signed(from), Signed(to)}));
  std::vector<crypto::Hash> roots;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto hash = crypto::Hash::FromBytes(rows.Blob(row, 0));
    if (!hash) return Damaged("expected hashes of 32 bytes");
    roots.push_back(*hash);
  }
  if (roots.size() != to - from) {
    return Damaged("expected " + std::to_string(to - from) + " hashes of level " +
                   std::to_string(level) + ", found " + std::to_string(roots.size()));
  }
  return roots;
}

Result<std::vector<std::uint64_t>> PostgresStore::EdgeWidths(int level, std::uint64_t size) {
  const int shift = level * kTileWidthBits;
  const std::uint64_t start = (size >> shift) / kTileWidth * kTileWidth;
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT DISTINCT (size >> $1::bigint::int) - $2 FROM log_checkpoint"
                        " WHERE size >= ($2 << $1::bigint::int) AND size <= $3 ORDER BY 1",
                        {std::int64_t{shift}, Signed(start), Signed(size)}));
  std::vector<std::uint64_t> widths;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.Integer(row, 0) > 0)
      widths.push_back(static_cast<std::uint64_t>(rows.Integer(row, 0)));
  }
  return widths;
}

Result<std::uint64_t> PostgresStore::Materialised() {
  const auto text = PROVISO_TRY(Meta("materialised"));
  std::uint64_t size = 0;
  if (!text) return size;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, size);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    return Damaged("expected a size, found `" + *text + "`");
  }
  return size;
}

Status PostgresStore::SetMaterialised(std::uint64_t size) {
  StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*this));
  PROVISO_TRY(SetMeta("materialised", std::to_string(size)));
  return transaction.Commit();
}

Status PostgresStore::EraseKey(std::uint64_t position, const std::string& name) {
  StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*this));
  const io::PostgresRows rows = PROVISO_TRY(Query(
      "DELETE FROM log_addendum_key WHERE position = $1 AND name = $2", {Signed(position), name}));
  if (rows.changes() == 0) {
    return Fail(ErrorCode::kNotFound,
                "entry " + std::to_string(position) + " has no key for `" + name + "`");
  }
  PROVISO_TRY(transaction.Commit());
  // A deleted row lies in its page until the table is written anew.
  PROVISO_TRY(Query("VACUUM (FULL) log_addendum_key"));
  return {};
}

}  // namespace proviso::ledger
