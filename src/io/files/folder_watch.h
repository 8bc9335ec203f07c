#pragma once

#include <chrono>
#include <filesystem>

#include "io/files/descriptor.h"

namespace proviso::io {

// Tells when a file in a folder was replaced or removed. A hint, and no more: other machines'
// writes to a network file system are not seen, and neither is anything while the folder is
// missing, so look now and then all the same. Belongs to one thread.
class FolderWatch {
 public:
  explicit FolderWatch(std::filesystem::path folder);

  // Returns when something happened, or after `patience`.
  void Wait(std::chrono::milliseconds patience);

 private:
  void Drain();

  const std::filesystem::path folder_;
  Descriptor events_;  // empty where the system has none to give
  int watch_ = -1;     // negative: the folder is not watched
};

}  // namespace proviso::io
