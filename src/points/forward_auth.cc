#include "points/forward_auth.h"

namespace proviso::points {
namespace {

constexpr int kAllowed = 200;
// nginx turns every other refusal but 401 into a 500.
constexpr int kDenied = 403;

}  // namespace

bool ForwardAuth::Covers(std::string_view path) const { return IsBelow(path, listener_.prefix); }

http_server::Response ForwardAuth::Answer(const http_server::Request& request, const Sight& sight) {
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}};
  }
  return Say(decider_.Decide(identity_.Read(request, sight.now), sight));
}

http_server::Response ForwardAuth::Trouble(ReasonCode code) const {
  return Say(decider_.Trouble(code));
}

http_server::Response ForwardAuth::Say(const Outcome& outcome) const {
  http_server::Response response{.status = outcome.allowed ? kAllowed : kDenied};
  heading_.AddTo(response, outcome, listener_.appeal);
  return response;
}

}  // namespace proviso::points
