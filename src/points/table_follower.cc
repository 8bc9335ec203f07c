#include "points/table_follower.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "points/table_heartbeat.h"

namespace proviso::points {
namespace {

using std::chrono::steady_clock;

constexpr std::uint64_t kHeartbeatBytesMax = 4096;
constexpr int kKeptMode = 0600;
// A full disk is not asked again at once.
constexpr std::chrono::seconds kKeepAgainAfter{10};
// A heartbeat that was seen to move is believed for so long to move on, copies from machine to
// machine included.
constexpr std::chrono::milliseconds kHeartMovesFor{10'000};
// For so long, table and heartbeat may differ: one is written after the other.
constexpr std::chrono::milliseconds kDifferFor{2'000};
constexpr std::array<std::string_view, kTableFaultCount> kFaultNames = {
    "missing",       "unreadable",  "truncated",   "damaged",
    "other-version", "rolled-back", "other-table", "not-named"};
constexpr std::string_view kWhereMeant =
    "; where that is meant, end this process, remove the table that it keeps, and start it again";

// Whether `bytes` begin a table that is longer than `size`: its header, as every version has it,
// says how long it should be.
bool IsBeginning(ByteView bytes, std::uint64_t size) {
  constexpr std::string_view kMagic = "PRVTABLE";
  constexpr std::size_t kLengthAt = 16;
  const std::string_view begin = AsText(bytes.first(std::min(bytes.size(), kMagic.size())));
  if (!kMagic.starts_with(begin)) return false;
  std::uint64_t length = 0;
  if (bytes.size() < kLengthAt + sizeof(length)) return true;
  std::memcpy(&length, bytes.data() + kLengthAt, sizeof(length));
  return size < length;
}

// What is wrong with bytes that are no table.
TableFault FaultOf(const Error& error, bool is_beginning) {
  if (error.code() == ErrorCode::kUnimplemented) return TableFault::kOtherVersion;
  return is_beginning ? TableFault::kTruncated : TableFault::kDamaged;
}

}  // namespace

std::string_view TableFaultName(TableFault fault) {
  return kFaultNames.at(static_cast<std::size_t>(fault));
}

TableFollower::TableFollower(TableFollowerOptions options, io::FileSystem& files,
                             PointServer& points, Report report)
    : options_(std::move(options)),
      files_(files),
      points_(points),
      report_(std::move(report)),
      served_(points.NewestTable()) {}

std::optional<std::uint64_t> TableFollower::number() const {
  const std::int64_t number = number_.load(std::memory_order_relaxed);
  if (number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

std::uint64_t TableFollower::Rejected(TableFault fault) const {
  return rejected_.at(static_cast<std::size_t>(fault)).load(std::memory_order_relaxed);
}

void TableFollower::Begin() {
  const auto begun = steady_clock::now();
  std::optional<Fault> kept_fault;
  std::unique_ptr<const TableSnapshot> kept = OpenKept(kept_fault);
  std::optional<Fault> fault = LookAtFile();
  LookAtHeartbeat();
  if (candidate_) fault = Settle();
  if (kept != nullptr && !number()) {
    const std::size_t bytes = kept->bytes().size();
    {
      const MutexLock lock(mutex_);
      PublishLocked(std::move(kept));
    }
    ReportServed(begun, bytes, "kept table");
  }
  // Only now is it known which table stays.
  if (kept_fault) Tell(*kept_fault);
  RaiseOrLowerAlarm();
  if (fault) TellFile(*fault);
  Compare(/*moved=*/false);
  KeepServed();
}

std::unique_ptr<const TableSnapshot> TableFollower::OpenKept(std::optional<Fault>& fault) {
  if (options_.state.empty()) return nullptr;
  const std::string place = "the kept table `" + kept_path().string() + "`: ";
  Result<io::MappedFile> file = io::MappedFile::Open(kept_path());
  if (!file) {
    if (file.error().code() == ErrorCode::kNotFound) return nullptr;
    fault = {TableFault::kUnreadable, place + file.error().message()};
    return nullptr;
  }
  const bool is_beginning = IsBeginning(file->bytes(), file->bytes().size());
  auto kept = TableSnapshot::FromMapped(std::move(*file));
  if (!kept) {
    fault = {FaultOf(kept.error(), is_beginning), place + kept.error().message()};
    return nullptr;
  }
  kept_ = (*kept)->name();
  const MutexLock lock(mutex_);
  floor_ = kept_;
  sure_floor_ = kept_;
  return std::move(*kept);
}

void TableFollower::Look() {
  std::optional<Fault> fault = LookAtFile();
  // After the file, as it is written.
  const bool moved = LookAtHeartbeat();
  if (candidate_) fault = Settle();
  if (fault) TellFile(*fault);
  Compare(moved);
  KeepServed();
}

std::optional<TableFollower::Fault> TableFollower::LookAtFile() {
  struct stat info {};
  if (::stat(options_.file.c_str(), &info) != 0) {
    seen_.reset();
    candidate_.reset();
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    return Fault{missing ? TableFault::kMissing : TableFault::kUnreadable,
                 "cannot look at `" + options_.file.string() + "`: " + std::strerror(errno)};
  }
  const Seen seen{.inode = info.st_ino,
                  .size = static_cast<std::uint64_t>(info.st_size),
                  .written = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
  if (seen == seen_) return std::nullopt;
  candidate_.reset();
  const auto begun = steady_clock::now();
  std::optional<Fault> fault;
  const auto see = [&](const Error& error, bool is_beginning) {
    fault = {FaultOf(error, is_beginning), "`" + options_.file.string() + "`: " + error.message()};
  };
  // What is no table may be too large to copy.
  const auto check = [&](ByteView beginning, std::uint64_t size) -> Status {
    Status good = enforcement::DecisionTable::CheckBeginning(beginning, size);
    if (!good) see(good.error(), IsBeginning(beginning, size));
    return good;
  };
  Result<io::MappedFile> copy = io::MappedFile::Copy(options_.file, check);
  // Looked at again: what was wrong may pass without a change to the file.
  if (!copy && !fault) return Fault{TableFault::kUnreadable, copy.error().message()};
  seen_ = seen;
  told_.clear();  // another file, and if it has the same fault, that is told and counted again
  if (fault) return fault;
  auto table = TableSnapshot::FromMapped(std::move(*copy));
  if (!table) {
    see(table.error(), /*is_beginning=*/false);
    return fault;
  }
  candidate_ = Candidate{.table = std::move(*table), .begun = begun, .since = Now()};
  return std::nullopt;
}

std::optional<TableFollower::Fault> TableFollower::Settle() {
  const std::size_t bytes = candidate_->table->bytes().size();
  const auto begun = candidate_->begun;
  {
    const MutexLock lock(mutex_);
    if (std::optional<Fault> objection = Objection(candidate_->table->name())) {
      if (objection->message.empty() || candidate_->told == objection->kind) return std::nullopt;
      candidate_->told = objection->kind;
      return objection;
    }
    PublishLocked(std::move(candidate_->table));
  }
  candidate_.reset();
  told_.clear();
  file_is_bad_ = false;
  RaiseOrLowerAlarm();
  ReportServed(begun, bytes, "table");
  return std::nullopt;
}

std::optional<TableFollower::Fault> TableFollower::Objection(const TableName& name) const {
  const bool named = HeartMoves() && named_->Matches(name);
  const std::optional<TableName>& floor = named ? sure_floor_ : floor_;
  const std::string holds = "`" + options_.file.string() + "` holds " + InWords(name);
  if (floor && name.number < floor->number) {
    return Fault{TableFault::kRolledBack, holds + ", older than " + InWords(*floor) +
                                              ", which was served already" +
                                              std::string(kWhereMeant)};
  }
  if (floor && name.number == floor->number && !name.Matches(*floor)) {
    return Fault{TableFault::kOtherTable, holds + ", which is not the " + InWords(*floor) +
                                              " that was served already: it is of another log" +
                                              std::string(kWhereMeant)};
  }
  if (named) return std::nullopt;
  // Once it was not the one that was named, it stays so, though its maker falls silent.
  const bool refused = candidate_->told == TableFault::kNotNamed;
  if (!HeartMoves() && !refused) return std::nullopt;
  if (Now() - candidate_->since < kDifferFor) return Fault{TableFault::kNotNamed, ""};
  return Fault{TableFault::kNotNamed, holds + ", and the heartbeat beside it names " +
                                          InWords(*named_) +
                                          " as the newest; put the table of that server there"};
}

void TableFollower::Offer(ByteView table) {
  const auto begun = steady_clock::now();
  const std::size_t bytes = table.size();
  auto snapshot = TableSnapshot::FromBytes(table);
  if (!snapshot) {
    Count(TableFault::kDamaged);
    return report_({.fault = TableFault::kDamaged, .message = snapshot.error().message()});
  }
  {
    const MutexLock lock(mutex_);
    PublishLocked(std::move(*snapshot));
    sure_floor_ = floor_;
  }
  // What the file holds is this process's own to put right.
  alarm_.store(false, std::memory_order_relaxed);
  ReportServed(begun, bytes, "table");
}

void TableFollower::PublishLocked(std::unique_ptr<const TableSnapshot> table) {
  floor_ = table->name();
  number_.store(static_cast<std::int64_t>(floor_->number), std::memory_order_relaxed);
  points_.Publish(std::move(table));
}

bool TableFollower::LookAtHeartbeat() {
  Result<Bytes> bytes =
      files_.ReadFile(options_.file.parent_path() / kHeartbeatName, kHeartbeatBytesMax);
  std::string text = bytes ? std::string(AsText(*bytes)) : std::string();
  if (text == heartbeat_) return false;
  // The first sight of a file says nothing of when it was written.
  const bool moves = heartbeat_ && !heartbeat_->empty();
  if (!moves) heartbeat_since_ = Now();
  std::optional<TableName> named = TableHeartbeat::Read(text);
  heartbeat_ = std::move(text);
  if (!named) return false;
  named_ = std::move(named);
  newest_.store(named_->number, std::memory_order_relaxed);
  if (moves) moved_ = Now();
  return moves;
}

bool TableFollower::HeartMoves() const { return moved_ && Now() - *moved_ < kHeartMovesFor; }

void TableFollower::Compare(bool moved) {
  const TableSnapshot* const table = served_.Get();
  if (table == nullptr || !named_) return;
  const TableName served = table->name();
  const bool same = named_->Matches(served);
  // One that rests may be older than the table, which was copied without it.
  const bool differs = HeartMoves() ? !same : !same && named_->number >= served.number;
  if (same && moved) points_.Confirm();
  if (same && HeartMoves()) {
    const MutexLock lock(mutex_);
    sure_floor_ = served;
  }
  if (!differs) differ_since_.reset();
  if (differs && !differ_since_) differ_since_ = Now();
  const bool was_other = std::exchange(is_other_, differs && Now() - *differ_since_ >= kDifferFor);
  RaiseOrLowerAlarm();
  if (!is_other_ || was_other || file_is_bad_) return;
  Tell({TableFault::kNotNamed, "the heartbeat beside `" + options_.file.string() + "` names " +
                                   InWords(*named_) + " as the newest, and the file has " +
                                   InWords(served) + "; put the newest there"});
}

bool TableFollower::MayKeep(const TableName& served) const {
  if (kept_ == served) return false;
  if (HeartMoves()) return named_->Matches(served);
  // Where there is a heartbeat, it is soon seen whether it moves, and which table it names.
  return !heartbeat_ || heartbeat_->empty() || Now() - heartbeat_since_ >= kDifferFor;
}

void TableFollower::KeepServed() {
  const TableSnapshot* const served = served_.Get();
  if (options_.state.empty() || served == nullptr || !MayKeep(served->name())) return;
  const auto now = steady_clock::now();
  if (now < keep_again_) return;
  const Status kept = io::WriteFileDurably(files_, kept_path(), served->bytes(), kKeptMode);
  unkept_.store(!kept, std::memory_order_relaxed);
  if (kept) {
    kept_ = served->name();
    keep_told_.clear();
    const MutexLock lock(mutex_);
    sure_floor_ = kept_;
    return;
  }
  keep_again_ = now + kKeepAgainAfter;
  if (keep_told_ == kept.error().message()) return;
  keep_told_ = kept.error().message();
  report_({.number = number().value_or(0),
           .message = "the table that is served cannot be kept: " + keep_told_ +
                      "; after a restart there is none until the file is there, and an older one "
                      "would be served; tried again every " +
                      std::to_string(kKeepAgainAfter.count()) + " seconds"});
}

void TableFollower::TellFile(const Fault& fault) {
  file_is_bad_ = true;
  Tell(fault);
}

void TableFollower::Tell(const Fault& fault) {
  alarm_.store(true, std::memory_order_relaxed);
  if (told_ == fault.message) return;
  told_ = fault.message;
  Count(fault.kind);
  report_({.fault = fault.kind,
           .number = number().value_or(0),
           .message = fault.message + (number() ? "; table " + std::to_string(*number()) + " stays"
                                                : "; there is no table")});
}

void TableFollower::RaiseOrLowerAlarm() {
  alarm_.store(file_is_bad_ || is_other_, std::memory_order_relaxed);
}

void TableFollower::Count(TableFault fault) {
  rejected_.at(static_cast<std::size_t>(fault)).fetch_add(1, std::memory_order_relaxed);
}

void TableFollower::ReportServed(steady_clock::time_point begun, std::size_t bytes,
                                 std::string_view what) {
  const auto took =
      std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begun);
  const std::uint64_t served = number().value_or(0);
  report_({.number = served,
           .bytes = bytes,
           .took = took,
           .message = "serves " + std::string(what) + " " + std::to_string(served) + " (" +
                      std::to_string(bytes) + " bytes, in " + std::to_string(took.count()) +
                      " us)"});
}

}  // namespace proviso::points
