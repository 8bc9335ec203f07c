#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace proviso::server {

// What a folder shows of a file. As long as two of them are equal, nobody wrote to the file, put
// another one into its place, or changed its mode.
struct FileTrace {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t written = 0;  // nanoseconds
  std::int64_t changed = 0;  // ... by the system's own count: nobody can set it
  bool operator==(const FileTrace&) const = default;

  // Absent when there is none.
  static std::optional<FileTrace> Of(const std::filesystem::path& path);
};

}  // namespace proviso::server
