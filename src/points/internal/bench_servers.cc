#include "points/internal/bench_servers.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "points/internal/example_table.h"
#include "points/internal/opa_bodies.h"

namespace proviso::points::internal {
namespace {

std::string ForwardAuthRequest(std::string_view subscription) {
  return "GET /authz/forward HTTP/1.1\r\nHost: proviso\r\nUser-Agent: gateway\r\nAccept: */*\r\n"
         "X-Proviso-Subscription: " +
         std::string(subscription) +
         "\r\nX-Proviso-Service: blob-store\r\nX-Proviso-Region: nl-1\r\n"
         "X-Original-Method: PUT\r\n\r\n";
}

// A gateway that posts JSON, with the connection kept.
std::string JsonRequest(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: proviso\r\nAccept: */*\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

// What Ceph's object gateway asks of an OPA: some 1,400 bytes, of which four words count.
BenchCase RgwCase() {
  Listener listener = ListenerOf(ProtocolKind::kOpa);
  listener.opa.adapter = OpaAdapter::kRgw;
  const auto question = [](const char* user) {
    return JsonRequest("/v1/data/proviso/blob-store/nl-1",
                       RgwBody({.method = "PUT", .user = user, .owner = user}));
  };
  return {.name = "opa_api",
          .listener = listener,
          .allowed = question("sub-2"),
          .denied = question("sub-1"),
          .target = 0.75};
}

BenchCase AuthzenCase() {
  const auto question = [](std::string_view subject) {
    return JsonRequest("/access/v1/evaluation",
                       R"({"subject":{"type":"subscription","id":")" + std::string(subject) +
                           R"("},"action":{"name":"write"},"resource":{"type":"service",)"
                           R"("id":"blob-store","properties":{"region":"nl-1"}}})");
  };
  return {.name = "authzen",
          .listener = ListenerOf(ProtocolKind::kAuthzen),
          .allowed = question("sub-2"),
          .denied = question("sub-1"),
          .target = 0.75};
}

}  // namespace

std::vector<BenchCase> BenchCases() {
  std::vector<BenchCase> cases;
  cases.push_back({.name = "forward_auth",
                   .listener = {},
                   .allowed = ForwardAuthRequest("sub-2"),
                   .denied = ForwardAuthRequest("sub-1"),
                   .denied_status = 403,
                   .target = 0.9});
  cases.push_back(RgwCase());
  cases.push_back(AuthzenCase());
  return cases;
}

std::unique_ptr<PointServer> StartPoint(const Listener& listener, const Clock& clock) {
  Listener anywhere = listener;
  anywhere.address = "127.0.0.1:0";
  auto point = PointServer::Start({anywhere}, clock, {.threads = 1}).value();
  auto restriction =
      MakeRestriction("decision-1/1", terms::Stage::kReadOnly, {{"sub-1", "blob-store", "nl-1"}});
  restriction.from = Time();
  point->Publish(SnapshotOrDie(118, {restriction}));
  return point;
}

std::unique_ptr<http_server::HttpServer> StartConstant(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  PROVISO_CHECK(end != std::string_view::npos, "no answer");
  const std::string body(answer.substr(end + 4));
  std::vector<http_server::ResponseHeader> headers;
  std::string_view lines = answer.substr(0, end);
  while (lines.find("\r\n") != std::string_view::npos) {
    lines.remove_prefix(lines.find("\r\n") + 2);
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    const std::string_view name = line.substr(0, line.find(':'));
    // The server adds these itself.
    if (name == "Date" || name == "Content-Length") continue;
    headers.push_back({std::string(name), std::string(line.substr(name.size() + 2))});
  }
  const auto prepared = std::make_shared<const http_server::PreparedHeaders>(std::move(headers));
  return http_server::HttpServer::Start({.threads = 1, .connections_max = kBenchConnectionsMax},
                                        [prepared, body] {
                                          return [prepared, body](const http_server::Request&) {
                                            return http_server::Response{
                                                .status = 200, .prepared = prepared, .body = body};
                                          };
                                        })
      .value();
}

BareServer::BareServer(std::string answer)
    : answer_(std::move(answer)),
      listening_(socket(AF_INET, SOCK_STREAM, 0)),
      epoll_(epoll_create1(0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr plain{};
  std::memcpy(&plain, &address, sizeof plain);
  socklen_t size = sizeof address;
  PROVISO_CHECK(bind(listening_, &plain, sizeof plain) == 0 && listen(listening_, 128) == 0 &&
                    getsockname(listening_, &plain, &size) == 0,
                "no port");
  std::memcpy(&address, &plain, sizeof address);
  port_ = ntohs(address.sin_port);
  Watch(listening_);
  thread_ = std::jthread([this](const std::stop_token& stop) { Serve(stop); });
}

BareServer::~BareServer() {
  thread_.request_stop();
  thread_.join();
  close(listening_);
  close(epoll_);
}

void BareServer::Watch(int socket) const {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

void BareServer::Serve(const std::stop_token& stop) const {
  std::array<epoll_event, 64> events{};
  while (!stop.stop_requested()) {
    const int count = epoll_wait(epoll_, events.data(), events.size(), 50);
    for (int i = 0; i < count; ++i) Answer(events[static_cast<std::size_t>(i)].data.fd);
  }
}

void BareServer::Answer(int socket) const {
  if (socket == listening_) {
    const int accepted = accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK);
    const int yes = 1;
    setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    Watch(accepted);
    return;
  }
  std::array<char, 8192> buffer;  // NOLINT: filled by recv
  const ssize_t size = recv(socket, buffer.data(), buffer.size(), 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) {
    // By name: a load that is being started has a copy of the socket for a moment.
    epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, nullptr);
    close(socket);
    return;
  }
  const std::string_view request(buffer.data(), static_cast<std::size_t>(size));
  if (request.find("\r\n\r\n") == std::string_view::npos) return;
  static_cast<void>(send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL));
}

}  // namespace proviso::points::internal
