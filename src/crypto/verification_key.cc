#include "crypto/verification_key.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <utility>

namespace proviso::crypto {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

using KeyPointer = Owned<EVP_PKEY, EVP_PKEY_free>;
using NumberPointer = Owned<BIGNUM, BN_free>;

constexpr std::size_t kCoordinateBytes = 32;

tl::unexpected<Error> BadKey(const char* what) { return Fail(ErrorCode::kInvalidArgument, what); }

NumberPointer ToNumber(ByteView bytes) {
  return NumberPointer(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
}

// A key of the kind `kind` out of `parameters`; null when the library does not take it.
KeyPointer MakeKey(const char* kind, OSSL_PARAM_BLD* parameters) {
  const Owned<OSSL_PARAM, OSSL_PARAM_free> list(OSSL_PARAM_BLD_to_param(parameters));
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (list == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, list.get()) != 1) {
    return nullptr;
  }
  KeyPointer owned(key);
  // A point that is not on the curve would be taken otherwise.
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return owned;
}

// The DER form of an ECDSA signature of 64 bytes; empty when it is none.
Bytes ToDer(ByteView signature) {
  if (signature.size() != 2 * kCoordinateBytes) return {};
  const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  NumberPointer r = ToNumber(signature.first(kCoordinateBytes));
  NumberPointer s = ToNumber(signature.subspan(kCoordinateBytes));
  if (pair == nullptr || r == nullptr || s == nullptr ||
      ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
    return {};
  }
  static_cast<void>(r.release());  // the pair owns them now
  static_cast<void>(s.release());
  const int bytes = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (bytes <= 0) return {};
  Bytes der(static_cast<std::size_t>(bytes));
  std::uint8_t* out = der.data();
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

}  // namespace

struct VerificationKey::Impl {
  KeyPointer key;
  const EVP_MD* digest = nullptr;  // null: the algorithm has its own
  bool signatures_are_pairs = false;
};

VerificationKey::VerificationKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VerificationKey::VerificationKey(VerificationKey&&) noexcept = default;
VerificationKey& VerificationKey::operator=(VerificationKey&&) noexcept = default;
VerificationKey::~VerificationKey() = default;

Result<VerificationKey> VerificationKey::Ed25519(ByteView key) {
  auto impl = std::make_unique<Impl>();
  impl->key.reset(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  if (impl->key == nullptr) return BadKey("expected an Ed25519 key of 32 bytes");
  return VerificationKey(std::move(impl));
}

Result<VerificationKey> VerificationKey::P256(ByteView x, ByteView y) {
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) {
    return BadKey("expected two coordinates of 32 bytes");
  }
  Bytes point = {0x04};  // uncompressed
  point.insert(point.end(), x.begin(), x.end());
  point.insert(point.end(), y.begin(), y.end());
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> parameters(OSSL_PARAM_BLD_new());
  auto impl = std::make_unique<Impl>();
  impl->digest = EVP_sha256();
  impl->signatures_are_pairs = true;
  if (parameters != nullptr &&
      OSSL_PARAM_BLD_push_utf8_string(parameters.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1",
                                      0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(parameters.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) == 1) {
    impl->key = MakeKey("EC", parameters.get());
  }
  if (impl->key == nullptr) return BadKey("the point is not on the curve P-256");
  return VerificationKey(std::move(impl));
}

Result<VerificationKey> VerificationKey::Rsa(ByteView modulus, ByteView exponent) {
  const std::size_t bits = modulus.size() * 8;
  if (bits < kRsaBitsMin || bits > kRsaBitsMax || exponent.empty() || exponent.size() > 8) {
    return BadKey("expected an RSA key of 2048 to 8192 bits");
  }
  const NumberPointer n = ToNumber(modulus);
  const NumberPointer e = ToNumber(exponent);
  const Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> parameters(OSSL_PARAM_BLD_new());
  auto impl = std::make_unique<Impl>();
  impl->digest = EVP_sha256();
  if (n != nullptr && e != nullptr && parameters != nullptr &&
      static_cast<std::size_t>(BN_num_bits(n.get())) >= kRsaBitsMin &&
      OSSL_PARAM_BLD_push_BN(parameters.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
      OSSL_PARAM_BLD_push_BN(parameters.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1) {
    impl->key = MakeKey("RSA", parameters.get());
  }
  if (impl->key == nullptr) return BadKey("the RSA key is none that the crypto library takes");
  return VerificationKey(std::move(impl));
}

bool VerificationKey::Verify(ByteView message, ByteView signature) const {
  Bytes der;
  if (impl_->signatures_are_pairs) {
    der = ToDer(signature);
    signature = der;
    if (der.empty()) return false;
  }
  const Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, impl_->digest, nullptr, impl_->key.get()) ==
             1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

}  // namespace proviso::crypto
