#include "usage/delivery_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "delivery/foreign_format.h"
#include "io/files/regular_file.h"

namespace proviso::usage {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20U;
constexpr std::string_view kParquetMagic = "PAR1";

tl::unexpected<Error> SystemFailure(std::string_view doing, const std::filesystem::path& path) {
  const int number = errno;
  const ErrorCode code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
  return Fail(
      code, "cannot " + std::string(doing) + " `" + path.string() + "`: " + std::strerror(number));
}

}  // namespace

Result<DeliveryFile> DeliveryFile::Open(const std::filesystem::path& path) {
  auto descriptor = PROVISO_TRY(io::OpenRegularFile(path));
  struct stat state {};
  if (::fstat(descriptor.number(), &state) != 0) return SystemFailure("look at", path);
  if (state.st_size == 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "`" + path.string() + "` is empty; expected a header and rows: export it again");
  }
  return DeliveryFile(std::move(descriptor), path, static_cast<std::uint64_t>(state.st_size));
}

Result<std::size_t> DeliveryFile::Read(std::span<char> room) {
  while (true) {
    const ssize_t got = ::read(descriptor_.number(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemFailure("read", path_);
    const auto count = static_cast<std::size_t>(got);
    hash_.Update(AsBytes(std::string_view(room.data(), count)));
    read_ += count;
    return count;
  }
}

Result<crypto::Hash> DeliveryFile::Finish() {
  if (read_ != size_) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + path_.string() + "` changed while it was read: " + std::to_string(size_) +
                    " bytes at first, then " + std::to_string(read_) +
                    "; deliver it again when it is complete");
  }
  return hash_.Finish();
}

Result<crypto::Hash> HashFile(const std::filesystem::path& path) {
  auto file = PROVISO_TRY(DeliveryFile::Open(path));
  std::vector<char> buffer(kReadBytes);
  while (PROVISO_TRY(file.Read(buffer)) > 0) {
  }
  return file.Finish();
}

Result<DeliveryFormat> RecogniseFormat(const std::filesystem::path& path) {
  auto file = PROVISO_TRY(DeliveryFile::Open(path));
  std::array<char, 4> room{};
  const std::string_view first(room.data(), PROVISO_TRY(file.Read(room)));
  if (const auto* foreign = delivery::FindForeignFormat(first)) {
    return Fail(ErrorCode::kInvalidArgument,
                "`" + path.string() + "` is " + std::string(foreign->what) +
                    ", expected CSV in UTF-8 or Parquet; " + std::string(foreign->remedy));
  }
  if (first != kParquetMagic) return DeliveryFormat::kCsv;
  const io::Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4> last{};
  const bool tail =
      file.size() >= 12 && descriptor.IsOpen() &&
      ::pread(descriptor.number(), last.data(), last.size(),
              static_cast<off_t>(file.size() - last.size())) == static_cast<ssize_t>(last.size());
  if (!tail || std::string_view(last.data(), last.size()) != kParquetMagic) {
    return Fail(ErrorCode::kInvalidArgument,
                "`" + path.string() + "` is a Parquet file that was cut off: its last 4 bytes of " +
                    std::to_string(file.size()) + " are not `PAR1`; deliver it again");
  }
  return DeliveryFormat::kParquet;
}

}  // namespace proviso::usage
