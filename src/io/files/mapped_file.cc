#include "io/files/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <utility>

#include "io/files/regular_file.h"
#include "io/internal/posix.h"

namespace proviso::io {

Result<MappedFile> MappedFile::Open(const std::filesystem::path& path) {
  const Descriptor file = PROVISO_TRY(OpenRegularFile(path));
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) {
    return tl::unexpected<Error>(PosixError("look at", path, errno));
  }
  const auto size = static_cast<std::size_t>(info.st_size);
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
