#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "verifier/verify.h"

namespace proviso::verifier {

// Watches whether the times of entries, seen in their order, go backwards. Small steps are clocks
// that are kept right, or those of several servers.
class EntryTimes {
 public:
  static constexpr std::chrono::minutes kMargin{10};

  void See(std::uint64_t index, std::string_view time);
  const TimesBackwards& found() const { return found_; }

 private:
  std::optional<Time> newest_;  // since times last went backwards
  std::uint64_t newest_entry_ = 0;
  TimesBackwards found_;
};

}  // namespace proviso::verifier
