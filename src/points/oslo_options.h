#pragma once

#include <string>
#include <vector>

#include "catalogue/yaml_map.h"

namespace proviso::points {

// What a listener for OpenStack services believes of their questions (docs/formats/serve.md).
struct OsloOptions {
  // Where the projects stand that a question is about: "target.project_id". All that are there
  // are asked about.
  std::vector<std::string> projects = {"target.project_id", "target.tenant_id",
                                       "target.target.project.id", "credentials.project_id"};
  // Projects and roles of the operator: whoever calls with one of them is always allowed.
  std::vector<std::string> exempt = {};
  std::vector<std::string> exempt_roles = {};
  bool operator==(const OsloOptions&) const = default;
};

OsloOptions ReadOsloOptions(catalogue::YamlMap& listener);

}  // namespace proviso::points
