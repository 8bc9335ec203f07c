#include "http_server/loopback_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace proviso::http_server {
namespace {

constexpr std::size_t kAnswerBytesMax = 64U << 20U;

Error SystemFailure(std::string_view doing) {
  return Error(ErrorCode::kUnavailable,
               std::string(doing) + ": " + std::generic_category().message(errno));
}

Result<std::size_t> ParseLength(std::string_view text) {
  std::size_t length = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (problem != std::errc() || rest != text.data() + text.size() || length > kAnswerBytesMax) {
    return Fail(ErrorCode::kDataLoss, "the answer has a bad length: `" + std::string(text) + "`");
  }
  return length;
}

}  // namespace

Result<LoopbackClient> LoopbackClient::Connect(std::uint16_t port,
                                               std::chrono::milliseconds timeout) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return tl::unexpected(SystemFailure("open a socket"));
  LoopbackClient client(descriptor, timeout);
  const int yes = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const timeval limit{.tv_sec = timeout.count() / 1000,
                      .tv_usec = static_cast<suseconds_t>(timeout.count() % 1000 * 1000)};
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The socket calls want the base type of all addresses.
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return tl::unexpected(SystemFailure("connect to 127.0.0.1:" + std::to_string(port)));
  }
  return client;
}

LoopbackClient::~LoopbackClient() {
  if (socket_ >= 0) close(socket_);
}

Status LoopbackClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return tl::unexpected(SystemFailure("send"));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<bool> LoopbackClient::ReceiveMore() {
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  const int ready = poll(&waiting, 1, static_cast<int>(timeout_.count()));
  if (ready < 0) return tl::unexpected(SystemFailure("wait for an answer"));
  if (ready == 0) {
    return Fail(ErrorCode::kUnavailable,
                "no answer within " + std::to_string(timeout_.count()) + " ms");
  }
  std::array<char, 16384> buffer;
  const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
  // A server that refuses a request without reading all of it resets the connection.
  if (size < 0 && errno == ECONNRESET) return false;
  if (size < 0) return tl::unexpected(SystemFailure("receive"));
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  if (received_.size() > kAnswerBytesMax) {
    return Fail(ErrorCode::kResourceExhausted, "the answer is longer than 64 MiB");
  }
  return size > 0;
}

Result<Response> LoopbackClient::ParseHead(std::string_view head) const {
  Response response;
  response.status = 0;
  const std::size_t line_end = head.find("\r\n");
  const std::string_view status_line = head.substr(0, line_end);
  if (status_line.starts_with("HTTP/1.") && status_line.size() >= 12) {
    std::from_chars(status_line.data() + 9, status_line.data() + 12, response.status);
  }
  if (response.status < 100) {
    return Fail(ErrorCode::kDataLoss,
                "expected an HTTP/1 answer; found `" + std::string(status_line) + "`");
  }
  std::string_view rest = head.substr(std::min(line_end + 2, head.size()));
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) {
      return Fail(ErrorCode::kDataLoss, "expected a header; found `" + std::string(line) + "`");
    }
    response.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
  }
  return response;
}

Result<Response> LoopbackClient::Receive(bool head) {
  Response response;
  do {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!PROVISO_TRY(ReceiveMore())) {
        return Fail(ErrorCode::kUnavailable, "the connection was closed before an answer");
      }
    }
    response = PROVISO_TRY(ParseHead(std::string_view(received_).substr(0, end + 2)));
    received_.erase(0, end + 4);
  } while (response.status < 200);

  const std::string_view length_text = HeaderOf(response, "Content-Length");
  if (head || length_text.empty()) return response;
  const std::size_t length = PROVISO_TRY(ParseLength(length_text));
  while (received_.size() < length) {
    if (!PROVISO_TRY(ReceiveMore())) {
      return Fail(ErrorCode::kUnavailable, "the connection was closed within an answer");
    }
  }
  response.body = received_.substr(0, length);
  received_.erase(0, length);
  return response;
}

Result<Response> LoopbackClient::Ask(std::string_view method, std::string_view target,
                                     const std::vector<ResponseHeader>& headers,
                                     std::string_view body) {
  std::string request = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  request += "Host: 127.0.0.1\r\n";
  for (const ResponseHeader& header : headers) {
    request += header.name + ": " + header.value + "\r\n";
  }
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n";
  request += body;
  if (Status sent = Send(request); !sent) return tl::unexpected(std::move(sent).error());
  return Receive(method == "HEAD");
}

Result<std::string> LoopbackClient::ReceiveUntilClosed() {
  while (true) {
    if (!PROVISO_TRY(ReceiveMore())) break;
  }
  return std::exchange(received_, {});
}

std::string_view HeaderOf(const Response& response, std::string_view name) {
  std::vector<Field> fields;
  if (response.prepared != nullptr) {
    for (const ResponseHeader& header : response.prepared->headers()) {
      fields.push_back({header.name, header.value});
    }
  }
  for (const ResponseHeader& header : response.headers) {
    fields.push_back({header.name, header.value});
  }
  const Request as_request{.method = {}, .path = {}, .query = {}, .headers = fields, .body = {}};
  return as_request.FindHeader(name).value;
}

}  // namespace proviso::http_server
