#include "verifier/internal/act_check.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "verifier/internal/entry.h"

namespace proviso::verifier {
namespace {

constexpr std::array<std::string_view, 8> kMembers = {"algorithm", "args", "at",    "body",
                                                      "key",       "name", "nonce", "signature"};
constexpr std::array<std::string_view, 7> kOpenActs = {
    "decision adopt",  "decision lift emergency", "decision sign", "erasure approve",
    "erasure propose", "roster propose",          "roster sign"};
constexpr std::size_t kNonceSize = 16;

tl::unexpected<Error> Bad(std::string what) {
  return Fail(ErrorCode::kDataLoss, "act: " + std::move(what));
}

Status CheckMembers(const Json& act) {
  for (const auto& [key, value] : *act.AsObject()) {
    if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end()) {
      return Bad("unknown member `" + key + "`");
    }
  }
  return {};
}

// The body hash covers the arguments: in an open act they are there to be hashed again.
Status CheckBody(const Json& act, CheckedAct& result) {
  const Json* const args = act.Find("args");
  const Json* const nonce = act.Find("nonce");
  if (args == nullptr && nonce == nullptr) {
    if (MustBeOpen(result.name)) {
      return Bad("`" + result.name + "` must show its `args` and `nonce`");
    }
    return {};
  }
  if (args == nullptr || args->AsObject() == nullptr || nonce == nullptr ||
      nonce->AsString() == nullptr) {
    return Bad("expected `args` as an object together with `nonce` as text");
  }
  const auto nonce_bytes = HexDecode(*nonce->AsString());
  if (!nonce_bytes || nonce_bytes->size() != kNonceSize) {
    return Bad("expected a `nonce` of 16 bytes in hexadecimal");
  }
  const std::string body =
      crypto::Sha256(Json::Of({{"args", *args}, {"nonce", *nonce}}).Canonical()).Hex();
  if (body != result.body) {
    return Bad("expected the body hash `" + body + "` of its arguments, found `" + result.body +
               "`");
  }
  result.open = true;
  result.args = *args;
  return {};
}

}  // namespace

bool MustBeOpen(std::string_view act_name) {
  return std::find(kOpenActs.begin(), kOpenActs.end(), act_name) != kOpenActs.end();
}

Result<CheckedAct> CheckAct(const Json& act, std::string_view origin) {
  if (act.AsObject() == nullptr) return Bad("expected an object");
  PROVISO_TRY(CheckMembers(act));
  const std::string algorithm = PROVISO_TRY_DOING(act.StringAt("algorithm"), "act");
  if (algorithm != "ed25519") {
    return Bad("expected the algorithm `ed25519`, found `" + algorithm + "`");
  }
  CheckedAct result;
  result.name = PROVISO_TRY_DOING(act.StringAt("name"), "act");
  result.body = PROVISO_TRY_DOING(act.StringAt("body"), "act");
  const std::string at = PROVISO_TRY_DOING(act.StringAt("at"), "act");
  if (!IsTimeText(at)) return Bad("expected `at` as a time in UTC, found `" + at + "`");
  if (!crypto::Hash::FromHex(result.body)) return Bad("expected `body` as a SHA-256");
  const std::string key = PROVISO_TRY_DOING(act.StringAt("key"), "act");
  result.key = PROVISO_TRY_DOING(crypto::PublicKey::FromText(key), "act");
  const std::string encoded = PROVISO_TRY_DOING(act.StringAt("signature"), "act");
  const Bytes decoded = PROVISO_TRY_DOING(Base64Decode(encoded), "act: `signature`");
  const auto signature = PROVISO_TRY_DOING(crypto::Signature::FromBytes(decoded), "act");
  PROVISO_TRY(CheckBody(act, result));
  const std::string message = Json::Of({{"act", result.name},
                                        {"at", at},
                                        {"body", result.body},
                                        {"key", key},
                                        {"log", origin},
                                        {"proviso", "act/v1"}})
                                  .Canonical();
  if (!crypto::Verify(result.key, AsBytes(message), signature)) {
    return Bad("the signature of `" + result.name + "` does not hold for the key `" + key + "`");
  }
  return result;
}

}  // namespace proviso::verifier
