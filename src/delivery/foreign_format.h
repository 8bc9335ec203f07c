#pragma once

#include <string_view>

namespace proviso::delivery {

// A format in which tables are delivered by mistake, told by its first bytes.
struct ForeignFormat {
  std::string_view bytes;
  std::string_view what;    // "gzip"
  std::string_view remedy;  // "unpack it first, for example with gunzip"
};

// nullptr when the beginning is none of theirs. Parquet is not among them, for some may read it.
const ForeignFormat* FindForeignFormat(std::string_view beginning);

}  // namespace proviso::delivery
