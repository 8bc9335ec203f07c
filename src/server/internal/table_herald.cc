#include "server/internal/table_herald.h"

#include <algorithm>
#include <utility>

namespace proviso::server {
namespace {

constexpr int kOwnMode = 0600;
constexpr int kSharedMode = 0640;
constexpr std::chrono::milliseconds kEvery{200};
// A table is made known within its commit, and is the newest at the end of it. What lasts longer is
// no commit.
constexpr std::chrono::milliseconds kSoon{5};
constexpr int kSoonMax = 100;
constexpr std::uint64_t kTableBytesMax = std::uint64_t{1} << 32U;
// Somebody who writes there again and again is told of so often.
constexpr std::chrono::minutes kSayRestoredEvery{1};

}  // namespace

TableHerald::TableHerald(TableHeraldOptions options, io::FileSystem& files,
                         points::PointServer& points, Report report)
    : options_(std::move(options)),
      files_(files),
      points_(points),
      report_(std::move(report)),
      newest_(points.NewestTable()),
      heart_(options_.file.parent_path() / points::kHeartbeatName, kOwnMode),
      shared_heart_(options_.share / points::kHeartbeatName, kSharedMode) {}

void TableHerald::Tell(service::Instance& instance) {
  in_vain_ = TellOnce(instance) ? 0 : std::min(in_vain_ + 1, kSoonMax + 1);
}

std::chrono::milliseconds TableHerald::pause() const {
  return in_vain_ > 0 && in_vain_ <= kSoonMax ? kSoon : kEvery;
}

bool TableHerald::TellOnce(service::Instance& instance) {
  const points::TableSnapshot* const table = newest_.Get();
  if (table == nullptr) return false;
  // Before the question whether the file is the newest: it has this table then, or a newer one.
  const service::Newness newness = instance.Newness();
  if (newness == service::Newness::kUnknown) return false;
  points_.Confirm();
  if (newness != service::Newness::kWritten) return false;
  const Result<bool> holds = Holds(*table, instance);
  if (holds && !*holds) return false;  // a newer one comes, or this one was put back: next time
  Status told = holds ? heart_.Beat(table->name()) : Status(tl::unexpected<Error>(holds.error()));
  if (told && !options_.share.empty()) told = Share(*table);
  Say(told);
  return told.has_value();
}

Result<bool> TableHerald::Holds(const points::TableSnapshot& table, service::Instance& instance) {
  const points::TableName name = table.name();
  const std::optional<FileTrace> trace = FileTrace::Of(options_.file);
  if (trace && trace == seen_ && seen_name_ == name) return true;
  if (FileIs(table)) {
    seen_ = trace;
    seen_name_ = name;
    return true;
  }
  // Something else stands there: what somebody wrote, or a newer table of this server's own.
  PROVISO_TRY(instance.Tend());
  const bool is_back = FileIs(table);
  if (is_back) SayRestored(options_.file, name);
  return false;
}

bool TableHerald::FileIs(const points::TableSnapshot& table) {
  const Result<Bytes> bytes = files_.ReadFile(options_.file, kTableBytesMax);
  return bytes && std::ranges::equal(*bytes, table.bytes());
}

// The copy first: who reads the heartbeat finds the table that it names.
Status TableHerald::Share(const points::TableSnapshot& table) {
  const std::filesystem::path copy = options_.share / options_.file.filename();
  const points::TableName name = table.name();
  const bool was_here = shared_name_ == name;
  if (!was_here || !shared_ || FileTrace::Of(copy) != shared_) {
    shared_.reset();
    PROVISO_TRY(WriteCopy(copy, table));
    shared_ = FileTrace::Of(copy);
    shared_name_ = name;
    if (was_here) SayRestored(copy, name);
  }
  return shared_heart_.Beat(name);
}

Status TableHerald::WriteCopy(const std::filesystem::path& copy,
                              const points::TableSnapshot& table) {
  std::filesystem::path next = copy;
  next += ".next";
  PROVISO_TRY(files_.WriteFile(next, table.bytes(), kSharedMode));
  std::error_code failure;
  std::filesystem::permissions(next, std::filesystem::perms(kSharedMode), failure);
  if (failure) {
    return Fail(ErrorCode::kUnavailable,
                "cannot set the mode of `" + next.string() + "`: " + failure.message());
  }
  return files_.Rename(next, copy);
}

void TableHerald::SayRestored(const std::filesystem::path& file, const points::TableName& name) {
  if (options_.restored != nullptr) options_.restored->fetch_add(1, std::memory_order_relaxed);
  const auto now = std::chrono::steady_clock::now();
  if (told_restored_ && now - *told_restored_ < kSayRestoredEvery) return;
  told_restored_ = now;
  report_("ALARM: `" + file.string() + "` was not as this server left it; put back " +
          points::InWords(name) + "; look who else writes there");
}

void TableHerald::Say(const Status& status) {
  const std::string failure = status ? std::string() : status.error().message();
  if (!failure.empty() && failure != told_) {
    report_(
        "ALARM: decision points elsewhere are not told that the table is the newest: " + failure +
        "; tried again all the time: make the folder writable, or make it again, and let "
        "nothing else stand there");
  }
  told_ = failure;
}

}  // namespace proviso::server
