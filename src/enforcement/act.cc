#include "enforcement/act.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace proviso::enforcement {
namespace {

constexpr std::string_view kAlgorithm = "ed25519";
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kNameCharactersMax = 64;
constexpr std::int64_t kExactIntegerMax = std::int64_t{1} << 53;

constexpr std::array<std::string_view, 7> kOpenActs = {
    "roster propose",          "roster sign",     "decision sign",  "decision adopt",
    "decision lift emergency", "erasure propose", "erasure approve"};

// True when RFC 8785 has a form for `value`. Json::Canonical() takes anything else for a bug of
// ours, so what comes from outside is asked first.
bool HasCanonicalForm(const Json& value) {
  if (value.AsFraction() != nullptr) return false;
  if (const auto* integer = value.AsInteger()) {
    return *integer <= kExactIntegerMax && *integer >= -kExactIntegerMax;
  }
  if (const auto* array = value.AsArray()) {
    return std::all_of(array->begin(), array->end(), HasCanonicalForm);
  }
  if (const auto* object = value.AsObject()) {
    return std::all_of(object->begin(), object->end(),
                       [](const auto& member) { return HasCanonicalForm(member.second); });
  }
  return true;
}

Status CheckMembers(const Json& json) {
  constexpr std::array<std::string_view, 8> kMembers = {"algorithm", "args", "at",    "body",
                                                        "key",       "name", "nonce", "signature"};
  const auto* object = json.AsObject();
  if (object == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "expected an act as a JSON object");
  }
  for (const auto& [key, value] : *object) {
    if (std::find(kMembers.begin(), kMembers.end(), key) == kMembers.end()) {
      return Fail(ErrorCode::kInvalidArgument, "unknown member `" + key + "` in an act");
    }
  }
  return {};
}

Result<Json> ReadArgs(const Json& json) {
  const Json* args = json.Find("args");
  if (args == nullptr || args->AsObject() == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "expected `args` as an object");
  }
  if (!HasCanonicalForm(*args)) {
    return Fail(ErrorCode::kInvalidArgument,
                "`args` holds a fraction or an integer beyond 2^53; write it as a string");
  }
  return *args;
}

// A time, key or signature has one spelling, so that no signed byte can change and still pass.
Result<Time> ReadTime(const Json& json) {
  const std::string text = PROVISO_TRY(json.StringAt("at"));
  const Time at = PROVISO_TRY_DOING(ParseTime(text), "read `at`");
  if (FormatTime(at) != text) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected `at` as `" + FormatTime(at) + "`, found `" + text + "`");
  }
  return at;
}

Result<std::string> ReadName(const Json& json) {
  std::string name = PROVISO_TRY(json.StringAt("name"));
  if (name.empty() || name.size() > kNameCharactersMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected `name` with 1 to 64 characters, found " + std::to_string(name.size()));
  }
  return name;
}

Result<std::string> ReadNonce(const Json& json) {
  std::string nonce = PROVISO_TRY(json.StringAt("nonce"));
  const Bytes bytes = PROVISO_TRY_DOING(HexDecode(nonce), "read `nonce`");
  if (bytes.size() != kNonceBytes) {
    return Fail(ErrorCode::kInvalidArgument, "expected `nonce` as 16 bytes in hexadecimal, found " +
                                                 std::to_string(bytes.size()) + " bytes");
  }
  return nonce;
}

}  // namespace

std::string Act::BodyHash() const {
  return crypto::Sha256(Json::Of({{"args", args}, {"nonce", nonce}}).Canonical()).Hex();
}

std::string Act::Message(std::string_view origin) const {
  return Json::Of({{"act", name},
                   {"at", FormatTime(at)},
                   {"body", BodyHash()},
                   {"key", key.ToText()},
                   {"log", origin},
                   {"proviso", "act/v1"}})
      .Canonical();
}

Status Act::VerifySignature(std::string_view origin) const {
  const std::string message = Message(origin);
  if (!crypto::Verify(key, AsBytes(message), signature)) {
    return Fail(ErrorCode::kPermissionDenied,
                "the signature of act `" + name + "` does not hold for key `" + key.ToText() +
                    "` and log `" + std::string(origin) + "`; sign it again");
  }
  return {};
}

Json Act::ToJson() const {
  return Json::Of({{"algorithm", kAlgorithm},
                   {"args", args},
                   {"at", FormatTime(at)},
                   {"key", key.ToText()},
                   {"name", name},
                   {"nonce", nonce},
                   {"signature", Base64Encode(signature.bytes)}});
}

Result<Act> Act::FromJson(const Json& json) {
  if (Status checked = CheckMembers(json); !checked) return tl::unexpected(checked.error());
  const std::string algorithm = PROVISO_TRY(json.StringAt("algorithm"));
  if (algorithm != kAlgorithm) {
    return Fail(ErrorCode::kUnimplemented,
                "expected `algorithm` `ed25519`, found `" + algorithm + "`");
  }
  const std::string key = PROVISO_TRY(json.StringAt("key"));
  const std::string signature = PROVISO_TRY(json.StringAt("signature"));
  const Bytes signature_bytes = PROVISO_TRY_DOING(Base64Decode(signature), "read `signature`");
  Act act;
  act.name = PROVISO_TRY(ReadName(json));
  act.at = PROVISO_TRY(ReadTime(json));
  act.args = PROVISO_TRY(ReadArgs(json));
  act.nonce = PROVISO_TRY(ReadNonce(json));
  act.key = PROVISO_TRY_DOING(crypto::PublicKey::FromText(key), "read `key`");
  act.signature = PROVISO_TRY(crypto::Signature::FromBytes(signature_bytes));
  const Json* body = json.Find("body");
  if (body != nullptr && *body != Json(act.BodyHash())) {
    return Fail(ErrorCode::kInvalidArgument, "`body` is not the hash of `args` and `nonce`");
  }
  return act;
}

Json Act::ToLogJson() const {
  Json json = Json::Of({{"algorithm", kAlgorithm},
                        {"at", FormatTime(at)},
                        {"body", BodyHash()},
                        {"key", key.ToText()},
                        {"name", name},
                        {"signature", Base64Encode(signature.bytes)}});
  if (IsOpenAct(name)) {
    json["args"] = args;
    json["nonce"] = nonce;
  }
  return json;
}

// tidy: each of these is a part of what is signed.
Act SignAct(std::string name, Json args, Time at, std::string_view origin,
            const crypto::PrivateKey& key, Random& random) {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  random.Fill(nonce);
  Act act{.name = std::move(name),
          .at = at,
          .args = std::move(args),
          .nonce = HexEncode(nonce),
          .key = key.Public(),
          .signature = {}};
  act.signature = key.Sign(AsBytes(act.Message(origin)));
  return act;
}

bool IsOpenAct(std::string_view name) {
  return std::find(kOpenActs.begin(), kOpenActs.end(), name) != kOpenActs.end();
}

}  // namespace proviso::enforcement
