// What OpenStack services ask: an allowance names no restricted project anywhere that an
// independent reader finds one, and no other answer holds the word that allows.
#include "base/json.h"
#include "fuzz/fuzzing.h"
#include "points/internal/example_table.h"
#include "points/oslo.h"
#include "points/oslo_operations.h"

namespace proviso::points {
namespace {

using http_server::Field;

// The text at `name` of the object at `part` of the question, read by another library.
std::string TextAt(const Json& question, std::string_view part, std::string_view name) {
  const Json* const object = question.Find(part);
  return object == nullptr || object->AsObject() == nullptr ? "" : object->StringOr(name, "");
}

void CheckAllowance(const std::string& body) {
  const Result<Json> question = ParseJson(body, {.depth_max = 64});
  // That library refuses more than we must, such as a second member that nobody reads.
  if (!question) return;
  const auto operation = OperationOfRule(question->StringOr("rule", ""), {});
  PROVISO_CHECK(operation.has_value(), "allowed what is no operation");
  if (*operation == enforcement::Operation::kRead ||
      *operation == enforcement::Operation::kDelete) {
    return;
  }
  PROVISO_CHECK(TextAt(*question, "target", "project_id") != "sub-1", body);
  PROVISO_CHECK(TextAt(*question, "target", "tenant_id") != "sub-1", body);
  PROVISO_CHECK(TextAt(*question, "target", "target.project.id") != "sub-1", body);
  PROVISO_CHECK(TextAt(*question, "credentials", "project_id") != "sub-1", body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto snapshot = internal::ReadOnlySnapshot();
  static const Time now = ParseTime("2026-12-01T00:00:00Z").value();
  fuzz::Input input(data, size);
  const bool is_json = input.Until("\n") == "json";
  const std::string body(input.rest());
  const std::vector<Field> headers{
      {"Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded"}};
  const http_server::Request request{
      .method = "POST", .path = "/oslo/blob-store/nl-1", .headers = headers, .body = body};
  Oslo point(ListenerOf(ProtocolKind::kOslo));
  const auto answer = point.Answer(request, {.table = &snapshot->table(), .now = now});
  PROVISO_CHECK(answer.body == "True" || answer.body == "False", answer.body);
  PROVISO_CHECK(answer.status == 200, std::to_string(answer.status));
  if (answer.body == "True" && is_json) CheckAllowance(body);
  PROVISO_CHECK(point.Answer(request, {.now = now}).body == "False", "allowed without a table");
  return 0;
}

}  // namespace proviso::points
