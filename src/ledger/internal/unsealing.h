#pragma once

#include "base/json.h"
#include "ledger/internal/entry_reader.h"

namespace proviso::ledger {

// What was sealed, as bytes whose digest nobody has compared yet.
Result<Bytes> UnsealedBytes(const SealedAddendum& addendum, const crypto::Hash& committed);

// The value of a sealed part whose digest must be the `committed` one. kDataLoss, with what
// differs, when it is another or was damaged; the key must not have been erased.
Result<Json> Unsealed(const SealedAddendum& addendum, const crypto::Hash& committed);

}  // namespace proviso::ledger
