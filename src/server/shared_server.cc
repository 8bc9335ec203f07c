#include "server/shared_server.h"

#include <atomic>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "points/point_server.h"
#include "points/table_snapshot.h"
#include "server/internal/clerk.h"

namespace proviso::server {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTakeEvery{200};
constexpr milliseconds kTendEvery{1'000};
constexpr milliseconds kAgainAfter{500};

void Say(const std::string& text) { std::fprintf(stderr, "proviso: %s\n", text.c_str()); }

// A file as its folder shows it: another one has another number, even in the same second.
struct Sight {
  std::filesystem::file_time_type time;
  std::uintmax_t size = 0;
  bool operator==(const Sight&) const = default;
};

}  // namespace

class SharedServer::Impl {
 public:
  Impl(std::filesystem::path directory, service::DataConfig config,
       const service::Environment& environment, std::unique_ptr<points::PointServer> points)
      : directory_(std::move(directory)),
        config_(std::move(config)),
        environment_(environment),
        points_(std::move(points)) {
    FollowTable();
    standing_ = std::jthread([this] { Stand(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { [[maybe_unused]] const Status stopped = Stop(); }

  std::vector<std::uint16_t> ports() const { return points_->ports(); }

  Status Stop() {
    {
      const MutexLock lock(mutex_);
      if (std::exchange(stopping_, true)) return {};
      changed_.NotifyAll();
    }
    standing_.join();
    points_->Stop();
    return last_;
  }

 private:
  // The thread of its own: stands by, appends, stands by again.
  void Stand() {
    while (!IsStopping()) {
      const Status stood = StandOnce();
      if (stood) continue;
      Say(stood.error().message() + "; trying again");
      FollowTable();
      const MutexLock lock(mutex_);
      if (!stopping_) changed_.WaitFor(mutex_, kAgainAfter);
    }
  }

  Status StandOnce() {
    const std::unique_ptr<ledger::AppenderSeat> seat =
        PROVISO_TRY(ledger::AppenderSeat::Wait(config_.store, [this] {
          FollowTable();
          return !IsStopping();
        }));
    if (seat == nullptr) return {};
    const std::unique_ptr<service::Instance> instance =
        PROVISO_TRY(service::Instance::Open(directory_, environment_, {.seat = seat.get()}));
    instance->ListenForTables([this](Bytes bytes) { Publish(std::move(bytes), /*any=*/true); });
    Say("this server appends to the log (number " + std::to_string(seat->epoch()) + ")");
    const Status appended = Append(*seat, *instance);
    instance->ListenForTables([](const Bytes&) {});
    Say("this server appends no more");
    if (!seat->is_held() || !instance->IsUsable()) return appended;
    last_ = instance->Close();
    return last_;
  }

  // Until somebody stops this server, or it is the appender no more.
  Status Append(ledger::AppenderSeat& seat, service::Instance& instance) {
    ledger::Mailbox taking = PROVISO_TRY(ledger::Mailbox::Open(config_.store));
    ledger::Mailbox answering = PROVISO_TRY(ledger::Mailbox::Open(config_.store));
    PROVISO_TRY(answering.ShowAll(seat.epoch()));
    Clerk clerk(instance, seat, std::move(taking), std::move(answering));
    auto tended = std::chrono::steady_clock::now();
    while (!IsStopping() && seat.is_held() && instance.IsUsable()) {
      PROVISO_TRY(clerk.Take(kTakeEvery));
      const auto now = std::chrono::steady_clock::now();
      if (now - tended < kTendEvery) continue;
      tended = now;
      const Status tending = instance.Tend();
      if (!tending) Say(tending.error().message());
    }
    return {};
  }

  bool IsStopping() {
    const MutexLock lock(mutex_);
    return stopping_;
  }

  // Serves the table file when it is another than before.
  void FollowTable() {
    const std::filesystem::path path = directory_ / "table" / "current";
    std::error_code failure;
    const Sight sight{.time = std::filesystem::last_write_time(path, failure),
                      .size = failure ? 0 : std::filesystem::file_size(path, failure)};
    if (failure || sight == seen_) return;
    Result<Bytes> bytes = environment_.files->ReadFile(path, std::uint64_t{1} << 32U);
    if (!bytes) return;
    seen_ = sight;
    Publish(std::move(*bytes), /*any=*/false);
  }

  // An older table than the one served is what somebody wrote late: the appender replaces it.
  void Publish(Bytes bytes, bool any) {
    Result<std::unique_ptr<const points::TableSnapshot>> snapshot =
        points::TableSnapshot::FromBytes(std::move(bytes));
    if (!snapshot) return Say("the decision table: " + snapshot.error().message());
    const auto number = (*snapshot)->table().number();
    if (!any && number < served_) return;
    served_ = number;
    points_->Publish(std::move(*snapshot));
  }

  const std::filesystem::path directory_;
  const service::DataConfig config_;
  const service::Environment environment_;
  const std::unique_ptr<points::PointServer> points_;
  Mutex mutex_;
  Condition changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  Sight seen_;
  std::atomic<std::uint64_t> served_ = 0;  // the number of the table that is served
  Status last_;                            // of closing the log, once it was
  std::jthread standing_;
};

SharedServer::SharedServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SharedServer::~SharedServer() = default;

Result<std::unique_ptr<SharedServer>> SharedServer::Start(
    const std::filesystem::path& directory, const std::vector<points::Listener>& listeners,
    const service::Environment& environment) {
  const std::filesystem::path whole = std::filesystem::absolute(directory).lexically_normal();
  service::DataConfig config = PROVISO_TRY(service::DataConfig::Read(*environment.files, whole));
  // A place that cannot be used at all is told at once, not after a while.
  PROVISO_TRY(ledger::Mailbox::Open(config.store));
  auto points = PROVISO_TRY(points::PointServer::Start(listeners, *environment.clock));
  return std::unique_ptr<SharedServer>(new SharedServer(
      std::make_unique<Impl>(whole, std::move(config), environment, std::move(points))));
}

std::vector<std::uint16_t> SharedServer::ports() const { return impl_->ports(); }
Status SharedServer::Stop() { return impl_->Stop(); }

}  // namespace proviso::server
