#include "points/point_server.h"

#include <string>
#include <utility>

#include "points/forward_auth.h"

namespace proviso::points {
namespace {

using http_server::Request;
using http_server::Response;

Response Readiness(const TableSnapshot* snapshot) {
  if (snapshot == nullptr) return {.status = 503, .body = "no table yet\n"};
  return {.status = 200, .body = "table " + std::to_string(snapshot->table().number()) + "\n"};
}

// Answers for one thread of one listener.
class PointHandler {
 public:
  PointHandler(ForwardAuth forward_auth, const Published<TableSnapshot>& published,
               const Clock& clock)
      : forward_auth_(std::move(forward_auth)), reader_(published), clock_(&clock) {}

  Response operator()(const Request& request) {
    if (forward_auth_.Covers(request.path)) return Ask(request);
    if (request.path == "/healthz") return {.status = 200, .body = "ok\n"};
    if (request.path == "/readyz") return Readiness(reader_.Get());
    return {.status = 404};
  }

 private:
  Response Ask(const Request& request) {
    try {
      const TableSnapshot* const snapshot = reader_.Get();
      return forward_auth_.Answer(request, snapshot == nullptr ? nullptr : &snapshot->table(),
                                  clock_->Now());
    } catch (...) {
      // Out of memory, that is. What a 500 means is the gateway's to say, what this means is ours.
      return forward_auth_.Trouble("cannot decide");
    }
  }

  ForwardAuth forward_auth_;
  Published<TableSnapshot>::Reader reader_;
  const Clock* clock_;
};

}  // namespace

Result<std::unique_ptr<PointServer>> PointServer::Start(const std::vector<Listener>& listeners,
                                                        const Clock& clock,
                                                        const PointServerOptions& options) {
  std::unique_ptr<PointServer> point(new PointServer());
  for (const Listener& listener : listeners) {
    const auto make_handler = [listener, &clock, &published = point->published_] {
      return http_server::Handler(PointHandler(ForwardAuth(listener), published, clock));
    };
    // A question is a head of a few headers; a body is never looked at.
    point->servers_.push_back(
        PROVISO_TRY(http_server::HttpServer::Start({.address = listener.address,
                                                    .threads = options.threads,
                                                    .connections_max = options.connections_max,
                                                    .body_bytes_max = 65536,
                                                    .access_log = options.access_log},
                                                   make_handler)));
  }
  return point;
}

void PointServer::Publish(std::unique_ptr<const TableSnapshot> table) {
  published_.Publish(std::move(table));
}

std::vector<std::uint16_t> PointServer::ports() const {
  std::vector<std::uint16_t> ports;
  ports.reserve(servers_.size());
  for (const auto& server : servers_) ports.push_back(server->port());
  return ports;
}

void PointServer::Stop() {
  for (const auto& server : servers_) server->Stop();
}

}  // namespace proviso::points
