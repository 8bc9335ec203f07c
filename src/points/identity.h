#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http_server/message.h"
#include "points/decider.h"
#include "points/listener.h"
#include "points/token.h"

namespace proviso::points {

// Finds out for one thread whom a head names, where that is more than the value of a header: in
// what it says of a certificate, or in a token.
class IdentityReader {
 public:
  // `listener` must outlive this.
  explicit IdentityReader(const Listener& listener)
      : listener_(&listener), tokens_(listener.identity) {}
  IdentityReader(const IdentityReader&) = delete;
  IdentityReader& operator=(const IdentityReader&) = delete;
  ~IdentityReader() = default;

  // The question of `request`, valid until the next call.
  Asked Read(const http_server::Request& request, Time now);

 private:
  std::optional<std::string> Find(const http_server::Request& request, Time now);
  std::optional<std::string> ClaimOf(const Result<simdjson::dom::element>& claims) const;

  const Listener* listener_;
  TokenReader tokens_;
  std::string subscription_;
};

}  // namespace proviso::points
