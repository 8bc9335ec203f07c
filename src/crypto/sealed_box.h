#pragma once

#include <array>

#include "base/bytes.h"
#include "base/random.h"

namespace proviso::crypto {

using SymmetricKey = std::array<std::uint8_t, 32>;

// ChaCha20-Poly1305 (RFC 8439): nonce (12 random bytes) || ciphertext || tag. `context` is
// authenticated and not stored.
Bytes Seal(const SymmetricKey& key, ByteView plaintext, ByteView context, Random& random);

// kDataLoss when the key, the context or the bytes differ from what was sealed.
Result<Bytes> Unseal(const SymmetricKey& key, ByteView sealed, ByteView context);

}  // namespace proviso::crypto
