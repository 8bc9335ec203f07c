#include "io/sandbox/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "io/files/descriptor.h"
#include "io/internal/confinement.h"
#include "io/internal/posix.h"

namespace proviso::io {
namespace {

using Work = std::function<Result<Bytes>(ByteView)>;
using SteadyClock = std::chrono::steady_clock;

// The first byte of an answer says what follows: the bytes; or the code of an error (one byte) and
// its message.
enum class AnswerKind : std::uint8_t { kBytes = 0, kError = 1 };

// What the child ends with when it could not be confined, and so did nothing.
constexpr int kExitUnconfined = 97;

Bytes ErrorAnswer(ErrorCode code, std::string_view message) {
  Bytes answer{static_cast<std::uint8_t>(AnswerKind::kError), static_cast<std::uint8_t>(code)};
  answer.insert(answer.end(), message.begin(), message.end());
  return answer;
}

Error MemoryPassed(const SandboxLimits& limits) {
  return Error(ErrorCode::kResourceExhausted, "needs more than the limit of " +
                                                  std::to_string(limits.memory_bytes_max >> 20U) +
                                                  " MiB of memory");
}

Error AnswerPassed(const SandboxLimits& limits) {
  return Error(ErrorCode::kResourceExhausted, "the answer is larger than the limit of " +
                                                  std::to_string(limits.answer_bytes_max) +
                                                  " bytes");
}

Bytes AnswerOf(const Work& work, ByteView input, const SandboxLimits& limits) {
  try {
    const Result<Bytes> result = work(input);
    if (!result) return ErrorAnswer(result.error().code(), result.error().message());
    if (result->size() > limits.answer_bytes_max) {
      return ErrorAnswer(ErrorCode::kResourceExhausted, AnswerPassed(limits).message());
    }
    Bytes answer{static_cast<std::uint8_t>(AnswerKind::kBytes)};
    answer.insert(answer.end(), result->begin(), result->end());
    return answer;
  } catch (const std::bad_alloc&) {
    return ErrorAnswer(ErrorCode::kResourceExhausted, MemoryPassed(limits).message());
  } catch (const std::exception& exception) {
    return ErrorAnswer(ErrorCode::kInternal, std::string("failed: ") + exception.what());
  }
}

[[noreturn]] void BeChild(int answer, ByteView input, const SandboxLimits& limits, const Work& work,
                          std::size_t address_space_before) noexcept {
  if (!Confine(answer, limits, address_space_before)) ::_exit(kExitUnconfined);
  ::_exit(WriteAll(kAnswerDescriptor, AnswerOf(work, input, limits)) ? 0 : 1);
}

// A child process. Killed, if it still runs, and always waited for.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    Kill();
    (void)Wait();
  }

  void Kill() noexcept {
    if (id_ > 0) ::kill(id_, SIGKILL);
  }
  // The status as waitpid gives it; nothing when someone else took it.
  std::optional<int> Wait() noexcept {
    if (id_ <= 0) return std::nullopt;
    int status = 0;
    const pid_t id = std::exchange(id_, -1);
    if (WithoutInterruption([&] { return ::waitpid(id, &status, 0); }) != id) return std::nullopt;
    return status;
  }

 private:
  pid_t id_;
};

// Reads all that comes until the other end closes. Nothing when that is not before `deadline`.
Result<std::optional<Bytes>> ReadUntil(int descriptor, SteadyClock::time_point deadline,
                                       const SandboxLimits& limits) {
  // A kind, a code, and either the answer or an error's message, which is never longer than that.
  const std::size_t bytes_max = limits.answer_bytes_max + 2;
  Bytes all;
  std::array<std::uint8_t, std::size_t{1} << 16U> part{};
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    if (left <= 0) return std::optional<Bytes>();
    pollfd wait{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(left, 1 << 30)));
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    if (ready < 0) return tl::unexpected(PosixError("wait for the answer", errno));
    const auto length =
        WithoutInterruption([&] { return ::read(descriptor, part.data(), part.size()); });
    if (length < 0) return tl::unexpected(PosixError("read the answer", errno));
    if (length == 0) return std::optional<Bytes>(std::move(all));
    all.insert(all.end(), part.begin(), part.begin() + length);
    if (all.size() > bytes_max) return tl::unexpected(AnswerPassed(limits));
  }
}

Error DeathBySignal(int signal, const SandboxLimits& limits) {
  switch (signal) {
    case SIGXCPU:
      return Error(ErrorCode::kResourceExhausted,
                   "needs more than the limit of " +
                       std::to_string(limits.processor_time_max.count()) + " s of processor time");
    case SIGSYS:
      return Error(ErrorCode::kInternal, "tried a system call that the sandbox does not allow");
    default:
      return Error(ErrorCode::kInternal, "crashed (signal " + std::to_string(signal) + ")");
  }
}

Result<Bytes> Judge(const Bytes& answer, int status, const SandboxLimits& limits) {
  if (WIFSIGNALED(status)) return tl::unexpected(DeathBySignal(WTERMSIG(status), limits));
  if (WEXITSTATUS(status) == kExitUnconfined) {
    return Fail(ErrorCode::kUnavailable,
                "this system refused the sandbox (seccomp and resource limits are needed)");
  }
  if (WEXITSTATUS(status) != 0 || answer.empty()) {
    return Fail(ErrorCode::kInternal,
                "ended without an answer (exit code " + std::to_string(WEXITSTATUS(status)) + ")");
  }
  if (answer[0] == static_cast<std::uint8_t>(AnswerKind::kBytes)) {
    return Bytes(answer.begin() + 1, answer.end());
  }
  if (answer.size() < 2 || answer[1] > static_cast<std::uint8_t>(ErrorCode::kInternal)) {
    return Fail(ErrorCode::kInternal, "answered in a form that is not known");
  }
  return Fail(static_cast<ErrorCode>(answer[1]), std::string(AsText(ByteView(answer).subspan(2))));
}

}  // namespace

Result<Bytes> RunSandboxed(ByteView input, const SandboxLimits& limits, const Work& work) {
  const auto deadline = SteadyClock::now() + limits.wall_time_max;
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return tl::unexpected(PosixError("make a pipe", errno));
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const std::size_t address_space = AddressSpaceBytes();
  const pid_t id = ::fork();
  if (id < 0) return tl::unexpected(PosixError("make a process for the sandbox", errno));
  if (id == 0) BeChild(writing.number(), input, limits, work, address_space);
  Child child(id);
  writing.Close();
  const std::optional<Bytes> answer = PROVISO_TRY(ReadUntil(reading.number(), deadline, limits));
  if (!answer) {
    return Fail(
        ErrorCode::kResourceExhausted,
        "took longer than the limit of " + std::to_string(limits.wall_time_max.count()) + " ms");
  }
  const std::optional<int> status = child.Wait();
  if (!status) return Fail(ErrorCode::kUnavailable, "the end of the sandbox could not be seen");
  return Judge(*answer, *status, limits);
}

}  // namespace proviso::io
