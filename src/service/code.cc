#include "service/internal/code.h"

#include <algorithm>

#include "crypto/hash.h"

namespace proviso::service {
namespace {

// Without I, L, O and U.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCharacters = 25;
constexpr std::size_t kGroup = 5;
constexpr std::size_t kTypedBytesMax = 200;

// As it was given out; 0 for a character that is none of the alphabet.
char Plain(char typed) {
  if (typed >= 'a' && typed <= 'z') typed = static_cast<char>(typed - 'a' + 'A');
  if (typed == 'O') return '0';
  if (typed == 'I' || typed == 'L') return '1';
  return kAlphabet.find(typed) == std::string_view::npos ? '\0' : typed;
}

}  // namespace

std::string NewCode(Random& random) {
  Bytes bytes(kCharacters);
  random.Fill(bytes);
  std::string code;
  for (std::size_t i = 0; i < kCharacters; ++i) {
    if (i > 0 && i % kGroup == 0) code += '-';
    code += kAlphabet[bytes[i] % kAlphabet.size()];
  }
  return code;
}

Result<std::string> HashOfCode(std::string_view typed) {
  std::string plain;
  bool good = typed.size() <= kTypedBytesMax;
  for (const char character : typed.substr(0, kTypedBytesMax)) {
    if (character == '-' || character == ' ' || character == '\n' || character == '\r') continue;
    plain += Plain(character);
    good = good && plain.back() != '\0';
  }
  if (!good || plain.size() != kCharacters) {
    return Fail(ErrorCode::kInvalidArgument,
                "this is no code; expected 25 letters and digits, as in the letter that it came "
                "with");
  }
  return crypto::Sha256(plain).Hex();
}

}  // namespace proviso::service
