#include "points/envoy.h"

#include "base/json.h"

namespace proviso::points {
namespace {

constexpr int kAllowed = 200;  // no other 2xx is
constexpr int kDenied = 403;
constexpr int kCannotTell = 503;  // every 5xx says so

// What the client reads. It names nothing that is not in the answer's headers, too.
std::string DenialBody(const Outcome& outcome, std::string_view appeal) {
  Json body = Json::Of(
      {{"error", "denied"}, {"code", ReasonCodeName(outcome.code)}, {"reason", outcome.reason}});
  if (!outcome.answer.of_case.empty()) body["case"] = outcome.answer.of_case;
  if (outcome.answer.until) body["until"] = FormatTime(*outcome.answer.until);
  if (outcome.code == ReasonCode::kRestricted && !appeal.empty()) body["appeal"] = appeal;
  return body.Canonical() + "\n";
}

}  // namespace

bool Envoy::Covers(std::string_view path) const { return IsBelow(path, listener_.prefix); }

http_server::Response Envoy::Answer(const http_server::Request& request, const Sight& sight) {
  return Say(decider_.Decide(identity_.Read(request, sight.now), sight));
}

http_server::Response Envoy::Trouble(ReasonCode code) const { return Say(decider_.Trouble(code)); }

http_server::Response Envoy::Say(const Outcome& outcome) const {
  http_server::Response response{.status = kAllowed};
  heading_.AddTo(response, outcome, listener_.appeal);
  if (outcome.allowed) return response;
  response.status = kDenied;
  if (listener_.trouble == Otherwise::kGateway && TroubleDecides(outcome.code)) {
    response.status = kCannotTell;
  }
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = DenialBody(outcome, listener_.appeal);
  return response;
}

}  // namespace proviso::points
