#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "crypto/ed25519.h"

namespace proviso::verifier {

// A signed act as the log shows it, whose signature holds.
struct CheckedAct {
  std::string name;
  std::string body;  // hexadecimal
  crypto::PublicKey key;
  bool open = false;  // `args` are known, and are what was signed
  Json args;
};

// Acts of these names must show their arguments.
bool MustBeOpen(std::string_view act_name);

// Reads an act of the log of `origin` and checks that its signature covers what it shows. The
// message of the error says what was expected and found.
Result<CheckedAct> CheckAct(const Json& act, std::string_view origin);

}  // namespace proviso::verifier
