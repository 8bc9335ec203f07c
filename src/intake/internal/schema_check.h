#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace proviso::intake {

// One thing that a schema forbids: where in the document, as in `$.evidence[0].hash`, and why.
struct SchemaFault {
  std::string path;
  std::string reason;
  bool operator==(const SchemaFault&) const = default;
};

// Checks documents against JSON Schemas that refer to each other by file name. Knows the words
// that the schemas of XARF use; a schema with another word is refused when it is added.
class SchemaChecker {
 public:
  Status Add(std::string_view name, std::string_view text);

  // All faults of `document` by the schema `name`, in the order of the schema; at most
  // `kFaultsMax`. Values of members named `payload` are never quoted.
  std::vector<SchemaFault> Check(std::string_view name, const Json& document) const;

  // The members at the top of a document that the schema `name` and those that it is made of know.
  std::vector<std::string> MembersOf(std::string_view name) const;

  static constexpr std::size_t kFaultsMax = 100;

 private:
  class Run;

  std::map<std::string, Json, std::less<>> schemas_;
};

}  // namespace proviso::intake
