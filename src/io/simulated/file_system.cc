#include "io/simulated/file_system.h"

namespace proviso::io {

namespace fs = std::filesystem;

Result<Bytes> SimulatedFileSystem::ReadFile(const fs::path& path, std::uint64_t bytes_max) {
  const SimulatedDisk::File file = PROVISO_TRY(disk_.Open(path));
  Bytes bytes = PROVISO_TRY(disk_.Read(file, 0, bytes_max + 1));
  if (bytes.size() > bytes_max) {
    return Fail(ErrorCode::kResourceExhausted, "read `" + path.string() + "`: expected at most " +
                                                   std::to_string(bytes_max) +
                                                   " bytes, found more");
  }
  return bytes;
}

Status SimulatedFileSystem::WriteFile(const fs::path& path, ByteView bytes, int /*mode*/) {
  fs::path temporary;
  SimulatedDisk::File file;
  // A name that no dead process left behind.
  for (bool made = false; !made;) {
    temporary = path.parent_path() / (".tmp-" + std::to_string(temporary_.fetch_add(1)));
    file = PROVISO_TRY(disk_.OpenOrCreate(temporary, &made));
  }
  Status filled = bytes.empty() ? Status() : disk_.Write(file, 0, bytes);
  if (filled) filled = disk_.Rename(temporary, path);
  if (!filled) static_cast<void>(disk_.Remove(temporary));
  return filled;
}

Status SimulatedFileSystem::SyncFile(const fs::path& path) {
  return disk_.Sync(PROVISO_TRY(disk_.Open(path)));
}

Status SimulatedFileSystem::SyncDirectory(const fs::path& path) { return disk_.SyncFolder(path); }

Status SimulatedFileSystem::CreateDirectories(const fs::path& path) {
  fs::path folder;
  for (const fs::path& part : path.lexically_normal()) {
    folder /= part;
    if (PROVISO_TRY(disk_.IsFolder(folder))) continue;
    PROVISO_TRY(disk_.MakeFolder(folder));
  }
  return {};
}

Status SimulatedFileSystem::Rename(const fs::path& from, const fs::path& to) {
  return disk_.Rename(from, to);
}

Status SimulatedFileSystem::Remove(const fs::path& path) {
  Status removed = disk_.Remove(path);
  if (!removed && removed.error().code() == ErrorCode::kNotFound) return {};
  return removed;
}

Status SimulatedFileSystem::RemoveTree(const fs::path& path) {
  if (!PROVISO_TRY(disk_.Exists(path))) return {};
  std::vector<fs::path> rest = {path};
  while (!rest.empty()) {
    const fs::path top = rest.back();
    const bool folder = PROVISO_TRY(disk_.IsFolder(top));
    const auto names = folder ? PROVISO_TRY(disk_.List(top)) : std::vector<std::string>();
    if (names.empty()) {
      PROVISO_TRY(disk_.Remove(top));
      rest.pop_back();
      continue;
    }
    for (const std::string& name : names) rest.push_back(top / name);
  }
  return {};
}

Result<bool> SimulatedFileSystem::Exists(const fs::path& path) { return disk_.Exists(path); }

Result<std::vector<std::string>> SimulatedFileSystem::List(const fs::path& path) {
  return disk_.List(path);
}

}  // namespace proviso::io
