#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "enforcement/restriction.h"
#include "points/json_outline.h"
#include "points/opa_options.h"

namespace proviso::points {

// What an adapter understands of one OPA input (docs/formats/serve.md). The views live as long as
// the input.
struct OpaInput {
  std::string_view caller;  // as the gateway calls it
  // Whose restrictions hold; none of them may be denied. An empty name is somebody unnamed.
  std::array<std::string_view, 2> names{};
  std::size_t name_count = 1;
  std::optional<enforcement::Operation> operation;  // absent: what is asked for is not known
  bool about_nobody = false;                        // nobody's data: nothing can be restricted
  // It makes the caller somebody else, or ready to be: whoever is denied anything is denied that,
  // or would go on under a name that is not restricted.
  bool as_another = false;
  // So many things are asked about at once, and the answer is a list of those allowed.
  std::optional<std::size_t> batch;
  // What says that nothing is restricted, when it is neither `true` nor such a list.
  std::string_view when_allowed = "true";
};

// The input of a client that is not `plain`.
OpaInput ReadOpaInput(OpaAdapter adapter, JsonValue input);

// The adapters. Operations are those of docs/formats/serve.md.
OpaInput ReadRgwInput(JsonValue input);
OpaInput ReadMinioInput(JsonValue input);
OpaInput ReadTrinoInput(JsonValue input);
OpaInput ReadKafkaInput(JsonValue input);

}  // namespace proviso::points
