#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "http_server/message.h"
#include "points/decider.h"

namespace proviso::points {

// The X-Proviso-* headers of an answer (docs/formats/serve.md): what every protocol that has
// headers says with them. `appeal` is where a denied customer can appeal; it may be empty.
std::vector<http_server::ResponseHeader> OutcomeHeaders(const Outcome& outcome,
                                                        std::string_view appeal);

// Adds these headers to answers, after those that a protocol always says. Nearly every answer says
// what the one before it did: that nothing is restricted, by the same table. Belongs to one thread.
class OutcomeHeading {
 public:
  explicit OutcomeHeading(std::vector<http_server::ResponseHeader> always = {})
      : always_(std::move(always)) {}
  void AddTo(http_server::Response& response, const Outcome& outcome,
             std::string_view appeal) const;

 private:
  const std::vector<http_server::ResponseHeader> always_;
  mutable std::optional<std::uint64_t> table_;  // that `allowed_` is for
  mutable std::shared_ptr<const http_server::PreparedHeaders> allowed_;
};

}  // namespace proviso::points
