#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace proviso::service {

// A code by which a customer answers or appeals without an account: 125 random bits, in five groups
// of five characters that are not mistaken for each other. Shown once; the log keeps its hash.
std::string NewCode(Random& random);

// The SHA-256, in hexadecimal, of a code as people may type it. kInvalidArgument for what cannot be
// one; the message never holds it.
Result<std::string> HashOfCode(std::string_view typed);

}  // namespace proviso::service
