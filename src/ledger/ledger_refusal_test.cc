#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "io/simulated/file_system.h"
#include "io/simulated/sqlite_vfs.h"
#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"

namespace proviso::ledger {
namespace {

namespace fs = std::filesystem;

// The exit code of `child`'s process, or of the signal that ended it, negative.
int RunInChild(const std::function<int()>& child) {
  const pid_t process = ::fork();
  if (process == 0) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::_exit(child());
  }
  int state = 0;
  EXPECT_EQ(::waitpid(process, &state, 0), process);
  return WIFSIGNALED(state) ? -WTERMSIG(state) : WEXITSTATUS(state);
}

class LedgerRefusalTest : public LedgerTest {};

TEST_F(LedgerRefusalTest, ASyncOfUnknownOutcomeEndsTheProcess) {
  const int ended = RunInChild([] {
    io::SimulatedDisk disk(io::SimulatedDisk::Options{});
    io::SimulatedFileSystem files(disk);
    const io::SimulatedVfs vfs(disk);
    SystemRandom random;
    LedgerOptions options{
        .directory = "/data", .origin = kOrigin, .files = &files, .random = &random};
    options.database_vfs = vfs.name();
    auto opened = Ledger::Open(options, LogKey());
    if (!opened || !(*opened)->Append({NumberedDraft(0)})) return 1;
    disk.SetWatch([](const io::SimulatedDisk::Step& step) {
      return step.operation == io::SimulatedDisk::Operation::kSync ? EIO : 0;
    });
    static_cast<void>((*opened)->Append({NumberedDraft(1)}));
    return 2;
  });
  EXPECT_EQ(ended, -SIGABRT);
}

TEST_F(LedgerRefusalTest, ALimitOfFileSizesRefusesAndTheLogGoesOnWithoutIt) {
  const int ended = RunInChild([this] {
    auto opened = TryOpen();
    if (!opened || !(*opened)->Append({NumberedDraft(0)})) return 1;
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    rlimit low = limit;
    low.rlim_cur = static_cast<rlim_t>(fs::file_size(Data() / "proviso.db-wal")) + 4096;
    ::setrlimit(RLIMIT_FSIZE, &low);
    const auto refused = (*opened)->Append(NumberedDrafts(1, 50));
    ::setrlimit(RLIMIT_FSIZE, &limit);
    if (refused || refused.error().code() != ErrorCode::kResourceExhausted) return 2;
    if (refused.error().message().find("limit of space") == std::string::npos) return 3;
    return (*opened)->Append({NumberedDraft(1)}) ? 0 : 4;
  });
  EXPECT_EQ(ended, 0);
  Open();
  EXPECT_EQ(ledger_->latest().size, 2U);
}

TEST_F(LedgerRefusalTest, ADatabaseThatCannotBeWrittenIsRefusedWithItsPlace) {
  const int ended = RunInChild([this] {
    // Nothing is read-only for root.
    constexpr uid_t kNobody = 65'534;
    if (::getuid() == 0 && (::chown(folder_.path().c_str(), kNobody, kNobody) != 0 ||
                            ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
      return 1;
    }
    auto opened = TryOpen();
    if (!opened || !(*opened)->Append({NumberedDraft(0)}) || !(*opened)->Close()) return 2;
    opened->reset();
    const auto refused = [&] {
      const auto again = TryOpen();
      return !again && again.error().code() == ErrorCode::kPermissionDenied &&
             again.error().message().find("proviso.db-wal") != std::string::npos &&
             again.error().message().find("chmod") != std::string::npos;
    };
    const fs::path database = Data() / "proviso.db";
    fs::permissions(database, fs::perms::owner_read);
    if (!refused()) return 3;
    // As it was once: SQLite gives the files that it makes beside a database the same mode.
    fs::permissions(database, fs::perms::owner_read | fs::perms::owner_write);
    for (const char* suffix : {"-wal", "-shm"}) {
      const std::string beside = database.string() + suffix;
      std::ofstream(beside).close();
      fs::permissions(beside, fs::perms::owner_read);
      if (!refused()) return 4;
      fs::permissions(beside, fs::perms::owner_read | fs::perms::owner_write);
    }
    const auto mended = TryOpen();
    return mended && (*mended)->latest().size == 1 ? 0 : 5;
  });
  EXPECT_EQ(ended, 0);
}

TEST_F(LedgerRefusalTest, ADeviceInThePlaceOfTheMarkerFileIsRefusedWithItsPlace) {
  Open();
  GrowTo(3);
  Close();
  fs::remove(Log("addenda.v1"));
  fs::create_symlink("/dev/zero", Log("addenda.v1"));
  const auto opened = TryOpen();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message().find("addenda.v1"), std::string::npos);
  EXPECT_NE(opened.error().message().find("remove"), std::string::npos);
  fs::remove(Log("addenda.v1"));
  Open();
  EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 3U);
}

}  // namespace
}  // namespace proviso::ledger
