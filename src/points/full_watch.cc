#include "points/full_watch.h"

namespace proviso::points {

std::vector<FullWatch::News> FullWatch::Look(const std::vector<ListenerFigures>& figures,
                                             std::chrono::milliseconds now) {
  std::vector<News> news;
  for (const ListenerFigures& one : figures) {
    const auto found = full_.find(one.name);
    if (one.serves && one.connections >= one.connections_max) {
      if (found == full_.end()) {
        news.push_back({.listener = one.name, .begins = true, .connections = one.connections});
      }
      full_[one.name] = now;
    } else if (found != full_.end() && now - found->second >= kQuiet) {
      news.push_back({.listener = one.name, .connections = one.connections});
      full_.erase(found);
    }
  }
  return news;
}

}  // namespace proviso::points
