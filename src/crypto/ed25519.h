#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/random.h"

namespace proviso::crypto {

// An Ed25519 public key (RFC 8032). As text: "ed25519:" and 44 base64 characters.
struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  std::string ToText() const;
  static Result<PublicKey> FromText(std::string_view text);
  auto operator<=>(const PublicKey&) const = default;
};

struct Signature {
  std::array<std::uint8_t, 64> bytes{};
  static Result<Signature> FromBytes(ByteView bytes);  // kInvalidArgument unless 64 bytes
  bool operator==(const Signature&) const = default;
};

// An Ed25519 private key: a seed of 32 bytes, wiped when it dies. Movable only.
class PrivateKey {
 public:
  static PrivateKey Generate(Random& random);
  static PrivateKey FromSeed(const std::array<std::uint8_t, 32>& seed);
  PrivateKey(PrivateKey&& other) noexcept;
  PrivateKey& operator=(PrivateKey&& other) noexcept;
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;
  ~PrivateKey();

  PublicKey Public() const;
  Signature Sign(ByteView message) const;
  ByteView seed() const { return seed_; }

 private:
  PrivateKey() = default;
  std::array<std::uint8_t, 32> seed_{};
};

bool Verify(const PublicKey& key, ByteView message, const Signature& signature);

}  // namespace proviso::crypto
