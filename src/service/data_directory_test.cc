// Making a data directory: what is refused leaves nothing behind, and what was interrupted is
// finished.
#include "service/data_directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "io/files/fault_file_system.h"
#include "io/files/temporary_folder.h"
#include "service/instance.h"

namespace proviso::service {
namespace {

using io::FaultFileSystem;

constexpr int kKilled = 9;

class InitialiseTest : public testing::Test {
 protected:
  static InitOptions Named(const std::string& origin) { return {.origin = origin, .log_key = {}}; }
  Result<DataConfig> Try(io::FileSystem& files, const InitOptions& options = {}) {
    return Initialise(data_, options, {.files = &files, .clock = &clock_, .random = &random_});
  }
  // A process of its own, killed before its operation number `last`. False when it lived on.
  bool DiesBefore(int last) {
    const pid_t child = fork();
    if (child == 0) {
      SeededRandom random(1'000 + static_cast<std::uint64_t>(last));
      int operations = 0;
      FaultFileSystem mortal(files_, [&](FaultFileSystem::Operation, const auto&) -> Status {
        if (operations++ == last) _exit(kKilled);
        return {};
      });
      const auto made =
          Initialise(data_, {}, {.files = &mortal, .clock = &clock_, .random = &random});
      _exit(made ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_NE(WEXITSTATUS(status), 1) << "it failed";
    return WEXITSTATUS(status) == kKilled;
  }
  void ExpectWhole(const DataConfig& config) {
    auto instance = Instance::Open(data_, {.files = &files_, .clock = &clock_, .random = &random_});
    ASSERT_TRUE(instance) << instance.error().message();
    const auto told = (*instance)->Perform({.use_case = "log origin"}, {});
    ASSERT_TRUE(told) << told.error().message();
    EXPECT_EQ(DataConfig::Read(files_, data_)->vkey, config.vkey);
  }
  void ExpectRefused(const InitOptions& options, const std::vector<std::string>& words) {
    const auto refused = Try(files_, options);
    ASSERT_FALSE(refused);
    for (const std::string& word : words) {
      EXPECT_NE(refused.error().message().find(word), std::string::npos)
          << word << " in: " << refused.error().message();
    }
  }
  void Clear() {
    std::filesystem::remove_all(data_);
    std::filesystem::remove_all(keys_);
  }

  io::PosixFileSystem files_;
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make().value();
  std::filesystem::path data_ = folder_.path() / "data";
  std::filesystem::path keys_ = folder_.path() / "data.keys";
  FakeClock clock_{ParseTime("2026-11-22T09:30:00Z").value()};
  SeededRandom random_{7};
};

TEST_F(InitialiseTest, IsFinishedByTheNextOneWhereverItWasKilled) {
  int deaths = 0;
  for (; DiesBefore(deaths); ++deaths) {
    SCOPED_TRACE(deaths);
    auto config = DataConfig::Read(files_, data_);
    if (!config) config = Try(files_);
    ASSERT_TRUE(config) << config.error().message();
    ExpectWhole(*config);
    Clear();
  }
  EXPECT_GT(deaths, 20);
  ExpectWhole(DataConfig::Read(files_, data_).value());
}

// Named otherwise than it was begun, it is another one.
TEST_F(InitialiseTest, OtherWordsThanThoseOfTheInterruptedOneAreRefused) {
  FaultFileSystem writes_no_config(
      files_, [](FaultFileSystem::Operation operation, const auto& path) -> Status {
        const bool looks = operation == FaultFileSystem::Operation::kLook ||
                           operation == FaultFileSystem::Operation::kRead;
        const bool config = path.filename().string().find("proviso.json") != std::string::npos;
        return looks || !config ? Status() : Fail(ErrorCode::kUnavailable, "died");
      });
  ASSERT_FALSE(Try(writes_no_config, Named("log.example.org/one")));
  const std::string key = (keys_ / "log.key").string();
  ExpectRefused(Named("log.example.org/two"),
                {"log.example.org/one", "--origin", "remove", data_.string(), key});
  ExpectRefused({.origin = {}, .log_key = folder_.path() / "other.key"},
                {"--log-key " + key, "remove"});
  std::filesystem::remove(key);
  ExpectRefused({}, {"its key is gone", "remove", data_.string()});
  Clear();
  EXPECT_TRUE(Try(files_));
}

TEST_F(InitialiseTest, RefusesBeforeAnythingIsMade) {
  std::filesystem::create_directories(data_);
  std::ofstream(data_ / "proviso.db") << "a database";
  ExpectRefused({}, {"proviso.db", "proviso.json", "missing", "name another directory"});
  EXPECT_FALSE(std::filesystem::exists(keys_));
  std::filesystem::remove(data_ / "proviso.db");
  std::filesystem::create_directories(keys_);
  std::ofstream(keys_ / "log.key") << "a key";
  ExpectRefused({}, {"log key", "exists", "--log-key"});
  EXPECT_TRUE(std::filesystem::is_empty(data_));
}

TEST_F(InitialiseTest, RefusesANameThatNoWitnessCouldEverCosign) {
  const std::string longest(255, 'o');
  ExpectRefused(Named(longest + "o"), {"255 bytes", "found 256", "--origin"});
  EXPECT_FALSE(std::filesystem::exists(data_)) << "nothing was made";
  EXPECT_FALSE(std::filesystem::exists(keys_));
  const auto made = Try(files_, Named(longest));
  ASSERT_TRUE(made) << made.error().message();
  ExpectWhole(*made);
}

}  // namespace
}  // namespace proviso::service
