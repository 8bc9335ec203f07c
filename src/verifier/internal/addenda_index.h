#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"

namespace proviso::verifier {

// Where an entry says that the digests of its addenda are (C2SP tlog-addenda): views into its
// bytes. Any place inside the content is allowed, also twice the same.
struct AddendaIndex {
  ByteView content;  // what stands before the offsets
  ByteView offsets;  // four bytes for each addendum
  std::size_t count = 0;

  // Big-endian, as it is written. `addendum` is below `count`.
  std::size_t Offset(std::size_t addendum) const;
  ByteView Digest(std::size_t addendum) const;
};

// Takes the index off the end of an entry. What is wrong, if anything is; `index` is whole only
// when nothing is.
std::optional<std::string> ReadAddendaIndex(ByteView entry, AddendaIndex& index);

}  // namespace proviso::verifier
