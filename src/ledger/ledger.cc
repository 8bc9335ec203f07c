#include "ledger/ledger.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "crypto/sealed_box.h"
#include "ledger/internal/unsealing.h"
#include "ledger/internal/writer.h"

namespace proviso::ledger {
namespace {

// Replay lets go of the database between so many entries, so that the write-ahead log can shrink.
constexpr std::uint64_t kReplayStep = 1024;

constexpr const char* kRestore =
    "end the server, if one runs, and restore the data directory from a backup";

tl::unexpected<Error> Closed() {
  return Fail(ErrorCode::kFailedPrecondition, "the log is closed; open it again");
}

// The event of one entry with the sealed parts that can still be opened.
Result<RecordedEvent> Recall(EntryReader& reader, std::uint64_t position, ByteView bytes,
                             const HearUnread& hear) {
  DecodedEntry decoded = PROVISO_TRY_DOING(DecodeEntry(bytes), "entry " + std::to_string(position));
  decoded.event.index = position;
  for (OpenedPart& part : PROVISO_TRY(OpenParts(reader, position, decoded.parts))) {
    if (part.state == PartState::kHeld) {
      decoded.event.event.sealed[part.name] = std::move(part.value);
    } else if (hear) {
      hear(Unread(position, part));
    }
  }
  return std::move(decoded.event);
}

}  // namespace

std::string Ledger::Stop::Text() const {
  return "the log has stopped: " + why.message() + "; " + remedy;
}

Error Ledger::Stop::Refusal() const {
  const ErrorCode code =
      why.code() == ErrorCode::kDataLoss ? ErrorCode::kDataLoss : ErrorCode::kUnavailable;
  return {code, "this was not stored, and nothing was changed; " + Text()};
}

// What a caller waits for: entries to append, or a task for the appender's thread.
struct Ledger::Request {
  std::vector<PreparedEntry> entries;
  std::optional<Receipt> receipt;
  std::function<Status()> task;
  bool when_stopped = false;  // the task is for a log that takes nothing any more
  std::promise<Result<std::uint64_t>> done;
};

Result<std::unique_ptr<Ledger>> Ledger::Open(const Options& options, crypto::PrivateKey signer,
                                             bool* beside) {
  const crypto::NoteVerifier verifier{.name = options.origin, .key = signer.Public()};
  std::unique_ptr<Writer> writer =
      PROVISO_TRY_DOING(Writer::Open(options, std::move(signer), beside), "open the log");
  std::unique_ptr<Ledger> ledger(new Ledger(options, std::move(writer), verifier));
  ledger->appender_ = std::jthread([raw = ledger.get()] { raw->Work(); });
  return ledger;
}

Ledger::Ledger(const Options& options, std::unique_ptr<Writer> writer,
               crypto::NoteVerifier verifier)
    : options_(options),
      verifier_(std::move(verifier)),
      writer_(std::move(writer)),
      latest_(writer_->latest()) {}

Ledger::~Ledger() { Finish(); }

PreparedEntry Ledger::Prepare(EncodedEntry entry) const {
  PreparedEntry prepared{.bytes = std::move(entry.bytes), .leaf = {}, .addenda = {}};
  prepared.leaf = crypto::LeafHash(prepared.bytes);
  for (const Addendum& addendum : entry.addenda) {
    crypto::SymmetricKey key{};
    options_.random->Fill(key);
    prepared.addenda.push_back(
        {.name = addendum.name,
         .digest = addendum.digest,
         .sealed = crypto::Seal(key, addendum.plaintext, addendum.digest.bytes, *options_.random),
         .key = Bytes(key.begin(), key.end())});
  }
  return prepared;
}

Result<std::uint64_t> Ledger::Append(const std::vector<Draft>& drafts,
                                     std::optional<Receipt> receipt) {
  if (drafts.empty()) return Fail(ErrorCode::kInvalidArgument, "append: expected an event");
  Request request;
  request.receipt = std::move(receipt);
  request.entries.reserve(drafts.size());
  for (const Draft& draft : drafts) {
    request.entries.push_back(Prepare(PROVISO_TRY(EncodeEntry(draft, *options_.random))));
  }
  return Submit(std::move(request));
}

Result<std::uint64_t> Ledger::Submit(Request request) {
  std::future<Result<std::uint64_t>> done = request.done.get_future();
  {
    const MutexLock lock(mutex_);
    if (stopped_ && !request.when_stopped) return tl::unexpected<Error>(stopped_->Refusal());
    if (closing_) return Closed();
    if (queued_entries_ + request.entries.size() > options_.queue_entries_max) {
      return Fail(ErrorCode::kResourceExhausted,
                  "append: expected at most " + std::to_string(options_.queue_entries_max) +
                      " entries in the log's queue, found " + std::to_string(queued_entries_) +
                      " and " + std::to_string(request.entries.size()) + " more; try again later");
    }
    queued_entries_ += request.entries.size();
    queue_.push_back(std::move(request));
    changed_.NotifyOne();
  }
  return done.get();
}

Status Ledger::Run(std::function<Status()> task, bool when_stopped) {
  Request request;
  request.task = std::move(task);
  request.when_stopped = when_stopped;
  static_cast<void>(PROVISO_TRY(Submit(std::move(request))));
  return {};
}

// What waits; nothing when the log closes, or when it is quiet and a checkpoint wants to be stored.
std::vector<Ledger::Request> Ledger::Take() {
  const MutexLock lock(mutex_);
  while (queue_.empty() && !closing_) {
    if (stopped_ || !writer_->HasUnsavedCheckpoint()) {
      changed_.Wait(mutex_);
    } else if (!changed_.WaitFor(mutex_, options_.quiet)) {
      break;
    }
  }
  queued_entries_ = 0;
  return std::exchange(queue_, {});
}

bool Ledger::IsClosing() const {
  const MutexLock lock(mutex_);
  return closing_;
}

void Ledger::Work() {
  while (true) {
    std::vector<Request> requests = Take();
    if (!requests.empty()) {
      Process(std::move(requests));
    } else if (IsClosing()) {
      return;
    } else if (!Stopped()) {
      // When the disk is full, it is stored with the next group, or tried again after a while.
      const Status saved = writer_->SaveCheckpoint();
      if (!saved && (writer_->is_lost() || saved.error().code() == ErrorCode::kDataLoss)) {
        StopWith(saved.error());
      }
    }
  }
}

void Ledger::Process(std::vector<Request> requests) {
  std::vector<Request> group;
  for (Request& request : requests) {
    if (!request.task) {
      group.push_back(std::move(request));
      continue;
    }
    CommitGroup(group);
    const auto stopped = Stopped();
    const Status status = stopped && !request.when_stopped
                              ? Status(tl::unexpected<Error>(stopped->Refusal()))
                              : request.task();
    request.done.set_value(status ? Result<std::uint64_t>(std::uint64_t{0})
                                  : Result<std::uint64_t>(tl::unexpected<Error>(status.error())));
  }
  CommitGroup(group);
}

// Commits all requests as one group, answers them, and leaves none.
void Ledger::CommitGroup(std::vector<Request>& group) {
  if (group.empty()) return;
  std::vector<PreparedEntry> entries;
  std::vector<Receipt> receipts;
  std::vector<std::uint64_t> offsets;
  for (Request& request : group) {
    offsets.push_back(entries.size());
    std::ranges::move(request.entries, std::back_inserter(entries));
    if (request.receipt) receipts.push_back(std::move(*request.receipt));
  }
  const auto stopped = Stopped();
  const Result<std::uint64_t> first =
      stopped ? Result<std::uint64_t>(tl::unexpected<Error>(stopped->Refusal()))
              : Commit(entries, receipts);
  for (std::size_t i = 0; i < group.size(); ++i) {
    group[i].done.set_value(first ? Result<std::uint64_t>(*first + offsets[i]) : first);
  }
  group.clear();
}

Result<std::uint64_t> Ledger::Commit(const std::vector<PreparedEntry>& entries,
                                     const std::vector<Receipt>& receipts) {
  Result<std::uint64_t> first = writer_->Accept(entries, receipts);
  if (!first) return tl::unexpected<Error>(NotAccepted(first.error()));
  Status status = writer_->Integrate(entries);
  if (status) status = writer_->Publish();
  if (!status) {
    StopWith(status.error());
    return tl::unexpected<Error>(InDoubt(status.error()));
  }
  const MutexLock lock(mutex_);
  hindered_.reset();
  latest_ = writer_->latest();
  stats_.entries += entries.size();
  ++stats_.groups;
  return first;
}

// What a group is told that the database did not take.
Error Ledger::NotAccepted(const Error& error) {
  const bool lost = writer_->is_lost();
  if (lost || error.code() == ErrorCode::kDataLoss) StopWith(error);
  if (lost) return InDoubt(error);
  if (const auto stopped = Stopped()) return stopped->Refusal();
  if (error.code() == ErrorCode::kResourceExhausted ||
      error.code() == ErrorCode::kPermissionDenied) {
    const MutexLock lock(mutex_);
    hindered_ = error;
  }
  return {error.code(), error.message() + "; this was not stored, and nothing was changed"};
}

// What a group is told within which the log stopped: the database has its entries, or may have.
Error Ledger::InDoubt(const Error& error) const {
  const Stop stop = Stopped().value_or(Stop{.why = error, .remedy = "mend the cause"});
  return {stop.Refusal().code(),
          "this may have been stored; the log has stopped within a commit: " + error.message() +
              "; " + stop.remedy +
              ", then look with `proviso case show` or `proviso log show` whether it was stored, "
              "before you do it again"};
}

void Ledger::StopWith(const Error& error) {
  const bool lost = writer_->is_lost();
  const bool full = !lost && error.code() == ErrorCode::kResourceExhausted;
  const bool damaged = !lost && error.code() == ErrorCode::kDataLoss;
  const std::string remedy =
      lost      ? "another process appends by now, or the database cannot be reached; try again"
      : full    ? "free some space"
      : damaged ? kRestore
                : "mend the cause";
  // The database may be whole, and only out of reach.
  const Error why = lost ? Error(ErrorCode::kUnavailable, error.message()) : error;
  const MutexLock lock(mutex_);
  // With PostgreSQL, who appends next opens it anew, here or elsewhere.
  const bool can_go_on = !lost && !damaged && options_.postgres.empty();
  stopped_.emplace(Stop{.why = why, .remedy = remedy, .can_go_on = can_go_on});
}

std::optional<Ledger::Stop> Ledger::Stopped() const {
  const MutexLock lock(mutex_);
  return stopped_;
}

std::optional<Error> Ledger::Hindered() const {
  const MutexLock lock(mutex_);
  return hindered_;
}

Status Ledger::Reopen(crypto::PrivateKey signer) {
  return Run([&] { return OpenAnew(std::move(signer)); }, true);
}

Status Ledger::OpenAnew(crypto::PrivateKey signer) {
  const auto stopped = Stopped();
  if (!stopped || !stopped->can_go_on) {
    return Fail(ErrorCode::kFailedPrecondition,
                "the log is opened anew only where it stopped and can go on");
  }
  // First, so that nothing of what it knows is left, nor a second one that writes.
  writer_.reset();
  auto opened = OpenWriterAnew(std::move(signer));
  const MutexLock lock(mutex_);
  // Somebody may have refused it meanwhile, for good.
  if (!stopped_->can_go_on) return tl::unexpected<Error>(stopped_->Refusal());
  if (!opened) {
    if (opened.error().code() == ErrorCode::kDataLoss) {
      stopped_.emplace(Stop{.why = opened.error(), .remedy = kRestore});
    }
    return tl::unexpected<Error>(opened.error());
  }
  writer_ = *std::move(opened);
  stopped_.reset();
  hindered_.reset();
  latest_ = writer_->latest();
  return {};
}

Result<std::unique_ptr<Writer>> Ledger::OpenWriterAnew(crypto::PrivateKey signer) const {
  LedgerOptions options = options_;
  options.must_exist = true;
  options.rewrite_files = false;
  std::unique_ptr<Writer> writer =
      PROVISO_TRY_DOING(Writer::Open(options, std::move(signer)), "open the log");
  // INVARIANT: a log that goes on has what it acknowledged; files may have been put in its place.
  const Checkpoint before = latest();
  if (PROVISO_TRY(writer->Knows(before))) return writer;
  return Fail(ErrorCode::kDataLoss, "the database does not have the " +
                                        std::to_string(before.size) +
                                        " entries that this log had: was an older one put back?");
}

Status Ledger::Replay(std::uint64_t from, const Visit& visit, const HearUnread& hear) const {
  const Checkpoint until = latest();
  const std::unique_ptr<EntryReader> reader = PROVISO_TRY(EntryReader::Open(options_));
  CompactRange whole;
  for (std::uint64_t start = from; start < until.size; start += kReplayStep) {
    PROVISO_TRY(reader->ReadEntries(
        start, std::min(start + kReplayStep, until.size),
        [&](std::uint64_t position, const crypto::Hash& leaf, ByteView bytes) -> Status {
          if (from == 0) whole.Append(leaf);
          return visit(PROVISO_TRY(Recall(*reader, position, bytes, hear)));
        }));
  }
  if (from == 0 && whole.Root() != until.root) {
    return Fail(ErrorCode::kDataLoss, "the log's database is damaged: expected root " +
                                          until.root.Hex() + " over all entries, found " +
                                          whole.Root().Hex() +
                                          "; restore the data directory from a backup");
  }
  return {};
}

Checkpoint Ledger::latest() const {
  const MutexLock lock(mutex_);
  return latest_;
}

Ledger::Stats Ledger::stats() const {
  const MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.queued = queued_entries_;
  return stats;
}

Result<bool> Ledger::AddSignatures(const Checkpoint& signed_by_more) {
  bool added = false;
  PROVISO_TRY(Run([&]() -> Status {
    added = PROVISO_TRY(writer_->AddSignatures(signed_by_more));
    const MutexLock lock(mutex_);
    if (added) latest_ = writer_->latest();
    return {};
  }));
  return added;
}

Result<bool> Ledger::Knows(const Checkpoint& checkpoint) {
  bool known = false;
  PROVISO_TRY(Run([&]() -> Status {
    known = PROVISO_TRY(writer_->Knows(checkpoint));
    return {};
  }));
  return known;
}

void Ledger::Refuse(const Error& why) {
  const MutexLock lock(mutex_);
  if (stopped_ && !stopped_->can_go_on) return;
  stopped_.emplace(Stop{.why = why, .remedy = "mend that, and start the server anew, if one runs"});
}

Status Ledger::Rebuild() {
  return Run([this]() -> Status {
    PROVISO_TRY(writer_->CheckMayRebuild());
    Status status = writer_->Rebuild();
    if (!status) StopWith(status.error());
    return status;
  });
}

Status Ledger::Tend() {
  return Run([this] { return writer_->Tend(); });
}

Status Ledger::Erase(std::uint64_t index, const std::string& part) {
  return Run([this, index, part] { return writer_->Erase(index, part); });
}

void Ledger::Finish() {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  if (appender_.joinable()) appender_.join();
}

Status Ledger::Close() {
  const MutexLock lock(close_mutex_);
  if (closed_) return *closed_;
  Finish();
  const auto stopped = Stopped();
  closed_ = stopped ? Status(Fail(stopped->Refusal().code(), stopped->Text())) : writer_->Close();
  return *closed_;
}

}  // namespace proviso::ledger
