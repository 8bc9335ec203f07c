#include "ledger/internal/postgres_entry_reader.h"

#include <algorithm>

#include "ledger/internal/postgres_schema.h"

namespace proviso::ledger {
namespace {

// Rows that are held in memory at once.
constexpr std::uint64_t kRowsAtOnce = 64;

Bytes Copied(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Result<std::unique_ptr<EntryReader>> PostgresEntryReader::Open(const std::string& place) {
  io::PostgresConnection session = PROVISO_TRY(OpenSession(place));
  return std::make_unique<PostgresEntryReader>(std::move(session));
}

Status PostgresEntryReader::VisitRows(std::uint64_t from, std::uint64_t to, const VisitRow& visit) {
  Status status;
  for (std::uint64_t start = from; start < to && status; start += kRowsAtOnce) {
    visited_ = {.from = start, .to = std::min(start + kRowsAtOnce, to)};
    loaded_ = false;
    const auto rows = session_.Query(
        "SELECT position, leaf, content FROM log_entry WHERE position >= $1 AND position < $2"
        " ORDER BY position",
        {static_cast<std::int64_t>(visited_.from), static_cast<std::int64_t>(visited_.to)});
    if (!rows) status = tl::unexpected<Error>(rows.error());
    for (std::size_t row = 0; status && row < rows->size(); ++row) {
      status = visit({.position = static_cast<std::uint64_t>(rows->Integer(row, 0)),
                      .leaf = rows->Blob(row, 1),
                      .content = rows->Blob(row, 2)});
    }
  }
  visited_ = {};
  addenda_.clear();
  return status;
}

Status PostgresEntryReader::LoadAddenda(Range range) {
  addenda_.clear();
  const io::PostgresRows rows = PROVISO_TRY(session_.Query(
      "SELECT a.position, a.name, a.digest, a.sealed, k.secret FROM log_addendum a"
      " LEFT JOIN log_addendum_key k USING (position, name)"
      " WHERE a.position >= $1 AND a.position < $2 ORDER BY a.position, a.name COLLATE \"C\"",
      {static_cast<std::int64_t>(range.from), static_cast<std::int64_t>(range.to)}));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto position = static_cast<std::uint64_t>(rows.Integer(row, 0));
    // One that is none is not what any entry commits to.
    const auto digest = crypto::Hash::FromBytes(rows.Blob(row, 2));
    addenda_[position].push_back({.name = std::string(rows.Text(row, 1)),
                                  .digest = digest ? *digest : crypto::Hash(),
                                  .sealed = Copied(rows.Blob(row, 3)),
                                  .key = Copied(rows.Blob(row, 4))});
  }
  return {};
}

Result<std::vector<SealedAddendum>> PostgresEntryReader::ReadAddenda(std::uint64_t position) {
  const bool visiting = position >= visited_.from && position < visited_.to;
  if (!visiting) {
    PROVISO_TRY(LoadAddenda({.from = position, .to = position + 1}));
  } else if (!loaded_) {
    PROVISO_TRY(LoadAddenda(visited_));
    loaded_ = true;
  }
  const auto found = addenda_.find(position);
  if (found == addenda_.end()) return std::vector<SealedAddendum>();
  return found->second;
}

Result<bool> PostgresEntryReader::HasKey(std::uint64_t position, const std::string& name) {
  const io::PostgresRows rows =
      PROVISO_TRY(session_.Query("SELECT 1 FROM log_addendum_key WHERE position = $1 AND name = $2",
                                 {static_cast<std::int64_t>(position), name}));
  return rows.size() > 0;
}

}  // namespace proviso::ledger
