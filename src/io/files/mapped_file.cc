#include "io/files/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <utility>

#include "io/files/regular_file.h"
#include "io/internal/posix.h"

namespace proviso::io {
namespace {

Result<std::size_t> SizeOf(const Descriptor& file, const std::filesystem::path& path) {
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) {
    return tl::unexpected<Error>(PosixError("look at", path, errno));
  }
  return static_cast<std::size_t>(info.st_size);
}

Status ReadWhole(const Descriptor& file, const std::filesystem::path& path,
                 std::span<std::uint8_t> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t count = WithoutInterruption(
        [&] { return ::read(file.number(), into.data() + done, into.size() - done); });
    if (count < 0) return tl::unexpected<Error>(PosixError("read", path, errno));
    if (count == 0) {
      return Fail(ErrorCode::kUnavailable,
                  "`" + path.string() + "` became shorter while it was read");
    }
    done += static_cast<std::size_t>(count);
  }
  return {};
}

}  // namespace

Result<MappedFile> MappedFile::Copy(const std::filesystem::path& path, const Check& check) {
  const Descriptor file = PROVISO_TRY(OpenRegularFile(path));
  const std::size_t size = PROVISO_TRY(SizeOf(file, path));
  Bytes beginning(std::min(size, kBeginningBytes));
  PROVISO_TRY(ReadWhole(file, path, beginning));
  if (check) PROVISO_TRY(check(beginning, size));
  if (size == 0) return MappedFile(ByteView{});
  void* start = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return tl::unexpected<Error>(PosixError("copy", path, errno));
  const std::span<std::uint8_t> memory(static_cast<std::uint8_t*>(start), size);
  MappedFile copy{ByteView(memory)};
  std::ranges::copy(beginning, memory.begin());
  PROVISO_TRY(ReadWhole(file, path, memory.subspan(beginning.size())));
  ::mprotect(start, size, PROT_READ);  // a stray write is a crash then, and no wrong answer
  return copy;
}

Result<MappedFile> MappedFile::Open(const std::filesystem::path& path) {
  const Descriptor file = PROVISO_TRY(OpenRegularFile(path));
  const std::size_t size = PROVISO_TRY(SizeOf(file, path));
  if (size == 0) return MappedFile(ByteView{});  // mmap refuses a length of zero.
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
  if (start == MAP_FAILED) return tl::unexpected<Error>(PosixError("map", path, errno));
  return MappedFile(ByteView(static_cast<const std::uint8_t*>(start), size));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, ByteView{})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    Unmap();
    bytes_ = std::exchange(other.bytes_, ByteView{});
  }
  return *this;
}

MappedFile::~MappedFile() { Unmap(); }

void MappedFile::Unmap() noexcept {
  if (bytes_.empty()) return;
  // munmap takes no pointer to const, though it changes nothing behind it.
  ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
  bytes_ = {};
}

}  // namespace proviso::io
