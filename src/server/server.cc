#include "server/server.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "io/files/folder_watch.h"
#include "io/files/lock.h"
#include "io/local_socket.h"
#include "points/table_follower.h"
#include "server/internal/log_keeper.h"
#include "server/internal/office.h"
#include "server/internal/own_folder.h"
#include "server/internal/sparing_news.h"

namespace proviso::server {
namespace {

constexpr std::string_view kShareLock = "serve.lock";
constexpr int kShareMode = 0750;
// How long a command may hold the data directory when a server wants to start, and when to say so.
constexpr std::chrono::seconds kStartPatience{10};
constexpr std::chrono::seconds kStartQuiet{1};
constexpr std::chrono::milliseconds kStartRetry{50};
// Between attempts to open what could not be opened: each may read the whole log.
constexpr std::chrono::milliseconds kOpenPauseLeast{1'000};
constexpr std::chrono::milliseconds kOpenPauseMost{60'000};
// Meanwhile the table file is looked at so often, where nothing tells that it changed.
constexpr std::chrono::milliseconds kLookEvery{200};

bool IsInUse(const Error& error) {
  return error.code() == ErrorCode::kUnavailable &&
         error.message().find("in use") != std::string::npos;
}

bool IsReadOnly(const std::filesystem::path& directory) {
  struct statvfs state {};
  return ::statvfs(directory.c_str(), &state) == 0 && (state.f_flag & ST_RDONLY) != 0;
}

// Makes the folder of the table's copy, and keeps other servers out of it.
Result<std::optional<io::FileLock>> TakeShare(const std::optional<std::filesystem::path>& share,
                                              io::FileSystem& files) {
  constexpr std::string_view kOption = "--table-to";
  if (!share) return std::optional<io::FileLock>();
  PROVISO_TRY(PrepareFolder(files, *share, kOption, kShareMode));
  const std::filesystem::path whole =
      std::filesystem::absolute(*share / "").lexically_normal().parent_path();
  if (whole.filename() == "table" &&
      PROVISO_TRY(files.Exists(whole.parent_path() / "proviso.json"))) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`--table-to`: `" + share->string() +
                    "` lies in a data directory, whose own server writes there; name a folder "
                    "elsewhere, or give `proviso point` the file `table/current` of the directory");
  }
  auto lock = io::FileLock::Acquire(*share / kShareLock);
  if (lock) return std::optional<io::FileLock>(std::move(*lock));
  if (lock.error().code() != ErrorCode::kUnavailable) return tl::unexpected<Error>(lock.error());
  return Fail(ErrorCode::kUnavailable, "`--table-to`: another server writes to the folder `" +
                                           share->string() + "`; its process id is in `" +
                                           (*share / kShareLock).string() +
                                           "`; give each server a folder of its own");
}

}  // namespace

class Server::Impl {
 public:
  Impl(std::filesystem::path directory, const service::Environment& environment, Options options)
      : directory_(std::move(directory)), environment_(environment), options_(std::move(options)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { [[maybe_unused]] const Status stopped = Stop(); }

  Status Start(const std::vector<points::Listener>& listeners) {
    OpenStage reached = OpenStage::kDirectory;
    auto instance = OpenWhenFree(reached);
    if (!instance && !WillMend(instance.error(), reached)) return Refused(instance.error());
    points_ = PROVISO_TRY(points::PointServer::Prepare(listeners, *environment_.clock,
                                                       {.observer = options_.observer}));
    const Status opened =
        instance ? OpenOffice(*std::move(instance)) : Status(tl::unexpected(instance.error()));
    if (!opened && !WillMend(opened.error(), reached)) return Refused(opened.error());
    if (!opened) Wait(opened.error());
    points_->Begin();
    return {};
  }

  std::vector<std::uint16_t> ports() const { return points_->ports(); }
  points::PointServer& points() { return *points_; }
  const std::atomic<std::uint64_t>& tables_restored() const { return tables_restored_; }
  service::Instance* instance() {
    const MutexLock lock(mutex_);
    return office_ == nullptr ? nullptr : &office_->instance();
  }

  Status Stop() {
    if (std::exchange(stopped_, true) || points_ == nullptr) return {};
    if (waiting_.joinable()) {
      waiting_.request_stop();
      waiting_.join();
    }
    const MutexLock lock(mutex_);
    if (office_ != nullptr) office_->Stop();
    points_->Stop();
    if (refused_) return tl::unexpected<Error>(*refused_);
    return office_ == nullptr ? Status() : office_->Close();
  }

 private:
  using OpenStage = service::OpenStage;
  using Clock = std::chrono::steady_clock;

  std::filesystem::path table_file() const { return directory_ / "table" / "current"; }
  void Say(const std::string& line) const {
    if (options_.report) options_.report(line);
  }
  void SayLog(const LogNews& news) const {
    if (options_.log) options_.log(news);
  }

  // Whether time or an operator can mend it while this server answers from the last table. Never
  // what may be a log that was put back or forked: that one is refused.
  bool WillMend(const Error& error, OpenStage reached) const {
    if (IsInUse(error) || reached == OpenStage::kDirectory) return false;
    if (reached == OpenStage::kContents) return true;
    return error.code() == ErrorCode::kResourceExhausted ||
           error.code() == ErrorCode::kUnavailable ||
           (error.code() == ErrorCode::kPermissionDenied && IsReadOnly(directory_));
  }

  // An error that ends this server, with what gateways can be answered with all the same.
  tl::unexpected<Error> Refused(const Error& error) const {
    const auto has_table = environment_.files->Exists(table_file());
    if (IsInUse(error) || !has_table || !*has_table) return tl::unexpected<Error>(error);
    return Fail(error.code(), error.message() + "; until then, `proviso point --table " +
                                  table_file().string() + "` answers gateways from the last table");
  }

  Result<std::unique_ptr<service::Instance>> OpenOnce(OpenStage& reached) {
    reached = OpenStage::kDirectory;
    if (!share_) {
      auto share = TakeShare(options_.share, *environment_.files);
      if (!share && share.error().code() == ErrorCode::kResourceExhausted) {
        reached = OpenStage::kLog;
      }
      share_ = PROVISO_TRY(std::move(share));
    }
    auto instance =
        PROVISO_TRY(service::Instance::Open(directory_, environment_, {.reached = &reached}));
    reached = OpenStage::kLog;
    PROVISO_TRY(AskWitnessesFirst(*instance, options_.report));
    if (const auto warning = instance->ClockWarning()) Say(*warning);
    if (const auto warning = instance->DamageWarning()) Say("ALARM: " + *warning);
    return instance;
  }

  // Waits for a command that has the data directory for a moment, and not for another server, which
  // keeps it.
  Result<std::unique_ptr<service::Instance>> OpenWhenFree(OpenStage& reached) {
    const auto begun = Clock::now();
    bool told = false;
    while (true) {
      auto opened = OpenOnce(reached);
      if (opened || !IsInUse(opened.error())) return opened;
      const std::string& holder = opened.error().message();
      if (io::LocalConnection::Connect(directory_, std::string(kSocketName))) {
        return Fail(ErrorCode::kUnavailable,
                    holder + ": a server that runs there already; end it, or use that one");
      }
      const auto waited = Clock::now() - begun;
      if (waited >= kStartPatience) {
        return Fail(ErrorCode::kUnavailable, holder + "; waited " +
                                                 std::to_string(kStartPatience.count()) +
                                                 " s for it; try again when it has ended");
      }
      if (!told && waited >= kStartQuiet) {
        told = true;
        Say("waiting for up to " + std::to_string(kStartPatience.count()) + " s: " + holder);
      }
      std::this_thread::sleep_for(kStartRetry);  // tidy: waits for a process, has no other sign
    }
  }

  Status OpenOffice(std::unique_ptr<service::Instance> instance) {
    auto office = PROVISO_TRY(
        Office::Open(std::move(instance), *points_,
                     {.directory = directory_,
                      .files = environment_.files,
                      .herald = {.file = table_file(),
                                 .share = options_.share.value_or(std::filesystem::path()),
                                 .restored = &tables_restored_},
                      .report = options_.report,
                      .log = options_.log}));
    const MutexLock lock(mutex_);
    office_ = std::move(office);
    return {};
  }

  // Answers gateways from the table that there is, as `proviso point` does, and holds nothing of
  // the directory: commands find out for themselves, and may mend it.
  void Wait(const Error& why) {
    trouble_.Met(why.message(), Clock::now());
    SayLog(TellClosed(why));
    follower_ = std::make_unique<points::TableFollower>(
        points::TableFollowerOptions{.file = table_file()}, *environment_.files, *points_,
        [this](const points::TableNews& news) {
          if (news.fault) Say("ALARM: the decision table: " + news.message);
        });
    follower_->Begin();
    waiting_ = std::jthread([this](const std::stop_token& stop) { WaitUntil(stop); });
  }

  void WaitUntil(const std::stop_token& stop) {
    io::FolderWatch watch(table_file().parent_path());
    std::chrono::milliseconds pause = kOpenPauseLeast;
    auto next = Clock::now() + pause;
    while (!stop.stop_requested()) {
      watch.Wait(kLookEvery);
      follower_->Look();
      if (Clock::now() < next) continue;
      if (TryAgain()) return;
      pause = std::min(pause * 2, kOpenPauseMost);
      next = Clock::now() + pause;
    }
  }

  // Whether the waiting is over, one way or the other.
  bool TryAgain() {
    OpenStage reached = OpenStage::kDirectory;
    auto instance = OpenOnce(reached);
    const Status opened =
        instance ? OpenOffice(*std::move(instance)) : Status(tl::unexpected(instance.error()));
    if (opened) {
      SayLog({.message = "the log is open, and acts are stored again"});
      return true;
    }
    const Error& why = opened.error();
    if (!IsInUse(why) && !WillMend(why, reached)) {
      refused_ = Refused(why).value();
      Say("ALARM: this server ends: " + refused_->message());
      if (options_.end) options_.end();
      return true;
    }
    if (trouble_.Met(why.message(), Clock::now())) SayLog(TellStillClosed(why));
    return false;
  }

  const std::filesystem::path directory_;
  const service::Environment environment_;
  const Options options_;
  std::optional<std::optional<io::FileLock>> share_;  // of the folder of the copy, once taken
  std::atomic<std::uint64_t> tables_restored_{0};
  std::unique_ptr<points::PointServer> points_;
  Mutex mutex_;
  std::unique_ptr<Office> office_ GUARDED_BY(mutex_);  // absent while the directory is not open
  bool stopped_ = false;
  // While it is not open: of the thread that waits.
  std::unique_ptr<points::TableFollower> follower_;
  SparingNews trouble_;
  std::optional<Error> refused_;  // why this server ends
  std::jthread waiting_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const std::filesystem::path& directory,
                                              const std::vector<points::Listener>& listeners,
                                              const service::Environment& environment,
                                              Options options) {
  auto impl = std::make_unique<Impl>(std::filesystem::absolute(directory).lexically_normal(),
                                     environment, std::move(options));
  PROVISO_TRY(impl->Start(listeners));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::vector<std::uint16_t> Server::ports() const { return impl_->ports(); }
service::Instance* Server::instance() { return impl_->instance(); }
const std::atomic<std::uint64_t>& Server::tables_restored() const {
  return impl_->tables_restored();
}
points::PointServer& Server::points() { return impl_->points(); }
Status Server::Stop() { return impl_->Stop(); }

}  // namespace proviso::server
