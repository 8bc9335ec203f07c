#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http_server/message.h"

namespace proviso::http_server {

// One connection to a server on 127.0.0.1, kept open from request to request. For tests, probes and
// measurements: it sends exactly the bytes it is given, and waits for an answer up to a limit.
class LoopbackClient {
 public:
  static Result<LoopbackClient> Connect(
      std::uint16_t port, std::chrono::milliseconds timeout = std::chrono::seconds(10));
  LoopbackClient(LoopbackClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        timeout_(other.timeout_),
        received_(std::move(other.received_)) {}
  LoopbackClient& operator=(LoopbackClient&&) = delete;
  ~LoopbackClient();

  // Sends `bytes` as they are. kUnavailable when the other side does not take them.
  Status Send(std::string_view bytes);

  // The next answer, without interim ones (1xx). `head` when the request was one: no body follows.
  // kUnavailable when the connection ends or the time is up, kDataLoss for what is no answer.
  Result<Response> Receive(bool head = false);

  // Sends a request with Host, the `headers`, and Content-Length if there is a body; its answer.
  Result<Response> Ask(std::string_view method, std::string_view target,
                       const std::vector<ResponseHeader>& headers = {}, std::string_view body = {});

  // All bytes until the other side closes the connection. kUnavailable when the time is up.
  Result<std::string> ReceiveUntilClosed();

 private:
  LoopbackClient(int socket, std::chrono::milliseconds timeout)
      : socket_(socket), timeout_(timeout) {}
  Result<bool> ReceiveMore();  // false: the other side closed the connection
  Result<Response> ParseHead(std::string_view head) const;

  int socket_;
  std::chrono::milliseconds timeout_;
  std::string received_;
};

// The value of the header `name` of `response`, ASCII case ignored; "" when there is none.
std::string_view HeaderOf(const Response& response, std::string_view name);

}  // namespace proviso::http_server
