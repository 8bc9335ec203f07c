#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::verifier {

// A member of an object, as it stands in the text.
struct RawMember {
  std::string_view key;    // between the quotes
  std::string_view value;  // JSON text
};

struct CanonicalFault {
  std::size_t at = 0;  // byte in the text
  std::string what;
};

// Checks in one pass, without building values, that `text` is one JSON object in canonical form
// (RFC 8785; integers within 2^53 and no fractions, no deeper than 64 levels), and yields its
// members in `members`: views into `text`. Absent: all is well.
std::optional<CanonicalFault> ReadCanonicalObject(std::string_view text,
                                                  std::vector<RawMember>& members);

}  // namespace proviso::verifier
