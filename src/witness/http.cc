#include "witness/http.h"

#include <string_view>
#include <utility>

namespace proviso::witness {
namespace {

constexpr std::string_view kCheckpoint = "/checkpoint";

http_server::Response Plain(int status, std::string body,
                            std::string content_type = "text/plain; charset=utf-8") {
  return {.status = status,
          .headers = {{"Content-Type", std::move(content_type)}},
          .body = std::move(body)};
}

http_server::Response WrongMethod(std::string_view allowed) {
  http_server::Response response = Plain(405, "expected " + std::string(allowed) + "\n");
  response.headers.push_back({"Allow", std::string(allowed)});
  return response;
}

http_server::Response FromAnswer(Answer answer) {
  return Plain(answer.status, std::move(answer.body), std::move(answer.content_type));
}

}  // namespace

http_server::Response AnswerHttp(Witness& witness, const http_server::Request& request) {
  if (request.path == "/add-checkpoint") {
    if (request.method != "POST") return WrongMethod("POST");
    return FromAnswer(witness.Add(request.body));
  }
  if (request.path.size() > kCheckpoint.size() && request.path.ends_with(kCheckpoint)) {
    if (request.method != "GET" && request.method != "HEAD") return WrongMethod("GET, HEAD");
    std::string_view hash = request.path.substr(1);
    hash.remove_suffix(kCheckpoint.size());
    return FromAnswer(witness.Checkpoint(hash));
  }
  return Plain(404, "expected POST /add-checkpoint or GET /<sha256 of the origin>/checkpoint\n");
}

}  // namespace proviso::witness
