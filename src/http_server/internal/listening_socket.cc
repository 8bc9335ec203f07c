#include "http_server/internal/listening_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include "http_server/http_server.h"

namespace proviso::http_server {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  bool loopback = false;
};

// sockaddr is the base of all address types in C's way: this is how the calls below want it.
const sockaddr* AsSockaddr(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

Error BadAddress(std::string_view text) {
  return Error(ErrorCode::kInvalidArgument,
               "`" + std::string(text) +
                   "` is no address to listen on; expected an IP address and a port, like "
                   "`127.0.0.1:8181` or `[::1]:8181`");
}

Result<SocketAddress> ParseAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return tl::unexpected(BadAddress(text));
  const std::string_view port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const char* const end = port_text.data() + port_text.size();
  const auto [rest, problem] = std::from_chars(port_text.data(), end, port);
  if (problem != std::errc() || rest != end) return tl::unexpected(BadAddress(text));

  std::string host(text.substr(0, colon));
  SocketAddress address;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(port);
    if (inet_pton(AF_INET6, host.c_str(), &in6.sin6_addr) != 1) {
      return tl::unexpected(BadAddress(text));
    }
    address.loopback = IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) != 0;
    address.size = sizeof in6;
    std::memcpy(&address.storage, &in6, sizeof in6);
    return address;
  }
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &in.sin_addr) != 1) {
    return tl::unexpected(BadAddress(text));
  }
  address.loopback = (ntohl(in.sin_addr.s_addr) >> 24U) == 127;
  address.size = sizeof in;
  std::memcpy(&address.storage, &in, sizeof in);
  return address;
}

Result<SocketAddress> ParseLoopback(std::string_view text) {
  SocketAddress address = PROVISO_TRY(ParseAddress(text));
  if (!address.loopback) {
    return Fail(ErrorCode::kFailedPrecondition,
                "will not listen on `" + std::string(text) +
                    "`: without TLS only loopback addresses are served; listen on `127.0.0.1` "
                    "and put a proxy that speaks TLS before it");
  }
  return address;
}

Error SystemFailure(std::string_view doing, std::string_view address) {
  return Error(ErrorCode::kUnavailable, std::string(doing) + " `" + std::string(address) +
                                            "`: " + std::generic_category().message(errno));
}

std::uint16_t PortOf(int descriptor) {
  SocketAddress address;
  address.size = sizeof address.storage;
  // getsockname writes through the pointer.
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &address.storage, sizeof in6);
    return ntohs(in6.sin6_port);
  }
  sockaddr_in in{};
  std::memcpy(&in, &address.storage, sizeof in);
  return ntohs(in.sin_port);
}

}  // namespace

Status CheckAddress(std::string_view address) {
  PROVISO_TRY(ParseLoopback(address));
  return {};
}

std::string UrlOf(std::string_view address, std::uint16_t port) {
  return "http://" + std::string(address.substr(0, address.rfind(':'))) + ":" +
         std::to_string(port);
}

Result<ListeningSocket> ListeningSocket::Open(std::string_view text) {
  const SocketAddress address = PROVISO_TRY(ParseLoopback(text));
  const int family = address.storage.ss_family;
  const int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return tl::unexpected(SystemFailure("open a socket for", text));
  ListeningSocket result(descriptor, 0);
  // Else a restart would wait for the connections of the process before to be forgotten.
  const int yes = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(descriptor, AsSockaddr(address), address.size) != 0 ||
      listen(descriptor, SOMAXCONN) != 0) {
    const bool taken = errno == EADDRINUSE;
    Error failure = SystemFailure("listen on", text);
    if (!taken) return tl::unexpected(std::move(failure));
    return Fail(failure.code(), failure.message() + "; end what has it, or choose another address");
  }
  result.port_ = PortOf(descriptor);
  return result;
}

Result<ListeningSocket> ListeningSocket::Again() const {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): fcntl has no other form.
  const int descriptor = fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) {
    return tl::unexpected(SystemFailure("go on listening on port", std::to_string(port_)));
  }
  return ListeningSocket(descriptor, port_);
}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace proviso::http_server
