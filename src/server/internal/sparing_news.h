#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace proviso::server {

// Which of the failures that are met again and again are told: the first one, and another one at
// most once a minute, until it is over. Belongs to one thread.
class SparingNews {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes kEvery{1};

  // Whether `failure` is to be told now.
  bool Met(const std::string& failure, Clock::time_point now);
  // Whether something was told that is over now.
  bool Over();
  bool is_on() const { return since_.has_value(); }

 private:
  std::optional<Clock::time_point> since_;  // when something was told last
  std::string told_;
};

}  // namespace proviso::server
