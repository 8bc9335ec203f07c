#include "server/internal/sparing_news.h"

#include <utility>

namespace proviso::server {

bool SparingNews::Met(const std::string& failure, Clock::time_point now) {
  if (since_ && (failure == told_ || now - *since_ < kEvery)) return false;
  since_ = now;
  told_ = failure;
  return true;
}

bool SparingNews::Over() {
  told_.clear();
  return std::exchange(since_, std::nullopt).has_value();
}

}  // namespace proviso::server
