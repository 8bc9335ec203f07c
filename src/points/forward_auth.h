#pragma once

#include <string_view>
#include <utility>

#include "points/decider.h"
#include "points/identity.h"
#include "points/outcome_headers.h"
#include "points/protocol.h"

namespace proviso::points {

// Answers the question of a gateway that asks over HTTP before it lets a request through: nginx
// auth_request, Caddy forward_auth, Traefik ForwardAuth. 200 is allow, 403 is deny, the body is
// always empty, and the reason stands in X-Proviso-* headers (docs/formats/serve.md).
class ForwardAuth final : public Protocol {
 public:
  explicit ForwardAuth(Listener listener, Tally* tally = nullptr)
      : listener_(std::move(listener)), decider_(listener_, tally), identity_(listener_) {}

  bool Covers(std::string_view path) const override;
  http_server::Response Answer(const http_server::Request& request, const Sight& sight) override;
  http_server::Response Trouble(ReasonCode code) const override;

 private:
  http_server::Response Say(const Outcome& outcome) const;

  const Listener listener_;
  Decider decider_;
  IdentityReader identity_;
  const OutcomeHeading heading_;
};

}  // namespace proviso::points
