#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/event.h"
#include "base/mutex.h"
#include "crypto/ed25519.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/mailbox.h"
#include "ledger/opening.h"
#include "ledger/options.h"

namespace proviso::ledger {

class Writer;
struct PreparedEntry;

// The tamper-evident log of one data directory: events in proviso.db, and a signed tree over them
// in log/ that other people's tools read (docs/formats/ledger.md). Thread-safe. One thread of its
// own commits whatever was queued meanwhile as one group. Only one process may have it open: the
// caller holds the data directory's lock.
//
// Append acknowledges what is durable, signed and published. When a commit fails half-way the log
// stops: every later call fails, and opening it anew recovers what is durable. A failed sync ends
// the process.
class Ledger {
 public:
  using Options = LedgerOptions;

  // Why a log takes nothing any more.
  struct Stop {
    Error why;
    std::string remedy;  // for people: what to do before it can go on
    // What is durable already is right, and only what lies behind it failed: once the cause is
    // gone, Reopen() helps.
    bool can_go_on = false;
    std::string Text() const;
    // What calls are told that came after it: they have changed nothing.
    Error Refusal() const;
  };

  // Creates the log when there is none. kFailedPrecondition when it was made with another key or
  // origin; kDataLoss when the database is damaged, or older than what was published, or when what
  // was published is damaged or another log's (Options::rewrite_files is the way out).
  // `beside` gets whether the database is what the published checkpoint says, and only another
  // published file is not: Options::rewrite_files then loses nothing.
  static Result<std::unique_ptr<Ledger>> Open(const Options& options, crypto::PrivateKey signer,
                                              bool* beside = nullptr);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  // Finishes what was queued. Without Close the next Open writes the newest files again.
  ~Ledger();

  // The index of the first draft; the others follow it without a gap. A failure has changed
  // nothing, and says so, unless the log stopped within this very commit: then the entries may be
  // in the log, and that is what it says.
  Result<std::uint64_t> Append(const std::vector<Draft>& drafts) { return Append(drafts, {}); }
  // The same for a request of the mailbox, whose answer becomes durable with the entries; for a log
  // in PostgreSQL. kFailedPrecondition, and nothing was changed, when it was withdrawn meanwhile.
  Result<std::uint64_t> Append(const std::vector<Draft>& drafts, std::optional<Receipt> receipt);

  // Visits the published events from `from` on, in order, without the sealed parts that nobody can
  // read here: erased, absent or damaged. `hear` is told of each of these before its event is
  // visited. kDataLoss when an entry is damaged; when `from` is 0, also when all entries together
  // do not have the signed root. An error of `visit` ends it.
  using Visit = std::function<Status(const RecordedEvent&)>;
  Status Replay(std::uint64_t from, const Visit& visit, const HearUnread& hear = {}) const;

  // The newest published checkpoint.
  Checkpoint latest() const;
  crypto::NoteVerifier verifier() const { return verifier_; }
  const Options& options() const { return options_; }

  // Publishes `signed_by_more`, which is latest() with signature lines of others (cosignatures)
  // below its own. False when it is not the newest any more: then nothing changes.
  Result<bool> AddSignatures(const Checkpoint& signed_by_more);
  // Whether this log had the tree of `checkpoint` when it had that size. False also for sizes at
  // which it had no checkpoint.
  Result<bool> Knows(const Checkpoint& checkpoint);
  // Refuses new entries from now on with `why`: somebody holds what contradicts this log. What was
  // appended stays.
  void Refuse(const Error& why);

  // Removes the tiles under log/, writes them again from the database, then the checkpoint, after
  // comparing all entries with the signed root.
  Status Rebuild();
  // Publishes the newest checkpoint again when another one, older than it, stands in its place.
  Status Tend();
  // Destroys the key of one sealed part, for good. The log itself does not change. kNotFound when
  // there is none; kUnavailable when a long Replay keeps the old bytes in use: try again.
  Status Erase(std::uint64_t index, const std::string& part);
  // Refuses new entries, finishes what was queued and makes all files durable. Idempotent.
  Status Close();

  // Empty while the log takes entries.
  std::optional<Stop> Stopped() const;
  // Why the last group was refused, where the disk was full or may not be written; empty once a
  // group was stored. The log has not stopped: the next group is tried.
  std::optional<Error> Hindered() const;
  // Takes a log up again whose Stop says that it can go on, as if the process had been started
  // anew; `signer` is the key that it was opened with. What the last commit stored is published
  // then, so that Replay has more than before. kFailedPrecondition when it did not stop so; after
  // any other failure it stands still as before. kDataLoss, for good, when the database is damaged,
  // or lacks what was acknowledged.
  Status Reopen(crypto::PrivateKey signer);

  struct Stats {
    std::uint64_t entries = 0;
    std::uint64_t groups = 0;  // each is one database transaction
    std::size_t queued = 0;    // entries that wait for the next group
  };
  Stats stats() const;

 private:
  struct Request;
  Ledger(const Options& options, std::unique_ptr<Writer> writer, crypto::NoteVerifier verifier);

  PreparedEntry Prepare(EncodedEntry entry) const;
  Result<std::uint64_t> Submit(Request request);
  Status Run(std::function<Status()> task, bool when_stopped = false);
  Status OpenAnew(crypto::PrivateKey signer);
  Result<std::unique_ptr<Writer>> OpenWriterAnew(crypto::PrivateKey signer) const;
  void Work();
  std::vector<Request> Take();
  bool IsClosing() const;
  void Process(std::vector<Request> requests);
  void CommitGroup(std::vector<Request>& group);
  Result<std::uint64_t> Commit(const std::vector<PreparedEntry>& entries,
                               const std::vector<Receipt>& receipts);
  Error NotAccepted(const Error& error);
  Error InDoubt(const Error& error) const;
  void StopWith(const Error& error);
  void Finish();

  const Options options_;
  const crypto::NoteVerifier verifier_;
  // Touched by the appender's thread alone while it runs; null after a Reopen that failed.
  std::unique_ptr<Writer> writer_;

  mutable Mutex mutex_;
  Condition changed_;
  std::vector<Request> queue_ GUARDED_BY(mutex_);
  std::size_t queued_entries_ GUARDED_BY(mutex_) = 0;
  bool closing_ GUARDED_BY(mutex_) = false;
  std::optional<Stop> stopped_ GUARDED_BY(mutex_);
  std::optional<Error> hindered_ GUARDED_BY(mutex_);
  Checkpoint latest_ GUARDED_BY(mutex_);
  Stats stats_ GUARDED_BY(mutex_);

  Mutex close_mutex_;
  std::optional<Status> closed_ GUARDED_BY(close_mutex_);
  std::jthread appender_;
};

}  // namespace proviso::ledger
