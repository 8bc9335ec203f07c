// What a gateway sends: no header that is doubled, joined or unknown makes a way round a
// restriction.
#include <vector>

#include "fuzz/fuzzing.h"
#include "points/forward_auth.h"
#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

using http_server::Field;

// `Name: value` lines, as the server hands them on: no control character but the tab.
std::vector<Field> FieldsOf(fuzz::Input& input) {
  std::vector<Field> fields;
  while (!input.rest().empty()) {
    const std::string_view line = input.Until("\n");
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    const std::string_view value = line.substr(colon + 2);
    bool sendable = true;
    for (const char letter : value) {
      sendable = sendable && (letter == '\t' || static_cast<unsigned char>(letter) >= 0x20) &&
                 letter != 0x7F;
    }
    if (sendable) fields.push_back({line.substr(0, colon), value});
  }
  return fields;
}

void CheckAnswer(const http_server::Response& answer, const http_server::Request& request) {
  PROVISO_CHECK(answer.status == 200 || answer.status == 403, std::to_string(answer.status));
  PROVISO_CHECK(answer.body.empty(), answer.body);
  for (const auto& header : AllHeaders(answer)) {
    for (const char letter : header.name + header.value) {
      PROVISO_CHECK(static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7F, header.name);
    }
  }
  if (answer.status == 403) return;
  const auto who = request.FindHeader("X-Proviso-Subscription");
  const auto service = request.FindHeader("X-Proviso-Service");
  const auto region = request.FindHeader("X-Proviso-Region");
  const auto operation = request.FindHeader("X-Original-Method");
  PROVISO_CHECK(who.once() && service.once() && region.once() && operation.once(),
                "allowed on a header that is missing or came twice");
  PROVISO_CHECK(who.value.find(',') == std::string_view::npos, who.value);
  const bool restricted =
      who.value == "sub-1" && service.value == "blob-store" && region.value == "nl-1";
  PROVISO_CHECK(!restricted || internal::ReadsOrDeletes(operation.value), operation.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto snapshot = internal::ReadOnlySnapshot();
  static const Time now = ParseTime("2026-12-01T00:00:00Z").value();
  fuzz::Input input(data, size);
  const std::vector<Field> fields = FieldsOf(input);
  const http_server::Request request{.method = "GET", .path = "/authz/forward", .headers = fields};
  ForwardAuth point{Listener{}};
  CheckAnswer(point.Answer(request, {.table = &snapshot->table(), .now = now}), request);
  PROVISO_CHECK(point.Answer(request, {.now = now}).status == 403, "allowed without a table");
  return 0;
}

}  // namespace proviso::points
