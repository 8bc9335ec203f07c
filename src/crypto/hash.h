#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace proviso::crypto {

// A SHA-256 digest (FIPS 180-4).
struct Hash {
  static constexpr std::size_t kSize = 32;
  std::array<std::uint8_t, kSize> bytes{};

  std::string Hex() const { return HexEncode(bytes); }
  static Result<Hash> FromHex(std::string_view text);
  static Result<Hash> FromBytes(ByteView bytes);  // kInvalidArgument unless 32 bytes
  auto operator<=>(const Hash&) const = default;
};

Hash Sha256(ByteView bytes);
inline Hash Sha256(std::string_view text) { return Sha256(AsBytes(text)); }

// The digest of `bytes` by an algorithm that others chose: `md5`, `sha1`, `sha256` or `sha512`.
// Only for comparing with what they computed. kUnimplemented for other names.
Result<Bytes> NamedDigest(std::string_view algorithm, ByteView bytes);

// RFC 2104 with SHA-256.
Hash HmacSha256(ByteView key, ByteView message);

// Hashes a stream piece by piece. Not copyable; used once.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  ~Sha256Stream();
  void Update(ByteView bytes);
  Hash Finish();  // call once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// RFC 6962, section 2.1: leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right).
Hash LeafHash(ByteView entry);
Hash NodeHash(const Hash& left, const Hash& right);

}  // namespace proviso::crypto
