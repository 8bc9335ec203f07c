#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "points/listener.h"
#include "points/point_server.h"
#include "points/table_follower.h"
#include "server/log_news.h"
#include "service/data_directory.h"

namespace proviso::server {

// A running `proviso serve` whose log lies in PostgreSQL, one of several on one data directory. One
// of them is the appender: it does the requests of the mailbox, its own people's among them. The
// others stand by: they answer enforcement points from the table file, and one takes over when the
// appender is gone. Owns its threads.
class SharedServer {
 public:
  struct Options {
    // Takes lines for people. Called from a thread of the server's own.
    std::function<void(const std::string& line)> report;
    LogReport log = nullptr;
    points::VerdictObserver* observer = nullptr;  // outlives the server; may be null
  };
  static Result<std::unique_ptr<SharedServer>> Start(const std::filesystem::path& directory,
                                                     const std::vector<points::Listener>& listeners,
                                                     const service::Environment& environment,
                                                     Options options);
  SharedServer(const SharedServer&) = delete;
  SharedServer& operator=(const SharedServer&) = delete;
  ~SharedServer();

  // One for each listener, in the order of the configuration.
  std::vector<std::uint16_t> ports() const;
  points::PointServer& points();
  const points::TableFollower& follower() const;
  // How often the table file was put back, because something else stood in its place.
  const std::atomic<std::uint64_t>& tables_restored() const;
  // Begins no more requests, finishes the ones at work, and leaves the rest to another. A second
  // call does nothing.
  Status Stop();

 private:
  class Impl;
  explicit SharedServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::server
