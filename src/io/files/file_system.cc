#include "io/files/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "io/files/descriptor.h"
#include "io/files/regular_file.h"
#include "io/internal/posix.h"

namespace proviso::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadStepBytes = std::size_t{1} << 20U;
constexpr std::string_view kTemporaryPrefix = ".tmp-";

tl::unexpected<Error> Failed(std::string_view doing, const fs::path& path) {
  const int reason = errno;
  return tl::unexpected<Error>(PosixError(doing, path, reason));
}

Status Sync(const fs::path& path, int flags, std::string_view doing) {
  const Descriptor file(WithoutInterruption([&] { return ::open(path.c_str(), flags); }));
  if (!file.IsOpen()) return Failed(doing, path);
  // Never repeated after a failure: the kernel has marked the pages clean by then.
  if (WithoutInterruption([&] { return ::fsync(file.number()); }) != 0) return Failed(doing, path);
  return {};
}

// Fills a temporary file that the caller renames or removes.
Status FillTemporary(const Descriptor& file, const fs::path& path, ByteView bytes, int mode) {
  if (!WriteAll(file.number(), bytes)) return Failed("write", path);
  if (::fchmod(file.number(), static_cast<mode_t>(mode)) != 0) return Failed("set mode of", path);
  return {};
}

std::uint64_t SizeHint(const Descriptor& file) {
  struct stat info {};
  if (::fstat(file.number(), &info) != 0 || info.st_size < 0) return 0;
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace

bool IsTemporaryName(std::string_view name) { return name.starts_with(kTemporaryPrefix); }

Result<Bytes> PosixFileSystem::ReadFile(const fs::path& path, std::uint64_t bytes_max) {
  const Descriptor file = PROVISO_TRY(OpenRegularFile(path));
  Bytes bytes;
  std::size_t used = 0;
  // One byte more than expected, so that the end is seen without another allocation.
  bytes.resize(static_cast<std::size_t>(std::min(SizeHint(file), bytes_max)) + 1);
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() + kReadStepBytes);
    const ssize_t got = WithoutInterruption(
        [&] { return ::read(file.number(), bytes.data() + used, bytes.size() - used); });
    if (got < 0) return Failed("read", path);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > bytes_max) {
      return Fail(ErrorCode::kResourceExhausted, "read `" + path.string() + "`: expected at most " +
                                                     std::to_string(bytes_max) +
                                                     " bytes, found more; is it the right file?");
    }
  }
  bytes.resize(used);
  return bytes;
}

Status PosixFileSystem::WriteFile(const fs::path& path, ByteView bytes, int mode) {
  std::string temporary = (path.parent_path() / kTemporaryPrefix).string() + "XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.IsOpen()) return Failed("create a file for", path);
  Status filled = FillTemporary(file, path, bytes, mode);
  if (filled && ::rename(temporary.c_str(), path.c_str()) != 0) filled = Failed("replace", path);
  if (!filled) ::unlink(temporary.c_str());
  return filled;
}

Status PosixFileSystem::SyncFile(const fs::path& path) {
  return Sync(path, O_RDONLY | O_CLOEXEC, "sync");
}

Status PosixFileSystem::SyncDirectory(const fs::path& path) {
  const fs::path folder = path.empty() ? fs::path(".") : path;
  return Sync(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "sync folder");
}

Status PosixFileSystem::CreateDirectories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    return tl::unexpected<Error>(PosixError("create folder", path, error.value()));
  }
  return {};
}

Status PosixFileSystem::Rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return Failed("rename", from);
  return {};
}

Status PosixFileSystem::Remove(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Failed("remove", path);
  return {};
}

Status PosixFileSystem::RemoveTree(const fs::path& path) {
  // Another process that removes the same tree makes this one stumble; less is left then.
  std::error_code error;
  do {
    fs::remove_all(path, error);
  } while (error == std::errc::no_such_file_or_directory);
  if (error) return tl::unexpected<Error>(PosixError("remove", path, error.value()));
  return {};
}

Result<bool> PosixFileSystem::Exists(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return Failed("look at", path);
}

Result<std::vector<std::string>> PosixFileSystem::List(const fs::path& path) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> folder(::opendir(path.c_str()), close);
  if (!folder) return Failed("list", path);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* found = ::readdir(folder.get());
    if (found == nullptr) break;
    std::string name(static_cast<const char*>(found->d_name));
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  if (errno != 0) return Failed("list", path);
  std::sort(names.begin(), names.end());
  return names;
}

Status CreateDirectoriesDurably(FileSystem& files, const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  // Without the empty part that a slash at the end leaves.
  const fs::path last = whole.has_filename() ? whole : whole.parent_path();
  std::vector<fs::path> made;
  for (fs::path at = last; at != at.root_path(); at = at.parent_path()) {
    if (PROVISO_TRY(files.Exists(at))) break;
    made.push_back(at);
  }
  PROVISO_TRY(files.CreateDirectories(last));
  for (const fs::path& folder : made) PROVISO_TRY(files.SyncDirectory(folder.parent_path()));
  if (!made.empty()) return {};
  // Whoever made it may have died before the sync.
  Status synced = files.SyncDirectory(last.parent_path());
  if (!synced && synced.error().code() == ErrorCode::kPermissionDenied) return {};
  return synced;
}

Status WriteFileDurably(FileSystem& files, const fs::path& path, ByteView bytes, int mode) {
  PROVISO_TRY(files.WriteFile(path, bytes, mode));
  PROVISO_TRY(files.SyncFile(path));
  return files.SyncDirectory(path.parent_path());
}

}  // namespace proviso::io
