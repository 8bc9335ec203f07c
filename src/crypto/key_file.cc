#include "crypto/key_file.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/json.h"
#include "crypto/sealed_box.h"

namespace proviso::crypto {
namespace {

constexpr std::string_view kPersonFormat = "proviso-key/v1";
constexpr std::string_view kServiceFormat = "proviso-service-key/v1";
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kSaltSizeMax = 64;
constexpr std::uint64_t kScryptBytesMax = std::uint64_t{256} << 20U;
constexpr std::uint64_t kScryptRoundsMax = std::uint64_t{1} << 20U;
constexpr JsonLimits kFileLimits = {.bytes_max = 64U << 10U, .depth_max = 4};

// Bytes that are overwritten when they die.
template <std::size_t kSize>
struct SecretBytes {
  std::array<std::uint8_t, kSize> bytes{};
  SecretBytes() = default;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

// The same for bytes whose number is known late.
struct SecretBuffer {
  Bytes bytes;
  explicit SecretBuffer(Bytes content) : bytes(std::move(content)) {}
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

bool IsAffordable(const ScryptCost& cost) {
  const bool in_range = cost.n >= 2 && cost.n <= kScryptRoundsMax && cost.r >= 1 && cost.r <= 64 &&
                        cost.p >= 1 && cost.p <= 64;
  return in_range && (cost.n & (cost.n - 1)) == 0 && cost.n * cost.p <= kScryptRoundsMax &&
         128 * cost.r * cost.n <= kScryptBytesMax;
}

void DeriveKey(std::string_view passphrase, ByteView salt, const ScryptCost& cost,
               SecretBytes<32>& key) {
  const int done =
      EVP_PBE_scrypt(passphrase.data(), passphrase.size(), salt.data(), salt.size(), cost.n, cost.r,
                     cost.p, kScryptBytesMax + (16U << 20U), key.bytes.data(), key.bytes.size());
  PROVISO_CHECK(done == 1, "the crypto library refuses scrypt parameters that were checked");
}

// No error says anything that the file holds: what stands in a wrong place may be the seed.
tl::unexpected<Error> BadFile(const std::string& what) {
  return Fail(ErrorCode::kInvalidArgument, "key file: " + what + "; restore it from a copy");
}

// The members that any key file has. Their names, and no others, may be told.
constexpr std::array<std::string_view, 9> kMembers = {
    "format", "public_key", "scrypt", "sealed", "seed", "n", "p", "r", "salt"};

// What ParseJson says in `message`, without what it quotes.
tl::unexpected<Error> BadJson(const std::string& message) {
  for (const std::string_view member : kMembers) {
    const std::string twice = "duplicate key `" + std::string(member) + "`";
    if (message.find(twice) != std::string::npos) return BadFile(twice + ", expected it once");
  }
  if (message.find("UTF-8") != std::string::npos) return BadFile("it is not valid UTF-8");
  std::string place;
  constexpr std::string_view kBeforePlace = "JSON: ";
  if (message.starts_with(std::string(kBeforePlace) + "line ")) {
    const std::size_t end = message.find(": ", kBeforePlace.size());
    if (end != std::string::npos) {
      place = message.substr(kBeforePlace.size(), end - kBeforePlace.size()) + ": ";
    }
  }
  return BadFile(place + "expected JSON as `proviso` wrote it, found other or damaged text");
}

Result<std::string> TextAt(const Json& file, std::string_view key) {
  auto text = file.StringAt(key);
  if (!text) return BadFile(text.error().message());
  return text;
}

Result<Bytes> Base64At(const Json& file, std::string_view key) {
  const std::string text = PROVISO_TRY(TextAt(file, key));
  auto bytes = Base64Decode(text);
  if (!bytes) return BadFile("expected `" + std::string(key) + "` in padded base64");
  return bytes;
}

Result<Json> ParseFile(std::string_view text, std::string_view format) {
  auto json = ParseJson(text, kFileLimits);
  if (!json) return BadJson(json.error().message());
  const std::string found = PROVISO_TRY(TextAt(*json, "format"));
  if (found == format) return json;
  if (found != kPersonFormat && found != kServiceFormat) {
    return BadFile("expected the format `" + std::string(format) + "`, found another");
  }
  // A good file in the wrong place.
  constexpr std::string_view kPerson = "a person's key";
  constexpr std::string_view kService = "the key of a log or of a witness";
  const bool is_person = found == kPersonFormat;
  return Fail(ErrorCode::kInvalidArgument,
              "key file: expected " + std::string(is_person ? kService : kPerson) +
                  " (the format `" + std::string(format) + "`), found " +
                  std::string(is_person ? kPerson : kService) + " (`" + found +
                  "`); give the right file");
}

Result<PublicKey> ReadPublicKey(const Json& file) {
  const std::string text = PROVISO_TRY(TextAt(file, "public_key"));
  auto key = PublicKey::FromText(text);
  if (!key) return BadFile("expected `public_key` to be `ed25519:` and 32 bytes in base64");
  return key;
}

struct Scrypt {
  ScryptCost cost;
  Bytes salt;
};

Json ScryptJson(const Scrypt& scrypt) {
  return Json::Of({{"n", scrypt.cost.n},
                   {"p", scrypt.cost.p},
                   {"r", scrypt.cost.r},
                   {"salt", HexEncode(scrypt.salt)}});
}

Result<std::uint64_t> PositiveAt(const Json& json, std::string_view key) {
  const auto value = json.IntegerAt(key);
  if (!value) return BadFile(value.error().message());
  if (*value < 1) return BadFile("expected `" + std::string(key) + "` to be positive");
  return static_cast<std::uint64_t>(*value);
}

Result<Scrypt> ReadScrypt(const Json& file) {
  const Json* const json = file.Find("scrypt");
  if (json == nullptr) return BadFile("expected the member `scrypt`, found none");
  Scrypt scrypt;
  scrypt.cost.n = PROVISO_TRY(PositiveAt(*json, "n"));
  scrypt.cost.r = PROVISO_TRY(PositiveAt(*json, "r"));
  scrypt.cost.p = PROVISO_TRY(PositiveAt(*json, "p"));
  if (!IsAffordable(scrypt.cost)) {
    return BadFile(
        "expected scrypt parameters within 256 MiB and 2^20 rounds, with `n` a power of two");
  }
  const std::string salt = PROVISO_TRY(TextAt(*json, "salt"));
  auto bytes = HexDecode(salt);
  if (!bytes) return BadFile("expected `salt` in lower-case hexadecimal digits");
  scrypt.salt = std::move(*bytes);
  if (scrypt.salt.size() < kSaltSize || scrypt.salt.size() > kSaltSizeMax) {
    return BadFile("expected a salt of 16 to 64 bytes, found " +
                   std::to_string(scrypt.salt.size()) + " bytes");
  }
  return scrypt;
}

// What stands in the file in clear is bound to the sealed seed, so that nobody can put another
// public key above it.
std::string SealContext(const PublicKey& key, const Scrypt& scrypt) {
  return Json::Of({{"format", kPersonFormat},
                   {"public_key", key.ToText()},
                   {"scrypt", ScryptJson(scrypt)}})
      .Canonical();
}

Result<PrivateKey> KeyOfSeed(ByteView seed, const PublicKey& expected) {
  SecretBytes<32> copy;
  if (seed.size() != copy.bytes.size()) {
    return BadFile("expected a seed of 32 bytes, found " + std::to_string(seed.size()) + " bytes");
  }
  std::copy(seed.begin(), seed.end(), copy.bytes.begin());
  PrivateKey key = PrivateKey::FromSeed(copy.bytes);
  if (key.Public() != expected) {
    return BadFile("expected the public key that belongs to the seed, found another");
  }
  return key;
}

}  // namespace

std::string SealKeyFile(const PrivateKey& key, std::string_view passphrase, Random& random,
                        ScryptCost cost) {
  PROVISO_CHECK(IsAffordable(cost), "scrypt parameters that no reader would accept");
  Scrypt scrypt{cost, Bytes(kSaltSize)};
  random.Fill(scrypt.salt);
  SecretBytes<32> derived;
  DeriveKey(passphrase, scrypt.salt, cost, derived);
  const PublicKey public_key = key.Public();
  const Bytes sealed =
      Seal(derived.bytes, key.seed(), AsBytes(SealContext(public_key, scrypt)), random);
  return Json::Of({{"format", kPersonFormat},
                   {"public_key", public_key.ToText()},
                   {"scrypt", ScryptJson(scrypt)},
                   {"sealed", Base64Encode(sealed)}})
             .Pretty() +
         "\n";
}

Result<PrivateKey> OpenKeyFile(std::string_view file_text, std::string_view passphrase) {
  const Json file = PROVISO_TRY(ParseFile(file_text, kPersonFormat));
  const PublicKey public_key = PROVISO_TRY(ReadPublicKey(file));
  const Scrypt scrypt = PROVISO_TRY(ReadScrypt(file));
  const Bytes sealed = PROVISO_TRY(Base64At(file, "sealed"));
  constexpr std::size_t kSealedSize = 12 + 32 + 16;
  if (sealed.size() != kSealedSize) {
    return BadFile("expected a sealed seed of 60 bytes, found " + std::to_string(sealed.size()) +
                   " bytes");
  }
  SecretBytes<32> derived;
  DeriveKey(passphrase, scrypt.salt, scrypt.cost, derived);
  auto seed = Unseal(derived.bytes, sealed, AsBytes(SealContext(public_key, scrypt)));
  if (!seed) {
    return Fail(ErrorCode::kPermissionDenied,
                "key file does not open: the passphrase is wrong, or the file was changed; try "
                "again, or restore it from a copy");
  }
  const SecretBuffer secret(std::move(*seed));
  return KeyOfSeed(secret.bytes, public_key);
}

Result<PublicKey> KeyFilePublicKey(std::string_view file_text) {
  return ReadPublicKey(PROVISO_TRY(ParseFile(file_text, kPersonFormat)));
}

std::string FormatServiceKey(const PrivateKey& key) {
  return Json::Of({{"format", kServiceFormat},
                   {"public_key", key.Public().ToText()},
                   {"seed", Base64Encode(key.seed())}})
             .Pretty() +
         "\n";
}

Result<PrivateKey> ParseServiceKey(std::string_view file_text) {
  const Json file = PROVISO_TRY(ParseFile(file_text, kServiceFormat));
  const PublicKey public_key = PROVISO_TRY(ReadPublicKey(file));
  const SecretBuffer seed(PROVISO_TRY(Base64At(file, "seed")));
  return KeyOfSeed(seed.bytes, public_key);
}

}  // namespace proviso::crypto
