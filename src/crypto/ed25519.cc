#include "crypto/ed25519.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace proviso::crypto {
namespace {

constexpr std::string_view kKeyPrefix = "ed25519:";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeKey>;
using ContextPointer = std::unique_ptr<EVP_MD_CTX, FreeContext>;

KeyPointer LoadPrivate(ByteView seed) {
  KeyPointer key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  PROVISO_CHECK(key != nullptr, "the crypto library refuses an Ed25519 seed");
  return key;
}

}  // namespace

std::string PublicKey::ToText() const { return std::string(kKeyPrefix) + Base64Encode(bytes); }

Result<PublicKey> PublicKey::FromText(std::string_view text) {
  if (!text.starts_with(kKeyPrefix)) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a public key that begins with `ed25519:`, found `" +
                    std::string(text.substr(0, 80)) + "`");
  }
  const Bytes decoded =
      PROVISO_TRY_DOING(Base64Decode(text.substr(kKeyPrefix.size())), "public key");
  PublicKey key;
  if (decoded.size() != key.bytes.size()) {
    return Fail(ErrorCode::kInvalidArgument, "expected a public key of 32 bytes, found " +
                                                 std::to_string(decoded.size()) + " bytes");
  }
  std::copy(decoded.begin(), decoded.end(), key.bytes.begin());
  return key;
}

Result<Signature> Signature::FromBytes(ByteView bytes) {
  Signature signature;
  if (bytes.size() != signature.bytes.size()) {
    return Fail(ErrorCode::kInvalidArgument, "expected a signature of 64 bytes, found " +
                                                 std::to_string(bytes.size()) + " bytes");
  }
  std::copy(bytes.begin(), bytes.end(), signature.bytes.begin());
  return signature;
}

PrivateKey PrivateKey::Generate(Random& random) {
  PrivateKey key;
  random.Fill(key.seed_);
  return key;
}

PrivateKey PrivateKey::FromSeed(const std::array<std::uint8_t, 32>& seed) {
  PrivateKey key;
  key.seed_ = seed;
  return key;
}

PrivateKey::PrivateKey(PrivateKey&& other) noexcept : seed_(other.seed_) {
  OPENSSL_cleanse(other.seed_.data(), other.seed_.size());
}

PrivateKey& PrivateKey::operator=(PrivateKey&& other) noexcept {
  if (this != &other) {
    seed_ = other.seed_;
    OPENSSL_cleanse(other.seed_.data(), other.seed_.size());
  }
  return *this;
}

PrivateKey::~PrivateKey() { OPENSSL_cleanse(seed_.data(), seed_.size()); }

PublicKey PrivateKey::Public() const {
  const KeyPointer key = LoadPrivate(seed_);
  PublicKey result;
  std::size_t size = result.bytes.size();
  PROVISO_CHECK(EVP_PKEY_get_raw_public_key(key.get(), result.bytes.data(), &size) == 1 &&
                    size == result.bytes.size(),
                "the crypto library yields no Ed25519 public key");
  return result;
}

Signature PrivateKey::Sign(ByteView message) const {
  const KeyPointer key = LoadPrivate(seed_);
  const ContextPointer context(EVP_MD_CTX_new());
  Signature result;
  std::size_t size = result.bytes.size();
  PROVISO_CHECK(context != nullptr &&
                    EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                    EVP_DigestSign(context.get(), result.bytes.data(), &size, message.data(),
                                   message.size()) == 1 &&
                    size == result.bytes.size(),
                "the crypto library does not sign");
  return result;
}

bool Verify(const PublicKey& key, ByteView message, const Signature& signature) {
  const KeyPointer loaded(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
  const ContextPointer context(EVP_MD_CTX_new());
  PROVISO_CHECK(context != nullptr, "out of memory");
  return loaded != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, loaded.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(),
                          message.data(), message.size()) == 1;
}

}  // namespace proviso::crypto
