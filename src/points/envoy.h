#pragma once

#include <string_view>
#include <utility>

#include "points/decider.h"
#include "points/identity.h"
#include "points/outcome_headers.h"
#include "points/protocol.h"

namespace proviso::points {

// Answers Envoy's ext_authz filter in its HTTP form, and HTTPRoute filters of the Kubernetes
// Gateway API: any method on any path below the prefix. Exactly 200 is allow; 403 is deny, whose
// body the gateway hands on to the client. A 5xx lets the gateway's own failure mode decide, so
// none is ever a denial (docs/formats/serve.md).
class Envoy final : public Protocol {
 public:
  explicit Envoy(Listener listener, Tally* tally = nullptr)
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
