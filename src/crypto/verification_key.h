#pragma once

#include <memory>

#include "base/bytes.h"

namespace proviso::crypto {

// A public key that only checks signatures, of one kind of key and for one algorithm, so that no
// signature can choose another. Movable only; any thread may use it.
class VerificationKey {
 public:
  static constexpr std::size_t kRsaBitsMin = 2048;
  static constexpr std::size_t kRsaBitsMax = 8192;

  // Ed25519 (RFC 8032); the key has 32 bytes.
  static Result<VerificationKey> Ed25519(ByteView key);
  // ECDSA on P-256 with SHA-256; signatures are 64 bytes, as in RFC 7518, section 3.4.
  static Result<VerificationKey> P256(ByteView x, ByteView y);
  // RSA (PKCS #1 v1.5) with SHA-256.
  static Result<VerificationKey> Rsa(ByteView modulus, ByteView exponent);

  VerificationKey(VerificationKey&&) noexcept;
  VerificationKey& operator=(VerificationKey&&) noexcept;
  ~VerificationKey();

  bool Verify(ByteView message, ByteView signature) const;

 private:
  struct Impl;
  explicit VerificationKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::crypto
