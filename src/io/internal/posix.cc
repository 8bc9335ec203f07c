#include "io/internal/posix.h"

#include <unistd.h>

#include <system_error>

namespace proviso::io {
namespace {

ErrorCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::kNotFound;
    case EEXIST:
      return ErrorCode::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorCode::kResourceExhausted;
    case EINVAL:
    case ENAMETOOLONG:
      return ErrorCode::kInvalidArgument;
    default:
      return ErrorCode::kUnavailable;
  }
}

}  // namespace

Error PosixError(std::string_view doing, int error_number) {
  std::string message(doing);
  message += ": ";
  message += std::generic_category().message(error_number);
  return {CodeOf(error_number), std::move(message)};
}

Error PosixError(std::string_view doing, const std::filesystem::path& path, int error_number) {
  std::string what(doing);
  what += " `";
  what += path.string();
  what += "`";
  return PosixError(what, error_number);
}

bool WriteAll(int descriptor, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        WithoutInterruption([&] { return ::write(descriptor, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    if (written == 0) {  // POSIX leaves this open for regular files; do not spin on it.
      errno = EIO;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace proviso::io
