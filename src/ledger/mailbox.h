#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "io/sql/postgres.h"

namespace proviso::ledger {

// The answer to a request of the mailbox, committed with the entries that the request made.
struct Receipt {
  std::string request;  // its id
  Bytes answer;
};

// Requests from processes that do not append to the one that does, and its answers: a table beside
// the log's. A request is done by whoever is the appender then, and only once: its answer is
// committed with its entries, and lies there until the asker has taken it. Requests and answers are
// as confidential as the log's addenda; none lies longer than it must. Belongs to one thread at a
// time.
class Mailbox {
 public:
  // An answer that nobody took, and a request that nobody began, are removed after so long.
  static constexpr std::chrono::minutes kAnswerAgeMax{60};
  static constexpr std::chrono::minutes kRequestAgeMax{2};

  static Result<Mailbox> Open(const std::string& place);

  // For who asks. Posting the same id again changes nothing.
  Status Post(const std::string& id, ByteView request);
  // The answer, when it is there within `patience`.
  Result<std::optional<Bytes>> WaitForAnswer(const std::string& id,
                                             std::chrono::milliseconds patience);
  // To be called when the answer was taken.
  Status Remove(const std::string& id);
  enum class Withdrawal {
    kWithdrawn,  // it was not begun, and never will be
    kBegun,      // or done: wait for the answer
    kGone,       // nobody began it, and it was removed before
  };
  Result<Withdrawal> Withdraw(const std::string& id);

  // For the appender, which is the one with number `epoch`; with a later one about, these do
  // nothing.
  struct Letter {
    std::string id;
    Bytes request;
  };
  // Requests that this appender did not take before; waits up to `patience` for the first.
  Result<std::vector<Letter>> Take(std::int64_t epoch, std::chrono::milliseconds patience);
  // Answers a request that made no entries.
  Status Answer(const Receipt& receipt, std::int64_t epoch);
  // Shows the answer that was committed with entries, now that these are published.
  Status Show(const std::string& id);
  // The same for all that appenders before left. The log must be open: then all is published.
  Status ShowAll(std::int64_t epoch);

 private:
  explicit Mailbox(io::PostgresConnection session) : session_(std::move(session)) {}
  Result<std::vector<Letter>> TakeNow(std::int64_t epoch);
  Result<std::optional<Bytes>> AnswerTo(const std::string& id);

  io::PostgresConnection session_;
};

}  // namespace proviso::ledger
