#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace proviso::points {

// Says when a log begins to lose lines, and when it writes them again: twice for each such time,
// however many are lost. Belongs to one thread.
class LossWatch {
 public:
  // It is over when lines were written, and for this long none was lost.
  static constexpr std::chrono::seconds kQuiet{10};

  struct News {
    bool begins = false;
    std::uint64_t lost = 0;  // since it began
  };

  // `written` and `lost` are counts since the log was opened; `now` is of a clock that never jumps.
  std::optional<News> Look(std::uint64_t written, std::uint64_t lost,
                           std::chrono::milliseconds now);

 private:
  bool troubled_ = false;
  std::uint64_t lost_ = 0;     // at the last look
  std::uint64_t before_ = 0;   // lost before the trouble began
  std::uint64_t written_ = 0;  // when the last loss was seen
  std::chrono::milliseconds last_{};
};

}  // namespace proviso::points
