#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "points/listener.h"
#include "points/point_server.h"
#include "points/table_follower.h"
#include "service/data_directory.h"

namespace proviso::server {

// A running `proviso point`: a decision point without a data directory. Reads one table file that
// another process writes, and nothing else. Owns its threads.
class DecisionPoint {
 public:
  struct Options {
    points::TableFollowerOptions follow;
    points::TableFollower::Report report;
    points::VerdictObserver* observer = nullptr;  // outlives the point; may be null
  };
  static Result<std::unique_ptr<DecisionPoint>> Start(
      const std::vector<points::Listener>& listeners, const service::Environment& environment,
      Options options);
  DecisionPoint(const DecisionPoint&) = delete;
  DecisionPoint& operator=(const DecisionPoint&) = delete;
  ~DecisionPoint();

  // One for each listener, in the order of the configuration.
  std::vector<std::uint16_t> ports() const;
  points::PointServer& points();
  const points::TableFollower& follower() const;
  // Lets the answers on their way leave. A second call does nothing.
  Status Stop();

 private:
  class Impl;
  explicit DecisionPoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace proviso::server
