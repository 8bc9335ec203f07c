#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "points/reason_code.h"

namespace proviso::points {

struct Asked;
struct Listener;
struct Outcome;
struct Sight;

// Sees each verdict, with all that it was made from. Thread-safe.
class VerdictObserver {
 public:
  VerdictObserver() = default;
  VerdictObserver(const VerdictObserver&) = delete;
  VerdictObserver& operator=(const VerdictObserver&) = delete;
  virtual ~VerdictObserver() = default;
  virtual void Saw(const Listener& listener, const Asked& asked, const Sight& sight,
                   const Outcome& outcome) = 0;
};

// How often one thread of a listener gave which answer. One thread counts, any thread reads.
class Tally {
 public:
  // `observer` may be null, and must outlive this.
  explicit Tally(VerdictObserver* observer = nullptr) : observer_(observer) {}

  VerdictObserver* observer() const { return observer_; }

  void Count(bool allowed, ReasonCode code) {
    std::atomic<std::uint64_t>& cell = cells_.at(IndexOf(allowed, code));
    // Nobody else writes, so that no locked instruction is needed.
    cell.store(cell.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  std::uint64_t Counted(bool allowed, ReasonCode code) const {
    return cells_.at(IndexOf(allowed, code)).load(std::memory_order_relaxed);
  }

  // Several tallies, added up.
  struct Sums {
    std::array<std::uint64_t, 2 * kReasonCodeCount> cells{};
    std::uint64_t Counted(bool allowed, ReasonCode code) const {
      return cells.at(IndexOf(allowed, code));
    }
  };
  void AddTo(Sums& sums) const {
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      sums.cells.at(i) += cells_.at(i).load(std::memory_order_relaxed);
    }
  }

 private:
  static std::size_t IndexOf(bool allowed, ReasonCode code) {
    return 2 * static_cast<std::size_t>(code) + (allowed ? 1 : 0);
  }
  VerdictObserver* observer_;
  std::array<std::atomic<std::uint64_t>, 2 * kReasonCodeCount> cells_{};
};

}  // namespace proviso::points
