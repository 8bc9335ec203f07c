#include <sys/resource.h>

#include "usage/lake_fixture.h"

namespace proviso::usage {
namespace {

using testing::LakeTest;

// The most memory that this process ever held, in bytes.
std::uint64_t PeakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

class LongLine : public LakeTest {};

TEST_F(LongLine, OfAGigabyteIsRefusedWithinTheMemoryLimit) {
  const auto file = folder_ / "line.csv";
  {
    std::ofstream out(file, std::ios::binary);
    out << testing::CsvFile({testing::GoodRow()});
    const std::string piece(1U << 20U, 'x');
    for (int i = 0; i < 1024; ++i) out << piece;
  }
  const auto delivery = lake_.Stage(file, {});
  ASSERT_FALSE(delivery);
  EXPECT_NE(delivery.error().message().find("line 3 is longer than 1048576 bytes"),
            std::string::npos)
      << delivery.error().message();
  EXPECT_TRUE(IsEmpty());
  EXPECT_LT(PeakMemory(), std::uint64_t{1} << 30U);
  std::filesystem::remove(file);
}

TEST_F(LongLine, OfNulBytesInASparseFileIsRefused) {
  const auto file = testing::WriteText(folder_ / "sparse.csv", "BilledCost,");
  std::filesystem::resize_file(file, std::uint64_t{1} << 30U);
  const auto delivery = lake_.Stage(file, {});
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(IsEmpty());
  EXPECT_LT(PeakMemory(), std::uint64_t{1} << 30U);
}

}  // namespace
}  // namespace proviso::usage
