#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "ledger/mailbox.h"
#include "service/request.h"

namespace proviso::cli {

// Requests to a data directory that several servers share: they go into the mailbox of its log, and
// whoever is the appender then answers them. Each is done once, also when the appender dies over it
// and another one takes its place.
class SharedSession {
 public:
  // `place`: the log's PostgreSQL.
  SharedSession(std::string place, Random& random) : place_(std::move(place)), random_(random) {}

  // Leaves the request, and waits for the answer, as it lies in the mailbox. `is_mine` is asked
  // every now and then: true when this process has become the appender itself, and the request is
  // still to be done. Then, and only then, the result is empty. kUnavailable when nobody began the
  // request within `patience`.
  Result<std::optional<Json>> Ask(const service::Request& request, std::chrono::seconds patience,
                                  const std::function<Result<bool>()>& is_mine);

 private:
  struct Turn {
    bool is_over = false;
    std::optional<Json> answer;
  };
  Result<ledger::Mailbox*> Box();
  Result<ledger::Mailbox::Withdrawal> Withdraw(const std::string& id);
  Result<Turn> Look(const std::string& id, const std::string& text,
                    const std::function<Result<bool>()>& is_mine);

  const std::string place_;
  Random& random_;
  std::optional<ledger::Mailbox> box_;
};

}  // namespace proviso::cli
