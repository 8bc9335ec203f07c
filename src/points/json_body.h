#pragma once

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace proviso::points {

// A member of a JSON object, looked for by name. One that stands there twice is understood
// differently by different readers, so nobody may rely on it.
struct FoundMember {
  std::size_t count = 0;
  simdjson::dom::element value = {};  // the first; valid when count > 0

  bool once() const { return count == 1; }
};
FoundMember FindMember(simdjson::dom::element object, std::string_view name);

// Several at once: to walk over the members of a long object costs more than to compare names.
template <std::size_t kCount>
std::array<FoundMember, kCount> FindMembers(simdjson::dom::element object,
                                            const std::array<std::string_view, kCount>& names) {
  std::array<FoundMember, kCount> found;
  simdjson::dom::object members;
  if (object.get(members) != simdjson::SUCCESS) return found;
  for (const auto member : members) {
    for (std::size_t i = 0; i < kCount; ++i) {
      if (member.key != names[i]) continue;
      if (found[i].count++ == 0) found[i].value = member.value;
    }
  }
  return found;
}

// The text of a member that occurs once and is a string; empty otherwise.
std::string_view TextOf(const FoundMember& found);
std::string_view TextOf(simdjson::dom::element object, std::string_view name);

// Overwrites what simdjson leaves on the stack: it copies the end of a body there. To be called by
// who called it.
void WipeStackBelow();

// Reads the JSON bodies of one thread, one after another, without allocating once its memory has
// grown to what comes. All of a body is checked: syntax, UTF-8, and depth.
class JsonBody {
 public:
  static constexpr std::size_t kDepthMax = 32;
  static constexpr std::size_t kBytesMax = 1U << 20U;

  JsonBody() = default;
  JsonBody(const JsonBody&) = delete;
  JsonBody& operator=(const JsonBody&) = delete;
  ~JsonBody() { Wipe(); }

  // The root, valid until the next call of anything here. kInvalidArgument when it is no JSON, too
  // deep or too long; the message quotes nothing of it.
  Result<simdjson::dom::element> Parse(std::string_view body);

  // Overwrites what the last body left in memory: gateways send secrets with their questions.
  void Wipe();

 private:
  simdjson::dom::parser parser_{kBytesMax};
  std::string padded_;
};

}  // namespace proviso::points
