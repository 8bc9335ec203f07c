#include "ledger/internal/entry_reader.h"

#include "ledger/internal/sqlite_entry_reader.h"

namespace proviso::ledger {
namespace {

tl::unexpected<Error> Missing(std::uint64_t position) {
  return Fail(ErrorCode::kDataLoss, "entry " + std::to_string(position) +
                                        " is missing in the database; restore the data directory "
                                        "from a backup");
}

}  // namespace

Result<std::unique_ptr<EntryReader>> EntryReader::Open(const LedgerOptions& options) {
  return std::make_unique<SqliteEntryReader>(
      PROVISO_TRY(SqliteEntryReader::Open(options.directory / "proviso.db", options.database_vfs)));
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
