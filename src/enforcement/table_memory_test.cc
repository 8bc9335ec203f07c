#include "enforcement/table_memory.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace proviso::enforcement {
namespace {

TEST(TableMemory, HoldsTheSameBytesOnALineBoundary) {
  for (const std::size_t size : {0U, 1U, 4096U, 3U << 20U}) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 31);
    const TableMemory memory(bytes);
    ASSERT_EQ(memory.bytes().size(), size);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), memory.bytes().begin()));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.bytes().data()) % 64, 0U);
  }
}

TEST(TableMemory, StaysInPlaceWhenItMoves) {
  TableMemory first(std::vector<std::uint8_t>(100, 7));
  const std::uint8_t* place = first.bytes().data();
  const TableMemory second = std::move(first);
  EXPECT_EQ(second.bytes().data(), place);
  EXPECT_EQ(second.bytes().size(), 100U);
}

}  // namespace
}  // namespace proviso::enforcement
