#pragma once

#include <chrono>
#include <cstddef>

#include "points/sight.h"

namespace proviso::points {

// The time that one answer may take which goes through many things. An answer to one question needs
// none: it costs no more than the limit of a body lets it. Belongs to one answer.
class Budget {
 public:
  // Less than gateways wait: Envoy gives up after 200 ms.
  static constexpr std::chrono::milliseconds kTime{100};

  // A look at the clock costs as much as several things do: one look for `things_a_look`.
  Budget(const Sight& sight, std::size_t things_a_look)
      : uptime_(sight.uptime),
        things_a_look_(things_a_look),
        left_(things_a_look),
        end_(Now() + kTime) {}

  // To be asked before each thing. Once it is spent, it stays so.
  bool IsSpent() {
    if (spent_ || --left_ > 0) return spent_;
    left_ = things_a_look_;
    spent_ = Now() > end_;
    return spent_;
  }

 private:
  std::chrono::milliseconds Now() const {
    return uptime_ == nullptr ? std::chrono::milliseconds(0) : (*uptime_)();
  }

  const UptimeClock* uptime_;
  const std::size_t things_a_look_;
  std::size_t left_;
  const std::chrono::milliseconds end_;
  bool spent_ = false;
};

}  // namespace proviso::points
