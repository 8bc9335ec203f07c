#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"
#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

constexpr int kDied = 42;

// Writes a line that the parent reads after the child's death.
void Tell(int pipe, const std::string& line) {
  const std::string text = line + "\n";
  if (::write(pipe, text.data(), text.size()) != static_cast<ssize_t>(text.size())) ::_exit(3);
}

struct Told {
  std::vector<std::uint64_t> acknowledged;  // numbers, which are also positions
  std::vector<std::string> checkpoints;     // notes that were published
};

class LedgerDeathTest : public LedgerTest {
 protected:
  // Runs `script` in a child that dies without a word at the `fatal`-th named point. False when it
  // got through to the end.
  bool DiesAt(int fatal, const std::function<void(Ledger::Options, int)>& script) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      int point = 0;
      Ledger::Options options = Options();
      options.crash_hook = [&](std::string_view name) {
        if (name == "checkpoint.published") TellCheckpoint(ends[1]);
        if (++point == fatal) ::_exit(kDied);
      };
      script(options, ends[1]);
      ::_exit(0);
    }
    ::close(ends[1]);
    Listen(ends[0]);
    int state = 0;
    EXPECT_EQ(::waitpid(child, &state, 0), child);
    EXPECT_TRUE(WIFEXITED(state) && (WEXITSTATUS(state) == 0 || WEXITSTATUS(state) == kDied))
        << "state " << state << " at point " << fatal;
    return WEXITSTATUS(state) == kDied;
  }

  void TellCheckpoint(int pipe) {
    const auto note = files_.ReadFile(Log("checkpoint"), 1 << 20);
    if (!note) ::_exit(4);
    Tell(pipe, "published " + Base64Encode(*note));
  }

  void Listen(int pipe) {
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = ::read(pipe, part.data(), part.size())) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(got));
    }
    ::close(pipe);
    std::istringstream lines(text);
    for (std::string word, value; lines >> word >> value;) {
      if (word == "published") {
        const Bytes note = Base64Decode(value).value();
        told_.checkpoints.emplace_back(AsText(note));
      } else {
        told_.acknowledged.push_back(std::stoull(value));
      }
    }
  }

  // What must hold after recovery, whatever happened before.
  void CheckOracle() {
    Open();
    std::uint64_t expected = 0;
    const Status replayed = ledger_->Replay(0, [&](const RecordedEvent& event) -> Status {
      EXPECT_EQ(event.event.open.IntegerOr("number", -1), static_cast<std::int64_t>(expected))
          << "a hole, or another order than that of the commands";
      EXPECT_EQ(event.event.sealed.size(), 1U);
      ++expected;
      return {};
    });
    ASSERT_TRUE(replayed) << replayed.error().message();
    for (const std::uint64_t number : told_.acknowledged) {
      EXPECT_LT(number, expected) << "acknowledged, and lost";
    }
    const auto log = ReadLogFolder(Data(), Verifier());
    ASSERT_TRUE(log) << log.error().message();
    for (const std::string& note : told_.checkpoints) {
      const Checkpoint released = OpenCheckpoint(note, Verifier()).value();
      ASSERT_LE(released.size, log->leaves.size()) << "a released checkpoint was taken back";
      EXPECT_EQ(TreeRoot(std::span(log->leaves).first(released.size)), released.root)
          << "a released checkpoint is of another tree";
    }
    const auto next = ledger_->Append({NumberedDraft(static_cast<int>(expected))});
    ASSERT_TRUE(next) << next.error().message();
    EXPECT_EQ(*next, expected);
    EXPECT_TRUE(ReadLogFolder(Data(), Verifier()));
    Close();
  }

  Told told_;
};

void AppendAndTell(Ledger& ledger, int count, int pipe) {
  const int first = static_cast<int>(ledger.latest().size);
  if (!ledger.Append(NumberedDrafts(first, count))) ::_exit(5);
  for (int i = 0; i < count; ++i) Tell(pipe, "ack " + std::to_string(first + i));
}

// Appends within a tile, across its end, closes, goes on, and rebuilds.
void LiveThrough(const Ledger::Options& options, int pipe) {
  for (const std::vector<int>& life : {std::vector<int>{1, 254, 3}, std::vector<int>{2, 255}}) {
    auto opened = Ledger::Open(options, LogKey());
    if (!opened) ::_exit(6);
    for (const int count : life) AppendAndTell(**opened, count, pipe);
    if (life.size() == 2 && !(*opened)->Rebuild()) ::_exit(7);
    if (life.size() == 3 && !(*opened)->Close()) ::_exit(8);
  }
}

TEST_F(LedgerDeathTest, LosesNothingAcknowledgedAtAnyPoint) {
  int point = 1;
  for (bool died = true; died; ++point) {
    SCOPED_TRACE("dies at point " + std::to_string(point));
    std::filesystem::remove_all(Data());
    told_ = {};
    died = DiesAt(point, LiveThrough);
    CheckOracle();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(point, 40) << "the script passes fewer points than it did";
}

TEST_F(LedgerDeathTest, SurvivesAnotherDeathDuringRecovery) {
  const auto recover = [](const Ledger::Options& options, int) {
    if (!Ledger::Open(options, LogKey())) ::_exit(9);
  };
  int point = 2;
  for (bool died = true; died; point += 5) {
    SCOPED_TRACE("dies at point " + std::to_string(point));
    std::filesystem::remove_all(Data());
    told_ = {};
    died = DiesAt(point, LiveThrough);
    for (int second = 1; DiesAt(second, recover); ++second) {
    }
    CheckOracle();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace proviso::ledger
