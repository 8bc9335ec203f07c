#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/mutex.h"

namespace proviso {

// Hands out immutable snapshots of T: a writer publishes a new one, readers keep the one they have
// until they look again. Thread-safe. A Reader belongs to one thread; looking costs one atomic load
// while nothing was published. Must outlive its readers.
template <typename T>
class Published {
 public:
  class Reader {
   public:
    explicit Reader(const Published& source) : source_(source) {}
    // The newest snapshot, or nullptr before the first. Valid until the next call.
    const T* Get() {
      const std::uint64_t version = source_.version_.load(std::memory_order_acquire);
      if (version != seen_) Refresh();
      return snapshot_.get();
    }

   private:
    void Refresh() {
      const MutexLock lock(source_.mutex_);
      snapshot_ = source_.current_;
      seen_ = source_.version_.load(std::memory_order_relaxed);
    }
    const Published& source_;
    std::shared_ptr<const T> snapshot_;
    std::uint64_t seen_ = 0;
  };

  void Publish(std::unique_ptr<const T> value) {
    std::shared_ptr<const T> next(std::move(value));
    {
      const MutexLock lock(mutex_);
      std::swap(current_, next);
      version_.fetch_add(1, std::memory_order_release);
    }
    // The previous snapshot, now in `next`, dies here: outside of the lock.
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> current_ GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace proviso
