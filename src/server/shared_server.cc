#include "server/shared_server.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "server/internal/clerk.h"
#include "server/internal/cosigning_rounds.h"
#include "server/internal/log_keeper.h"
#include "server/internal/sparing_news.h"
#include "server/internal/table_herald.h"

namespace proviso::server {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kTendEvery{1'000};
// Between attempts, when PostgreSQL does not answer, and when the log cannot be opened for another
// reason: that may read all of it each time.
constexpr milliseconds kAgainAfter{500};
constexpr milliseconds kAgainMost{60'000};

}  // namespace

class SharedServer::Impl {
 public:
  Impl(std::filesystem::path directory, service::DataConfig config,
       const service::Environment& environment, std::unique_ptr<points::PointServer> points,
       Options options)
      : directory_(std::move(directory)),
        config_(std::move(config)),
        environment_(environment),
        report_(std::move(options.report)),
        log_(std::move(options.log)),
        points_(std::move(points)),
        follower_({.file = table_file()}, *environment_.files, *points_,
                  [this](const points::TableNews& news) {
                    if (news.fault) Say("the decision table: " + news.message);
                  }) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { [[maybe_unused]] const Status stopped = Stop(); }

  // `trouble` is what keeps PostgreSQL away by now.
  void Begin(const std::optional<Error>& trouble) {
    if (trouble) SayTrouble(*trouble);
    follower_.Begin();
    points_->Begin();
    standing_ = std::jthread([this] { Stand(); });
  }

  std::vector<std::uint16_t> ports() const { return points_->ports(); }
  points::PointServer& points() { return *points_; }
  const points::TableFollower& follower() const { return follower_; }
  const std::atomic<std::uint64_t>& tables_restored() const { return tables_restored_; }

  Status Stop() {
    {
      const MutexLock lock(mutex_);
      if (std::exchange(stopping_, true)) return {};
      changed_.NotifyAll();
    }
    if (standing_.joinable()) standing_.join();
    points_->Stop();
    return last_;
  }

 private:
  // The thread of its own: stands by, appends, stands by again.
  void Stand() {
    milliseconds pause = kAgainAfter;
    while (!IsStopping()) {
      const Status stood = StandOnce();
      if (stood) continue;
      SayTrouble(stood.error());
      const bool is_away = stood.error().code() == ErrorCode::kUnavailable;
      pause = is_away ? kAgainAfter : std::min(pause * 2, kAgainMost);
      const auto until = std::chrono::steady_clock::now() + pause;
      while (!IsStopping() && std::chrono::steady_clock::now() < until) {
        follower_.Look();
        const MutexLock lock(mutex_);
        if (!stopping_) changed_.WaitFor(mutex_, kAgainAfter);
      }
    }
  }

  Status StandOnce() {
    const std::unique_ptr<ledger::AppenderSeat> seat =
        PROVISO_TRY(ledger::AppenderSeat::Wait(config_.store, [this] {
          follower_.Look();
          // Another server appends: what stopped here is nobody's trouble any more.
          SayOver("PostgreSQL answers again, and another server appends to the log");
          return !IsStopping();
        }));
    if (seat == nullptr) return {};
    const std::unique_ptr<service::Instance> instance =
        PROVISO_TRY(service::Instance::Open(directory_, environment_, {.seat = seat.get()}));
    const auto say = [this](const std::string& line) { Say(line); };
    PROVISO_TRY(AskWitnessesFirst(*instance, say));
    instance->ListenForTables([this](ByteView bytes) { follower_.Offer(bytes); });
    Say("this server appends to the log (number " + std::to_string(seat->epoch()) + ")");
    SayOver("the log is open, and acts are stored again");
    if (const auto warning = instance->ClockWarning()) Say(*warning);
    if (const auto warning = instance->DamageWarning()) Say("ALARM: " + *warning);
    SayLog({.damaged_parts = instance->DamagedParts()});
    const Status appended = AppendCosigned(*seat, *instance);
    const auto stop = instance->Stopped();
    if (stop && seat->is_held() && trouble_.Met(stop->why.message(), Clock::now())) {
      SayLog(TellStop(*stop));
    }
    instance->ListenForTables([](ByteView) {});
    Say("this server appends no more");
    if (!seat->is_held() || !instance->IsUsable()) return appended;
    Status closed = instance->Close();
    // A log that could not be closed while it was out of reach is opened again; only what is so at
    // the end is the server's own end.
    if (IsStopping()) last_ = closed;
    return closed;
  }

  Status AppendCosigned(ledger::AppenderSeat& seat, service::Instance& instance) {
    const CosigningRounds rounds(instance, [this](const std::string& line) { Say(line); });
    return Append(seat, instance);
  }

  // Until somebody stops this server, or it is the appender no more.
  Status Append(ledger::AppenderSeat& seat, service::Instance& instance) {
    ledger::Mailbox taking = PROVISO_TRY(ledger::Mailbox::Open(config_.store));
    ledger::Mailbox answering = PROVISO_TRY(ledger::Mailbox::Open(config_.store));
    PROVISO_TRY(answering.ShowAll(seat.epoch()));
    TableHerald herald({.file = table_file(), .share = {}, .restored = &tables_restored_},
                       *environment_.files, *points_,
                       [this](const std::string& line) { Say(line); });
    Clerk clerk(instance, seat, std::move(taking), std::move(answering));
    auto tended = std::chrono::steady_clock::now();
    while (!IsStopping() && seat.is_held() && instance.IsUsable()) {
      PROVISO_TRY(clerk.Take(herald.pause()));
      // PostgreSQL answered just now.
      if (seat.is_held()) herald.Tell(instance);
      const auto now = std::chrono::steady_clock::now();
      if (now - tended < kTendEvery) continue;
      tended = now;
      const Status tending = instance.Tend();
      if (!tending) Say(tending.error().message());
    }
    return {};
  }

  void Say(const std::string& text) const {
    if (report_) report_(text);
  }
  void SayLog(const LogNews& news) const {
    if (log_) log_(news);
  }
  // Once when it begins, and what it becomes at most once a minute.
  void SayTrouble(const Error& why) {
    const bool begins = !trouble_.is_on();
    if (!trouble_.Met(why.message(), Clock::now())) return;
    SayLog(begins ? TellClosed(why) : TellStillClosed(why));
  }
  void SayOver(const std::string& message) {
    SayLog(trouble_.Over() ? LogNews{.message = message} : LogNews());
  }
  std::filesystem::path table_file() const { return directory_ / "table" / "current"; }

  bool IsStopping() {
    const MutexLock lock(mutex_);
    return stopping_;
  }

  const std::filesystem::path directory_;
  const service::DataConfig config_;
  const service::Environment environment_;
  const std::function<void(const std::string& line)> report_;
  const LogReport log_;
  const std::unique_ptr<points::PointServer> points_;
  // Looks from one thread: that which stands by. An older table than the one served is what
  // somebody wrote late: the appender replaces it.
  points::TableFollower follower_;
  SparingNews trouble_;  // of the thread that stands by
  std::atomic<std::uint64_t> tables_restored_{0};
  Mutex mutex_;
  Condition changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  Status last_;  // of closing the log, once it was
  std::jthread standing_;
};

SharedServer::SharedServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SharedServer::~SharedServer() = default;

Result<std::unique_ptr<SharedServer>> SharedServer::Start(
    const std::filesystem::path& directory, const std::vector<points::Listener>& listeners,
    const service::Environment& environment, Options options) {
  const std::filesystem::path whole = std::filesystem::absolute(directory).lexically_normal();
  service::DataConfig config = PROVISO_TRY(service::DataConfig::Read(*environment.files, whole));
  // A place that cannot be used at all is told at once, not after a while. One that only is away
  // comes back.
  const auto mailbox = ledger::Mailbox::Open(config.store);
  std::optional<Error> trouble;
  if (!mailbox) trouble = mailbox.error();
  if (trouble && trouble->code() != ErrorCode::kUnavailable &&
      trouble->code() != ErrorCode::kResourceExhausted) {
    return tl::unexpected<Error>(*trouble);
  }
  auto points = PROVISO_TRY(
      points::PointServer::Prepare(listeners, *environment.clock, {.observer = options.observer}));
  auto impl = std::make_unique<Impl>(whole, std::move(config), environment, std::move(points),
                                     std::move(options));
  impl->Begin(trouble);
  return std::unique_ptr<SharedServer>(new SharedServer(std::move(impl)));
}

points::PointServer& SharedServer::points() { return impl_->points(); }
const std::atomic<std::uint64_t>& SharedServer::tables_restored() const {
  return impl_->tables_restored();
}
const points::TableFollower& SharedServer::follower() const { return impl_->follower(); }
std::vector<std::uint16_t> SharedServer::ports() const { return impl_->ports(); }
Status SharedServer::Stop() { return impl_->Stop(); }

}  // namespace proviso::server
