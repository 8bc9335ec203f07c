#include "ledger/internal/entry_reader.h"

namespace proviso::ledger {

Result<EntryReader> EntryReader::Open(const std::filesystem::path& path) {
  io::Database database = PROVISO_TRY(io::Database::Open(path, {.create = false}));
  io::Statement entries =
      PROVISO_TRY(database.Prepare("SELECT position, leaf, content FROM log_entry"
                                   " WHERE position >= ? AND position < ? ORDER BY position"));
  io::Statement addenda =
      PROVISO_TRY(database.Prepare("SELECT a.name, a.digest, a.sealed, k.secret FROM log_addendum a"
                                   " LEFT JOIN log_addendum_key k USING (position, name)"
                                   " WHERE a.position = ? ORDER BY a.name"));
  return EntryReader(std::move(database), std::move(entries), std::move(addenda));
}

Status EntryReader::ReadEntries(std::uint64_t from, std::uint64_t to, const Visit& visit) {
  Status status = VisitRows(from, to, visit);
  // Lets the write-ahead log be emptied, whatever the outcome.
  entries_.Reset();
  return status;
}

Status EntryReader::VisitRows(std::uint64_t from, std::uint64_t to, const Visit& visit) {
  PROVISO_TRY(entries_.Bind(1, static_cast<std::int64_t>(from)));
  PROVISO_TRY(entries_.Bind(2, static_cast<std::int64_t>(to)));
  std::uint64_t expected = from;
  while (PROVISO_TRY(entries_.Step())) {
    const auto position = static_cast<std::uint64_t>(entries_.Integer(0));
    if (position != expected) break;
    const auto leaf = crypto::Hash::FromBytes(entries_.Blob(1));
    const ByteView content = entries_.Blob(2);
    if (!leaf || crypto::LeafHash(content) != *leaf) {
      return Fail(ErrorCode::kDataLoss,
                  "entry " + std::to_string(position) +
                      " is damaged: expected the hash that it was stored with, found another; "
                      "restore the data directory from a backup");
    }
    PROVISO_TRY(visit(position, *leaf, content));
    ++expected;
  }
  if (expected < to) {
    return Fail(ErrorCode::kDataLoss, "entry " + std::to_string(expected) +
                                          " is missing in the database; restore the data directory "
                                          "from a backup");
  }
  return {};
}

Result<std::vector<SealedAddendum>> EntryReader::ReadAddenda(std::uint64_t position) {
  addenda_.Reset();
  PROVISO_TRY(addenda_.Bind(1, static_cast<std::int64_t>(position)));
  std::vector<SealedAddendum> found;
  while (PROVISO_TRY(addenda_.Step())) {
    const auto digest = crypto::Hash::FromBytes(addenda_.Blob(1));
    if (!digest) {
      return Fail(ErrorCode::kDataLoss,
                  "addendum of entry " + std::to_string(position) + " is damaged: no digest");
    }
    const ByteView sealed = addenda_.Blob(2);
    const ByteView key = addenda_.Blob(3);
    found.push_back({.name = std::string(addenda_.Text(0)),
                     .digest = *digest,
                     .sealed = Bytes(sealed.begin(), sealed.end()),
                     .key = Bytes(key.begin(), key.end())});
  }
  addenda_.Reset();
  return found;
}

}  // namespace proviso::ledger
