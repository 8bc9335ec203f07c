#pragma once

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "ledger/appender_seat.h"
#include "ledger/mailbox.h"
#include "service/instance.h"

namespace proviso::server {

// Does the requests of the mailbox while this process is the appender. What it is made with must
// outlive it. Owns its threads.
class Clerk {
 public:
  Clerk(service::Instance& instance, ledger::AppenderSeat& seat, ledger::Mailbox taking,
        ledger::Mailbox answering);
  Clerk(const Clerk&) = delete;
  Clerk& operator=(const Clerk&) = delete;
  // Finishes the requests at work; those that were only taken are left to the next appender.
  ~Clerk();

  // Takes what came in the meantime; waits up to `patience` for it.
  Status Take(std::chrono::milliseconds patience);

 private:
  void Work();
  void Do(const ledger::Mailbox::Letter& letter);
  // Again and again, through a new session when need be, for as long as this is the appender.
  void Put(const std::string& id, const service::Instance::Delivery& delivery);
  bool IsAppender() const { return seat_.is_held() && instance_.IsUsable(); }

  service::Instance& instance_;
  ledger::AppenderSeat& seat_;
  ledger::Mailbox taking_;  // for the thread that calls Take
  Mutex answering_mutex_;
  ledger::Mailbox answering_ GUARDED_BY(answering_mutex_);
  Mutex mutex_;
  Condition changed_;
  std::deque<ledger::Mailbox::Letter> letters_ GUARDED_BY(mutex_);
  bool closing_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> workers_;
};

}  // namespace proviso::server
