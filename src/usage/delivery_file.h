#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "crypto/hash.h"
#include "io/files/descriptor.h"

namespace proviso::usage {

enum class DeliveryFormat { kCsv, kParquet };

// A file as it was delivered, read once from start to end and hashed on the way.
class DeliveryFile {
 public:
  // kNotFound when there is none, kInvalidArgument when it is empty or no regular file.
  static Result<DeliveryFile> Open(const std::filesystem::path& path);

  // Reads up to `room.size()` bytes; 0 at the end only.
  Result<std::size_t> Read(std::span<char> room);
  std::uint64_t size() const { return size_; }
  std::uint64_t bytes_read() const { return read_; }
  // The SHA-256 of all that was read. Call once, at the end. kFailedPrecondition when the file
  // changed in the meantime.
  Result<crypto::Hash> Finish();

 private:
  DeliveryFile(io::Descriptor descriptor, std::filesystem::path path, std::uint64_t size)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), size_(size) {}
  io::Descriptor descriptor_;
  std::filesystem::path path_;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
  crypto::Sha256Stream hash_;
};

// The SHA-256 of a file, in bounded memory.
Result<crypto::Hash> HashFile(const std::filesystem::path& path);

// Tells the format by the first and last bytes. kInvalidArgument with the remedy for what is
// neither: an archive, UTF-16, a Parquet file that was cut off.
Result<DeliveryFormat> RecogniseFormat(const std::filesystem::path& path);

}  // namespace proviso::usage
