// The operator's own OPA, behind ours.
#include <utility>

#include "http_server/later.h"
#include "points/opa.h"
#include "points/wiping.h"

namespace proviso::points {
namespace {

using http_server::Request;
using http_server::Response;

// What an OPA's result says to the clients that want a verdict.
enum class Granted { kNo, kYes, kTwice };
Granted IsGranted(JsonValue result) {
  bool value = true;
  if (result.is_null()) return Granted::kNo;
  if (result.is_object()) {
    const FoundValue allow = FindMember(result, "allow");
    if (allow.count > 1) return Granted::kTwice;
    // An object without it is for its client to judge.
    if (allow.once()) value = allow.value.is_true();
    return value ? Granted::kYes : Granted::kNo;
  }
  if (result.is_bool() && !result.is_true()) return Granted::kNo;
  return Granted::kYes;
}

}  // namespace

Response OpaApi::AskUpstream(const Request& request, const Outcome& ours) {
  const auto in_trouble = [this, shape = shape_]() -> Response {
    shape_ = shape;
    return Trouble(ReasonCode::kUpstreamTrouble);
  };
  if (request.deferrer == nullptr) return in_trouble();
  const std::shared_ptr<http_server::Later> later =
      request.deferrer->Defer(listener_.opa.upstream_limit, in_trouble);
  if (later == nullptr) return in_trouble();
  auto done = [this, later, ours, shape = shape_](Result<io::HttpResponse> answer) {
    // Called on the thread of the upstream; the rest happens on that of this listener.
    later->Finish([this, ours, shape, answer = std::move(answer)]() -> Response {
      const Wiping wiping(json_);
      shape_ = shape;
      try {
        return HandOn(answer, ours);
      } catch (...) {
        // Out of memory, as in PointServer.
        return Trouble(ReasonCode::kCannotDecide);
      }
    });
  };
  if (!upstream_->Post(request.body, std::move(done))) later->Finish(in_trouble);
  return {};
}

Response OpaApi::HandOn(const Result<io::HttpResponse>& answer, Outcome ours) {
  const auto in_trouble = [this] { return Trouble(ReasonCode::kUpstreamTrouble); };
  if (!answer || answer->status != 200) return in_trouble();
  const Result<JsonValue> root = json_.Parse(answer->body);
  if (!root || !root->is_object()) return in_trouble();
  const FoundValue result = FindMember(*root, "result");
  // A reader could take either of two.
  if (result.count > 1) return in_trouble();
  const Granted granted = result.once() ? IsGranted(result.value) : Granted::kNo;
  if (granted == Granted::kTwice) return in_trouble();
  // Anything but a boolean ends radosgw 16.2.
  const bool boolean = !result.once() || result.value.is_bool();
  if (listener_.opa.adapter == OpaAdapter::kRgw && !boolean) return in_trouble();
  if (granted == Granted::kNo && shape_.when_allowed == "true" && !shape_.batch) {
    ours.allowed = false;
    ours.code = ReasonCode::kUpstreamDenied;
    ours.reason = "denied upstream";
  }
  ShowHeld(ours);
  counter_.Count(ours);
  return Write(ours, answer->body);
}

}  // namespace proviso::points
