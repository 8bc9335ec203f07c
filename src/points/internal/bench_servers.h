#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.h"
#include "http_server/http_server.h"
#include "points/point_server.h"

// What `http_bench.cc` asks: the decision point, and what it is measured against. Each has a
// thread.
namespace proviso::points::internal {

inline constexpr std::size_t kBenchConnectionsMax = 20'000;

// A protocol under the load: which listener, and what a gateway sends for a question that is
// allowed, and for one that is denied.
struct BenchCase {
  std::string name;
  Listener listener;
  std::string allowed;
  std::string denied;
  int denied_status = 200;
  double target = 0;  // of the constant's answers a second
};
std::vector<BenchCase> BenchCases();

// A decision point with one restriction, that of the question that is denied.
std::unique_ptr<PointServer> StartPoint(const Listener& listener, const Clock& clock);

// The server class of the point with a handler that always answers the bytes of `answer` (but for
// the date): it reads requests as the point does, decides nothing, and counts nothing.
std::unique_ptr<http_server::HttpServer> StartConstant(std::string_view answer);

// A server as small as one can be: finds the end of each request's head, and sends `answer`.
class BareServer {
 public:
  explicit BareServer(std::string answer);
  BareServer(const BareServer&) = delete;
  BareServer& operator=(const BareServer&) = delete;
  ~BareServer();
  std::uint16_t port() const { return port_; }

 private:
  void Watch(int socket) const;
  void Serve(const std::stop_token& stop) const;
  void Answer(int socket) const;

  const std::string answer_;
  int listening_;
  int epoll_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

}  // namespace proviso::points::internal
