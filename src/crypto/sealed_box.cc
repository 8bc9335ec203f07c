#include "crypto/sealed_box.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/check.h"

namespace proviso::crypto {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using ContextPointer = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const EVP_CIPHER* Algorithm() {
  static const EVP_CIPHER* const algorithm =
      EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  PROVISO_CHECK(algorithm != nullptr, "the crypto library has no ChaCha20-Poly1305");
  return algorithm;
}

int Length(ByteView bytes) {
  PROVISO_CHECK(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max() / 2),
                "more than 1 GiB for one sealed box");
  return static_cast<int>(bytes.size());
}

}  // namespace

Bytes Seal(const SymmetricKey& key, ByteView plaintext, ByteView context, Random& random) {
  const int length = Length(plaintext);
  Bytes sealed(kNonceSize + plaintext.size() + kTagSize);
  random.Fill(std::span(sealed).first(kNonceSize));
  std::uint8_t* const out = sealed.data() + kNonceSize;
  const ContextPointer cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  int rest = 0;
  // An empty update would be taken for the end, so empty parts are left out.
  const bool done =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), Algorithm(), nullptr, key.data(), sealed.data()) == 1 &&
      (context.empty() ||
       EVP_EncryptUpdate(cipher.get(), nullptr, &written, context.data(), Length(context)) == 1) &&
      (length == 0 ||
       EVP_EncryptUpdate(cipher.get(), out, &written, plaintext.data(), length) == 1) &&
      EVP_EncryptFinal_ex(cipher.get(), out + length, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, out + length) == 1;
  PROVISO_CHECK(done, "the crypto library does not seal");
  return sealed;
}

Result<Bytes> Unseal(const SymmetricKey& key, ByteView sealed, ByteView context) {
  if (sealed.size() < kNonceSize + kTagSize) {
    return Fail(ErrorCode::kDataLoss, "expected a sealed box of at least 28 bytes, found " +
                                          std::to_string(sealed.size()) + " bytes");
  }
  const ByteView body = sealed.subspan(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  std::array<std::uint8_t, kTagSize> tag{};
  std::copy_n(sealed.end() - kTagSize, kTagSize, tag.begin());
  const int length = Length(body);
  // One byte more than needed, because the library wants a place to write even for no bytes.
  Bytes plaintext(body.size() + 1);
  const ContextPointer cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  int rest = 0;
  const bool opened =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), Algorithm(), nullptr, key.data(), sealed.data()) == 1 &&
      (context.empty() ||
       EVP_DecryptUpdate(cipher.get(), nullptr, &written, context.data(), Length(context)) == 1) &&
      (length == 0 ||
       EVP_DecryptUpdate(cipher.get(), plaintext.data(), &written, body.data(), length) == 1) &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), plaintext.data() + length, &rest) == 1;
  if (!opened) {
    return Fail(ErrorCode::kDataLoss,
                "sealed box does not open: the key, the context or the bytes differ from what was "
                "sealed");
  }
  plaintext.resize(body.size());
  return plaintext;
}

}  // namespace proviso::crypto
