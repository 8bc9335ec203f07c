#include "cli/internal/signals.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace proviso::cli {
namespace {

sigset_t SetOf(std::initializer_list<int> numbers) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : numbers) sigaddset(&signals, signal);
  return signals;
}

void Block(const sigset_t& signals) { pthread_sigmask(SIG_BLOCK, &signals, nullptr); }

}  // namespace

void BlockEndSignals() { Block(SetOf({SIGINT, SIGTERM})); }

void BlockWishes() { Block(SetOf({SIGINT, SIGTERM, SIGHUP})); }

void WaitForEnd() {
  const sigset_t signals = SetOf({SIGINT, SIGTERM});
  int signal = 0;
  sigwait(&signals, &signal);
}

Wish WaitForWish() {
  const sigset_t signals = SetOf({SIGINT, SIGTERM, SIGHUP});
  int signal = 0;
  sigwait(&signals, &signal);
  if (signal == SIGHUP) return Wish::kReload;
  return signal == SIGTERM ? Wish::kEnd : Wish::kEndAtOnce;
}

void AskToEnd() { ::kill(::getpid(), SIGTERM); }

void WaitForWishUpTo(std::chrono::seconds patience) {
  const sigset_t signals = SetOf({SIGINT, SIGTERM});
  const timespec time{.tv_sec = patience.count(), .tv_nsec = 0};
  sigtimedwait(&signals, nullptr, &time);
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace proviso::cli
