#include "points/gzip_body.h"

#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include <string>

namespace proviso::points {
namespace {

// Added to the size of the window, it says that gzip is read and nothing else.
constexpr int kGzipOnly = 16;

// Closes the stream, however its reading ends.
class Closing {
 public:
  explicit Closing(z_stream& stream) : stream_(stream) {}
  Closing(const Closing&) = delete;
  Closing& operator=(const Closing&) = delete;
  ~Closing() { inflateEnd(&stream_); }

 private:
  z_stream& stream_;
};

}  // namespace

void* GzipBody::Take(void* self, unsigned count, unsigned size) {
  auto& body = *static_cast<GzipBody*>(self);
  std::array<char, kScratchBytes>& scratch = body.memory_->scratch;
  constexpr std::size_t kAlignment = alignof(std::max_align_t);
  const std::size_t wanted = (std::size_t{count} * size + kAlignment - 1) / kAlignment * kAlignment;
  if (wanted > scratch.size() - body.scratch_size_) return nullptr;
  char* const taken = scratch.data() + body.scratch_size_;
  body.scratch_size_ += wanted;
  return taken;
}

void GzipBody::Leave(void* /*self*/, void* /*taken*/) {}  // Wipe takes all of it back

Result<std::string_view> GzipBody::Open(std::string_view body) {
  Wipe();
  if (body.size() > kBytesMax) {
    return Fail(ErrorCode::kResourceExhausted, "the body has " + std::to_string(body.size()) +
                                                   " bytes; at most " + std::to_string(kBytesMax) +
                                                   " are read");
  }
  if (memory_ == nullptr) memory_ = std::make_unique_for_overwrite<Memory>();
  z_stream stream{};
  stream.zalloc = &Take;
  stream.zfree = &Leave;
  stream.opaque = this;
  if (inflateInit2(&stream, MAX_WBITS + kGzipOnly) != Z_OK) {
    return Fail(ErrorCode::kInternal, "zlib cannot begin to open the body");
  }
  const Closing closing(stream);
  stream.next_in = reinterpret_cast<const Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(memory_->opened.data());
  stream.avail_out = static_cast<uInt>(memory_->opened.size());
  const int ended = inflate(&stream, Z_FINISH);
  opened_size_ = memory_->opened.size() - stream.avail_out;
  if (opened_size_ > kBytesMax) {
    return Fail(ErrorCode::kResourceExhausted, "the body is opened to more than " +
                                                   std::to_string(kBytesMax) +
                                                   " bytes, which is what is read");
  }
  if (ended != Z_STREAM_END) {
    return Fail(ErrorCode::kInvalidArgument,
                "the body is no whole gzip; send it whole, or without `Content-Encoding`");
  }
  if (stream.avail_in > 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "the body goes on behind the end of its gzip; expected one member alone");
  }
  return std::string_view(memory_->opened.data(), opened_size_);
}

void GzipBody::Wipe() {
  if (memory_ == nullptr) return;
  explicit_bzero(memory_->scratch.data(), scratch_size_);
  explicit_bzero(memory_->opened.data(), opened_size_);
  scratch_size_ = 0;
  opened_size_ = 0;
}

}  // namespace proviso::points
