#include "io/files/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <string>

#include "io/internal/posix.h"

namespace proviso::io {
namespace {

// The process id that the holder wrote, or "another process" in the moment before it did.
std::string Holder(const Descriptor& file) {
  std::array<char, 24> text{};
  const ssize_t got = ::pread(file.number(), text.data(), text.size(), 0);
  std::string number;
  for (ssize_t i = 0; i < got; ++i) {
    const char digit = text.at(static_cast<std::size_t>(i));
    if (digit < '0' || digit > '9') break;
    number += digit;
  }
  return number.empty() ? "another process" : "process " + number;
}

}  // namespace

Result<FileLock> FileLock::Acquire(const std::filesystem::path& path) {
  Descriptor file(WithoutInterruption(
      [&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }));
  if (!file.IsOpen()) {
    const int reason = errno;
    const Error error = PosixError("open lock", path, reason);
    if (reason != EROFS) return tl::unexpected<Error>(error);
    // No person lacks a right: the machine does.
    return Fail(ErrorCode::kResourceExhausted,
                error.message() +
                    "; mount it for writing again, and look in the kernel's log why "
                    "it is not");
  }
  // flock(), not fcntl(): a record lock vanishes when any descriptor of the file is closed.
  if (WithoutInterruption([&] { return ::flock(file.number(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno == EWOULDBLOCK) {
      return Fail(ErrorCode::kUnavailable, "data directory is in use by " + Holder(file) +
                                               " (lock `" + path.string() + "`)");
    }
    return tl::unexpected<Error>(PosixError("lock", path, errno));
  }
  const std::string holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.number(), 0) != 0 || !WriteAll(file.number(), AsBytes(holder))) {
    return tl::unexpected<Error>(PosixError("write lock", path, errno));
  }
  return FileLock(std::move(file));
}

}  // namespace proviso::io
