#include "ledger/appender_seat.h"

#include <optional>
#include <utility>

#include "ledger/internal/postgres_schema.h"

namespace proviso::ledger {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBeatEvery{1'000};
constexpr milliseconds kAskEvery{200};

// The lock's name is `prov` in ASCII, and then a table, so that each log of a database has its own.
constexpr const char* kTryLock =
    "SELECT pg_try_advisory_lock(1886547830, 'log_appender'::regclass::oid::int)";
constexpr const char* kWaitForLock =
    "SELECT pg_advisory_lock(1886547830, 'log_appender'::regclass::oid::int)";
// The server process that has the lock, as a row when there is one.
constexpr const char* kHolder =
    "(SELECT pid::bigint AS pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = 1886547830 AND objid = 'log_appender'::regclass::oid AND objsubid = 2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) holder";

Result<io::PostgresConnection> OpenWithTables(const std::string& place) {
  io::PostgresConnection session = PROVISO_TRY(OpenSession(place));
  PROVISO_TRY(MakeTables(session));
  return session;
}

tl::unexpected<Error> InUse(const io::PostgresConnection& session) {
  return Fail(ErrorCode::kUnavailable,
              "the log in PostgreSQL at `" + session.place() + "` is in use by another process");
}

// Looks whether the holder lives, and ends its session when it does not.
class Watch {
 public:
  explicit Watch(std::string place) : place_(std::move(place)) {}

  Status Look() {
    const auto now = std::chrono::steady_clock::now();
    if (!connection_ || !connection_->is_alive()) {
      connection_.emplace(PROVISO_TRY(OpenSession(place_)));
      seen_.reset();
    }
    const io::PostgresRows rows = PROVISO_TRY(connection_->Query(
        std::string("SELECT epoch, count, pid FROM log_appender, log_beat, ") + kHolder));
    if (rows.size() != 1) {
      seen_.reset();
      return {};
    }
    const Sign sign{rows.Integer(0, 0), rows.Integer(0, 1), rows.Integer(0, 2)};
    if (!seen_ || *seen_ != sign) {
      seen_ = sign;
      since_ = now;
      return {};
    }
    if (now - since_ < AppenderSeat::kSilenceMax) return {};
    seen_.reset();
    return PutOut(sign);
  }

 private:
  struct Sign {
    std::int64_t epoch = 0;
    std::int64_t count = 0;
    std::int64_t backend = 0;
    bool operator==(const Sign&) const = default;
  };

  // Only while all is as it was: a holder that came since is another.
  Status PutOut(const Sign& sign) {
    PROVISO_TRY(connection_->Query(
        std::string("SELECT pg_terminate_backend(pid::int) FROM log_appender, log_beat, ") +
            kHolder + " WHERE epoch = $1 AND count = $2 AND pid = $3",
        {sign.epoch, sign.count, sign.backend}));
    return {};
  }

  const std::string place_;
  std::optional<io::PostgresConnection> connection_;
  std::optional<Sign> seen_;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace

AppenderSeat::AppenderSeat(std::string place, io::PostgresConnection session, std::int64_t epoch)
    : place_(std::move(place)),
      session_(std::move(session)),
      epoch_(epoch),
      backend_(session_.backend()) {}

AppenderSeat::~AppenderSeat() {
  {
    const MutexLock lock(mutex_);
    leaving_ = true;
    changed_.NotifyAll();
  }
  if (beating_.joinable()) beating_.join();
}

// The lock is held: from here on, whoever had it before commits nothing.
Result<std::unique_ptr<AppenderSeat>> AppenderSeat::SitDown(std::string place,
                                                            io::PostgresConnection session) {
  const io::PostgresRows rows = PROVISO_TRY(session.Query(
      "UPDATE log_appender SET epoch = epoch + 1, backend = pg_backend_pid() RETURNING epoch"));
  if (rows.size() != 1) {
    return Fail(ErrorCode::kDataLoss, "the log in PostgreSQL at `" + session.place() +
                                          "`: expected one row in log_appender, found " +
                                          std::to_string(rows.size()));
  }
  const std::int64_t epoch = rows.Integer(0, 0);
  std::unique_ptr<AppenderSeat> seat(new AppenderSeat(std::move(place), std::move(session), epoch));
  seat->beating_ = std::jthread([raw = seat.get()] { raw->Beat(); });
  return seat;
}

Result<std::unique_ptr<AppenderSeat>> AppenderSeat::Take(const std::string& place,
                                                         milliseconds patience) {
  io::PostgresConnection session = PROVISO_TRY(OpenWithTables(place));
  if (patience.count() <= 0) {
    if (!PROVISO_TRY(session.Query(kTryLock)).Bool(0, 0)) return InUse(session);
    return SitDown(place, std::move(session));
  }
  PROVISO_TRY(session.Send(kWaitForLock));
  if (!PROVISO_TRY(session.WaitForAnswer(patience))) return InUse(session);
  PROVISO_TRY(session.Receive());
  return SitDown(place, std::move(session));
}

Result<std::unique_ptr<AppenderSeat>> AppenderSeat::Wait(const std::string& place,
                                                         const std::function<bool()>& go_on) {
  io::PostgresConnection session = PROVISO_TRY(OpenWithTables(place));
  Watch watch(place);
  PROVISO_TRY(session.Send(kWaitForLock));
  auto looked = std::chrono::steady_clock::now();
  while (!PROVISO_TRY(session.WaitForAnswer(kAskEvery))) {
    if (!go_on()) return std::unique_ptr<AppenderSeat>();
    const auto now = std::chrono::steady_clock::now();
    if (now - looked < kBeatEvery) continue;
    looked = now;
    PROVISO_TRY(watch.Look());
  }
  PROVISO_TRY(session.Receive());
  return SitDown(place, std::move(session));
}

Status AppenderSeat::BeatOnce(std::unique_ptr<io::PostgresConnection>& own) {
  if (own == nullptr || !own->is_alive()) {
    own = std::make_unique<io::PostgresConnection>(PROVISO_TRY(OpenSession(place_)));
  }
  const io::PostgresRows rows = PROVISO_TRY(
      own->Query(std::string("UPDATE log_beat SET count = count + 1 FROM log_appender, ") +
                     kHolder + " WHERE epoch = $1 AND pid = $2",
                 {epoch_, backend_}));
  if (rows.changes() == 0) Lose();
  return {};
}

// An unreachable server is no reason to give up: the lock may be held still, and without it nothing
// can be written anyway.
void AppenderSeat::Beat() {
  std::unique_ptr<io::PostgresConnection> own;
  while (is_held()) {
    const Status beaten = BeatOnce(own);
    if (!beaten && own != nullptr && !own->is_alive()) own.reset();
    const MutexLock lock(mutex_);
    if (leaving_) return;
    changed_.WaitFor(mutex_, kBeatEvery);
    if (leaving_) return;
  }
}

Result<std::optional<AppenderSeat::LogThere>> AppenderSeat::FindLog() {
  const io::PostgresRows rows = PROVISO_TRY(
      session_.Query("SELECT origin.value, key.value FROM log_meta AS origin, log_meta AS key"
                     " WHERE origin.name = 'origin' AND key.name = 'key'"));
  if (rows.size() == 0) return std::optional<LogThere>();
  return std::optional(
      LogThere{.origin = std::string(rows.Text(0, 0)), .key = std::string(rows.Text(0, 1))});
}

}  // namespace proviso::ledger
