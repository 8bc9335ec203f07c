#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/published.h"
#include "base/time.h"
#include "http_server/http_server.h"
#include "points/listener.h"
#include "points/table_snapshot.h"

namespace proviso::points {

struct PointServerOptions {
  int threads = 2;  // for each listener
  std::size_t connections_max = 1024;
  std::function<void(const http_server::AccessRecord&)> access_log = nullptr;
};

// A decision point: listeners that answer from the newest table published to it. Thread-safe. Each
// listener also answers `/healthz` (200) and `/readyz` (200 once there is a table, else 503).
class PointServer {
 public:
  // The errors of HttpServer::Start. `clock` must outlive the server.
  static Result<std::unique_ptr<PointServer>> Start(const std::vector<Listener>& listeners,
                                                    const Clock& clock,
                                                    const PointServerOptions& options = {});
  PointServer(const PointServer&) = delete;
  PointServer& operator=(const PointServer&) = delete;
  ~PointServer() = default;

  // Every request that comes in after this returns is answered from `table`.
  void Publish(std::unique_ptr<const TableSnapshot> table);

  std::vector<std::uint16_t> ports() const;  // in the order of the listeners

  void Stop();  // as HttpServer::Stop

 private:
  PointServer() = default;

  // Outlives the servers, whose handlers hold readers of it.
  Published<TableSnapshot> published_;
  std::vector<std::unique_ptr<http_server::HttpServer>> servers_;
};

}  // namespace proviso::points
