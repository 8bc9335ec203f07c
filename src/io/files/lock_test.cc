#include "io/files/lock.h"

#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "io/files/temporary_folder.h"

namespace proviso::io {
namespace {

TEST(FileLock, KeepsASecondHolderOutAndNamesTheFirst) {
  const TemporaryFolder folder = TemporaryFolder::Make(testing::TempDir()).value();
  const auto path = folder.path() / "lock";
  std::optional<FileLock> first = FileLock::Acquire(path).value();
  const auto second = FileLock::Acquire(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message().find("data directory is in use by process " +
                                          std::to_string(::getpid())),
            std::string::npos)
      << second.error().message();
  first.reset();
  EXPECT_TRUE(FileLock::Acquire(path));
}

TEST(FileLock, GoesWithTheProcessThatHeldIt) {
  const TemporaryFolder folder = TemporaryFolder::Make(testing::TempDir()).value();
  const auto path = folder.path() / "lock";
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = FileLock::Acquire(path);
    ::_exit(held ? 0 : 1);  // No destructor runs.
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_EQ(state, 0);
  EXPECT_TRUE(FileLock::Acquire(path));
}

TEST(FileLock, SaysWhenTheFolderIsAbsent) {
  EXPECT_EQ(FileLock::Acquire("/nonexistent/lock").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace proviso::io
