#pragma once

#include "base/json.h"
#include "ledger/entry.h"
#include "ledger/internal/entry_reader.h"
#include "ledger/opening.h"

namespace proviso::ledger {

// What was sealed, as bytes whose digest nobody has compared yet.
Result<Bytes> UnsealedBytes(const SealedAddendum& addendum, const crypto::Hash& committed);

// The value of a sealed part whose digest must be the `committed` one. kDataLoss, with what
// differs, when it is another or was damaged; the key must not have been erased.
Result<Json> Unsealed(const SealedAddendum& addendum, const crypto::Hash& committed);

// The parts of the entry at `position`, compared with what the database has of it.
Result<std::vector<OpenedPart>> OpenParts(EntryReader& reader, std::uint64_t position,
                                          const std::vector<DecodedEntry::Part>& parts);

// What was stored before may have been erased since.
enum class Stored { kNow, kBefore };
// kDataLoss, with the first of them, when the database does not yield the parts that `entry`
// commits to.
Status CheckParts(EntryReader& reader, std::uint64_t position, ByteView entry, Stored stored);

// What a reader of many entries is told of a part that it does not get.
UnreadPart Unread(std::uint64_t entry, const OpenedPart& part);

}  // namespace proviso::ledger
