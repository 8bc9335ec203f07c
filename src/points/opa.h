#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/poster.h"
#include "points/decider.h"
#include "points/gzip_body.h"
#include "points/held_verdicts.h"
#include "points/json_outline.h"
#include "points/opa_input.h"
#include "points/outcome_headers.h"
#include "points/protocol.h"

namespace proviso::points {

// Answers the clients of an Open Policy Agent over its REST Data API (docs/formats/serve.md): the
// object stores, query engines and brokers that ask an OPA about each request. Bodies may hold
// secrets of customers: nothing of them is kept, logged or quoted.
class OpaApi final : public Protocol {
 public:
  // `upstream` is asked too, where there is one, when there is nothing against a request: an OPA of
  // the operator's. Its answer is handed on as it is.
  explicit OpaApi(Listener listener, Tally* tally = nullptr,
                  std::shared_ptr<io::HttpPoster> upstream = nullptr);

  bool Covers(std::string_view path) const override;
  http_server::Response Answer(const http_server::Request& request, const Sight& sight) override;
  http_server::Response Trouble(ReasonCode code) const override;

 private:
  // How an answer is written.
  struct Shape {
    bool bare = false;    // the value alone, without `{"result":...}`: the API of version 0
    bool object = false;  // an object with the reason, not a boolean
    std::optional<std::size_t> batch = std::nullopt;
    std::string_view when_allowed = "true";
    // What to show to who observes verdicts once there is an answer; absent: it was shown.
    std::shared_ptr<const HeldVerdicts::Batch> held = nullptr;
  };

  http_server::Response AnswerOpened(const http_server::Request& request, const Sight& sight);
  http_server::Response Evaluate(const http_server::Request& request, const Sight& sight);
  http_server::Response Decide(const http_server::Request& request, std::optional<JsonValue> input,
                               const Sight& sight);
  Outcome Find(const http_server::Request& request, std::optional<JsonValue> input,
               const OpaInput& known, const Sight& sight) const;
  http_server::Found Word(const Channel& channel, const http_server::Request& request,
                          std::optional<JsonValue> input) const;
  bool IsExempt(std::string_view name) const;
  http_server::Response AskUpstream(const http_server::Request& request, const Outcome& ours);
  http_server::Response HandOn(const Result<io::HttpResponse>& answer, Outcome ours);
  void ShowHeld(const Outcome& answered) const;  // once
  http_server::Response Say(const Outcome& outcome) const;
  http_server::Response Write(const Outcome& outcome, std::string body) const;

  const Listener listener_;
  const std::string prefix_v0_;
  VerdictObserver* const observer_;
  HeldVerdicts held_;
  Tally held_tally_{&held_};
  const Decider decider_;  // does not count
  const Decider counter_;
  const OutcomeHeading heading_{
      std::vector<http_server::ResponseHeader>{{"Content-Type", "application/json"}}};
  const std::shared_ptr<io::HttpPoster> upstream_;
  JsonOutline json_;
  GzipBody gzip_;
  mutable Shape shape_;  // of the answer to the question at hand
};

}  // namespace proviso::points
