#pragma once

#include <filesystem>

#include "base/result.h"

namespace proviso::io {

// A folder with a unique name under `parent` (or where the system keeps temporary files) that goes
// with all it holds when this dies. Movable only.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> Make(const std::filesystem::path& parent = {});
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace proviso::io
