#include "ledger/internal/entry_reader.h"

#include "ledger/internal/postgres_entry_reader.h"
#include "ledger/internal/sqlite_entry_reader.h"

namespace proviso::ledger {
namespace {

tl::unexpected<Error> Missing(std::uint64_t position) {
  return Fail(ErrorCode::kDataLoss, "entry " + std::to_string(position) +
                                        " is missing in the database; restore the data directory "
                                        "from a backup");
}

// A disk that is full, or read-only, takes no index beside a write-ahead log. What was committed
// can be read without one.
bool IsAboutWriting(const Error& error) {
  return error.code() == ErrorCode::kResourceExhausted ||
         error.code() == ErrorCode::kPermissionDenied || error.code() == ErrorCode::kUnavailable;
}

}  // namespace

Result<std::unique_ptr<EntryReader>> EntryReader::Open(const LedgerOptions& options) {
  if (!options.postgres.empty()) return PostgresEntryReader::Open(options.postgres);
  const std::filesystem::path path = options.directory / "proviso.db";
  auto opened = SqliteEntryReader::Open(path, {.create = false, .vfs = options.database_vfs});
  if (!opened && options.database_vfs.empty() && IsAboutWriting(opened.error())) {
    auto traceless =
        SqliteEntryReader::Open(path, {.read_only = true, .leave_alone = true, .create = false});
    if (traceless) opened = std::move(traceless);
  }
  return std::make_unique<SqliteEntryReader>(PROVISO_TRY(std::move(opened)));
}

Status EntryReader::ReadEntries(std::uint64_t from, std::uint64_t to, const Visit& visit) {
  std::uint64_t expected = from;
  PROVISO_TRY(VisitRows(from, to, [&](const Row& row) -> Status {
    if (row.position != expected) return Missing(expected);
    const auto leaf = crypto::Hash::FromBytes(row.leaf);
    if (!leaf || crypto::LeafHash(row.content) != *leaf) {
      return Fail(ErrorCode::kDataLoss,
                  "entry " + std::to_string(row.position) +
                      " is damaged: expected the hash that it was stored with, found another; "
                      "restore the data directory from a backup");
    }
    PROVISO_TRY(visit(row.position, *leaf, row.content));
    ++expected;
    return {};
  }));
  return expected < to ? Status(Missing(expected)) : Status();
}

}  // namespace proviso::ledger
