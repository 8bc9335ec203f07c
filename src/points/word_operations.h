#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/yaml_map.h"
#include "enforcement/restriction.h"

namespace proviso::points {

// What one word of a gateway means: the rule of an OpenStack service, the action of an AuthZEN
// question. With a property, only where the action has it with this value.
struct WordOperation {
  std::string word;
  std::string property = {};
  std::string value = {};  // as JSON writes it, a text without its quotes
  enforcement::Operation operation = enforcement::Operation::kRead;
  bool operator==(const WordOperation&) const = default;
};
using WordOperations = std::vector<WordOperation>;

// Reads the list at `operations` of a listener (docs/formats/serve.md). Entries about a property
// are faults unless `with_properties`.
WordOperations ReadWordOperations(catalogue::YamlMap& listener, catalogue::Faults& faults,
                                  bool with_properties);

}  // namespace proviso::points
