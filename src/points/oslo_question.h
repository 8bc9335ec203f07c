#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http_server/message.h"
#include "points/json_body.h"
#include "points/oslo_options.h"

namespace proviso::points {

// What an OpenStack service asks through the http check of oslo.policy.
struct OsloQuestion {
  std::string rule;                   // "os_compute_api:servers:create"
  std::vector<std::string> projects;  // those of the places asked for, each once, in order
  std::optional<std::string> caller;  // credentials.project_id
  std::vector<std::string> roles;     // credentials.roles
};

// Reads questions for one thread, as a form of three fields that hold JSON, or as one JSON object.
class OsloReader {
 public:
  OsloReader() = default;
  OsloReader(const OsloReader&) = delete;
  OsloReader& operator=(const OsloReader&) = delete;
  ~OsloReader() { Wipe(); }

  // kInvalidArgument for anything that two readers could understand differently; the message quotes
  // nothing of it. Nothing of the body is left in memory afterwards but what the question holds.
  Result<OsloQuestion> Read(const http_server::Request& request,
                            const std::vector<std::string>& places);

  // Overwrites what the last question left in memory.
  void Wipe();

 private:
  Result<OsloQuestion> ReadForm(std::string_view body, const std::vector<std::string>& places);
  Result<OsloQuestion> ReadObject(std::string_view body, const std::vector<std::string>& places);
  Result<simdjson::dom::element> ParseField(std::string_view body, std::string_view name);

  JsonBody json_;
  std::string decoded_;
};

}  // namespace proviso::points
