// Packed bodies: nothing but what was packed comes out, never more than the limit, and whatever is
// no gzip is refused.
#include <array>

#include "fuzz/fuzzing.h"
#include "points/gzip_body.h"
#include "points/internal/gzipped.h"

namespace proviso::points {
namespace {

// What the size at the end of a member says, in bytes.
std::size_t SaidSize(std::string_view packed) {
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    size = size << 8U | static_cast<unsigned char>(packed[packed.size() - i]);
  }
  return size;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static GzipBody body;
  fuzz::Input input(data, size);
  const bool is_packed = input.Choose(2) == 1;
  if (is_packed) {
    const Result<std::string_view> opened = body.Open(input.rest());
    if (!opened) {
      PROVISO_CHECK(opened.error().code() != ErrorCode::kInternal, opened.error().message());
      return 0;
    }
    PROVISO_CHECK(opened->size() <= GzipBody::kBytesMax, std::to_string(opened->size()));
    PROVISO_CHECK(opened->size() == SaidSize(input.rest()), "not the size that it says");
    const std::string again(*opened);
    PROVISO_CHECK(body.Open(internal::Gzipped(again)).value() == again, "another text");
    return 0;
  }
  const int level = static_cast<int>(input.Choose(10));
  const std::string packed = internal::Gzipped(input.rest(), level);
  PROVISO_CHECK(body.Open(packed).value() == input.rest(), "another text");
  PROVISO_CHECK(!body.Open(std::string_view(packed).substr(0, packed.size() - 1)), "cut off");
  PROVISO_CHECK(!body.Open(packed + packed), "two members");
  return 0;
}

}  // namespace proviso::points
