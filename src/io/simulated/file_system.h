#pragma once

#include <atomic>
#include <cstdint>

#include "io/files/file_system.h"
#include "io/simulated/disk.h"

namespace proviso::io {

// For tests: PosixFileSystem over a SimulatedDisk, one step of the disk for each system call that
// the real one makes. Thread-safe. The disk must outlive it.
class SimulatedFileSystem final : public FileSystem {
 public:
  explicit SimulatedFileSystem(SimulatedDisk& disk) : disk_(disk) {}

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

 private:
  SimulatedDisk& disk_;
  std::atomic<std::uint64_t> temporary_ = 0;
};

}  // namespace proviso::io
