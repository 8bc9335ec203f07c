#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "points/listener.h"
#include "points/point_server.h"
#include "server/log_news.h"
#include "service/instance.h"

namespace proviso::server {

// A running `proviso serve`: holds one data directory, answers commands on its socket, and answers
// enforcement points on its listeners, from the newest decision table. Owns its threads.
//
// Where the log has witnesses, they are asked once before anything is served, so that a data
// directory that was put back is not written on, and then after new checkpoints, at most once a
// second; no command waits for them.
//
// A log that stops is told at once, and where its database is right it goes on by itself. A
// directory that cannot be opened for want of room, of a disk that takes anything, of a database
// that answers, or because what it holds is damaged is opened later: until then the listeners are
// answered from its last table, as `proviso point` does, and nobody else is answered here.
class Server {
 public:
  // Takes lines for people: what changed at witnesses. Called from a thread of the server's own.
  using Report = std::function<void(const std::string& line)>;
  struct Options {
    Report report = nullptr;
    LogReport log = nullptr;
    points::VerdictObserver* observer = nullptr;  // outlives the server; may be null
    // A folder that gets a copy of the decision table, readable by this process's group; made when
    // it is missing. This server's alone while it lives: kUnavailable when another one has it.
    // Absent: none.
    std::optional<std::filesystem::path> share = {};
    // Called, from a thread of the server's own, when it turned out while it waited that the log is
    // none to go on with, such as one that was put back: end the server. Stop() says why.
    std::function<void()> end = nullptr;
  };
  // Waits some seconds for another process that has the directory, unless that one is a server:
  // kUnavailable, with who it is.
  static Result<std::unique_ptr<Server>> Start(const std::filesystem::path& directory,
                                               const std::vector<points::Listener>& listeners,
                                               const service::Environment& environment,
                                               Options options);
  static Result<std::unique_ptr<Server>> Start(const std::filesystem::path& directory,
                                               const std::vector<points::Listener>& listeners,
                                               const service::Environment& environment) {
    return Start(directory, listeners, environment, Options());
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // One for each listener, in the order of the configuration.
  std::vector<std::uint16_t> ports() const;
  service::Instance* instance();  // null while the directory cannot be opened
  points::PointServer& points();
  // How often a table file was put back, because something else stood in its place.
  const std::atomic<std::uint64_t>& tables_restored() const;

  // Takes no more commands, finishes the ones at work, and lets go of the directory. A second call
  // does nothing.
  Status Stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::server
