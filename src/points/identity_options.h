#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "catalogue/yaml_map.h"

namespace proviso::points {

// A key that tokens are signed with, as a JSON Web Key (RFC 7517) has it.
struct TokenKey {
  enum class Algorithm : std::uint8_t { kEdDsa, kEs256, kRs256 };
  Algorithm algorithm = Algorithm::kEdDsa;
  std::string id = {};  // empty: none
  Bytes first;          // the key, the x, the modulus
  Bytes second = {};    // the y, the exponent
  bool operator==(const TokenKey&) const = default;
};
std::string_view TokenAlgorithmName(TokenKey::Algorithm algorithm);  // "EdDSA"

// What of a certificate names the subscription.
enum class CertificatePart : std::uint8_t { kCommonName, kOrganisation, kUnit, kUri, kDns };

// How the subscription is found in what a head says of the caller (docs/formats/serve.md).
struct IdentityOptions {
  bool is_xfcc = false;  // a certificate: as X-Forwarded-Client-Cert, not as a distinguished name
  CertificatePart part = CertificatePart::kCommonName;
  std::string claim = {};           // of a token
  std::string prefix = {};          // taken off; without it nobody is named
  std::vector<TokenKey> keys = {};  // of the tokens that are checked here
  std::string audience = {};        // that such a token must be for
  std::string issuer = {};          // that it must be from; empty: any that has one of the keys
  bool operator==(const IdentityOptions&) const = default;
};

struct Listener;

// Reads `{certificate: HEADER, ...}`, `{payload: HEADER, ...}` or `{token: HEADER, ...}` at
// `subscription` into `listener`, files from `folder`. False when it is none of these. A fault
// where the protocol does not ask in the head.
bool ReadIdentity(catalogue::YamlMap& map, catalogue::Faults& faults,
                  const std::filesystem::path& folder, Listener& listener);

// The keys of a JSON Web Key Set that can check tokens; others in it are left out.
// kInvalidArgument when it is none, has no such key, has two with one id, or a private one.
Result<std::vector<TokenKey>> ReadTokenKeys(std::string_view text);

}  // namespace proviso::points
