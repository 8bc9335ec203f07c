#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "points/point_server.h"

namespace proviso::points {

// Says when a listener begins to answer as its `trouble` says, or to refuse requests, and
// when that is over: twice for each trouble, however many questions it meets. Belongs to one
// thread.
class TroubleWatch {
 public:
  // Trouble is over when nothing was answered so for this long.
  static constexpr std::chrono::seconds kQuiet{10};

  struct News {
    std::string listener;
    bool begins = false;
    bool refusal = false;       // of requests
    std::string code = {};      // of a reason, or of a refusal (http_server/refusal.h)
    std::uint64_t answers = 0;  // of that code, since it began
  };

  // `now` is of a clock that never jumps.
  std::vector<News> Look(const std::vector<ListenerFigures>& figures,
                         std::chrono::milliseconds now);

 private:
  struct Seen {
    std::uint64_t count = 0;   // of answers in all
    std::uint64_t before = 0;  // ... before the trouble began
    std::chrono::milliseconds last{};
    bool troubled = false;
  };
  void LookAt(const News& kind, std::uint64_t count, std::chrono::milliseconds now,
              std::vector<News>& news);

  std::map<std::pair<std::string, std::string>, Seen> seen_;
};

}  // namespace proviso::points
