#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/ed25519.h"

namespace proviso::crypto {

// What opening a sealed key file costs: 128 * r * n bytes of memory, n * p rounds. The default
// takes 128 MiB and a good part of a second; tests take less.
struct ScryptCost {
  std::uint64_t n = std::uint64_t{1} << 17U;
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};

// A person's private key, sealed under a passphrase: scrypt (RFC 7914; N=2^17, r=8, p=1, parameters
// stored) to a key for Seal(). One JSON object; the public key is in clear.
// docs/formats/keys.md has a worked example.
std::string SealKeyFile(const PrivateKey& key, std::string_view passphrase, Random& random,
                        ScryptCost cost = {});
// kPermissionDenied for a wrong passphrase; kInvalidArgument for a damaged file, and for scrypt
// parameters that would need more than 256 MiB or 2^20 rounds.
Result<PrivateKey> OpenKeyFile(std::string_view file_text, std::string_view passphrase);
// The public key, without the passphrase.
Result<PublicKey> KeyFilePublicKey(std::string_view file_text);

// The key of a service (the log's): not sealed, protected by the file's mode alone.
std::string FormatServiceKey(const PrivateKey& key);
Result<PrivateKey> ParseServiceKey(std::string_view file_text);

}  // namespace proviso::crypto
