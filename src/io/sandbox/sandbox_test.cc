#include "io/sandbox/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "io/internal/confinement.h"

namespace proviso::io {
namespace {

using Work = std::function<Result<Bytes>(ByteView)>;

Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }

Result<Bytes> RunWork(const Work& work, const SandboxLimits& limits = {}) {
  return RunSandboxed(AsBytes("input"), limits, work);
}

std::size_t OpenDescriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

TEST(Sandbox, GivesBackWhatTheWorkAnswers) {
  const Result<Bytes> answer = RunWork([](ByteView input) -> Result<Bytes> {
    Bytes twice(input.begin(), input.end());
    twice.insert(twice.end(), input.begin(), input.end());
    return twice;
  });
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(AsText(*answer), "inputinput");
}

TEST(Sandbox, CarriesAnAnswerThatIsLargerThanAPipe) {
  const Result<Bytes> answer =
      RunWork([](ByteView) -> Result<Bytes> { return Bytes(5'000'000, 7); });
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(*answer, Bytes(5'000'000, 7));
}

TEST(Sandbox, CarriesAnErrorOfTheWorkAsItIs) {
  const Result<Bytes> answer = RunWork(
      [](ByteView) -> Result<Bytes> { return Fail(ErrorCode::kUnimplemented, "no `such` thing"); });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kUnimplemented);
  EXPECT_EQ(answer.error().message(), "no `such` thing");
}

TEST(Sandbox, ChangesNothingHere) {
  int touched = 0;
  ASSERT_TRUE(RunWork([&](ByteView) -> Result<Bytes> {
    touched = 1;
    return Bytes();
  }));
  EXPECT_EQ(touched, 0);
}

TEST(Sandbox, EndsWorkThatReachesOut) {
  const struct {
    const char* what;
    std::function<void()> reach;
  } attempts[] = {
      {"open a file", [] { (void)::open("/etc/passwd", O_RDONLY | O_CLOEXEC); }},
      {"make a file", [] { (void)::creat("/tmp/proviso-sandbox-must-not-make", 0600); }},
      {"make a socket", [] { (void)::socket(AF_INET, SOCK_STREAM, 0); }},
      {"fork", [] { (void)::fork(); }},
      {"run a program", [] { (void)::execl("/bin/true", "true", nullptr); }},
      {"signal its parent", [] { (void)::kill(::getppid(), SIGCONT); }},
      {"read", [] { (void)!::read(kAnswerDescriptor, nullptr, 0); }},
      {"make memory executable",
       [] {
         (void)::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
       }},
  };
  for (const auto& attempt : attempts) {
    const Result<Bytes> answer = RunWork([&](ByteView) -> Result<Bytes> {
      attempt.reach();
      return ToBytes("it went through");
    });
    ASSERT_FALSE(answer) << attempt.what;
    EXPECT_EQ(answer.error().message(), "tried a system call that the sandbox does not allow")
        << attempt.what;
  }
}

TEST(Sandbox, HasNoneOfTheDescriptorsThatAreOpenHere) {
  const int open_here = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(open_here, 0);
  // A descriptor that does not exist cannot be mapped; the call itself is allowed.
  const Result<Bytes> answer = RunWork([&](ByteView) -> Result<Bytes> {
    for (int number = 0; number < 64; ++number) {
      if (number == kAnswerDescriptor) continue;
      if (::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, number, 0) != MAP_FAILED ||
          errno != EBADF) {
        if (!(kSanitized && number == STDERR_FILENO)) return ToBytes(std::to_string(number));
      }
    }
    return ToBytes("none");
  });
  ::close(open_here);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(AsText(*answer), "none");
}

TEST(Sandbox, EndsALoopThatDoesNotEnd) {
  const Work endless = [](ByteView) -> Result<Bytes> {
    std::atomic<int> turns = 0;
    while (true) ++turns;
  };
  const Result<Bytes> by_wall = RunWork(endless, {.wall_time_max = std::chrono::milliseconds(150)});
  ASSERT_FALSE(by_wall);
  EXPECT_EQ(by_wall.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(by_wall.error().message(), "took longer than the limit of 150 ms");
  const Result<Bytes> by_processor =
      RunWork(endless, {.processor_time_max = std::chrono::seconds(1)});
  ASSERT_FALSE(by_processor);
  EXPECT_EQ(by_processor.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(by_processor.error().message(), "needs more than the limit of 1 s of processor time");
}

TEST(Sandbox, EndsWorkThatTakesAllMemory) {
  if (kSanitized) GTEST_SKIP() << "SKIPPED: a sanitizer's own maps pass any limit of memory";
  const Result<Bytes> answer = RunWork(
      [](ByteView) -> Result<Bytes> {
        std::vector<Bytes> hoard;
        while (true) hoard.emplace_back(std::size_t{16} << 20U, std::uint8_t{1});
      },
      {.memory_bytes_max = std::size_t{256} << 20U});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(answer.error().message(), "needs more than the limit of 256 MiB of memory");
}

TEST(Sandbox, RefusesAnAnswerAboveItsLimit) {
  const Result<Bytes> answer =
      RunWork([](ByteView) -> Result<Bytes> { return Bytes(1001); }, {.answer_bytes_max = 1000});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(answer.error().message(), "the answer is larger than the limit of 1000 bytes");
}

TEST(Sandbox, TellsACrash) {
  const struct {
    std::function<void()> crash;
    std::string message;
  } crashes[] = {
      {[] { std::abort(); }, "crashed (signal 6)"},
      {[] { (void)std::raise(SIGSEGV); }, "crashed (signal 11)"},
      {[] { throw std::runtime_error("bad"); }, "failed: bad"},
      {[] { ::_exit(3); }, "ended without an answer (exit code 3)"},
  };
  for (const auto& entry : crashes) {
    const Result<Bytes> answer = RunWork([&](ByteView) -> Result<Bytes> {
      entry.crash();
      return Bytes();
    });
    ASSERT_FALSE(answer) << entry.message;
    EXPECT_EQ(answer.error().code(), ErrorCode::kInternal);
    EXPECT_EQ(answer.error().message(), entry.message);
  }
}

TEST(Sandbox, LeavesNoProcessAndNoDescriptorBehind) {
  const std::size_t before = OpenDescriptors();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(RunWork([](ByteView) -> Result<Bytes> { return Bytes(10); }));
    ASSERT_FALSE(RunWork([](ByteView) -> Result<Bytes> { std::abort(); }));
    ASSERT_FALSE(RunWork(
        [](ByteView) -> Result<Bytes> {
          std::atomic<int> turns = 0;
          while (true) ++turns;
        },
        {.wall_time_max = std::chrono::milliseconds(10)}));
  }
  EXPECT_EQ(OpenDescriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Sandbox, WorksWhileOtherThreadsAllocateAndRunTheirOwn) {
  // The address sanitizer of g++ 12 does not free the locks of its own allocator in a child.
  if (kSanitized) GTEST_SKIP() << "SKIPPED: a sanitizer's allocator does not outlive a fork";
  std::atomic<bool> stop = false;
  std::atomic<int> failed = 0;
  std::jthread busy([&] {
    while (!stop) Bytes(1000).swap(*std::make_unique<Bytes>(100));
  });
  {
    std::vector<std::jthread> runners;
    runners.reserve(4);
    for (int i = 0; i < 4; ++i) {
      runners.emplace_back([&, i] {
        for (int turn = 0; turn < 10; ++turn) {
          const auto size = std::size_t{100'000} * static_cast<std::size_t>(i + 1);
          const Result<Bytes> answer =
              RunWork([&](ByteView) -> Result<Bytes> { return Bytes(size, 1); });
          if (!answer || *answer != Bytes(size, 1)) ++failed;
        }
      });
    }
  }
  stop = true;
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace proviso::io
