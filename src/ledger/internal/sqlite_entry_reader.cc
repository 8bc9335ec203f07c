#include "ledger/internal/sqlite_entry_reader.h"

namespace proviso::ledger {

Result<SqliteEntryReader> SqliteEntryReader::Open(const std::filesystem::path& path,
                                                  const io::Database::Options& options) {
  io::Database database = PROVISO_TRY(io::Database::Open(path, options));
  io::Statement entries =
      PROVISO_TRY(database.Prepare("SELECT position, leaf, content FROM log_entry"
                                   " WHERE position >= ? AND position < ? ORDER BY position"));
  io::Statement addenda =
      PROVISO_TRY(database.Prepare("SELECT a.name, a.digest, a.sealed, k.secret FROM log_addendum a"
                                   " LEFT JOIN log_addendum_key k USING (position, name)"
                                   " WHERE a.position = ? ORDER BY a.name"));
  return SqliteEntryReader(std::move(database), std::move(entries), std::move(addenda));
}

Status SqliteEntryReader::VisitRows(std::uint64_t from, std::uint64_t to, const VisitRow& visit) {
  PROVISO_TRY(entries_.Bind(1, static_cast<std::int64_t>(from)));
  PROVISO_TRY(entries_.Bind(2, static_cast<std::int64_t>(to)));
  Status status = StepRows(visit);
  // Lets the write-ahead log be emptied, whatever the outcome.
  entries_.Reset();
  return status;
}

Status SqliteEntryReader::StepRows(const VisitRow& visit) {
  while (PROVISO_TRY(entries_.Step())) {
    PROVISO_TRY(visit({.position = static_cast<std::uint64_t>(entries_.Integer(0)),
                       .leaf = entries_.Blob(1),
                       .content = entries_.Blob(2)}));
  }
  return {};
}

Result<std::vector<SealedAddendum>> SqliteEntryReader::ReadAddenda(std::uint64_t position) {
  addenda_.Reset();
  PROVISO_TRY(addenda_.Bind(1, static_cast<std::int64_t>(position)));
  std::vector<SealedAddendum> found;
  while (PROVISO_TRY(addenda_.Step())) {
    // One that is none is not what any entry commits to.
    const auto digest = crypto::Hash::FromBytes(addenda_.Blob(1));
    const ByteView sealed = addenda_.Blob(2);
    const ByteView key = addenda_.Blob(3);
    found.push_back({.name = std::string(addenda_.Text(0)),
                     .digest = digest ? *digest : crypto::Hash(),
                     .sealed = Bytes(sealed.begin(), sealed.end()),
                     .key = Bytes(key.begin(), key.end())});
  }
  addenda_.Reset();
  return found;
}

Result<bool> SqliteEntryReader::HasKey(std::uint64_t position, const std::string& name) {
  io::Statement select = PROVISO_TRY(
      database_.Prepare("SELECT 1 FROM log_addendum_key WHERE position = ? AND name = ?"));
  PROVISO_TRY(select.Bind(1, static_cast<std::int64_t>(position)));
  PROVISO_TRY(select.Bind(2, name));
  return select.Step();
}

}  // namespace proviso::ledger
