#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "http_server/message.h"

namespace proviso::http_server {

// A request whose answer comes later. Thread-safe; may outlive the server.
class Later {
 public:
  Later() = default;
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;
  virtual ~Later() = default;

  // Ends the wait: `answer` is called once, on the thread of the handler that put the request off,
  // and what it returns is sent. False when the wait was over already: then it is never called.
  virtual bool Finish(std::function<Response()> answer) = 0;
};

// Puts off the answer to the request that a handler is called with.
class Deferrer {
 public:
  Deferrer() = default;
  Deferrer(const Deferrer&) = delete;
  Deferrer& operator=(const Deferrer&) = delete;
  virtual ~Deferrer() = default;

  // What the handler returns is ignored then; the thread answers other requests meanwhile. When
  // nobody ended the wait after `limit`, `at_limit` makes the answer, as Finish says. Empty when
  // the server stops: then the handler must answer at once. To be called once for a request.
  virtual std::shared_ptr<Later> Defer(std::chrono::milliseconds limit,
                                       std::function<Response()> at_limit) = 0;
};

}  // namespace proviso::http_server
