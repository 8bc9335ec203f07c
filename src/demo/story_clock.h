#pragma once

#include <atomic>

#include "base/time.h"

namespace proviso::demo {

// The story's own time: a story that takes months is told in seconds. Stands still between steps,
// until it is released to the clock that it was made with. Thread-safe. `real` outlives it.
class StoryClock final : public Clock {
 public:
  explicit StoryClock(const Clock* real) : real_(real) {}
  Time Now() const override {
    const std::int64_t told = told_.load();
    return told == kReleased ? real_->Now() : Time(std::chrono::milliseconds(told));
  }
  // Never goes back.
  void Set(Time now) {
    const std::int64_t next = now.time_since_epoch().count();
    if (next > told_.load()) told_.store(next);
  }
  void Advance(std::chrono::milliseconds by) { told_.fetch_add(by.count()); }
  void Release() { told_.store(kReleased); }

 private:
  static constexpr std::int64_t kReleased = -1;
  const Clock* const real_;
  std::atomic<std::int64_t> told_{0};
};

}  // namespace proviso::demo
