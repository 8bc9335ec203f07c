#include "crypto/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace proviso::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using ContextPointer = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Looking the algorithm up costs several times the hashing of a tree node, so it is done once. The
// library owns what it yields until the process ends.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  PROVISO_CHECK(algorithm != nullptr, "the crypto library has no SHA-256");
  return algorithm;
}

ContextPointer MakeContext() {
  ContextPointer context(EVP_MD_CTX_new());
  PROVISO_CHECK(context != nullptr, "out of memory");
  return context;
}

void Start(EVP_MD_CTX* context) {
  PROVISO_CHECK(EVP_DigestInit_ex(context, Algorithm(), nullptr) == 1, "SHA-256 does not start");
}

void Feed(EVP_MD_CTX* context, ByteView bytes) {
  PROVISO_CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1, "SHA-256 fails");
}

Hash End(EVP_MD_CTX* context) {
  Hash hash;
  unsigned int size = 0;
  PROVISO_CHECK(EVP_DigestFinal_ex(context, hash.bytes.data(), &size) == 1, "SHA-256 does not end");
  PROVISO_CHECK(size == Hash::kSize, "SHA-256 of an unexpected size");
  return hash;
}

// The context of the thread for hashes that begin and end within one call: a new one for each call
// would cost more than the hash.
EVP_MD_CTX* ThreadContext() {
  thread_local const ContextPointer context = MakeContext();
  return context.get();
}

}  // namespace

Result<Hash> Hash::FromHex(std::string_view text) {
  if (text.size() != 2 * kSize) {
    return Fail(ErrorCode::kInvalidArgument, "expected a SHA-256 of 64 hexadecimal digits, found " +
                                                 std::to_string(text.size()) + " characters");
  }
  return FromBytes(PROVISO_TRY(HexDecode(text)));
}

Result<Hash> Hash::FromBytes(ByteView bytes) {
  if (bytes.size() != kSize) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a SHA-256 of 32 bytes, found " + std::to_string(bytes.size()) + " bytes");
  }
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
  return hash;
}

Result<Bytes> NamedDigest(std::string_view algorithm, ByteView bytes) {
  constexpr std::array<std::string_view, 4> kNames{"md5", "sha1", "sha256", "sha512"};
  if (std::find(kNames.begin(), kNames.end(), algorithm) == kNames.end()) {
    return Fail(ErrorCode::kUnimplemented,
                "expected md5, sha1, sha256 or sha512, found `" + std::string(algorithm) + "`");
  }
  Bytes digest(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  // A library in a mode that forbids the old algorithms does not have them.
  if (EVP_Q_digest(nullptr, std::string(algorithm).c_str(), nullptr, bytes.data(), bytes.size(),
                   digest.data(), &size) != 1) {
    return Fail(ErrorCode::kUnimplemented,
                "the crypto library does not have `" + std::string(algorithm) + "`");
  }
  digest.resize(size);
  return digest;
}

Hash Sha256(ByteView bytes) {
  EVP_MD_CTX* const context = ThreadContext();
  Start(context);
  Feed(context, bytes);
  return End(context);
}

Hash HmacSha256(ByteView key, ByteView message) {
  constexpr std::size_t kBlock = 64;
  std::array<std::uint8_t, kBlock> block{};
  if (key.size() > kBlock) {
    const Hash shorter = Sha256(key);
    std::copy(shorter.bytes.begin(), shorter.bytes.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  std::array<std::uint8_t, kBlock> inner{};
  std::array<std::uint8_t, kBlock> outer{};
  for (std::size_t i = 0; i < kBlock; ++i) {
    inner[i] = static_cast<std::uint8_t>(block[i] ^ 0x36U);
    outer[i] = static_cast<std::uint8_t>(block[i] ^ 0x5cU);
  }
  EVP_MD_CTX* const context = ThreadContext();
  Start(context);
  Feed(context, inner);
  Feed(context, message);
  const Hash inside = End(context);
  Start(context);
  Feed(context, outer);
  Feed(context, inside.bytes);
  return End(context);
}

struct Sha256Stream::State {
  ContextPointer context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>(State{MakeContext()})) {
  Start(state_->context.get());
}
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Update(ByteView bytes) {
  PROVISO_CHECK(state_ != nullptr, "update of a hash stream that has ended");
  Feed(state_->context.get(), bytes);
}

Hash Sha256Stream::Finish() {
  PROVISO_CHECK(state_ != nullptr, "second end of a hash stream");
  const auto state = std::exchange(state_, nullptr);
  return End(state->context.get());
}

Hash LeafHash(ByteView entry) {
  constexpr std::array<std::uint8_t, 1> kPrefix = {0x00};
  EVP_MD_CTX* const context = ThreadContext();
  Start(context);
  Feed(context, kPrefix);
  Feed(context, entry);
  return End(context);
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 1 + 2 * Hash::kSize> node{};
  node[0] = 0x01;
  std::copy(left.bytes.begin(), left.bytes.end(), node.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), node.begin() + 1 + Hash::kSize);
  return Sha256(node);
}

}  // namespace proviso::crypto
