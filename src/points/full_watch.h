#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "points/point_server.h"

namespace proviso::points {

// Says when a listener has as many connections as it may, so that who connects waits, and when
// that is over: twice for each such time. Belongs to one thread.
class FullWatch {
 public:
  // It is over when there was room for so long.
  static constexpr std::chrono::seconds kQuiet{10};

  struct News {
    std::string listener;
    bool begins = false;
    std::size_t connections = 0;  // now
  };

  // `now` is of a clock that never jumps.
  std::vector<News> Look(const std::vector<ListenerFigures>& figures,
                         std::chrono::milliseconds now);

 private:
  std::map<std::string, std::chrono::milliseconds> full_;  // when each was last seen to be
};

}  // namespace proviso::points
