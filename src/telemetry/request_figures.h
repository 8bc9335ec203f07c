#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"

namespace proviso::telemetry {

// Upper bounds of the answer times that are told apart; more are above the last.
inline constexpr std::array<std::chrono::microseconds, 14> kAnswerTimes = {
    std::chrono::microseconds(25),      std::chrono::microseconds(50),
    std::chrono::microseconds(100),     std::chrono::microseconds(250),
    std::chrono::microseconds(500),     std::chrono::microseconds(1'000),
    std::chrono::microseconds(2'500),   std::chrono::microseconds(5'000),
    std::chrono::microseconds(10'000),  std::chrono::microseconds(25'000),
    std::chrono::microseconds(100'000), std::chrono::microseconds(250'000),
    std::chrono::microseconds(500'000), std::chrono::microseconds(1'000'000)};

// Counts answered requests by status, and how long they took. Thread-safe: threads mostly count
// each in a share of their own, and are added up when somebody asks.
class RequestFigures {
 public:
  void Count(int status, std::chrono::microseconds took);
  // One that was refused, by the code of its reason; counted as answered too. There are few
  // codes: nothing of a request is one.
  void CountRefused(std::string_view code);

  struct Sums {
    std::map<int, std::uint64_t> by_status;
    std::vector<std::uint64_t> by_time;  // one more than kAnswerTimes
    std::chrono::microseconds took{};
    std::map<std::string, std::uint64_t, std::less<>> refused;  // by code
  };
  Sums Add() const;

 private:
  static constexpr int kStatusMin = 100;
  static constexpr int kStatusMax = 599;
  struct alignas(64) Share {
    std::array<std::atomic<std::uint64_t>, kStatusMax - kStatusMin + 1> by_status{};
    std::array<std::atomic<std::uint64_t>, kAnswerTimes.size() + 1> by_time{};
    std::atomic<std::uint64_t> took{0};  // microseconds
  };
  std::array<Share, 8> shares_{};
  mutable Mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> refused_ GUARDED_BY(mutex_);
};

}  // namespace proviso::telemetry
