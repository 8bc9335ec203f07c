#include "enforcement/table_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace proviso::enforcement {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kLargePageBytes = std::size_t{2} << 20U;

}  // namespace

TableMemory::TableMemory(std::span<const std::uint8_t> table) : size_(table.size()) {
  // A small table fits into few pages anyway.
  const bool large = size_ >= kLargePageBytes;
  const std::size_t boundary = large ? kLargePageBytes : kPageBytes;
  const std::size_t rounded = (size_ + boundary) / boundary * boundary;
  data_ = static_cast<std::uint8_t*>(std::aligned_alloc(boundary, rounded));
  PROVISO_CHECK(data_ != nullptr, "out of memory for a decision table");
  WishForLargePages(data_, rounded);
  if (size_ > 0) std::memcpy(data_, table.data(), size_);
}

TableMemory::TableMemory(TableMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

TableMemory& TableMemory::operator=(TableMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

TableMemory::~TableMemory() { std::free(data_); }

void WishForLargePages(const void* memory, std::size_t size) {
  if (size < kLargePageBytes) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t first = (begin + kPageBytes - 1) / kPageBytes * kPageBytes;
  const std::uintptr_t end = (begin + size) / kPageBytes * kPageBytes;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): pages begin at round numbers.
  static_cast<void>(madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE));
}

}  // namespace proviso::enforcement
