#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace proviso::http_server {

// A TCP socket that listens on a loopback address.
class ListeningSocket {
 public:
  // `address` as in HttpServerOptions::address; the errors of HttpServer::Start.
  static Result<ListeningSocket> Open(std::string_view address);
  // The same socket once more: who connects is given to whichever asks first.
  Result<ListeningSocket> Again() const;
  ListeningSocket(ListeningSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), port_(other.port_) {}
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  std::uint16_t port() const { return port_; }
  int descriptor() const { return descriptor_; }

 private:
  ListeningSocket(int descriptor, std::uint16_t port) : descriptor_(descriptor), port_(port) {}
  int descriptor_;
  std::uint16_t port_;
};

}  // namespace proviso::http_server
