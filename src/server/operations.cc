#include "server/operations.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http_server/http_server.h"
#include "http_server/refusal.h"
#include "points/constant_watch.h"
#include "points/full_watch.h"
#include "points/loss_watch.h"
#include "points/point_metrics.h"
#include "points/reason_code.h"
#include "points/trouble_watch.h"
#include "points/verdict_log.h"
#include "telemetry/metrics_text.h"
#include "telemetry/process_figures.h"

namespace proviso::server {
namespace {

using telemetry::Journal;
using telemetry::ServiceManager;

constexpr std::chrono::milliseconds kWatchEvery{1'000};

std::chrono::milliseconds Uptime() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

class Operations::Impl {
 public:
  Impl(const OperationsOptions& options, const service::Environment& environment,
       std::unique_ptr<points::VerdictLog> verdicts)
      : version_(options.version),
        clock_(*environment.clock),
        started_(clock_.Now()),
        loaded_(started_),
        manager_(ServiceManager::FromEnvironment()),
        verdicts_(std::move(verdicts)),
        journal_(options.log, *environment.clock) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    Unwatch();
    if (metrics_) metrics_->Stop();
  }

  Status ServeMetrics(const std::string& address) {
    if (address.empty()) return {};
    metrics_ = PROVISO_TRY_DOING(
        http_server::HttpServer::Start({.address = address, .threads = 1, .connections_max = 16},
                                       [this] {
                                         return [this](const http_server::Request& request) {
                                           return Answer(request);
                                         };
                                       }),
        "metrics");
    return {};
  }

  void Watch(const Watched& watched) {
    {
      const MutexLock lock(mutex_);
      watched_ = watched;
    }
    watching_ = std::jthread([this](const std::stop_token& stop) { WatchUntil(stop); });
  }

  void Unwatch() {
    if (watching_.joinable()) {
      watching_.request_stop();
      watching_.join();
    }
    const MutexLock lock(mutex_);
    watched_ = {};
  }

  void Reload(const Result<std::vector<points::Listener>>& listeners) {
    manager_.SayReloading();
    const Status done = ServeInstead(listeners);
    // Whoever moved the file of the log of verdicts away wants a new one, whatever the listeners
    // do.
    const Status reopened = verdicts_ ? verdicts_->Reopen() : Status();
    reload_failed_ = !done || !reopened;
    if (done) loaded_ = clock_.Now();
    if (!done) {
      journal_.Say(Journal::Level::kAlarm, "reload",
                   "not reloaded, the listeners are as they were: " + done.error().message());
    }
    if (!reopened) journal_.Say(Journal::Level::kAlarm, "reload", reopened.error().message());
    if (!reload_failed_) journal_.Say(Journal::Level::kInfo, "reload", "reloaded");
    manager_.SayReady(done ? "reloaded" : "the new configuration is faulty");
  }

  // Those who only answer gateways have no log.
  enum class Log { kNone, kTakes, kStopped };
  void SetLog(bool stopped) {
    log_ = stopped ? Log::kStopped : Log::kTakes;
    const MutexLock lock(ready_mutex_);
    if (!ready_.empty()) manager_.SayStatus(WithLog(ready_));
  }
  void SetDamagedParts(std::uint64_t count) { damaged_parts_ = count; }

  void SayReady(const std::string& what) {
    std::string whole;
    {
      const MutexLock lock(ready_mutex_);
      ready_ = what;
      whole = WithLog(ready_);
    }
    manager_.SayReady(whole);
    journal_.Say(Journal::Level::kInfo, "ready", whole);
  }

  Journal& journal() { return journal_; }
  const ServiceManager& manager() const { return manager_; }
  points::VerdictLog* verdicts() { return verdicts_.get(); }
  std::uint16_t metrics_port() const { return metrics_ ? metrics_->port() : std::uint16_t{0}; }

 private:
  Status ServeInstead(const Result<std::vector<points::Listener>>& listeners) {
    if (!listeners) return tl::unexpected<Error>(listeners.error());
    points::PointServer* points = nullptr;
    {
      const MutexLock lock(mutex_);
      points = watched_.points;
    }
    return points == nullptr ? Status() : points->Reload(*listeners);
  }

  void WriteConfigurationFigures(telemetry::MetricsText& text) const {
    text.Begin("proviso_configuration_reload_failed", telemetry::MetricKind::kGauge,
               "1 once a reload failed, until one succeeds.");
    text.Add({}, reload_failed_ ? 1 : 0);
    text.Begin("proviso_configuration_load_time_seconds", telemetry::MetricKind::kGauge,
               "When the listeners last became as wanted, in seconds since 1970.");
    text.AddReal({}, static_cast<double>(loaded_.load().time_since_epoch().count()) / 1e3);
  }

  // Who listens and stores nothing is ready for half of what it is there for.
  std::string WithLog(const std::string& what) const {
    return log_ == Log::kStopped ? what + "; the log stores no act" : what;
  }

  http_server::Response Answer(const http_server::Request& request) {
    if (request.path != "/metrics") return {.status = 404};
    if (request.method != "GET" && request.method != "HEAD") return {.status = 405};
    telemetry::MetricsText text;
    telemetry::WriteProcessFigures(text, version_, started_);
    if (const Log log = log_; log != Log::kNone) {
      text.Begin("proviso_log_stopped", telemetry::MetricKind::kGauge,
                 "1 while the log stores no act.");
      text.Add({}, log == Log::kStopped ? 1 : 0);
      text.Begin("proviso_log_parts_damaged", telemetry::MetricKind::kGauge,
                 "Confidential parts of the log that cannot be read, though nobody erased them.");
      text.Add({}, damaged_parts_);
    }
    WriteConfigurationFigures(text);
    const MutexLock lock(mutex_);  // what is measured stays meanwhile
    points::WritePointMetrics(text, {.points = watched_.points,
                                     .follower = watched_.follower,
                                     .verdicts = verdicts_.get(),
                                     .tables_restored = watched_.tables_restored});
    return {.status = 200,
            .headers = {{"Content-Type", std::string(telemetry::MetricsText::kContentType)}},
            .body = text.Take()};
  }

  void WatchUntil(const std::stop_token& stop) {
    points::TroubleWatch watch;
    points::ConstantWatch constants;
    std::mutex mutex;
    std::condition_variable_any pause;
    std::unique_lock lock(mutex);
    std::chrono::microseconds every = kWatchEvery;
    if (const auto patience = manager_.WatchdogPatience()) every = std::min(every, *patience / 3);
    while (!stop.stop_requested()) {
      LookAtVerdicts();
      LookOnce(watch);
      LookAtConstants(constants);
      pause.wait_for(lock, stop, every, [] { return false; });
    }
  }

  void LookAtConstants(points::ConstantWatch& watch) {
    std::vector<points::ConstantWatch::News> all;
    {
      const MutexLock lock(mutex_);
      if (watched_.points == nullptr) return;
      Published<points::TableSnapshot>::Reader reader = watched_.points->NewestTable();
      const points::TableSnapshot* const newest = reader.Get();
      if (newest == nullptr) return;
      all = watch.Look(watched_.points->listeners(), newest->table());
    }
    for (const points::ConstantWatch::News& news : all) {
      journal_.Say(Journal::Level::kWarning, "unknown-constant", news.message,
                   Json::Of({{"listener", news.listener}}));
    }
  }

  void LookOnce(points::TroubleWatch& watch) {
    std::vector<points::ListenerFigures> figures;
    {
      const MutexLock lock(mutex_);
      if (watched_.points == nullptr) return;
      figures = watched_.points->Figures();
    }
    for (const points::TroubleWatch::News& news : watch.Look(figures, Uptime())) {
      news.refusal ? SayRefusal(news) : SayTrouble(news);
    }
    for (const points::FullWatch::News& news : full_.Look(figures, Uptime())) SayFull(news);
    manager_.SayAlive();
  }

  void SayFull(const points::FullWatch::News& news) {
    journal_.Say(news.begins ? Journal::Level::kAlarm : Journal::Level::kInfo,
                 news.begins ? "full" : "full-over",
                 "listener " + news.listener +
                     (news.begins ? " has all " + std::to_string(news.connections) +
                                        " connections that it may have; who connects waits"
                                  : " has room for connections again"),
                 Json::Of({{"listener", news.listener},
                           {"connections", static_cast<std::int64_t>(news.connections)}}));
  }

  void SayTrouble(const points::TroubleWatch::News& news) {
    const bool first = news.code == ReasonCodeName(points::ReasonCode::kNoTable);
    journal_.Say(news.begins ? Journal::Level::kAlarm : Journal::Level::kInfo,
                 news.begins ? "trouble" : "trouble-over",
                 "listener " + news.listener + ": " + news.code +
                     (news.begins ? (first ? "; denies everything" : "; answers as `trouble` says")
                                  : " is over, after " + std::to_string(news.answers) + " answers"),
                 MoreOf(news));
  }

  void SayRefusal(const points::TroubleWatch::News& news) {
    const std::string words(http_server::RefusalInWords(news.code));
    journal_.Say(news.begins ? Journal::Level::kWarning : Journal::Level::kInfo,
                 news.begins ? "refused" : "refused-over",
                 "listener " + news.listener + ": " +
                     (news.begins ? "refuses requests, " + news.code + ": " + words
                                  : news.code + " is over, after " + std::to_string(news.answers) +
                                        " requests"),
                 MoreOf(news));
  }

  static Json MoreOf(const points::TroubleWatch::News& news) {
    return Json::Of({{"listener", news.listener},
                     {"code", news.code},
                     {"answers", static_cast<std::int64_t>(news.answers)}});
  }

  void LookAtVerdicts() {
    if (!verdicts_) return;
    const auto news = losses_.Look(verdicts_->written(), verdicts_->dropped(), Uptime());
    if (!news) return;
    journal_.Say(news->begins ? Journal::Level::kAlarm : Journal::Level::kInfo,
                 news->begins ? "verdicts-lost" : "verdicts-lost-over",
                 news->begins ? verdicts_->WhyDropped() +
                                    "; verdicts are given, and missing in the log of verdicts"
                              : "the log of verdicts is written again, after " +
                                    std::to_string(news->lost) + " were lost",
                 Json::Of({{"lost", static_cast<std::int64_t>(news->lost)}}));
  }

  const std::string version_;
  const Clock& clock_;
  const Time started_;
  std::atomic<Time> loaded_;  // when listeners last became as wanted
  std::atomic<bool> reload_failed_ = false;
  const ServiceManager manager_;
  const std::unique_ptr<points::VerdictLog> verdicts_;
  points::LossWatch losses_;  // these two of the thread that watches
  points::FullWatch full_;
  Journal journal_;
  std::atomic<Log> log_ = Log::kNone;
  std::atomic<std::uint64_t> damaged_parts_ = 0;
  Mutex ready_mutex_;
  std::string ready_ GUARDED_BY(ready_mutex_);  // what was said to be; empty before
  Mutex mutex_;
  Watched watched_ GUARDED_BY(mutex_);
  std::unique_ptr<http_server::HttpServer> metrics_;
  std::jthread watching_;
};

Operations::Operations(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Operations::~Operations() = default;

Result<std::unique_ptr<Operations>> Operations::Start(const OperationsOptions& options,
                                                      const service::Environment& environment) {
  std::unique_ptr<points::VerdictLog> verdicts;
  if (!options.verdicts.empty()) {
    verdicts = PROVISO_TRY(points::VerdictLog::Open(
        {.file = options.verdicts, .clear = options.verdicts_clear}, *environment.random));
  }
  auto impl = std::make_unique<Impl>(options, environment, std::move(verdicts));
  PROVISO_TRY(impl->ServeMetrics(options.metrics));
  return std::unique_ptr<Operations>(new Operations(std::move(impl)));
}

Journal& Operations::journal() { return impl_->journal(); }
points::VerdictObserver* Operations::observer() { return impl_->verdicts(); }
std::uint16_t Operations::metrics_port() const { return impl_->metrics_port(); }
Operations::Watching Operations::Watch(const Watched& watched) {
  impl_->Watch(watched);
  return Watching(*this);
}
void Operations::Unwatch() { impl_->Unwatch(); }
void Operations::Reload(const Result<std::vector<points::Listener>>& listeners) {
  impl_->Reload(listeners);
}

void Operations::SayReady(const std::string& what) { impl_->SayReady(what); }

void Operations::SayStopping(std::chrono::seconds drain) {
  impl_->manager().SayStopping();
  impl_->journal().Say(Journal::Level::kInfo, "stop",
                       "ends in " + std::to_string(drain.count()) + " s",
                       Json::Of({{"drain_seconds", drain.count()}}));
}

void Operations::SayLog(const LogNews& news) {
  impl_->SetLog(news.stopped);
  if (news.damaged_parts) impl_->SetDamagedParts(*news.damaged_parts);
  if (news.message.empty()) return;
  Json more = Json::MakeObject();
  if (!news.reason.empty()) more["reason"] = news.reason;
  if (!news.remedy.empty()) more["remedy"] = news.remedy;
  const Journal::Level level =
      !news.remedy.empty()
          ? Journal::Level::kAlarm
          : (news.reason.empty() ? Journal::Level::kInfo : Journal::Level::kWarning);
  impl_->journal().Say(level, news.stopped ? "log-stopped" : "log", news.message, more);
}

void Operations::SayTable(const points::TableNews& news) {
  Json more = Json::Of({{"table", static_cast<std::int64_t>(news.number)}});
  if (news.fault) {
    more["reason"] = points::TableFaultName(*news.fault);
  } else if (news.bytes > 0) {
    more["bytes"] = static_cast<std::int64_t>(news.bytes);
    more["took_us"] = static_cast<std::int64_t>(news.took.count());
  }
  const Journal::Level level =
      news.fault ? Journal::Level::kAlarm
                 : (news.bytes > 0 ? Journal::Level::kInfo : Journal::Level::kWarning);
  const std::string_view event =
      news.fault ? "table-rejected" : (news.bytes > 0 ? "table" : "table-not-kept");
  impl_->journal().Say(level, event, news.message, more);
}

}  // namespace proviso::server
