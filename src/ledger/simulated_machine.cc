#include "ledger/simulated_machine.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "ledger/log_folder_check.h"
#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

constexpr const char* kData = "/data";
constexpr const char* kLog = "/data/log/";
constexpr const char* kOrigin = "log.example.org/simulated";
constexpr std::size_t kKeyBytes = 32;
// Often enough to move the write-ahead log in a short life.
constexpr std::size_t kFlushCommits = 4;
constexpr std::uint64_t kLastEntries = 16;
constexpr std::string_view kNotStored = "this was not stored, and nothing was changed";

tl::unexpected<Error> Broken(std::string what) {
  return Fail(ErrorCode::kDataLoss, "promise broken: " + std::move(what));
}

Draft NumberedDraft(int number, std::size_t padding) {
  Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00Z").value();
  draft.actor = "operator";
  draft.event.type = "claim.added";
  draft.event.open = Json::Of({{"number", number}, {"padding", std::string(padding, 'x')}});
  draft.event.sealed["details"] = Json::Of({{"secret", number}});
  return draft;
}

crypto::PrivateKey Key() {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(7);
  return crypto::PrivateKey::FromSeed(seed);
}

crypto::NoteVerifier Verifier() {
  static const crypto::NoteVerifier verifier{.name = kOrigin, .key = Key().Public()};
  return verifier;
}

}  // namespace

// Chance from a seed, which remembers the keys that it yielded.
class SimulatedMachine::Chance final : public Random {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    random_.Fill(bytes);
    if (bytes.size() == kKeyBytes) keys.emplace_back(bytes.begin(), bytes.end());
  }
  std::vector<Bytes> keys;

 private:
  SeededRandom random_;
};

// Keeps the appender at its first step of the disk until requests have gathered behind it.
class SimulatedMachine::Gate {
 public:
  // By the appender.
  void Pass() {
    reached_.store(true);
    reached_.notify_all();
    open_.wait(false);
  }
  // By others: until somebody waits there, or Open was called.
  void WaitUntilReached() const { reached_.wait(false); }
  void Open() {
    open_.store(true);
    open_.notify_all();
    reached_.store(true);
    reached_.notify_all();
  }

 private:
  std::atomic<bool> reached_ = false;
  std::atomic<bool> open_ = false;
};

SimulatedMachine::SimulatedMachine(std::unique_ptr<io::SimulatedDisk> disk, Promises promises,
                                   std::uint64_t seed)
    : disk_(std::move(disk)),
      files_(std::make_unique<io::SimulatedFileSystem>(*disk_)),
      vfs_(std::make_unique<io::SimulatedVfs>(*disk_)),
      chance_(std::make_unique<Chance>(seed)),
      promises_(std::move(promises)) {
  SetWatch({});
}

SimulatedMachine::~SimulatedMachine() {
  disk_->CutPower();
  ledger_.reset();
  vfs_.reset();
}

void SimulatedMachine::SetWatch(Watch watch) {
  disk_->SetWatch([this, watch = std::move(watch)](const io::SimulatedDisk::Step& step) {
    if (step.Changes()) NoteReleased();
    if (gate_ != nullptr) gate_->Pass();
    return watch ? watch(step) : 0;
  });
}

// Whoever looked at the published files by now may have seen this checkpoint.
void SimulatedMachine::NoteReleased() {
  const auto bytes = disk_->Look(std::string(kLog) + "checkpoint");
  if (!bytes) return;
  std::string note(AsText(*bytes));
  if (promises_.notes.contains(note)) return;
  const auto checkpoint = OpenCheckpoint(note, Verifier());
  if (!checkpoint) return;  // Torn by a power cut: nobody is fooled by it.
  promises_.notes.insert(std::move(note));
  const auto [known, added] = promises_.released.emplace(checkpoint->size, checkpoint->root);
  if (!added && known->second != checkpoint->root) {
    forked_ =
        Broken("two roots were published for size " + std::to_string(checkpoint->size)).value();
  }
}

Status SimulatedMachine::Open() {
  LedgerOptions options{
      .directory = kData, .origin = kOrigin, .files = files_.get(), .random = chance_.get()};
  options.flush_commits = kFlushCommits;
  // Never by the clock, so that the same script takes the same steps.
  options.quiet = std::chrono::hours(1);
  options.database_vfs = vfs_->name();
  options.end_process = [this](const Error&) {
    ended_itself_ = true;
    disk_->CutPower();
  };
  options.crash_hook = [this](std::string_view point) {
    if (point != early_point_) return;
    for (const std::vector<int>& numbers : promises_.doubtful) {
      promises_.certain.insert(promises_.certain.end(), numbers.begin(), numbers.end());
    }
    promises_.doubtful.clear();
  };
  ledger_ = PROVISO_TRY(Ledger::Open(options, Key()));
  NoteReleased();
  return Settle(ledger_->latest().size);
}

// Learns which of the doubtful appends are in the log, which is read up to `end`.
Status SimulatedMachine::Settle(std::uint64_t end) {
  std::vector<int> found;
  const std::uint64_t from = promises_.certain.size();
  if (end < from) return Broken("entries were acknowledged, and are lost");
  if (end > from) {
    PROVISO_TRY(ledger_->Replay(from, [&](const RecordedEvent& event) -> Status {
      if (event.index < end) {
        found.push_back(static_cast<int>(event.event.open.IntegerOr("number", -1)));
      }
      return {};
    }));
  }
  std::span<const int> rest = found;
  for (const std::vector<int>& group : promises_.doubtful) {
    if (rest.size() < group.size()) continue;
    if (!std::ranges::equal(rest.first(group.size()), group)) continue;
    rest = rest.subspan(group.size());
  }
  if (!rest.empty()) return Broken("number " + std::to_string(rest.front()) + " is in the log");
  promises_.certain.insert(promises_.certain.end(), found.begin(), found.end());
  promises_.doubtful.clear();
  return {};
}

std::vector<SimulatedMachine::Request> SimulatedMachine::MakeRequests(
    const std::vector<int>& counts, std::size_t padding) {
  std::vector<Request> requests;
  for (const int count : counts) {
    Request& request = requests.emplace_back();
    for (int i = 0; i < count; ++i) {
      request.numbers.push_back(promises_.next_number);
      request.drafts.push_back(NumberedDraft(promises_.next_number++, padding));
    }
    promises_.doubtful.push_back(request.numbers);
  }
  return requests;
}

// Several gather, always in the same order, while the appender is kept busy with something that
// changes nothing.
void SimulatedMachine::Ask(std::vector<Request>& requests) {
  if (requests.size() == 1) {
    requests.front().answer = ledger_->Append(requests.front().drafts);
    return;
  }
  gate_ = std::make_unique<Gate>();
  std::vector<std::jthread> threads;
  threads.emplace_back([this] {
    static_cast<void>(ledger_->Tend());
    gate_->Open();
  });
  gate_->WaitUntilReached();
  std::atomic<std::size_t> answered = 0;
  std::size_t asked = 0;
  std::size_t queued = 0;
  for (Request& request : requests) {
    threads.emplace_back([&, this] {
      request.answer = ledger_->Append(request.drafts);
      ++answered;
    });
    ++asked;
    queued += request.drafts.size();
    while (answered < asked && ledger_->stats().queued < queued) std::this_thread::yield();
  }
  gate_->Open();
  threads.clear();
  gate_.reset();
}

Status SimulatedMachine::AppendTogether(const std::vector<int>& counts, std::size_t padding) {
  std::vector<Request> requests = MakeRequests(counts, padding);
  chance_->keys.clear();
  const std::uint64_t groups = ledger_->stats().groups;
  Ask(requests);
  std::size_t key = 0;
  for (const Request& request : requests) {
    for (const int number : request.numbers) {
      if (key < chance_->keys.size()) promises_.keys[number] = chance_->keys[key++];
    }
  }
  NoteReleased();
  PROVISO_TRY(SettleAnswers(requests));
  if (ledger_->stats().groups == groups + 1) return {};
  return Broken("requests that waited together are not one group");
}

// All answers are of one group. The first error is that of all.
Status SimulatedMachine::SettleAnswers(const std::vector<Request>& requests) {
  for (const Request& request : requests) {
    if (*request.answer) continue;
    // Those have changed nothing, they say; who ends itself says nothing to anybody.
    const Error& error = request.answer->error();
    const bool refused = error.code() == ErrorCode::kInvalidArgument ||
                         error.message().find(kNotStored) != std::string::npos;
    if (refused && !ended_itself_) std::erase(promises_.doubtful, request.numbers);
  }
  for (const Request& request : requests) {
    if (!*request.answer) return tl::unexpected<Error>(request.answer->error());
  }
  const Request& last = requests.back();
  PROVISO_TRY(Settle(**last.answer + last.numbers.size()));
  for (const Request& request : requests) {
    const auto first = promises_.certain.begin() + static_cast<std::ptrdiff_t>(**request.answer);
    if (std::equal(request.numbers.begin(), request.numbers.end(), first)) continue;
    return Broken("number " + std::to_string(request.numbers.front()) +
                  " is not at the index that was answered");
  }
  return {};
}

Status SimulatedMachine::Erase(std::uint64_t position) {
  const bool again = !promises_.erasing.insert(position).second;
  Status erased = ledger_->Erase(position, "details");
  // There is nothing left to erase: so an attempt before this one did it.
  if (!erased && again && erased.error().code() == ErrorCode::kNotFound) erased = Status();
  if (erased) promises_.erased.insert(position);
  return erased;
}

Status SimulatedMachine::Rebuild() { return ledger_->Rebuild(); }

Status SimulatedMachine::GoOn() {
  PROVISO_TRY(ledger_->Reopen(Key()));
  NoteReleased();
  return Settle(ledger_->latest().size);
}

Status SimulatedMachine::Close() {
  Status closed = ledger_->Close();
  ledger_.reset();
  NoteReleased();
  return closed;
}

void SimulatedMachine::Die() {
  NoteReleased();
  disk_->CutPower();
  ended_itself_ = false;
  ledger_.reset();
  vfs_ = std::make_unique<io::SimulatedVfs>(*disk_);
  disk_->RestartProcess();
}

void SimulatedMachine::LosePower(Survival survival) {
  Die();
  disk_->Restart(survival);
}

std::map<std::string, std::string> SimulatedMachine::LogFiles() const {
  const std::string_view folder = kLog;
  std::map<std::string, std::string> files;
  for (const auto& [path, bytes] : disk_->Files()) {
    if (path.starts_with(folder)) files[path.substr(folder.size())] = AsText(bytes);
  }
  return files;
}

Status SimulatedMachine::CheckEntries(std::uint64_t first) const {
  std::uint64_t position = first;
  PROVISO_TRY(ledger_->Replay(first, [&](const RecordedEvent& event) -> Status {
    const std::int64_t number = event.event.open.IntegerOr("number", -1);
    if (position >= promises_.certain.size() || number != promises_.certain[position]) {
      return Broken("entry " + std::to_string(position) + " is number " + std::to_string(number));
    }
    const bool sealed = event.event.sealed.contains("details");
    if (sealed && promises_.erased.contains(position)) {
      return Broken("the part of entry " + std::to_string(position) + " was erased, and is here");
    }
    if (!sealed && !promises_.erased.contains(position) && !promises_.erasing.contains(position)) {
      return Broken("the part of entry " + std::to_string(position) + " is lost");
    }
    ++position;
    return {};
  }));
  if (position < promises_.certain.size()) {
    return Broken("entry " + std::to_string(position) + " was acknowledged, and is lost");
  }
  return {};
}

Status SimulatedMachine::CheckReleased(const std::vector<crypto::Hash>& leaves) const {
  if (forked_) return tl::unexpected<Error>(*forked_);
  CompactRange range;
  std::uint64_t checked = 0;
  const auto check = [&]() -> Status {
    const auto released = promises_.released.find(range.size());
    if (released == promises_.released.end()) return {};
    ++checked;
    if (released->second == range.Root()) return {};
    return Broken("the published root of size " + std::to_string(range.size()) + " is another");
  };
  PROVISO_TRY(check());
  for (const crypto::Hash& leaf : leaves) {
    range.Append(leaf);
    PROVISO_TRY(check());
  }
  if (checked == promises_.released.size()) return {};
  return Broken("a published checkpoint is of more entries than the " +
                std::to_string(leaves.size()) + " that there are");
}

// The keys are in no file, also not where nobody looks.
Status SimulatedMachine::CheckErased() const {
  for (const std::uint64_t position : promises_.erased) {
    const Bytes& key = promises_.keys.at(promises_.certain.at(position));
    for (const auto& [path, bytes] : disk_->Files()) {
      if (AsText(bytes).find(AsText(key)) == std::string_view::npos) continue;
      return Broken("the erased key of entry " + std::to_string(position) + " lies in " + path);
    }
  }
  return {};
}

Status SimulatedMachine::Check() {
  const std::uint64_t certain = promises_.certain.size();
  return CheckFrom(certain > kLastEntries ? certain - kLastEntries : 0);
}

Status SimulatedMachine::CheckFrom(std::uint64_t first) {
  PROVISO_TRY_DOING(CheckErased(), "before recovery");
  if (ledger_ == nullptr) PROVISO_TRY_DOING(Open(), "recover");
  PROVISO_TRY(CheckEntries(first));
  const LogFolder log = PROVISO_TRY_DOING(CheckLogFiles(LogFiles(), Verifier()), "log folder");
  if (log.leaves.size() != promises_.certain.size()) return Broken("the log folder is behind");
  PROVISO_TRY(CheckReleased(log.leaves));
  return CheckErased();
}

Status SimulatedMachine::CheckAllAndGoOn() {
  PROVISO_TRY(CheckFrom(0));
  const auto files = LogFiles();
  Die();
  PROVISO_TRY_DOING(Open(), "recover again");
  if (LogFiles() != files) return Broken("recovering again changed the published files");
  PROVISO_TRY_DOING(Append(1, 0), "go on");
  PROVISO_TRY_DOING(Check(), "after going on");
  PROVISO_TRY_DOING(Close(), "close");
  LosePower(Survival::kNothing);
  const auto closed = CheckLogFiles(LogFiles(), Verifier());
  if (!closed) return Broken("closed, and not durable: " + closed.error().message());
  return Open();
}

}  // namespace proviso::ledger
