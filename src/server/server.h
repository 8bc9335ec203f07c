#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "points/listener.h"
#include "service/instance.h"

namespace proviso::server {

// A running `proviso serve`: holds one data directory, answers commands on its socket, and answers
// enforcement points on its listeners, from the newest decision table. Owns its threads.
//
// Where the log has witnesses, they are asked once before anything is served, so that a data
// directory that was put back is not written on, and then after new checkpoints, at most once a
// second; no command waits for them.
class Server {
 public:
  // Takes lines for people: what changed at witnesses. Called from a thread of the server's own.
  using Report = std::function<void(const std::string& line)>;
  static Result<std::unique_ptr<Server>> Start(const std::filesystem::path& directory,
                                               const std::vector<points::Listener>& listeners,
                                               const service::Environment& environment,
                                               Report report = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // One for each listener, in the order of the configuration.
  std::vector<std::uint16_t> ports() const;
  service::Instance& instance();

  // Takes no more commands, finishes the ones at work, and lets go of the directory. A second call
  // does nothing.
  Status Stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::server
