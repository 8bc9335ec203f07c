#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace proviso {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lower-case hexadecimal, two digits a byte.
std::string HexEncode(ByteView bytes);
// Accepts lower-case digits only. kInvalidArgument otherwise.
Result<Bytes> HexDecode(std::string_view text);

// RFC 4648 section 4, padded.
std::string Base64Encode(ByteView bytes);
// Accepts the canonical form only: what Base64Encode would write. kInvalidArgument otherwise.
Result<Bytes> Base64Decode(std::string_view text);

// True when `text` is well-formed UTF-8 (RFC 3629).
bool IsUtf8(std::string_view text);

}  // namespace proviso
