#include "points/loss_watch.h"

#include <utility>

namespace proviso::points {

std::optional<LossWatch::News> LossWatch::Look(std::uint64_t written, std::uint64_t lost,
                                               std::chrono::milliseconds now) {
  const std::uint64_t before = std::exchange(lost_, lost);
  if (lost != before) {
    written_ = written;
    last_ = now;
    if (std::exchange(troubled_, true)) return std::nullopt;
    before_ = before;
    return News{.begins = true, .lost = lost - before};
  }
  if (!troubled_ || written == written_ || now - last_ < kQuiet) return std::nullopt;
  troubled_ = false;
  return News{.begins = false, .lost = lost - before_};
}

}  // namespace proviso::points
