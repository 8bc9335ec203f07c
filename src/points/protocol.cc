#include "points/protocol.h"

#include "points/authzen.h"
#include "points/envoy.h"
#include "points/forward_auth.h"
#include "points/opa.h"
#include "points/oslo.h"

namespace proviso::points {

Result<std::shared_ptr<io::HttpPoster>> StartUpstream(const Listener& listener) {
  std::shared_ptr<io::HttpPoster> upstream;
  if (listener.protocol != ProtocolKind::kOpa || listener.opa.upstream.empty()) return upstream;
  upstream = PROVISO_TRY(io::HttpPoster::Start(
      {.url = listener.opa.upstream, .timeout = listener.opa.upstream_limit}));
  return upstream;
}

std::unique_ptr<Protocol> MakeProtocol(const Listener& listener, Tally* tally,
                                       std::shared_ptr<io::HttpPoster> upstream) {
  switch (listener.protocol) {
    case ProtocolKind::kForwardAuth:
      return std::make_unique<ForwardAuth>(listener, tally);
    case ProtocolKind::kEnvoy:
      return std::make_unique<Envoy>(listener, tally);
    case ProtocolKind::kOslo:
      return std::make_unique<Oslo>(listener, tally);
    case ProtocolKind::kAuthzen:
      return std::make_unique<Authzen>(listener, tally);
    case ProtocolKind::kOpa:
      return std::make_unique<OpaApi>(listener, tally, std::move(upstream));
  }
  return nullptr;
}

std::size_t BodyBytesMax(const Listener& listener) {
  // A question without a body is a head of a few headers.
  constexpr std::size_t kUnread = 65536;
  return AsksInTheHead(listener.protocol) ? kUnread : JsonBody::kBytesMax;
}

bool IsBelow(std::string_view path, std::string_view prefix) {
  if (!path.starts_with(prefix)) return false;
  return path.size() == prefix.size() || path[prefix.size()] == '/';
}

}  // namespace proviso::points
