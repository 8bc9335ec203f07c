#include "io/files/file_system.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "io/files/fault_file_system.h"
#include "io/files/temporary_folder.h"

namespace proviso::io {
namespace {

class FileSystemTest : public testing::Test {
 protected:
  std::filesystem::path At(const char* name) const { return folder_.path() / name; }
  std::string Text(const std::filesystem::path& path) {
    return std::string(AsText(files_.ReadFile(path, 1 << 20).value()));
  }
  TemporaryFolder folder_ = TemporaryFolder::Make(testing::TempDir()).value();
  PosixFileSystem files_;
};

TEST_F(FileSystemTest, WritesWithTheGivenModeAndReplacesAsAWhole) {
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes("first, and longer"), 0600));
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes("second"), 0640));
  EXPECT_EQ(Text(At("a")), "second");
  struct stat info {};
  ASSERT_EQ(::stat(At("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0640U);
  EXPECT_EQ(files_.List(folder_.path()).value(), std::vector<std::string>{"a"});
}

TEST_F(FileSystemTest, AReaderOfTheOldFileKeepsItWhileItIsReplaced) {
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes("old"), 0644));
  const int open = ::open(At("a").c_str(), O_RDONLY);
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes("new"), 0644));
  char text[3] = {};
  EXPECT_EQ(::read(open, text, 3), 3);
  EXPECT_EQ(std::string(text, 3), "old");
  ::close(open);
}

TEST_F(FileSystemTest, ReadsEmptyLargeAndUnsizedFiles) {
  ASSERT_TRUE(files_.WriteFile(At("empty"), {}, 0644));
  EXPECT_TRUE(files_.ReadFile(At("empty"), 0).value().empty());
  const Bytes large(3'000'000, 7);
  ASSERT_TRUE(files_.WriteFile(At("large"), large, 0644));
  EXPECT_EQ(files_.ReadFile(At("large"), 3'000'000).value(), large);
  EXPECT_FALSE(files_.ReadFile("/proc/self/status", 1 << 20).value().empty());
}

TEST_F(FileSystemTest, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(files_.ReadFile(At("absent"), 10).error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes("12345"), 0644));
  const auto refused = files_.ReadFile(At("a"), 4);
  EXPECT_EQ(refused.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_NE(refused.error().message().find("at most 4 bytes, found more; is it the right file?"),
            std::string::npos);
}

TEST_F(FileSystemTest, RefusesWhatIsNoRegularFileWithoutWaiting) {
  ASSERT_EQ(::mkfifo(At("pipe").c_str(), 0600), 0);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string path = At("socket").string();
  ASSERT_LT(path.size(), sizeof(address.sun_path));
  path.copy(static_cast<char*>(address.sun_path), path.size());
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const std::pair<std::filesystem::path, const char*> cases[] = {{At("pipe"), "pipe"},
                                                                 {At("socket"), "socket"},
                                                                 {"/dev/zero", "device"},
                                                                 {folder_.path(), "folder"}};
  for (const auto& [file, kind] : cases) {
    const auto read = files_.ReadFile(file, 10);
    ASSERT_FALSE(read) << kind;
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalidArgument) << kind;
    EXPECT_NE(read.error().message().find("expected a regular file, found a " + std::string(kind)),
              std::string::npos)
        << read.error().message();
  }
  ::close(listening);
}

TEST_F(FileSystemTest, AFailedWriteLeavesTheOldFileAndNoTemporaryOne) {
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes("old"), 0644));
  const pid_t child = ::fork();
  if (child == 0) {
    // A file may not grow beyond this; write() then comes up short, then fails.
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
    const Status status = files_.WriteFile(At("a"), Bytes(10'000, 1), 0644);
    ::_exit(!status && status.error().code() == ErrorCode::kResourceExhausted ? 0 : 1);
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  EXPECT_EQ(state, 0);
  EXPECT_EQ(Text(At("a")), "old");
  EXPECT_EQ(files_.List(folder_.path()).value(), std::vector<std::string>{"a"});
}

TEST_F(FileSystemTest, WritesDurably) {
  ASSERT_TRUE(WriteFileDurably(files_, At("a"), AsBytes("x"), 0600));
  EXPECT_EQ(Text(At("a")), "x");
}

TEST_F(FileSystemTest, DurableWritesReportEachFailedStep) {
  using Operation = FaultFileSystem::Operation;
  for (int failing = 0; failing < 3; ++failing) {
    int step = 0;
    FaultFileSystem faulty(files_, [&](Operation, const std::filesystem::path&) -> Status {
      if (step++ == failing) return Fail(ErrorCode::kUnavailable, "planned");
      return {};
    });
    const Status status = WriteFileDurably(faulty, At("a"), AsBytes("x"));
    ASSERT_FALSE(status) << failing;
    EXPECT_EQ(status.error().message(), "planned");
    EXPECT_EQ(step, failing + 1);
  }
}

TEST_F(FileSystemTest, WritesBackWhatAFileHasWithoutReplacingIt) {
  std::string bytes;
  for (int i = 0; i < 700'000; ++i) bytes += std::to_string(i);
  ASSERT_TRUE(files_.WriteFile(At("a"), AsBytes(bytes), 0644));
  struct stat before {};
  ASSERT_EQ(::stat(At("a").c_str(), &before), 0);
  ASSERT_TRUE(files_.WriteBack(At("a")));
  EXPECT_EQ(AsText(files_.ReadFile(At("a"), 1 << 24).value()), bytes);
  struct stat after {};
  ASSERT_EQ(::stat(At("a").c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_NE(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec) << "nothing was written";
  EXPECT_EQ(files_.WriteBack(At("absent")).error().code(), ErrorCode::kNotFound);
}

TEST_F(FileSystemTest, MakesFoldersWhoseNamesAreDurable) {
  std::vector<std::string> synced;
  FaultFileSystem files(
      files_,
      [&](FaultFileSystem::Operation operation, const std::filesystem::path& path) -> Status {
        if (operation == FaultFileSystem::Operation::kSync) synced.push_back(path.string());
        return {};
      });
  ASSERT_TRUE(CreateDirectoriesDurably(files, At("a") / "b/"));
  EXPECT_EQ(synced, (std::vector<std::string>{At("a"), folder_.path()}));
  synced.clear();
  ASSERT_TRUE(CreateDirectoriesDurably(files, At("a") / "b"));
  EXPECT_EQ(synced, std::vector<std::string>{At("a")}) << "its maker may have died too early";
}

TEST_F(FileSystemTest, SyncingWhatIsAbsentIsAnError) {
  EXPECT_EQ(files_.SyncFile(At("absent")).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(files_.SyncDirectory(At("absent")).error().code(), ErrorCode::kNotFound);
}

TEST_F(FileSystemTest, MakesMovesAndRemovesFolders) {
  ASSERT_TRUE(files_.CreateDirectories(At("x/y/z")));
  ASSERT_TRUE(files_.CreateDirectories(At("x/y/z")));
  ASSERT_TRUE(files_.WriteFile(At("x/y/z/b"), AsBytes("1"), 0644));
  ASSERT_TRUE(files_.WriteFile(At("x/y/z/a"), AsBytes("1"), 0644));
  EXPECT_EQ(files_.List(At("x/y/z")).value(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(files_.Rename(At("x/y"), At("w")));
  EXPECT_TRUE(files_.Exists(At("w/z/a")).value());
  EXPECT_FALSE(files_.Exists(At("x/y")).value());
  ASSERT_TRUE(files_.Remove(At("w/z/a")));
  ASSERT_TRUE(files_.Remove(At("w/z/a"))) << "removing what is gone is no error";
  ASSERT_TRUE(files_.RemoveTree(At("w")));
  EXPECT_EQ(files_.List(At("w")).error().code(), ErrorCode::kNotFound);
}

TEST_F(FileSystemTest, KnowsItsTemporaryNames) {
  EXPECT_TRUE(IsTemporaryName(".tmp-aB3xYz"));
  EXPECT_FALSE(IsTemporaryName("checkpoint"));
}

}  // namespace
}  // namespace proviso::io
