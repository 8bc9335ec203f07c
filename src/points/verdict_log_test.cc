#include "points/verdict_log.h"

#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

class VerdictLogTest : public testing::Test {
 protected:
  void Open(bool clear, std::size_t queue_max = 16384) {
    log_ =
        VerdictLog::Open({.file = file_, .clear = clear, .queue_max = queue_max}, random_).value();
  }
  void Ask(std::optional<std::string_view> subscription, std::string_view service = "blob-store",
           std::string_view region = "nl-1") {
    Tally tally(log_.get());
    const Decider decider(listener_, &tally);
    static_cast<void>(decider.Decide({.subscription = subscription,
                                      .service = service,
                                      .region = region,
                                      .operation = enforcement::Operation::kRead,
                                      .repeated = {}},
                                     {.table = &table_->table(),
                                      .now = ParseTime("2026-12-02T00:00:00.250Z").value(),
                                      .age = std::chrono::milliseconds(40)}));
  }
  // Ends the log; what it wrote.
  std::vector<Json> Written() {
    log_.reset();
    io::PosixFileSystem files;
    const Bytes bytes = files.ReadFile(file_, 1U << 24U).value();
    std::vector<Json> lines;
    std::string_view text = AsText(bytes);
    while (!text.empty()) {
      lines.push_back(ParseJson(text.substr(0, text.find('\n'))).value());
      text.remove_prefix(text.find('\n') + 1);
    }
    return lines;
  }

  SeededRandom random_{7};
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
  std::filesystem::path file_ = folder_.path() / "verdicts";
  Listener listener_{.name = "front"};
  std::unique_ptr<const TableSnapshot> table_ = internal::SnapshotOrDie(
      118, {internal::MakeRestriction("decision-1/1", terms::Stage::kSuspended,
                                      {{"sub-1", "blob-store", "nl-1"}})});
  std::unique_ptr<VerdictLog> log_;
};

TEST_F(VerdictLogTest, WritesAllThatAVerdictWasMadeFrom) {
  Open(/*clear=*/true);
  Ask("sub-1");
  Ask("sub-2");
  Ask("sub-1", "no-such");
  Ask(std::nullopt);
  const std::vector<Json> lines = Written();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], Json::Of({{"time", "2026-12-02T00:00:00.250Z"},
                                {"listener", "front"},
                                {"protocol", "forward-auth"},
                                {"subscription", "sub-1"},
                                {"service", "blob-store"},
                                {"region", "nl-1"},
                                {"operation", "read"},
                                {"verdict", "deny"},
                                {"code", "restricted"},
                                {"restriction", "decision-1/1"},
                                {"table", 118},
                                {"confirmed_ms", 40}}));
  EXPECT_EQ(lines[1].StringOr("verdict", ""), "allow");
  EXPECT_TRUE(lines[1].Find("code")->IsNull());
  EXPECT_EQ(lines[2].StringOr("code", ""), "unknown-service");
  EXPECT_TRUE(lines[3].Find("subscription")->IsNull());
}

TEST_F(VerdictLogTest, NamesSubscriptionsByPseudonymsThatLastOneRun) {
  Open(/*clear=*/false);
  Ask("sub-1");
  Ask("sub-1");
  Ask("sub-2");
  Open(/*clear=*/false);
  Ask("sub-1");
  const std::vector<Json> lines = Written();
  ASSERT_EQ(lines.size(), 4U);
  const auto name = [&](std::size_t line) { return lines[line].StringOr("subscription", ""); };
  EXPECT_EQ(name(0), name(1));
  EXPECT_NE(name(0), name(2));
  EXPECT_NE(name(0), name(3));
  EXPECT_EQ(name(0).size(), 34U);
  for (const Json& line : lines) EXPECT_EQ(line.Canonical().find("sub-1"), std::string::npos);
}

TEST_F(VerdictLogTest, KeepsALineALineWhateverAWordHolds) {
  Open(/*clear=*/true);
  Ask("sub-1", "a\"b\\c\n\xc3\xa9", std::string(1'000, 'x'));
  const std::vector<Json> lines = Written();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].StringOr("service", ""), "a\"b\\c\n\u00c3\u00a9");
  EXPECT_EQ(lines[0].StringOr("region", ""), std::string(256, 'x'));
}

TEST_F(VerdictLogTest, CountsWhatItDrops) {
  Open(/*clear=*/true, /*queue_max=*/0);
  Ask("sub-1");
  EXPECT_EQ(log_->dropped(), 1U);
  EXPECT_TRUE(Written().empty());
}

TEST_F(VerdictLogTest, GoesOnInANewFile) {
  Open(/*clear=*/true);
  Ask("sub-1");
  while (log_->written() == 0) std::this_thread::yield();
  std::filesystem::rename(file_, folder_.path() / "old");
  ASSERT_TRUE(log_->Reopen());
  Ask("sub-2");
  const std::vector<Json> lines = Written();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].StringOr("subscription", ""), "sub-2");
}

TEST_F(VerdictLogTest, BeginsALineOfItsOwnAfterOneThatWasCutOff) {
  Open(/*clear=*/true);
  Ask("sub-1");
  log_.reset();
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) - 5);
  Open(/*clear=*/true);
  Ask("sub-2");
  log_.reset();
  std::ifstream file(file_);
  std::string cut;
  std::string whole;
  std::string more;
  ASSERT_TRUE(std::getline(file, cut) && std::getline(file, whole));
  EXPECT_FALSE(ParseJson(cut));
  EXPECT_EQ(ParseJson(whole).value().StringOr("subscription", ""), "sub-2");
  EXPECT_FALSE(std::getline(file, more));
}

TEST_F(VerdictLogTest, GoesOnInALineOfItsOwnWhereTheDiskWasFullInTheMiddleOfOne) {
  Open(/*clear=*/true);
  Ask("sub-1");
  while (log_->written() == 0) std::this_thread::yield();
  // The system takes no more than so many bytes, and tells of it by an error where it can.
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit full = before;
  full.rlim_cur = std::filesystem::file_size(file_) + 20;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  Ask("sub-2");
  while (log_->dropped() == 0) std::this_thread::yield();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  Ask("sub-3");
  log_.reset();
  std::ifstream file(file_);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].size(), 20U);
  EXPECT_EQ(ParseJson(lines[2]).value().StringOr("subscription", ""), "sub-3");
}

TEST_F(VerdictLogTest, SaysThatItsFileCannotBeOpened) {
  file_ = folder_.path() / "no-such" / "file";
  EXPECT_FALSE(VerdictLog::Open({.file = file_}, random_));
}

}  // namespace
}  // namespace proviso::points
