#pragma once

#include <string_view>
#include <utility>

#include "points/decider.h"
#include "points/oslo_question.h"
#include "points/outcome_headers.h"
#include "points/protocol.h"

namespace proviso::points {

// Answers the http check of oslo.policy, by which OpenStack services ask: the body `True` allows,
// any other denies. Those clients do not look at the status, so that a denial says so in the body,
// and nothing but an allowance ever holds `True` (docs/formats/serve.md).
class Oslo final : public Protocol {
 public:
  explicit Oslo(Listener listener, Tally* tally = nullptr)
      : listener_(std::move(listener)), decider_(listener_, tally) {}

  bool Covers(std::string_view path) const override;
  http_server::Response Answer(const http_server::Request& request, const Sight& sight) override;
  http_server::Response Trouble(ReasonCode code) const override;

 private:
  Outcome Decide(const http_server::Request& request, const Sight& sight);
  bool IsOperator(const OsloQuestion& question) const;
  http_server::Response Say(const Outcome& outcome) const;

  const Listener listener_;
  Decider decider_;
  OsloReader reader_;
  const OutcomeHeading heading_{
      std::vector<http_server::ResponseHeader>{{"Content-Type", "text/plain"}}};
};

}  // namespace proviso::points
