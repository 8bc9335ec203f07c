#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "ledger/opening.h"
#include "ledger/options.h"

namespace proviso::ledger {

// What became of the confidential parts that a log's entries commit to.
struct AddendaReport {
  static constexpr std::size_t kListed = 100;

  std::uint64_t held = 0;    // here, and with the committed digest
  std::uint64_t erased = 0;  // their keys were destroyed
  std::uint64_t absent = 0;  // not in this database
  std::uint64_t damaged = 0;
  std::vector<UnreadPart> listed;  // the first of the damaged ones
  crypto::Hash root;               // of the entries as the database has them
};

// Compares every confidential part of the first `size` entries with what its entry commits to, as
// the database has both; `root` says whether those entries are the published ones. Memory does not
// grow with the log. `hear` is told of each part that is not held. kDataLoss for an entry that is
// missing, or is not what was stored.
Result<AddendaReport> CheckAddenda(const LedgerOptions& options, std::uint64_t size,
                                   const HearUnread& hear = {});

}  // namespace proviso::ledger
