#include "io/files/descriptor.h"

#include <unistd.h>

namespace proviso::io {

void Descriptor::Close() noexcept {
  // Linux releases the number even when close() reports EINTR: never call it twice.
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

}  // namespace proviso::io
