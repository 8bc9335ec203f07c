#pragma once

#include <string_view>

namespace proviso {

// Reports a bug and aborts. Use PROVISO_CHECK, which fills in the place.
[[noreturn]] void CheckFailed(std::string_view file, int line, std::string_view condition,
                              std::string_view detail);

}  // namespace proviso

// Aborts with file, line and `detail` when `condition` is false: a bug, never bad input.
#define PROVISO_CHECK(condition, detail)                                \
  do {                                                                  \
    if (!(condition)) [[unlikely]]                                      \
      ::proviso::CheckFailed(__FILE__, __LINE__, #condition, (detail)); \
  } while (false)
