// What only memory can see: a log whose key signed another history before.
#include <gtest/gtest.h>

#include <memory>

#include "crypto/note.h"
#include "io/files/temporary_folder.h"
#include "verifier/history_fixture.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

constexpr std::uint64_t kSize = 600;

class SeenCheckpoint : public testing::Test {
 protected:
  SeenCheckpoint() { log_.AddFillers(kSize); }

  VerifyReport Verify(const TestLog& log, std::string seen) {
    const auto folder = io::TemporaryFolder::Make().value();
    log.WriteTo(folder.path());
    io::PosixFileSystem files;
    return VerifyLog(files, folder.path(), {.vkey = log.vkey(), .seen_checkpoint = std::move(seen)})
        .value();
  }
  // A log of the same key that went another way after `common` entries.
  static std::unique_ptr<TestLog> Forked(std::uint64_t common, std::uint64_t size) {
    auto fork = std::make_unique<TestLog>();
    fork->AddFillers(common);
    fork->Add("test.other", "operator", nullptr, Json::MakeObject());
    fork->AddFillers(size - common - 1);
    return fork;
  }

  TestLog log_;
};

TEST_F(SeenCheckpoint, HoldsWhenTheLogGrewFromIt) {
  for (const std::uint64_t size : {0U, 1U, 2U, 255U, 256U, 257U, 511U, 512U, 513U, 599U, 600U}) {
    const VerifyReport report = Verify(log_, log_.Checkpoint(size));
    EXPECT_TRUE(report.ok) << size << ": " << (report.first ? report.first->text : "");
    EXPECT_EQ(report.seen_size, size);
    EXPECT_EQ(report.checkpoint, log_.Checkpoint(kSize)) << "to be kept for the next time";
  }
}

TEST_F(SeenCheckpoint, RefusesALogThatIsShorter) {
  TestLog shorter;
  shorter.AddFillers(500);
  const VerifyReport report = Verify(shorter, log_.Checkpoint(kSize));
  EXPECT_EQ(report.problem_count, 1U);
  ASSERT_TRUE(report.first);
  EXPECT_EQ(report.first->text,
            "`checkpoint`: expected at least the 600 entries that were seen before, found 500: the "
            "log was rolled back");
  EXPECT_EQ(report.first->entry, 500U) << "the first entry that is lost";
}

TEST_F(SeenCheckpoint, RefusesALogThatWentAnotherWayBeforeIt) {
  for (const std::uint64_t common : {0U, 100U, 255U, 256U, 400U, 598U}) {
    for (const std::uint64_t size : {kSize, kSize + 1, kSize + 300}) {
      const VerifyReport report = Verify(*Forked(common, size), log_.Checkpoint(kSize));
      ASSERT_EQ(report.problem_count, 1U) << common << " " << size;
      EXPECT_TRUE(report.first->text.starts_with(
          "`checkpoint`: the first 600 entries: expected the root `"))
          << report.first->text;
      EXPECT_TRUE(report.first->text.ends_with("the log's key was used on two histories"));
      EXPECT_NE(log_.Checkpoint(kSize).find(report.first->expected.substr(10, 44)),
                std::string::npos);
    }
  }
}

TEST_F(SeenCheckpoint, PinsTheFirstRosterThatItCovers) {
  Story seen;
  seen.Begin();
  Story other;
  other.roster = RosterJson(1, 2, nullptr, {&other.anna, &other.eve});
  other.Initialise();
  other.ProposeRoster(other.anna, other.roster);
  other.SignRoster(other.anna, other.roster);
  other.SignRoster(other.eve, other.roster);
  other.ImportTerms();
  ExpectGood(other);  // whole by itself: who looks for the first time needs the pin
  const std::uint64_t in_force = seen.log.size() - 1;
  EXPECT_TRUE(Verify(seen.log, seen.log.Checkpoint(in_force)).ok);
  EXPECT_FALSE(Verify(other.log, seen.log.Checkpoint(in_force)).ok);
  EXPECT_TRUE(Verify(other.log, seen.log.Checkpoint(1)).ok) << "no roster was in it";
}

TEST_F(SeenCheckpoint, SaysNothingOfAForkThatBeginsAfterIt) {
  EXPECT_TRUE(Verify(*Forked(500, 700), log_.Checkpoint(500)).ok);
}

TEST_F(SeenCheckpoint, MustBeOfTheSameLog) {
  const auto other = crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{9});
  const std::string note = log_.Checkpoint(3);
  const std::string body = note.substr(0, note.find("\n\n") + 1);
  for (const std::string& seen :
       {std::string(), std::string("nonsense"), crypto::SignNote(body, log_.origin(), other)}) {
    const auto folder = io::TemporaryFolder::Make().value();
    log_.WriteTo(folder.path());
    io::PosixFileSystem files;
    const auto report =
        VerifyLog(files, folder.path(), {.vkey = log_.vkey(), .seen_checkpoint = seen});
    ASSERT_FALSE(report) << seen;
    EXPECT_EQ(report.error().code(), ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace proviso::verifier
