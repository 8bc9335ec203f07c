#include "io/files/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <string>
#include <string_view>

#include "io/internal/posix.h"

namespace proviso::io {
namespace {

tl::unexpected<Error> Failed(std::string_view doing, const std::filesystem::path& path) {
  const int reason = errno;
  return tl::unexpected<Error>(PosixError(doing, path, reason));
}

std::string_view KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return "folder";
  if (S_ISFIFO(mode)) return "pipe";
  if (S_ISSOCK(mode)) return "socket";
  return "device";
}

}  // namespace

Result<Descriptor> OpenRegularFile(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  Descriptor file(
      WithoutInterruption([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!file.IsOpen() && errno != ENXIO) return Failed("open", path);
  struct stat info {};
  // A socket cannot be opened, only looked at.
  const int looked = file.IsOpen() ? ::fstat(file.number(), &info) : ::stat(path.c_str(), &info);
  if (looked != 0) return Failed("look at", path);
  if (file.IsOpen() && S_ISREG(info.st_mode)) return file;
  return Fail(ErrorCode::kInvalidArgument, "open `" + path.string() +
                                               "`: expected a regular file, found a " +
                                               std::string(KindOf(info.st_mode)));
}

}  // namespace proviso::io
