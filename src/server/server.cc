#include "server/server.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "io/local_socket.h"
#include "points/point_server.h"
#include "points/table_snapshot.h"

namespace proviso::server {
namespace {

constexpr std::string_view kSocketName = "proviso.sock";
constexpr std::size_t kConversationsMax = 64;
// How long a peer may say nothing, or not take what it is sent.
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kAfterFailedAccept{100};
// What networks of witnesses ask of a log: no more than one checkpoint a second.
constexpr std::chrono::seconds kCosigningPause{1};

// Answers requests on one connection until the peer has no more.
void Converse(io::LocalConnection& connection, service::Instance& instance) {
  while (true) {
    const Result<std::optional<Bytes>> frame = connection.Receive();
    if (!frame || !*frame) return;
    bool gone = false;
    const auto send = [&](const Json& json) {
      // A peer that went away misses its answer; what it asked for is done all the same.
      if (!gone) gone = !connection.Send(AsBytes(json.Canonical()));
    };
    const Result<Json> json = ParseJson(AsText(**frame));
    const Result<service::Request> request =
        json ? service::Request::FromJson(*json)
             : Result<service::Request>(tl::unexpected(json.error()));
    if (!request) {
      send(service::AnswerToJson(tl::unexpected(request.error())));
      continue;
    }
    const service::Progress progress = [&](const Json& report) {
      send(Json::Of({{"progress", report}}));
    };
    send(service::AnswerToJson(instance.Perform(*request, progress)));
    if (gone) return;
  }
}

}  // namespace

class Server::Impl {
 public:
  Impl(std::unique_ptr<service::Instance> instance, std::unique_ptr<points::PointServer> points,
       io::LocalListener listener, Server::Report report)
      : instance_(std::move(instance)),
        points_(std::move(points)),
        listener_(std::move(listener)),
        report_(std::move(report)) {
    instance_->ListenForTables([this](Bytes bytes) { Publish(std::move(bytes)); });
    accepting_ = std::jthread([this] { Accept(); });
    cosigning_ = std::jthread([this](const std::stop_token& stop) { CosignUntil(stop); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { [[maybe_unused]] const Status stopped = Stop(); }

  std::vector<std::uint16_t> ports() const { return points_->ports(); }
  service::Instance& instance() { return *instance_; }

  Status Stop() {
    if (std::exchange(stopped_, true)) return {};
    cosigning_.request_stop();
    instance_->StopCosigning();
    cosigning_.join();
    listener_.Stop();
    accepting_.join();
    {
      const MutexLock lock(mutex_);
      for (Conversation& conversation : conversations_) conversation.connection.Shutdown();
    }
    conversations_.clear();  // joins: what is being done is finished
    points_->Stop();
    return instance_->Close();
  }

 private:
  struct Conversation {
    explicit Conversation(io::LocalConnection with) : connection(std::move(with)) {}
    io::LocalConnection connection;
    std::atomic<bool> over = false;
    std::jthread thread;  // last: joined before the connection goes
  };

  void Publish(Bytes bytes) {
    // The service compiled it a moment ago: a table that cannot be opened would be a bug, and the
    // last good one stays in that case.
    Result<std::unique_ptr<const points::TableSnapshot>> snapshot =
        points::TableSnapshot::FromBytes(std::move(bytes));
    if (snapshot) points_->Publish(std::move(*snapshot));
  }

  void CosignUntil(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any pause;
    std::string last;
    std::unique_lock lock(mutex);
    while (!pause.wait_for(lock, stop, kCosigningPause, [] { return false; })) {
      if (stop.stop_requested()) return;
      const auto news = instance_->Cosign(true);
      if (!report_ || stop.stop_requested()) continue;
      for (const std::string& line : news ? *news : std::vector<std::string>()) report_(line);
      const std::string failure = news ? std::string() : news.error().message();
      // Once, and not each second: nothing else happens until somebody mends it.
      if (!failure.empty() && failure != last) report_("ALARM: " + failure);
      last = failure;
    }
  }

  void Accept() {
    while (true) {
      Result<std::optional<io::LocalConnection>> connection = listener_.Accept();
      if (!connection) {
        // Out of descriptors, say: commands must come through again when some are free.
        std::this_thread::sleep_for(kAfterFailedAccept);  // tidy: nothing tells when that is
        continue;
      }
      if (!*connection) return;
      if (!(*connection)->SetTimeout(kPatience)) continue;
      const MutexLock lock(mutex_);
      conversations_.remove_if([](const Conversation& item) { return item.over.load(); });
      if (conversations_.size() >= kConversationsMax) {
        const Json busy = service::AnswerToJson(
            Fail(ErrorCode::kResourceExhausted, "the server is busy with " +
                                                    std::to_string(kConversationsMax) +
                                                    " conversations; try again later"));
        [[maybe_unused]] const Status sent = (*connection)->Send(AsBytes(busy.Canonical()));
        continue;
      }
      Conversation& item = conversations_.emplace_back(std::move(**connection));
      item.thread = std::jthread([this, &item] {
        Converse(item.connection, *instance_);
        item.over = true;
      });
    }
  }

  std::unique_ptr<service::Instance> instance_;
  std::unique_ptr<points::PointServer> points_;
  io::LocalListener listener_;
  Mutex mutex_;
  std::list<Conversation> conversations_;  // guarded by mutex_ while accepting_ runs
  bool stopped_ = false;
  const Server::Report report_;
  std::jthread accepting_;
  std::jthread cosigning_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const std::filesystem::path& directory,
                                              const std::vector<points::Listener>& listeners,
                                              const service::Environment& environment,
                                              Report report) {
  auto instance = PROVISO_TRY(service::Instance::Open(directory, environment));
  const auto news = instance->Cosign(false);
  if (!news && news.error().code() == ErrorCode::kDataLoss) {
    return tl::unexpected<Error>(news.error());
  }
  if (report) {
    if (!news) report(news.error().message());
    for (const std::string& line : news ? *news : std::vector<std::string>()) report(line);
  }
  auto points = PROVISO_TRY(points::PointServer::Start(listeners, *environment.clock));
  io::LocalListener listener =
      PROVISO_TRY(io::LocalListener::Listen(directory, std::string(kSocketName)));
  return std::unique_ptr<Server>(new Server(std::make_unique<Impl>(
      std::move(instance), std::move(points), std::move(listener), std::move(report))));
}

std::vector<std::uint16_t> Server::ports() const { return impl_->ports(); }
service::Instance& Server::instance() { return impl_->instance(); }
Status Server::Stop() { return impl_->Stop(); }

}  // namespace proviso::server
