#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "io/simulated/disk.h"
#include "io/simulated/file_system.h"
#include "io/simulated/sqlite_vfs.h"
#include "ledger/ledger_fixture.h"

namespace proviso::ledger {
namespace {

constexpr int kEntries = 20;
// Every so many bytes one bit is tried, another one each time. PROVISO_FLIP_EVERY=1 tries all
// bytes.
constexpr std::size_t kFlipEvery = 331;

std::size_t FlipEvery() {
  const char* text = std::getenv("PROVISO_FLIP_EVERY");
  return text == nullptr ? kFlipEvery : std::strtoull(text, nullptr, 10);
}

// One start of a machine with a log on its disk.
class Start {
 public:
  explicit Start(io::SimulatedDisk& disk) : files_(disk), vfs_(disk) {}

  Result<std::unique_ptr<Ledger>> Open(bool must_exist) {
    LedgerOptions options{
        .directory = "/data", .origin = kOrigin, .files = &files_, .random = &random_};
    options.must_exist = must_exist;
    options.flush_commits = 4;  // so that some entries lie in the database and some beside it
    options.quiet = std::chrono::hours(1);
    options.database_vfs = vfs_.name();
    return Ledger::Open(options, LogKey());
  }

 private:
  io::SimulatedFileSystem files_;
  io::SimulatedVfs vfs_;
  SeededRandom random_{1};
};

// The disk of a log whose process is gone without having closed it.
std::unique_ptr<io::SimulatedDisk> DiskOfALogThatWasNotClosed() {
  io::SimulatedDisk disk({});
  Start start(disk);
  const auto ledger = start.Open(false).value();
  // Large enough that old ones are in pages of their own, which lie in the database alone.
  for (int i = 0; i < kEntries; ++i) EXPECT_TRUE(ledger->Append({NumberedDraft(i, 900)}));
  return disk.Clone(1);
}

enum class Outcome { kRefused, kWhole, kLost };

Outcome OutcomeOn(io::SimulatedDisk& disk) {
  Start start(disk);
  const auto ledger = start.Open(true);
  if (!ledger) return Outcome::kRefused;
  std::vector<int> numbers;
  const Status replayed = (*ledger)->Replay(0, [&](const RecordedEvent& event) -> Status {
    numbers.push_back(static_cast<int>(event.event.open.IntegerOr("number", -1)));
    return {};
  });
  if (!replayed) return Outcome::kRefused;
  std::vector<int> expected(kEntries);
  std::iota(expected.begin(), expected.end(), 0);
  return numbers == expected ? Outcome::kWhole : Outcome::kLost;
}

class FlippedBitTest : public testing::TestWithParam<const char*> {};

TEST_P(FlippedBitTest, LosesNoAcknowledgedEntryUnseenInALogThatWasNotClosed) {
  const auto base = DiskOfALogThatWasNotClosed();
  ASSERT_EQ(OutcomeOn(*base->Clone(1)), Outcome::kWhole);
  const Bytes bytes = base->Look(GetParam()).value();
  std::array<int, 3> outcomes{};
  for (std::size_t offset = 0, turn = 0; offset < bytes.size(); offset += FlipEvery(), ++turn) {
    const auto disk = base->Clone(offset);
    const auto flipped = static_cast<std::uint8_t>(bytes[offset] ^ (1U << (turn % 8)));
    const auto file = disk->Open(GetParam()).value();
    ASSERT_TRUE(disk->Write(file, offset, std::array{flipped}));
    const Outcome outcome = OutcomeOn(*disk);
    ++outcomes.at(static_cast<std::size_t>(outcome));
    EXPECT_NE(outcome, Outcome::kLost) << "byte " << offset << ", bit " << turn % 8;
  }
  const auto [refused, whole, lost] = outcomes;
  std::printf("%s: %zu bytes, refused %d times, whole %d times, lost %d times\n", GetParam(),
              bytes.size(), refused, whole, lost);
  EXPECT_GT(refused, 0) << "some bits matter";
  EXPECT_GT(whole, 0) << "and some do not";
}

INSTANTIATE_TEST_SUITE_P(Files, FlippedBitTest,
                         testing::Values("/data/proviso.db", "/data/proviso.db-wal"),
                         [](const auto& each) {
                           return std::string(each.param).ends_with("wal") ? "wal" : "database";
                         });

}  // namespace
}  // namespace proviso::ledger
