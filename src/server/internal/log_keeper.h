#pragma once

#include <chrono>
#include <string>

#include "server/log_news.h"
#include "service/instance.h"

namespace proviso::server {

// The line for the journal when a log has stopped.
LogNews TellStop(const ledger::Ledger::Stop& stop);

// The same when it cannot be opened.
LogNews TellClosed(const Error& why);
// And when it cannot be opened later, for another reason.
LogNews TellStillClosed(const Error& why);

// Tells when the log of an instance stops, or refuses acts for the disk's sake, and has it go on
// where it can. Belongs to one thread; `instance` must outlive it.
class LogKeeper {
 public:
  using Clock = std::chrono::steady_clock;
  LogKeeper(service::Instance& instance, LogReport report)
      : instance_(instance), report_(std::move(report)) {}

  // To be called several times a second.
  void Look(Clock::time_point now);

 private:
  void TellHindrance();
  void TryAt(Clock::time_point now);
  void Say(const LogNews& news);

  service::Instance& instance_;
  const LogReport report_;
  std::string told_;  // why it stopped, as it was told; empty: it takes acts
  std::string failure_;
  bool hindered_ = false;
  std::optional<std::uint64_t> damaged_;  // parts, as it was told
  Clock::time_point next_{};
  std::chrono::milliseconds pause_{};
};

}  // namespace proviso::server
