#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

#include "base/check.h"

// Bodies as a client that packs them sends them, for the tests and fuzzers of this room.
namespace proviso::points::internal {

inline std::string Gzipped(std::string_view text, int level = Z_DEFAULT_COMPRESSION) {
  constexpr int kGzip = 16 + MAX_WBITS;
  constexpr int kMemory = 8;  // what zlib takes when nobody says
  z_stream stream{};
  PROVISO_CHECK(
      deflateInit2(&stream, level, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  std::string input(text);
  std::string packed(deflateBound(&stream, input.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  PROVISO_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace proviso::points::internal
