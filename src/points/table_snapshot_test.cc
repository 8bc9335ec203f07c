#include "points/table_snapshot.h"

#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

const std::vector<enforcement::Restriction> kRestrictions{internal::MakeRestriction(
    "decision-1/1", terms::Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}})};

TEST(TableSnapshot, OwnsTheBytesOfItsTable) {
  const auto snapshot = internal::SnapshotOrDie(5, kRestrictions);
  EXPECT_EQ(snapshot->table().number(), 5U);
  EXPECT_NE(snapshot->table().ServiceNumber("speech"), enforcement::DecisionTable::kUnknown);
}

TEST(TableSnapshot, KeepsTheTableOfACopyWhateverHappensToTheFile) {
  const auto folder = io::TemporaryFolder::Make(testing::TempDir()).value();
  io::PosixFileSystem files;
  const auto path = folder.path() / "current";
  ASSERT_TRUE(files.WriteFile(path, internal::CompileOrDie(5, kRestrictions), 0644));
  const auto old = TableSnapshot::FromMapped(io::MappedFile::Copy(path).value()).value();
  ASSERT_TRUE(files.WriteFile(path, internal::CompileOrDie(6, {}), 0644));
  EXPECT_EQ(old->table().number(), 5U);
  const auto next = TableSnapshot::FromMapped(io::MappedFile::Copy(path).value()).value();
  std::filesystem::resize_file(path, 0);
  EXPECT_EQ(next->table().number(), 6U);
  EXPECT_NE(next->table().ServiceNumber("speech"), enforcement::DecisionTable::kUnknown);
}

TEST(TableSnapshot, RefusesDamagedBytes) {
  Bytes bytes = internal::CompileOrDie(5, kRestrictions);
  bytes[bytes.size() / 2] ^= 1U;
  const auto snapshot = TableSnapshot::FromBytes(bytes);
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code(), ErrorCode::kDataLoss);
  EXPECT_FALSE(TableSnapshot::FromBytes({}));
}

}  // namespace
}  // namespace proviso::points
