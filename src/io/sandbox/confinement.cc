#include "io/internal/confinement.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <memory>

#include "io/files/descriptor.h"
#include "io/internal/posix.h"

namespace proviso::io {
namespace {

struct FreeFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, FreeFilter>;

// None; the pipes of a sanitizer are why there is another number for it.
constexpr rlim_t kOpenFilesMax = kSanitized ? 8 : 0;

bool Limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard) {
  const rlimit limit{.rlim_cur = soft, .rlim_max = hard};
  return ::setrlimit(resource, &limit) == 0;
}

bool LimitResources(const SandboxLimits& limits, std::size_t address_space_before) {
  const auto seconds = static_cast<rlim_t>(limits.processor_time_max.count());
  // One more second before the kill that cannot be caught: the first signal names the reason.
  if (!Limit(RLIMIT_CPU, seconds, seconds + 1) || !Limit(RLIMIT_CORE, 0, 0) ||
      !Limit(RLIMIT_FSIZE, 0, 0) || !Limit(RLIMIT_NOFILE, kOpenFilesMax, kOpenFilesMax) ||
      !Limit(RLIMIT_NPROC, 0, 0)) {
    return false;
  }
  if constexpr (kSanitized) return true;
  const rlim_t memory = address_space_before + limits.memory_bytes_max;
  return Limit(RLIMIT_AS, memory, memory);
}

bool Allow(const Filter& filter, int call) {
  return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0;
}

bool AllowWhere(const Filter& filter, int call, const scmp_arg_cmp& condition) {
  return seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &condition) == 0;
}

scmp_arg_cmp ArgumentIs(unsigned int position, std::uint64_t value) {
  return {.arg = position, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}

// Whatever is not named ends the process: a call that is merely refused can be tried again.
bool FilterSystemCalls() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!filter) return false;
  constexpr std::array kAllowed{SCMP_SYS(brk),
                                SCMP_SYS(munmap),
                                SCMP_SYS(mremap),
                                SCMP_SYS(madvise),
                                SCMP_SYS(futex),
                                SCMP_SYS(clock_gettime),
                                SCMP_SYS(gettimeofday),
                                SCMP_SYS(time),
                                SCMP_SYS(getrandom),
                                SCMP_SYS(getpid),
                                SCMP_SYS(gettid),
                                SCMP_SYS(sched_yield),
                                SCMP_SYS(rt_sigreturn),
                                SCMP_SYS(rt_sigaction),
                                SCMP_SYS(rt_sigprocmask),
                                SCMP_SYS(sigaltstack),
                                SCMP_SYS(exit),
                                SCMP_SYS(exit_group),
                                SCMP_SYS(restart_syscall)};
  for (const int call : kAllowed) {
    if (!Allow(filter, call)) return false;
  }
  // Memory, but none that can be executed.
  const scmp_arg_cmp no_execution{
      .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
  if (!AllowWhere(filter, SCMP_SYS(mmap), no_execution) ||
      !AllowWhere(filter, SCMP_SYS(mprotect), no_execution) ||
      !AllowWhere(filter, SCMP_SYS(write), ArgumentIs(0, kAnswerDescriptor))) {
    return false;
  }
  // abort() signals itself; nobody else can be meant.
  const auto self = static_cast<std::uint64_t>(::getpid());
  if (!AllowWhere(filter, SCMP_SYS(tgkill), ArgumentIs(0, self))) return false;
  // A sanitizer says on the error output what it found, and tries through a pipe whether it may
  // read an object.
  if (kSanitized && !(Allow(filter, SCMP_SYS(write)) && Allow(filter, SCMP_SYS(pipe2)) &&
                      Allow(filter, SCMP_SYS(close)))) {
    return false;
  }
  return seccomp_load(filter.get()) == 0;
}

bool KeepOnly(int answer) {
  if (answer != kAnswerDescriptor && ::dup2(answer, kAnswerDescriptor) < 0) return false;
  if (!kSanitized) ::close(STDERR_FILENO);
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  return ::close_range(kAnswerDescriptor + 1, ~0U, 0) == 0;
}

}  // namespace

std::size_t AddressSpaceBytes() {
  const Descriptor file(
      WithoutInterruption([] { return ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC); }));
  std::array<char, 64> text{};
  const auto length =
      WithoutInterruption([&] { return ::read(file.number(), text.data(), text.size()); });
  std::size_t pages = 0;
  if (length > 0) std::from_chars(text.data(), text.data() + length, pages);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

bool Confine(int answer, const SandboxLimits& limits, std::size_t address_space_before) {
  // The handlers of the parent are not for its child.
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && KeepOnly(answer) &&
         LimitResources(limits, address_space_before) && ::prctl(PR_SET_DUMPABLE, 0) == 0 &&
         FilterSystemCalls();
}

}  // namespace proviso::io
