#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/verification_key.h"
#include "points/identity_options.h"
#include "points/json_body.h"

namespace proviso::points {

// Base64url without padding (RFC 7515, section 2); only what an encoder would write.
Result<Bytes> Base64UrlDecode(std::string_view text);

// The key that `key` describes. kInvalidArgument when it is none.
Result<crypto::VerificationKey> MakeVerificationKey(const TokenKey& key);

// Checks JSON Web Tokens (RFC 7519) with known keys: the algorithm is that of the key, never one
// that the token chooses. Belongs to one thread.
class TokenReader {
 public:
  static constexpr std::size_t kTokenBytesMax = 8192;
  static constexpr std::chrono::seconds kClockSkew{30};  // between us and who signs

  // `options` must outlive this.
  explicit TokenReader(const IdentityOptions& options);

  // The claims of `token`, valid until the next call. kInvalidArgument unless one of the keys
  // signed it, for our audience, and it holds at `now`; the message quotes nothing of it.
  Result<simdjson::dom::element> Check(std::string_view token, Time now);

  // The claims of a payload in base64url that somebody else has checked.
  Result<simdjson::dom::element> ReadPayload(std::string_view payload);

 private:
  struct Key {
    const TokenKey* options;
    crypto::VerificationKey key;
  };
  Status CheckSignature(std::string_view head, std::string_view signed_part,
                        std::string_view signature);
  Status CheckClaims(simdjson::dom::element claims, Time now) const;

  const IdentityOptions* options_;
  std::vector<Key> keys_;
  JsonBody json_;
};

}  // namespace proviso::points
