#pragma once

#include <filesystem>

#include "base/result.h"
#include "io/files/descriptor.h"

namespace proviso::io {

// Keeps other processes out of a data directory: a BSD lock on a file that also holds our process
// id. Released when it dies, and by the kernel when the process does. The file stays.
class FileLock {
 public:
  // kUnavailable, naming the process, while somebody else holds it.
  static Result<FileLock> Acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace proviso::io
