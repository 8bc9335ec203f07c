#include "io/files/fault_file_system.h"

namespace proviso::io {

namespace fs = std::filesystem;

Result<Bytes> FaultFileSystem::ReadFile(const fs::path& path, std::uint64_t bytes_max) {
  PROVISO_TRY(fault_(Operation::kRead, path));
  return inner_.ReadFile(path, bytes_max);
}

Status FaultFileSystem::WriteFile(const fs::path& path, ByteView bytes, int mode) {
  PROVISO_TRY(fault_(Operation::kWrite, path));
  return inner_.WriteFile(path, bytes, mode);
}

Status FaultFileSystem::SyncFile(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kSync, path));
  return inner_.SyncFile(path);
}

Status FaultFileSystem::SyncDirectory(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kSync, path));
  return inner_.SyncDirectory(path);
}

Status FaultFileSystem::WriteBack(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kSync, path));
  return inner_.WriteBack(path);
}

Status FaultFileSystem::CreateDirectories(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kCreate, path));
  return inner_.CreateDirectories(path);
}

Status FaultFileSystem::Rename(const fs::path& from, const fs::path& to) {
  PROVISO_TRY(fault_(Operation::kRename, from));
  return inner_.Rename(from, to);
}

Status FaultFileSystem::Remove(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kRemove, path));
  return inner_.Remove(path);
}

Status FaultFileSystem::RemoveTree(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kRemove, path));
  return inner_.RemoveTree(path);
}

Result<bool> FaultFileSystem::Exists(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kLook, path));
  return inner_.Exists(path);
}

Result<std::vector<std::string>> FaultFileSystem::List(const fs::path& path) {
  PROVISO_TRY(fault_(Operation::kLook, path));
  return inner_.List(path);
}

}  // namespace proviso::io
