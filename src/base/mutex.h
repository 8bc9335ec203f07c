#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define PROVISO_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define PROVISO_THREAD_ANNOTATION(x)
#endif

#define GUARDED_BY(x) PROVISO_THREAD_ANNOTATION(guarded_by(x))
#define REQUIRES(...) PROVISO_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) PROVISO_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))

namespace proviso {

// std::mutex with thread annotations, so that clang proves what it guards.
class PROVISO_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  ~Mutex() = default;

  void Lock() PROVISO_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() PROVISO_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class PROVISO_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PROVISO_THREAD_ANNOTATION(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.Lock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() PROVISO_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }

 private:
  Mutex& mutex_;
};

// Waits for something under a Mutex that the caller holds. Check the condition in a loop.
class Condition {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // The same, for `patience` at most; false when nobody notified within it.
  template <typename Duration>
  bool WaitFor(Mutex& mutex, Duration patience) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool notified = condition_.wait_for(lock, patience) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace proviso
