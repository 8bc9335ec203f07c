#pragma once

#include <string>
#include <vector>

#include "catalogue/yaml_map.h"

namespace proviso::points {

// How a listener understands AuthZEN questions (docs/formats/serve.md).
struct AuthzenOptions {
  // Types of the subjects and of the resources that questions may be about; the first is the one
  // that is meant when they are searched for.
  std::vector<std::string> subject_types = {"subscription"};
  std::vector<std::string> resource_types = {"service"};
  // The region of a resource that has no such property; empty: none.
  std::string region_otherwise = {};
  // Subscriptions that searches find; empty: subjects cannot be searched for.
  std::vector<std::string> subjects = {};
  bool believes_time = false;  // of the context
  // The identifier under which clients know this point, an https URL; empty: not published.
  std::string policy_decision_point = {};
  bool operator==(const AuthzenOptions&) const = default;
};

struct Listener;

// Reads where the words of AuthZEN questions stand, and what they mean, into `listener`.
void ReadAuthzenWords(catalogue::YamlMap& map, catalogue::Faults& faults, Listener& listener);

}  // namespace proviso::points
