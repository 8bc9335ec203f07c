#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/bytes.h"

namespace proviso::io {

// A file mapped into memory, to read only. The view lives as long as this does. The file must be
// one that writers replace (FileSystem::WriteFile) and never shorten: a shortened mapped file is
// a bus error. Movable only.
class MappedFile {
 public:
  static Result<MappedFile> Open(const std::filesystem::path& path);
  // The same over a copy of the file in memory of our own, aligned alike: what happens to the file
  // afterwards changes nothing. For files that others write. kResourceExhausted when there is not
  // so much memory; kUnavailable when the file became shorter meanwhile.
  // Before anything is copied, `check`, if any, sees the first bytes, up to kBeginningBytes, and
  // how many there are in all; what it objects to is the error.
  static constexpr std::size_t kBeginningBytes = 128;
  using Check = std::function<Status(ByteView beginning, std::uint64_t size)>;
  static Result<MappedFile> Copy(const std::filesystem::path& path, const Check& check = nullptr);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  ByteView bytes() const { return bytes_; }

 private:
  explicit MappedFile(ByteView bytes) : bytes_(bytes) {}
  void Unmap() noexcept;
  ByteView bytes_;
};

}  // namespace proviso::io
