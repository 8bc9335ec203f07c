#include "ledger/internal/postgres_store.h"

#include <utility>

namespace proviso::ledger {
namespace {

// How long a log that is opened without a seat waits for one: a process that died a moment ago may
// have it still.
constexpr std::chrono::seconds kSeatPatience{5};
// One statement carries at most so much.
constexpr std::size_t kStatementEntries = 4'096;
constexpr std::size_t kStatementBytes = std::size_t{16} << 20U;
// In log_meta: whether no file of the database has a key that was deleted.
constexpr const char* kKeysWiped = "keys_wiped";
constexpr const char* kYes = "yes";

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

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

Result<std::int64_t> PostgresStore::SelectEntriesEnd() {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT coalesce(max(position) + 1, 0) FROM log_entry"));
  return rows.Integer(0, 0);
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

Status PostgresStore::VisitTileRoots(int level, std::uint64_t from, std::uint64_t to,
                                     const VisitBlob& visit) {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT hash FROM log_tile_root WHERE level = $1 AND position >= $2"
                        " AND position < $3 ORDER BY position",
                        {std::int64_t{level}, Signed(from), Signed(to)}));
  for (std::size_t row = 0; row < rows.size(); ++row) PROVISO_TRY(visit(rows.Blob(row, 0)));
  return {};
}

Result<std::vector<std::int64_t>> PostgresStore::SelectEdgeWidths(const Edge& edge) {
  const io::PostgresRows rows =
      PROVISO_TRY(Query("SELECT DISTINCT (size >> $1::bigint::int) - $2 FROM log_checkpoint"
                        " WHERE size >= ($2 << $1::bigint::int) AND size <= $3 ORDER BY 1",
                        {std::int64_t{edge.shift}, Signed(edge.start), Signed(edge.size)}));
  std::vector<std::int64_t> widths;
  for (std::size_t row = 0; row < rows.size(); ++row) widths.push_back(rows.Integer(row, 0));
  return widths;
}

// Not done for deleting alone: the mark that says so goes with the transaction, so that whoever
// dies before the table is written anew is helped by the next one who asks for this key. A log
// without the mark was written by an earlier version, which kept none.
Result<bool> PostgresStore::DeleteKey(std::uint64_t position, const std::string& name) {
  const bool was_wiped = PROVISO_TRY(Meta(kKeysWiped)) == kYes;
  bool deleted = false;
  {
    StoreTransaction transaction = PROVISO_TRY(StoreTransaction::Begin(*this));
    const io::PostgresRows rows =
        PROVISO_TRY(Query("DELETE FROM log_addendum_key WHERE position = $1 AND name = $2",
                          {Signed(position), name}));
    deleted = rows.changes() > 0;
    if (deleted) {
      PROVISO_TRY(SetMeta(kKeysWiped, "no"));
      PROVISO_TRY(transaction.Commit());
    }
  }
  if (!deleted && was_wiped) return false;
  // A deleted row lies in its page until the table is written anew.
  PROVISO_TRY(Query("VACUUM (FULL) log_addendum_key"));
  PROVISO_TRY(SetMeta(kKeysWiped, kYes));
  return deleted;
}

}  // namespace proviso::ledger
