// What Envoy passes on of its client's request: no method, path or header of a client's makes a way
// round a restriction, and no denial is a status that a gateway takes for an allowance.
#include <vector>

#include "fuzz/fuzzing.h"
#include "points/envoy.h"
#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

using http_server::Field;

bool IsSendable(std::string_view text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) return false;
  }
  return true;
}

void CheckAnswer(const http_server::Response& answer, std::string_view method,
                 std::string_view subscription) {
  PROVISO_CHECK(answer.status == 200 || answer.status == 403, std::to_string(answer.status));
  PROVISO_CHECK(answer.body.empty() == (answer.status == 200), answer.body);
  for (const auto& header : AllHeaders(answer))
    PROVISO_CHECK(IsSendable(header.value), header.name);
  if (answer.status == 403) return;
  PROVISO_CHECK(subscription != "sub-1" || internal::ReadsOrDeletes(method), method);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto snapshot = internal::ReadOnlySnapshot();
  static const Time now = ParseTime("2026-12-01T00:00:00Z").value();
  fuzz::Input input(data, size);
  const std::string_view method = input.Until("\n");
  const std::string_view subscription = input.Until("\n");
  // The gateway's own path comes first, whatever the client's is.
  const std::string path = "/authz/envoy/blob-store/nl-1/" + std::string(input.Until("\n"));
  std::vector<Field> headers{{"x-proviso-subscription", subscription}};
  while (!input.rest().empty()) {
    const std::string_view line = input.Until("\n");
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos || !IsSendable(line)) continue;
    headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
  }
  if (!IsSendable(subscription)) return 0;
  Envoy point(ListenerOf(ProtocolKind::kEnvoy));
  const http_server::Request request{.method = method, .path = path, .headers = headers};
  CheckAnswer(point.Answer(request, {.table = &snapshot->table(), .now = now}), method,
              subscription);
  PROVISO_CHECK(point.Answer(request, {.now = now}).status == 403, "allowed without a table");
  return 0;
}

}  // namespace proviso::points
