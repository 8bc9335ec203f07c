// AuthZEN questions beside an independent reader of JSON: both find the same decision, or both that
// it is no question.
#include <array>
#include <optional>
#include <string>
#include <vector>

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

// Whether each entity of `object` that is there is a whole one.
bool MayBeDefaults(const Json& object) {
  for (const char* key : {"subject", "action", "resource"}) {
    if (object.Find(key) == nullptr) continue;
    const Json* const entity = ObjectAt(object, key);
    if (entity == nullptr || !MayStand(*entity, "properties")) return false;
    const bool acts = std::string_view(key) == "action";
    if (!acts && !Required(*entity, "type")) return false;
    if (!Required(*entity, acts ? "name" : "id")) return false;
  }
  return MayStand(object, "context");
}

// What the answers to the items of a batch have to be, as far as they are answered; of an item,
// absent: that it is no question. Absent: that the batch is none.
using Decisions = std::vector<std::optional<bool>>;
std::optional<Decisions> DecideBatchNaively(const Json& root) {
  const Json::Array& items = *root.Find("evaluations")->AsArray();
  std::string semantic = "execute_all";
  if (!MayStand(root, "options")) return std::nullopt;
  if (const Json* const options = root.Find("options")) {
    const Json* const word = options->Find("evaluations_semantic");
    if (word != nullptr && word->AsString() == nullptr) return std::nullopt;
    if (word != nullptr) semantic = *word->AsString();
  }
  const bool ends_at_deny = semantic == "deny_on_first_deny";
  const bool ends_at_permit = semantic == "permit_on_first_permit";
  if (!ends_at_deny && !ends_at_permit && semantic != "execute_all") return std::nullopt;
  if (!MayBeDefaults(root)) return std::nullopt;
  Decisions decisions;
  for (const Json& item : items) {
    Json merged = root;
    bool whole = item.AsObject() != nullptr;
    for (const char* key : {"subject", "action", "resource", "context"}) {
      if (whole && item.Find(key) != nullptr) merged[key] = *item.Find(key);
    }
    decisions.push_back(whole ? DecideNaively(merged) : std::nullopt);
    const bool allowed = decisions.back().value_or(false);
    if (allowed ? ends_at_permit : ends_at_deny) break;
  }
  return decisions;
}

void CheckBatch(const Json& root, const http_server::Response& answer) {
  const std::optional<Decisions> expected = DecideBatchNaively(root);
  PROVISO_CHECK(expected.has_value() == (answer.status == 200), answer.body);
  if (!expected) return;
  const Json said = ParseJson(answer.body).value();
  const Json::Array& items = *said.Find("evaluations")->AsArray();
  PROVISO_CHECK(items.size() == expected->size(), answer.body);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::optional<bool>& decision = expected->at(i);
    PROVISO_CHECK(items[i].BoolAt("decision").value() == decision.value_or(false), answer.body);
    const Json* const context = items[i].Find("context");
    const bool is_error = context != nullptr && context->Find("error") != nullptr;
    PROVISO_CHECK(is_error == !decision.has_value(), answer.body);
  }
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
  if (endpoint != "/evaluation" && endpoint != "/evaluations") return 0;
  // Some of what we read it refuses: a second member that nobody asks for, deep nesting.
  const Result<Json> question = ParseJson(body, {.depth_max = 16});
  if (!question) return 0;
  const Json* const batch = endpoint == "/evaluation" ? nullptr : question->Find("evaluations");
  if (question->AsObject() != nullptr && batch != nullptr) {
    if (batch->AsArray() == nullptr) {
      PROVISO_CHECK(answer.status == 400, body);
      return 0;
    }
    // Without any item, a batch is a single question.
    if (!batch->AsArray()->empty()) {
      if (batch->AsArray()->size() <= Authzen::kEvaluationsMax) CheckBatch(*question, answer);
      return 0;
    }
  }
  const std::optional<bool> expected =
      question->AsObject() == nullptr ? std::nullopt : DecideNaively(*question);
  PROVISO_CHECK(expected.has_value() == (answer.status == 200), body);
  if (expected) PROVISO_CHECK(said->BoolAt("decision").value() == *expected, body);
  return 0;
}

}  // namespace proviso::points
