#pragma once

#include <functional>

#include "io/files/file_system.h"

namespace proviso::io {

// For tests: passes everything on to another file system, but asks `fault` before each operation
// and fails with what it answers instead. Thread-safe when `fault` and the other one are.
class FaultFileSystem final : public FileSystem {
 public:
  enum class Operation { kRead, kWrite, kSync, kCreate, kRename, kRemove, kLook };
  using Fault = std::function<Status(Operation, const std::filesystem::path&)>;

  // `inner` must outlive this.
  FaultFileSystem(FileSystem& inner, Fault fault) : inner_(inner), fault_(std::move(fault)) {}

  Result<Bytes> ReadFile(const std::filesystem::path& path, std::uint64_t bytes_max) override;
  Status WriteFile(const std::filesystem::path& path, ByteView bytes, int mode) override;
  Status SyncFile(const std::filesystem::path& path) override;
  Status SyncDirectory(const std::filesystem::path& path) override;
  Status WriteBack(const std::filesystem::path& path) override;
  Status CreateDirectories(const std::filesystem::path& path) override;
  Status Rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Status Remove(const std::filesystem::path& path) override;
  Status RemoveTree(const std::filesystem::path& path) override;
  Result<bool> Exists(const std::filesystem::path& path) override;
  Result<std::vector<std::string>> List(const std::filesystem::path& path) override;

 private:
  FileSystem& inner_;
  Fault fault_;
};

}  // namespace proviso::io
