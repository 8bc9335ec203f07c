#pragma once

#include <string_view>

#include "base/time.h"
#include "enforcement/decision_table.h"
#include "http_server/message.h"
#include "points/listener.h"

namespace proviso::points {

// Answers the question of a gateway that asks over HTTP before it lets a request through: nginx
// auth_request, Caddy forward_auth, Traefik ForwardAuth. 200 is allow, 403 is deny, the body is
// always empty, and the reason stands in X-Proviso-* headers (docs/formats/serve.md).
class ForwardAuth {
 public:
  explicit ForwardAuth(Listener listener) : listener_(std::move(listener)) {}

  // True when `path` is the listener's prefix or below it: then Answer is to be asked.
  bool Covers(std::string_view path) const;

  // `table` may be absent: there is none yet.
  http_server::Response Answer(const http_server::Request& request,
                               const enforcement::DecisionTable* table, Time now) const;

  // The answer when none can be found: as the listener's `trouble` says.
  http_server::Response Trouble(std::string_view reason) const;

 private:
  Listener listener_;
};

}  // namespace proviso::points
