#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/random.h"
#include "base/time.h"
#include "crypto/ed25519.h"

namespace proviso::enforcement {

// What a person does, signed with that person's roster key (docs/formats/acts.md).
//
// The signed message is the canonical JSON of
//   {"act":name,"at":time,"body":hex,"key":key text,"log":origin,"proviso":"act/v1"}
// where body = SHA-256 of the canonical JSON {"args":args,"nonce":nonce}; the nonce (16 random
// bytes, hexadecimal) keeps confidential arguments from being guessed out of the body hash.
struct Act {
  std::string name;  // "decision sign"
  Time at;
  Json args = Json::MakeObject();
  std::string nonce;
  crypto::PublicKey key;
  crypto::Signature signature;

  std::string BodyHash() const;  // hexadecimal
  std::string Message(std::string_view origin) const;
  Status VerifySignature(std::string_view origin) const;  // kPermissionDenied

  // For the channel between command line and service: everything.
  Json ToJson() const;
  static Result<Act> FromJson(const Json& json);
  // For the log: {"algorithm":"ed25519","at","body","key","name","signature"}, and "args" and
  // "nonce" too when the act is one that anybody must be able to check (IsOpenAct).
  Json ToLogJson() const;
};

Act SignAct(std::string name, Json args, Time at, std::string_view origin,
            const crypto::PrivateKey& key, Random& random);

// Acts whose arguments hold nothing confidential and stand in the log in clear: "roster propose",
// "roster sign", "decision sign", "decision adopt", "decision lift emergency", "erasure propose",
// "erasure approve".
bool IsOpenAct(std::string_view name);

}  // namespace proviso::enforcement
