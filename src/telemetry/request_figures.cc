#include "telemetry/request_figures.h"

#include <algorithm>
#include <functional>
#include <thread>

namespace proviso::telemetry {

void RequestFigures::Count(int status, std::chrono::microseconds took) {
  static thread_local const std::size_t thread =
      std::hash<std::thread::id>()(std::this_thread::get_id());
  Share& share = shares_.at(thread % shares_.size());
  const int known = std::clamp(status, kStatusMin, kStatusMax);
  share.by_status.at(static_cast<std::size_t>(known - kStatusMin))
      .fetch_add(1, std::memory_order_relaxed);
  const auto place = std::ranges::lower_bound(kAnswerTimes, took) - kAnswerTimes.begin();
  share.by_time.at(static_cast<std::size_t>(place)).fetch_add(1, std::memory_order_relaxed);
  share.took.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)),
                       std::memory_order_relaxed);
}

void RequestFigures::CountRefused(std::string_view code) {
  const MutexLock lock(mutex_);
  ++refused_[std::string(code)];
}

RequestFigures::Sums RequestFigures::Add() const {
  Sums sums;
  {
    const MutexLock lock(mutex_);
    sums.refused = refused_;
  }
  sums.by_time.resize(kAnswerTimes.size() + 1);
  for (const Share& share : shares_) {
    for (std::size_t i = 0; i < share.by_status.size(); ++i) {
      const std::uint64_t count = share.by_status[i].load(std::memory_order_relaxed);
      if (count > 0) sums.by_status[kStatusMin + static_cast<int>(i)] += count;
    }
    for (std::size_t i = 0; i < share.by_time.size(); ++i) {
      sums.by_time[i] += share.by_time[i].load(std::memory_order_relaxed);
    }
    sums.took += std::chrono::microseconds(share.took.load(std::memory_order_relaxed));
  }
  return sums;
}

}  // namespace proviso::telemetry
