#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace proviso::ledger {

// The index at the end of an entry (C2SP tlog-addenda): where in its content the digests of its
// addenda lie. Any order and overlaps are allowed; our own entries are stricter (entry.h).
struct AddendaIndex {
  std::size_t content_size = 0;  // bytes before the index
  struct Place {
    std::size_t offset = 0;
    crypto::Hash digest;
  };
  std::vector<Place> places;  // in the order of the index
};

// kDataLoss when there is no index, or a digest does not lie within the content.
Result<AddendaIndex> ReadAddendaIndex(ByteView entry);

}  // namespace proviso::ledger
