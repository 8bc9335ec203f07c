#include "server/internal/file_trace.h"

#include <sys/stat.h>

namespace proviso::server {
namespace {

std::int64_t Nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::optional<FileTrace> FileTrace::Of(const std::filesystem::path& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return FileTrace{.inode = info.st_ino,
                   .size = static_cast<std::uint64_t>(info.st_size),
                   .written = Nanoseconds(info.st_mtim),
                   .changed = Nanoseconds(info.st_ctim)};
}

}  // namespace proviso::server
