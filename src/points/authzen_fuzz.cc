// AuthZEN questions beside an independent reader of JSON: both find the same decision, or both that
// it is no question.
#include <optional>

#include "base/json.h"
#include "catalogue/yaml_map.h"
#include "fuzz/fuzzing.h"
#include "points/authzen.h"
#include "points/internal/example_table.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using http_server::Field;

// The text at `name`, which a question must have; absent when it is none.
std::optional<std::string> Required(const Json& object, std::string_view name) {
  const Json* const found = object.Find(name);
  if (found == nullptr || found->AsString() == nullptr || found->AsString()->empty()) {
    return std::nullopt;
  }
  return *found->AsString();
}

// The object at `name`; nullptr when there is none that is one.
const Json* ObjectAt(const Json& root, std::string_view name) {
  const Json* const found = root.Find(name);
  return found == nullptr || found->AsObject() == nullptr ? nullptr : found;
}

// Whether what stands at `name` may stand there: nothing, or an object.
bool MayStand(const Json& root, std::string_view name) {
  return root.Find(name) == nullptr || ObjectAt(root, name) != nullptr;
}

// What the answer to `root` has to be; absent: that it is no question.
std::optional<bool> DecideNaively(const Json& root) {
  const Json* const subject = ObjectAt(root, "subject");
  const Json* const action = ObjectAt(root, "action");
  const Json* const resource = ObjectAt(root, "resource");
  if (subject == nullptr || action == nullptr || resource == nullptr) return std::nullopt;
  if (!MayStand(root, "context")) return std::nullopt;
  for (const Json* entity : {subject, action, resource}) {
    if (!MayStand(*entity, "properties")) return std::nullopt;
  }
  const auto who_type = Required(*subject, "type");
  const auto who = Required(*subject, "id");
  const auto name = Required(*action, "name");
  const auto what_type = Required(*resource, "type");
  const auto what = Required(*resource, "id");
  if (!who_type || !who || !name || !what_type || !what) return std::nullopt;
  const Json* const properties = resource->Find("properties");
  const std::string region = properties == nullptr || properties->Find("region") == nullptr ||
                                     properties->Find("region")->AsString() == nullptr
                                 ? ""
                                 : properties->StringOr("region", "");
  if (*who_type != "subscription" || catalogue::ForeignIdProblem(*who)) return false;
  const auto operation = OperationOf(*name);
  if (!operation) return false;
  if (*operation == enforcement::Operation::kManage) return true;
  if (*what_type != "service") return false;
  if (*what != "blob-store" && *what != "speech" && *what != "threat-watch") return false;
  if (region != "nl-1" && region != "ie-1") return false;
  const bool restricted = *who == "sub-1" && *what == "blob-store" && region == "nl-1";
  return !restricted || *operation == enforcement::Operation::kRead ||
         *operation == enforcement::Operation::kDelete;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto snapshot = internal::ReadOnlySnapshot();
  static const Time now = ParseTime("2026-12-01T00:00:00Z").value();
  constexpr std::array<std::string_view, 5> kEndpoints = {
      "/evaluation", "/evaluations", "/search/subject", "/search/resource", "/search/action"};
  fuzz::Input input(data, size);
  const std::string_view endpoint = kEndpoints.at(input.Choose(kEndpoints.size()));
  const std::string body(input.rest());
  const std::vector<Field> headers{{"Content-Type", "application/json"}};
  const std::string path = "/access/v1" + std::string(endpoint);
  Listener listener = ListenerOf(ProtocolKind::kAuthzen);
  listener.authzen.subjects = {"sub-1", "sub-2"};
  Authzen point(listener);
  const auto answer =
      point.Answer({.method = "POST", .path = path, .headers = headers, .body = body},
                   {.table = &snapshot->table(), .now = now});
  PROVISO_CHECK(answer.status == 200 || answer.status == 400, std::to_string(answer.status));
  const Result<Json> said = ParseJson(answer.body);
  PROVISO_CHECK(said.has_value() || answer.status == 400, answer.body);
  if (endpoint != "/evaluation") return 0;
  // Some of what we read it refuses: a second member that nobody asks for, deep nesting.
  const Result<Json> question = ParseJson(body, {.depth_max = 16});
  if (!question) return 0;
  const std::optional<bool> expected =
      question->AsObject() == nullptr ? std::nullopt : DecideNaively(*question);
  PROVISO_CHECK(expected.has_value() == (answer.status == 200), body);
  if (expected) PROVISO_CHECK(said->BoolAt("decision").value() == *expected, body);
  return 0;
}

}  // namespace proviso::points
