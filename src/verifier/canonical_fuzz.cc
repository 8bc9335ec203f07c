// JSON: the verifier calls an object canonical exactly where parsing and writing it gives it back.
#include <algorithm>

#include "base/json.h"
#include "fuzz/fuzzing.h"
#include "verifier/internal/canonical.h"

namespace proviso {
namespace {

constexpr std::int64_t kIntegerMax = std::int64_t{1} << 53U;

bool HasCanonicalForm(const Json& json) {
  if (json.AsFraction() != nullptr) return false;
  if (const auto* integer = json.AsInteger()) {
    return *integer <= kIntegerMax && *integer >= -kIntegerMax;
  }
  if (const auto* items = json.AsArray()) {
    return std::all_of(items->begin(), items->end(), HasCanonicalForm);
  }
  if (const auto* members = json.AsObject()) {
    return std::all_of(members->begin(), members->end(),
                       [](const auto& member) { return HasCanonicalForm(member.second); });
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  std::vector<verifier::RawMember> members;
  const auto fault = verifier::ReadCanonicalObject(text, members);
  const auto parsed = ParseJson(text);
  const bool object = parsed && parsed->AsObject() != nullptr && HasCanonicalForm(*parsed);
  const bool canonical = object && parsed->Canonical() == text;
  PROVISO_CHECK(canonical == !fault, fault ? fault->what : "taken as canonical");
  if (object) {
    const auto again = ParseJson(parsed->Canonical());
    PROVISO_CHECK(again.has_value() && *again == *parsed, "what was written reads otherwise");
  }
  if (!fault) PROVISO_CHECK(members.size() == parsed->AsObject()->size(), "other members");
  return 0;
}

}  // namespace proviso
