// What arrives on a connection: answers do not depend on how the bytes are cut into pieces, what a
// handler gets to see is clean, and nothing is answered after the last answer.
#include <string>

#include "fuzz/fuzzing.h"
#include "http_server/internal/conversation.h"
#include "http_server/internal/octets.h"

namespace proviso::http_server {
namespace {

void CheckRequest(const Request& request) {
  PROVISO_CHECK(IsToken(request.method), "method");
  PROVISO_CHECK(request.path.starts_with('/'), "path");
  for (const Field& header : request.headers) {
    PROVISO_CHECK(IsToken(header.name) && IsFieldValue(header.value), header.name);
  }
  PROVISO_CHECK(
      request.FindHeader("Content-Length").count + request.FindHeader("Transfer-Encoding").count <=
          1,
      "two lengths");
}

Desk MakeDesk() {
  Desk desk;
  desk.header_bytes_max = 2048;
  desk.limits = {.header_count_max = 20, .body_bytes_max = 512};
  desk.date = "now";
  desk.answer = [](const Request& request) {
    CheckRequest(request);
    return Response{.status = 200,
                    .body = std::string(request.method) + "|" + std::string(request.path) + "|" +
                            std::string(request.body)};
  };
  return desk;
}

std::string Said(Desk& desk, std::string_view text, std::size_t piece) {
  Conversation conversation(desk);
  std::string out;
  while (!text.empty()) {
    const bool over = conversation.over();
    const std::size_t before = out.size();
    conversation.Take(text.substr(0, piece), out);
    PROVISO_CHECK(!over || out.size() == before, "answered after the last answer");
    text.remove_prefix(std::min(piece, text.size()));
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Desk desk = MakeDesk();
  const std::string_view text = proviso::fuzz::Input(data, size).rest();
  const std::string whole = Said(desk, text, std::max<std::size_t>(text.size(), 1));
  PROVISO_CHECK(Said(desk, text, 1) == whole, "byte by byte");
  PROVISO_CHECK(Said(desk, text, 7) == whole, "in sevens");
  return 0;
}

}  // namespace proviso::http_server
