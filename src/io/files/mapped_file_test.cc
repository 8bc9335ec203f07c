#include "io/files/mapped_file.h"

#include <sys/stat.h>

#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"

namespace proviso::io {
namespace {

TEST(MappedFile, ShowsTheBytesAlsoAfterTheFileIsReplaced) {
  const TemporaryFolder folder = TemporaryFolder::Make(testing::TempDir()).value();
  PosixFileSystem files;
  const auto path = folder.path() / "table";
  ASSERT_TRUE(files.WriteFile(path, AsBytes("first"), 0644));
  MappedFile mapped = MappedFile::Open(path).value();
  ASSERT_TRUE(files.WriteFile(path, AsBytes("second"), 0644));
  EXPECT_EQ(AsText(mapped.bytes()), "first");
  const MappedFile moved = std::move(mapped);
  EXPECT_EQ(AsText(moved.bytes()), "first");
  EXPECT_EQ(AsText(MappedFile::Open(path).value().bytes()), "second");
}

TEST(MappedFile, CopiesAFileThatSomebodyWritesOver) {
  const TemporaryFolder folder = TemporaryFolder::Make(testing::TempDir()).value();
  PosixFileSystem files;
  const auto path = folder.path() / "table";
  const std::string many(100'000, 'a');
  ASSERT_TRUE(files.WriteFile(path, AsBytes(many), 0644));
  const MappedFile copy = MappedFile::Copy(path).value();
  std::filesystem::resize_file(path, 0);  // where the file itself is mapped: a bus error
  EXPECT_EQ(AsText(copy.bytes()), many);
  EXPECT_TRUE(MappedFile::Copy(path).value().bytes().empty());
  EXPECT_EQ(MappedFile::Copy(folder.path() / "absent").error().code(), ErrorCode::kNotFound);
}

TEST(MappedFile, TakesAnEmptyFileAndRefusesOthers) {
  const TemporaryFolder folder = TemporaryFolder::Make(testing::TempDir()).value();
  PosixFileSystem files;
  ASSERT_TRUE(files.WriteFile(folder.path() / "empty", {}, 0644));
  EXPECT_TRUE(MappedFile::Open(folder.path() / "empty").value().bytes().empty());
  EXPECT_EQ(MappedFile::Open(folder.path() / "absent").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(MappedFile::Open(folder.path()).error().code(), ErrorCode::kInvalidArgument);
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(MappedFile::Open(folder.path() / "pipe").error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace proviso::io
