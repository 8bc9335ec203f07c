#pragma once

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace proviso::io {

// The Error for `error_number` (an errno value) after `doing` something.
Error PosixError(std::string_view doing, int error_number);
Error PosixError(std::string_view doing, const std::filesystem::path& path, int error_number);

// Repeats a system call that a signal interrupted.
template <typename Call>
auto WithoutInterruption(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

// Writes all of `bytes` to a file descriptor; short writes go on. On failure errno is the reason.
bool WriteAll(int descriptor, ByteView bytes);

}  // namespace proviso::io
