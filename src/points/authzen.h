#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "points/authzen_question.h"
#include "points/budget.h"
#include "points/decider.h"
#include "points/json_body.h"
#include "points/outcome_headers.h"
#include "points/protocol.h"

namespace proviso::points {

// Answers questions of the OpenID AuthZEN Authorization API 1.0: evaluation, evaluations, the
// searches, and the metadata. A denial is a 200 whose `decision` is false
// (docs/formats/serve.md).
class Authzen final : public Protocol {
 public:
  static constexpr std::size_t kEvaluationsMax = 1000;  // in one batch; above: 400
  static constexpr std::size_t kResultsMax = 1000;      // of a search, on one page

  explicit Authzen(Listener listener, Tally* tally = nullptr);

  bool Covers(std::string_view path) const override;
  http_server::Response Answer(const http_server::Request& request, const Sight& sight) override;
  http_server::Response Trouble(ReasonCode code) const override;

 private:
  using Response = http_server::Response;

  Response AnswerQuestion(const http_server::Request& request, const Sight& sight);
  Result<Response> Dispatch(std::string_view endpoint, std::string_view body, const Sight& sight);
  Result<Response> Evaluate(simdjson::dom::element root, const Sight& sight) const;
  Result<Response> EvaluateAll(simdjson::dom::element root, const Sight& sight) const;
  Response Metadata() const;

  // One of a batch.
  Result<Outcome> DecideItem(simdjson::dom::element item, const AuthzenEntities& defaults,
                             const Sight& sight, Budget& budget) const;
  // What is said to who cannot be answered.
  Response Instead(const Error& error) const;
  Result<Outcome> DecideOne(const AuthzenEntities& entities, const Sight& sight) const;
  // Whether the answer is that there is none: 500, for the gateway to make of it what it will.
  bool LeavesToGateway(const Outcome& outcome) const;

  const Listener listener_;
  const std::string metadata_path_;  // empty: nothing is published
  Decider decider_;
  const OutcomeHeading heading_{
      std::vector<http_server::ResponseHeader>{{"Content-Type", "application/json"}}};
  JsonBody json_;
};

// `{"decision":false,"context":{...}}`: how an outcome reads.
std::string AuthzenDecision(const Outcome& outcome, std::string_view appeal);

// The decision about an item of a batch that is no question: false, with the error.
std::string AuthzenItemError(std::string_view message);

// Whether a listener can search: for subjects, when it is told of some; for resources, when their
// ids are services.
bool CanSearch(const Listener& listener, AuthzenSought sought);

// What the search `root` finds, as the body of the answer. kInvalidArgument for a malformed one,
// kUnavailable when nothing can be decided, kResourceExhausted when it takes too long.
Result<std::string> SearchAuthzen(const Listener& listener, simdjson::dom::element root,
                                  AuthzenSought sought, const Sight& sight);

}  // namespace proviso::points
