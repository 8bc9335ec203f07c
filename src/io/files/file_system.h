#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace proviso::io {

// The file system as our storage code sees it: a seam, so that tests can lose power, run out of
// space, and fail. Thread-safe. Paths are absolute or relative to the working directory.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  // kNotFound when there is none; kResourceExhausted above `bytes_max`.
  virtual Result<Bytes> ReadFile(const std::filesystem::path& path,
                                 std::uint64_t bytes_max = std::uint64_t{1} << 32U) = 0;
  // Replaces the file as a whole (temporary name, then rename). Not durable before SyncFile and
  // SyncDirectory. kResourceExhausted when the disk is full; the old file stays in that case.
  virtual Status WriteFile(const std::filesystem::path& path, ByteView bytes, int mode = 0644) = 0;
  virtual Status SyncFile(const std::filesystem::path& path) = 0;
  virtual Status SyncDirectory(const std::filesystem::path& path) = 0;
  virtual Status CreateDirectories(const std::filesystem::path& path) = 0;
  virtual Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual Status Remove(const std::filesystem::path& path) = 0;  // kNotFound is no error
  virtual Status RemoveTree(const std::filesystem::path& path) = 0;
  virtual Result<bool> Exists(const std::filesystem::path& path) = 0;
  // Names in a folder, sorted; kNotFound when there is none.
  virtual Result<std::vector<std::string>> List(const std::filesystem::path& path) = 0;
};

// The real one.
class PosixFileSystem final : public FileSystem {
 public:
  Result<Bytes> ReadFile(const std::filesystem::path& path, std::uint64_t bytes_max) override;
  Status WriteFile(const std::filesystem::path& path, ByteView bytes, int mode) override;
  Status SyncFile(const std::filesystem::path& path) override;
  Status SyncDirectory(const std::filesystem::path& path) override;
  Status CreateDirectories(const std::filesystem::path& path) override;
  Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status Remove(const std::filesystem::path& path) override;
  Status RemoveTree(const std::filesystem::path& path) override;
  Result<bool> Exists(const std::filesystem::path& path) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& path) override;
};

// True for the names that PosixFileSystem::WriteFile gives to files in the making. One is left
// behind only by a process that died within WriteFile.
bool IsTemporaryName(std::string_view name);

// CreateDirectories, and the names of the folders that it made are durable when it returns; so is
// that of the last one when it stood already, unless its parent is not ours to read.
Status CreateDirectoriesDurably(FileSystem& files, const std::filesystem::path& path);

// WriteFile, SyncFile, SyncDirectory of the parent: durable when it returns.
Status WriteFileDurably(FileSystem& files, const std::filesystem::path& path, ByteView bytes,
                        int mode = 0644);

}  // namespace proviso::io
