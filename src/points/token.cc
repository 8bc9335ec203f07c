#include "points/token.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace proviso::points {
namespace {

using simdjson::dom::element;

tl::unexpected<Error> Refuse(const char* why) { return Fail(ErrorCode::kInvalidArgument, why); }

// The seconds at `name`, which may be a fraction; absent when there are none.
Result<std::optional<double>> SecondsAt(element claims, const char* name) {
  const FoundMember found = FindMember(claims, name);
  if (found.count == 0) return std::optional<double>();
  double seconds = 0;
  if (!found.once() || found.value.get(seconds) != simdjson::SUCCESS || !std::isfinite(seconds)) {
    return Refuse("a time of the token is no number, or stands there twice");
  }
  return std::optional<double>(seconds);
}

// Whether `audience`, a text or a list of them, names `ours`.
bool IsFor(const FoundMember& audience, std::string_view ours) {
  if (!audience.once()) return false;
  std::string_view one;
  if (audience.value.get(one) == simdjson::SUCCESS) return one == ours;
  simdjson::dom::array list;
  if (audience.value.get(list) != simdjson::SUCCESS) return false;
  return std::ranges::any_of(
      list, [&](element entry) { return entry.get(one) == simdjson::SUCCESS && one == ours; });
}

}  // namespace

Result<Bytes> Base64UrlDecode(std::string_view text) {
  std::string plain(text);
  for (char& letter : plain) {
    if (letter == '+' || letter == '/' || letter == '=') return Refuse("no base64url");
    if (letter == '-') letter = '+';
    if (letter == '_') letter = '/';
  }
  plain.append((4 - plain.size() % 4) % 4, '=');
  return Base64Decode(plain);
}

Result<crypto::VerificationKey> MakeVerificationKey(const TokenKey& key) {
  switch (key.algorithm) {
    case TokenKey::Algorithm::kEdDsa:
      return crypto::VerificationKey::Ed25519(key.first);
    case TokenKey::Algorithm::kEs256:
      return crypto::VerificationKey::P256(key.first, key.second);
    case TokenKey::Algorithm::kRs256:
      return crypto::VerificationKey::Rsa(key.first, key.second);
  }
  return Refuse("no such algorithm");
}

TokenReader::TokenReader(const IdentityOptions& options) : options_(&options) {
  for (const TokenKey& key : options.keys) {
    Result<crypto::VerificationKey> made = MakeVerificationKey(key);
    // Those of a listener were tried when it was read.
    if (made) keys_.push_back({&key, *std::move(made)});
  }
}

Result<element> TokenReader::Check(std::string_view token, Time now) {
  if (token.size() > kTokenBytesMax) return Refuse("the token is too long");
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return Refuse("a token has three parts");
  }
  PROVISO_TRY(
      CheckSignature(token.substr(0, first), token.substr(0, second), token.substr(second + 1)));
  const element claims = PROVISO_TRY(ReadPayload(token.substr(first + 1, second - first - 1)));
  PROVISO_TRY(CheckClaims(claims, now));
  return claims;
}

Result<element> TokenReader::ReadPayload(std::string_view payload) {
  if (payload.size() > kTokenBytesMax) return Refuse("the payload is too long");
  const Bytes text = PROVISO_TRY(Base64UrlDecode(payload));
  const element claims = PROVISO_TRY(json_.Parse(AsText(text)));
  if (claims.type() != simdjson::dom::element_type::OBJECT) return Refuse("no object of claims");
  return claims;
}

Status TokenReader::CheckSignature(std::string_view head, std::string_view signed_part,
                                   std::string_view signature) {
  const Bytes text = PROVISO_TRY(Base64UrlDecode(head));
  const Bytes signature_bytes = PROVISO_TRY(Base64UrlDecode(signature));
  const element header = PROVISO_TRY(json_.Parse(AsText(text)));
  const std::string_view algorithm = TextOf(header, "alg");
  const FoundMember id = FindMember(header, "kid");
  const std::string_view key_id = TextOf(header, "kid");
  if (id.count > 0 && key_id.empty()) return Refuse("the token names no key");
  // Extensions that a reader must understand, of which we know none (RFC 7515, section 4.1.11).
  if (FindMember(header, "crit").count > 0) return Refuse("the token has extensions");
  for (const Key& key : keys_) {
    if (TokenAlgorithmName(key.options->algorithm) != algorithm) continue;
    if (!key_id.empty() && !key.options->id.empty() && key.options->id != key_id) continue;
    if (key.key.Verify(AsBytes(signed_part), signature_bytes)) return {};
  }
  return Refuse("none of the keys signed the token");
}

Status TokenReader::CheckClaims(element claims, Time now) const {
  const double seconds = static_cast<double>(now.time_since_epoch().count()) / 1000.0;
  const auto skew = static_cast<double>(kClockSkew.count());
  const std::optional<double> expires = PROVISO_TRY(SecondsAt(claims, "exp"));
  const std::optional<double> begins = PROVISO_TRY(SecondsAt(claims, "nbf"));
  if (!expires) return Refuse("the token never expires");
  if (seconds >= *expires + skew) return Refuse("the token has expired");
  if (begins && seconds < *begins - skew) return Refuse("the token does not hold yet");
  if (!IsFor(FindMember(claims, "aud"), options_->audience)) {
    return Refuse("the token is for somebody else");
  }
  if (!options_->issuer.empty() && TextOf(claims, "iss") != options_->issuer) {
    return Refuse("the token is from somebody else");
  }
  return {};
}

}  // namespace proviso::points
