#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::catalogue {
class YamlMap;
class Faults;
}  // namespace proviso::catalogue

namespace proviso::points {

// Whose questions an OPA listener understands.
enum class OpaAdapter : std::uint8_t { kPlain, kRgw, kMinio, kTrino, kKafka };
std::string_view OpaAdapterName(OpaAdapter adapter);  // "plain", "rgw", ...

// Makes a subscription out of the name that a caller has.
struct IdentityCut {
  std::string until = {};   // what stands before the first of these is kept; empty: all
  std::string prefix = {};  // taken off; a name without it is no subscription
  std::string suffix = {};  // likewise

  std::optional<std::string_view> Apply(std::string_view name) const;
  bool operator==(const IdentityCut&) const = default;
};

// What an OPA listener has beside the rest of its configuration (docs/formats/serve.md).
struct OpaOptions {
  OpaAdapter adapter = OpaAdapter::kPlain;
  std::vector<std::string> exempt = {};  // names of callers that nothing restricts: the operator's
  IdentityCut cut = {};
  // An OPA that is asked too, when there is nothing against a request; empty: none.
  std::string upstream = {};
  std::chrono::milliseconds upstream_limit{200};
  bool operator==(const OpaOptions&) const = default;
};

// Reads `adapter`, `exempt`, `cut`, `upstream` and `upstream_ms` of a listener.
OpaOptions ReadOpaOptions(catalogue::YamlMap& listener, catalogue::Faults& faults);

}  // namespace proviso::points
