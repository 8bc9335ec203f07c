#include "points/identity_options.h"

#include <array>
#include <optional>
#include <utility>

#include "base/json.h"
#include "io/files/file_system.h"
#include "points/listener.h"
#include "points/source_header.h"
#include "points/token.h"

namespace proviso::points {
namespace {

using catalogue::YamlMap;

constexpr std::uint64_t kKeyFileBytesMax = 256U << 10U;
constexpr std::array<std::string_view, 3> kAlgorithms = {"EdDSA", "ES256", "RS256"};
constexpr std::array<std::string_view, 5> kParts = {"cn", "o", "ou", "uri", "dns"};

// The header that the channel reads.
std::string ReadHeader(YamlMap& map, std::string_view key) {
  std::string name = map.ForeignId(key);
  const std::string fault = FaultOfSourceHeader(name);
  if (!fault.empty()) map.AddFault(key, fault);
  return name;
}

void ReadCertificate(YamlMap& map, IdentityOptions& identity) {
  const std::string form = map.Text("form");
  identity.is_xfcc = form == "xfcc";
  if (form != "xfcc" && form != "dn" && !form.empty()) {
    map.AddFault("form", "`" + form + "` is no form of a certificate" +
                             catalogue::DidYouMean(form, {"xfcc", "dn"}));
  }
  const std::string part = map.Text("take");
  const std::vector<std::string> parts(kParts.begin(), kParts.end());
  bool exists = part.empty();
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    if (kParts.at(i) != part) continue;
    identity.part = static_cast<CertificatePart>(i);
    exists = true;
  }
  if (!exists) {
    map.AddFault("take", "`" + part + "` is no part of a certificate that names anybody" +
                             catalogue::DidYouMean(part, parts));
  }
  if (form == "dn" && (part == "uri" || part == "dns")) {
    map.AddFault("take", "a distinguished name holds no `" + part + "`; take `cn`, `o` or `ou`");
  }
}

void ReadToken(YamlMap& map, const std::filesystem::path& folder, IdentityOptions& identity) {
  identity.audience = map.Text("audience");
  identity.issuer = map.TextOr("issuer", "");
  const std::string file = map.Text("keys");
  if (file.empty()) return;
  const Result<Bytes> text = io::PosixFileSystem().ReadFile(folder / file, kKeyFileBytesMax);
  if (!text) {
    map.AddFault("keys", text.error().message());
    return;
  }
  Result<std::vector<TokenKey>> keys = ReadTokenKeys(AsText(*text));
  if (!keys) {
    map.AddFault("keys", "`" + file + "`: " + keys.error().message());
    return;
  }
  identity.keys = *std::move(keys);
}

// The bytes of the member `name` of a key; empty when it has none.
Bytes BytesAt(const Json& key, std::string_view name) {
  return Base64UrlDecode(key.StringOr(name, "")).value_or(Bytes());
}

// What a key can be used for; absent: nothing here.
std::optional<TokenKey> KeyOf(const Json& key) {
  const std::string type = key.StringOr("kty", "");
  const std::string curve = key.StringOr("crv", "");
  TokenKey read;
  read.id = key.StringOr("kid", "");
  if (type == "OKP" && curve == "Ed25519") {
    read.algorithm = TokenKey::Algorithm::kEdDsa;
    read.first = BytesAt(key, "x");
  } else if (type == "EC" && curve == "P-256") {
    read.algorithm = TokenKey::Algorithm::kEs256;
    read.first = BytesAt(key, "x");
    read.second = BytesAt(key, "y");
  } else if (type == "RSA") {
    read.algorithm = TokenKey::Algorithm::kRs256;
    read.first = BytesAt(key, "n");
    read.second = BytesAt(key, "e");
  } else {
    return std::nullopt;
  }
  const std::string use = key.StringOr("use", "sig");
  const std::string algorithm = key.StringOr("alg", TokenAlgorithmName(read.algorithm));
  if (use != "sig" || algorithm != TokenAlgorithmName(read.algorithm)) return std::nullopt;
  return read;
}

}  // namespace

std::string_view TokenAlgorithmName(TokenKey::Algorithm algorithm) {
  return kAlgorithms.at(static_cast<std::size_t>(algorithm));
}

Result<std::vector<TokenKey>> ReadTokenKeys(std::string_view text) {
  const Json root = PROVISO_TRY(ParseJson(text));
  std::vector<TokenKey> keys;
  for (const Json& entry : *PROVISO_TRY(root.ArrayAt("keys"))) {
    if (entry.Find("d") != nullptr || entry.Find("k") != nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  "it holds a key that is secret; give the public ones alone");
    }
    std::optional<TokenKey> key = KeyOf(entry);
    if (!key) continue;
    PROVISO_TRY_DOING(MakeVerificationKey(*key), "key `" + key->id + "`");
    for (const TokenKey& earlier : keys) {
      if (!key->id.empty() && earlier.id == key->id) {
        return Fail(ErrorCode::kInvalidArgument, "two keys have the id `" + key->id + "`");
      }
    }
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "it holds no key for EdDSA (Ed25519), ES256 or RS256 signatures");
  }
  return keys;
}

bool ReadIdentity(YamlMap& map, catalogue::Faults& faults, const std::filesystem::path& folder,
                  Listener& listener) {
  constexpr auto kKinds = std::to_array<std::pair<const char*, Channel::Kind>>(
      {{"certificate", Channel::Kind::kCertificate},
       {"payload", Channel::Kind::kPayload},
       {"token", Channel::Kind::kToken}});
  const catalogue::YamlNode* const node = map.MapOrNone("subscription");
  if (node == nullptr) return false;
  for (const auto& [word, kind] : kKinds) {
    if (node->Find(word) == nullptr) continue;
    if (!AsksInTheHead(listener.protocol)) {
      listener.subscription = {kind, ""};
      map.AddFault("subscription", "protocol `" + std::string(ProtocolName(listener.protocol)) +
                                       "` reads no `" + word +
                                       "`; give `input: PLACE`, or `header: NAME` of a header that "
                                       "the gateway overwrites");
      return true;
    }
    YamlMap channel(*node, "subscription", faults);
    listener.subscription = {kind, ReadHeader(channel, word)};
    IdentityOptions& identity = listener.identity;
    identity.prefix = channel.TextOr("prefix", "");
    if (kind == Channel::Kind::kCertificate) {
      ReadCertificate(channel, identity);
    } else {
      identity.claim = channel.ForeignId("claim");
    }
    if (kind == Channel::Kind::kToken) ReadToken(channel, folder, identity);
    channel.Finish();
    return true;
  }
  return false;
}

}  // namespace proviso::points
