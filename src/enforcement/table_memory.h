#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace proviso::enforcement {

// A copy of a decision table's bytes where lookups are fastest: on a boundary of a large page, in
// large pages where the kernel has them. A lookup in a big table otherwise pays for a page walk as
// much as for the line that it reads. Ends the process when memory is used up.
class TableMemory {
 public:
  explicit TableMemory(std::span<const std::uint8_t> table);
  TableMemory(TableMemory&& other) noexcept;
  TableMemory& operator=(TableMemory&& other) noexcept;
  TableMemory(const TableMemory&) = delete;
  TableMemory& operator=(const TableMemory&) = delete;
  ~TableMemory();

  std::span<const std::uint8_t> bytes() const { return {data_, size_}; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// Asks the kernel for large pages under `memory`, which nobody has written to yet: fewer faults
// while it is filled, and fewer page walks after that. A wish: without it, all is only slower.
void WishForLargePages(const void* memory, std::size_t size);

}  // namespace proviso::enforcement
