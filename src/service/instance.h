#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "ledger/appender_seat.h"
#include "ledger/ledger.h"
#include "service/data_directory.h"
#include "service/request.h"

namespace proviso::service {

// Whether the decision table of a data directory is the newest that there is.
enum class Newness {
  kUnknown,  // the log takes nothing any more, or its table could not be compiled
  kServed,   // the listener has it, and the file has an older one
  kWritten,  // the file has it, too
};

// How far the opening of a data directory came.
enum class OpenStage {
  kDirectory,  // its configuration, and the key of its log
  kLog,        // the log, and whether it has what others hold of it
  kContents,   // what the log says, and the files beside it, those that it publishes too
};

// One opened data directory: the only process that appends to its log. Thread-safe: requests of
// several threads are done one after another, except the heavy part of imports.
//
// Promises: when Perform() returns a result, what it did is durable and in the log, and the
// decision table that follows from it is published.
class Instance {
 public:
  // kUnavailable when another process has the directory open; kNotFound when there is none;
  // kDataLoss when the log is damaged or says what it must not.
  struct OpenOptions {
    bool rewrite_files = false;  // make the published files of the log again, whatever is there
    // The right to append, where the log lies in PostgreSQL; it outlives the instance. Absent: it
    // is taken if it is free.
    ledger::AppenderSeat* seat = nullptr;
    OpenStage* reached = nullptr;  // gets where it ended, also when it failed
  };
  static Result<std::unique_ptr<Instance>> Open(const std::filesystem::path& directory,
                                                const Environment& environment,
                                                OpenOptions options);
  static Result<std::unique_ptr<Instance>> Open(const std::filesystem::path& directory,
                                                const Environment& environment) {
    return Open(directory, environment, OpenOptions());
  }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();

  Result<Json> Perform(const Request& request, const Progress& progress);

  // The same for a request of the mailbox, whose answer is committed with the events that it makes.
  struct Delivery {
    Bytes answer;
    bool is_committed = false;  // else it is still to be put into the mailbox
  };
  // kUnavailable when nobody here knows whether the request was done: the next appender does.
  Result<Delivery> Deliver(const std::string& id, const Request& request);

  // Puts right what a process that appended before may have written late: the published checkpoint
  // and the table file. Tries again what failed. To be called every now and then.
  Status Tend();
  // False when the log takes nothing any more: open the directory again, or let it go on.
  bool IsUsable() const;
  // Why the log takes nothing any more; empty while it does. Waits for nothing.
  std::optional<ledger::Ledger::Stop> Stopped() const;
  // Why the last act was refused, where the disk was full or may not be written. Waits for nothing.
  std::optional<Error> Hindered() const;
  // Takes up again what stopped and can go on, once its cause is gone: the log, with the state and
  // the table that follow from what the last commit had stored, and a table file that could not be
  // written. True when the log went on just now. To be called every now and then; what was served
  // is served meanwhile. After an error it may be tried again.
  Result<bool> GoOn();
  // What to tell people about the clock of this machine, where the log shows that it is behind.
  std::optional<std::string> ClockWarning() const;
  // What to tell people of the confidential parts that are damaged here, in one line; and how many.
  std::optional<std::string> DamageWarning() const;
  // Waits for nothing.
  std::uint64_t DamagedParts() const;
  // Waits for nothing.
  service::Newness Newness() const;

  // Calls `listener` with the bytes of the decision table now, and whenever a new one was compiled,
  // before the request that caused it is answered. One listener.
  void ListenForTables(std::function<void(ByteView)> listener);

  // Asks the log's witnesses to cosign its newest checkpoint, with `due_only` those that have not
  // and did not fail a short time ago; what changed at them, a line each. Nothing to do without
  // witnesses. kDataLoss when one of them knows more of this log than it has: it takes no entries
  // any more.
  Result<std::vector<std::string>> Cosign(bool due_only);
  // Ends what Cosign waits for, for good.
  void StopCosigning();

  // Makes everything durable and lets go of the directory.
  Status Close();

  class Core;  // what use cases work on: service/internal/core.h

 private:
  explicit Instance(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace proviso::service
