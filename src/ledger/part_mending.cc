// Parts that are damaged in a log, put whole into a copy of it from earlier copies.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "io/sql/sqlite.h"
#include "ledger/backup.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/internal/unsealing.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

using PlaceInLog = std::pair<std::uint64_t, std::string>;

Result<Bytes> SealedIn(io::Statement& select, const UnreadPart& part) {
  select.Reset();
  PROVISO_TRY(select.Bind(1, static_cast<std::int64_t>(part.entry)));
  PROVISO_TRY(select.Bind(2, part.name));
  Bytes sealed;
  if (PROVISO_TRY(select.Step())) {
    const ByteView found = select.Blob(0);
    sealed.assign(found.begin(), found.end());
  }
  select.Reset();
  return sealed;
}

class Mending {
 public:
  Mending(const LedgerOptions& from, const PartKeys& keys) : from_(from) {
    for (const PartKey& key : keys.keys) apart_[{key.position, key.name}] = key.secret;
  }

  Status Read(const std::vector<UnreadPart>& damaged) {
    const std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(from_));
    for (const UnreadPart& part : damaged) PROVISO_TRY(ReadOne(*reader, part));
    return {};
  }

  // What of the parts opens as it lies in `copy`, which may be any file.
  void Look(const fs::path& copy) {
    auto database =
        io::Database::Open(copy, {.read_only = true, .leave_alone = true, .create = false});
    if (!database) return;
    auto select =
        database->Prepare("SELECT sealed FROM log_addendum WHERE position = ? AND name = ?");
    if (!select) return;
    for (Wanted& wanted : wanted_) {
      if (wanted.whole) continue;
      const auto sealed = SealedIn(*select, wanted.part);
      if (sealed && Opens(wanted, *sealed)) wanted.whole = *sealed;
    }
  }

  Status Write(const fs::path& copy) {
    io::Database database = PROVISO_TRY(io::Database::Open(copy, {.create = false}));
    io::Transaction transaction = PROVISO_TRY(io::Transaction::Begin(database));
    io::Statement put =
        PROVISO_TRY(database.Prepare("INSERT OR REPLACE INTO log_addendum VALUES(?,?,?,?)"));
    for (const Wanted& wanted : wanted_) {
      if (!wanted.whole) continue;
      PROVISO_TRY(put.RunWith(static_cast<std::int64_t>(wanted.part.entry), wanted.part.name,
                              ByteView(wanted.digest.bytes), ByteView(*wanted.whole)));
    }
    PROVISO_TRY(transaction.Commit());
    return database.TruncateWal();
  }

  bool found_any() const {
    return std::ranges::any_of(wanted_, [](const Wanted& one) { return one.whole.has_value(); });
  }
  std::vector<UnreadPart> left() const {
    std::vector<UnreadPart> left;
    for (const Wanted& wanted : wanted_) {
      if (!wanted.whole) left.push_back(wanted.part);
    }
    return left;
  }

 private:
  struct Wanted {
    UnreadPart part;
    crypto::Hash digest;  // that the entry commits to
    std::vector<Bytes> keys;
    std::optional<Bytes> whole;
  };

  Status ReadOne(EntryReader& reader, const UnreadPart& part) {
    Wanted wanted{.part = part, .digest = {}, .keys = {}, .whole = {}};
    const OpenedEntry entry = PROVISO_TRY(OpenEntry(from_, part.entry));
    const auto committed = std::ranges::find(entry.parts, part.name, &OpenedPart::name);
    if (committed != entry.parts.end()) wanted.digest = committed->digest;
    for (SealedAddendum& held : PROVISO_TRY(reader.ReadAddenda(part.entry))) {
      if (held.name == part.name && !held.key.empty()) wanted.keys.push_back(std::move(held.key));
    }
    const auto apart = apart_.find({part.entry, part.name});
    if (apart != apart_.end()) wanted.keys.push_back(apart->second);
    wanted_.push_back(std::move(wanted));
    return {};
  }

  static bool Opens(const Wanted& wanted, const Bytes& sealed) {
    return std::ranges::any_of(wanted.keys, [&](const Bytes& key) {
      const SealedAddendum tried{
          .name = wanted.part.name, .digest = wanted.digest, .sealed = sealed, .key = key};
      return Unsealed(tried, wanted.digest).has_value();
    });
  }

  const LedgerOptions& from_;
  std::map<PlaceInLog, Bytes> apart_;
  std::vector<Wanted> wanted_;
};

}  // namespace

Result<std::vector<UnreadPart>> MendParts(const LedgerOptions& from, const PartsToMend& parts,
                                          const fs::path& copy) {
  if (parts.damaged.empty()) return std::vector<UnreadPart>();
  Mending mending(from, parts.keys);
  PROVISO_TRY(mending.Read(parts.damaged));
  // As it is here, where only the key is damaged; then as earlier copies have it.
  mending.Look(copy);
  for (const fs::path& earlier : parts.earlier) mending.Look(earlier);
  if (mending.found_any()) {
    PROVISO_TRY(mending.Write(copy));
    PROVISO_TRY(from.files->SyncFile(copy));
  }
  return mending.left();
}

}  // namespace proviso::ledger
