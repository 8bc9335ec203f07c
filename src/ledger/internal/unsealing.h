#pragma once

#include "base/json.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/opening.h"

namespace proviso::ledger {

// What was sealed, as bytes whose digest nobody has compared yet.
Result<Bytes> UnsealedBytes(const SealedAddendum& addendum, const crypto::Hash& committed);

// The value of a sealed part whose digest must be the `committed` one. kDataLoss, with what
// differs, when it is another or was damaged; the key must not have been erased.
Result<Json> Unsealed(const SealedAddendum& addendum, const crypto::Hash& committed);

// A part of an entry, compared with what is `held` of that entry.
OpenedPart OpenPart(const DecodedEntry::Part& part, const std::vector<SealedAddendum>& held);

}  // namespace proviso::ledger
