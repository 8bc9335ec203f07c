#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"

namespace proviso::fuzz {

// The bytes of one run, as the fuzzers take them: some first ones choose, the rest is the input.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(size == 0 ? "" : reinterpret_cast<const char*>(data), size) {}

  // 0..choices-1; 0 when there are no bytes left.
  std::size_t Choose(std::size_t choices) {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte % choices;
  }
  // What stands before the next `separator`; the rest when there is none.
  std::string_view Until(std::string_view separator) {
    const std::size_t end = rest_.find(separator);
    const std::string_view part = rest_.substr(0, end);
    rest_ =
        end == std::string_view::npos ? std::string_view() : rest_.substr(end + separator.size());
    return part;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace proviso::fuzz
