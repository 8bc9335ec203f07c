#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "http_server/message.h"
#include "io/http/poster.h"
#include "points/listener.h"
#include "points/reason_code.h"
#include "points/sight.h"
#include "points/tally.h"

namespace proviso::points {

// How one listener understands its gateways and answers them. Belongs to one thread of the
// listener. A new wire protocol is a new class of this kind, and a row in MakeProtocol.
class Protocol {
 public:
  Protocol() = default;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol() = default;

  // True when `path` is one that this protocol answers: then Answer is to be asked.
  virtual bool Covers(std::string_view path) const = 0;

  virtual http_server::Response Answer(const http_server::Request& request, const Sight& sight) = 0;

  // The answer when none can be found, in the words of the protocol. Never one that a gateway reads
  // as the opposite of what the listener's `trouble` says.
  virtual http_server::Response Trouble(ReasonCode code) const = 0;
};

// The operator's own OPA that `listener` asks too; empty when it asks none.
Result<std::shared_ptr<io::HttpPoster>> StartUpstream(const Listener& listener);

// The protocol of `listener`. `tally`, which may be null, must outlive it; `upstream` comes from
// StartUpstream, one for all threads of the listener.
std::unique_ptr<Protocol> MakeProtocol(const Listener& listener, Tally* tally,
                                       std::shared_ptr<io::HttpPoster> upstream = nullptr);

// How large the body of a question to `listener` may be.
std::size_t BodyBytesMax(const Listener& listener);

// True when `path` is `prefix` or below it.
bool IsBelow(std::string_view path, std::string_view prefix);

}  // namespace proviso::points
