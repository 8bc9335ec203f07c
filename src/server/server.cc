#include "server/server.h"

#include <atomic>
#include <list>
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

// Answers requests on one connection until the peer has no more.
void Converse(io::LocalConnection& connection, service::Instance& instance) {
  while (true) {
    const Result<std::optional<Bytes>> frame = connection.Receive();
    if (!frame || !*frame) return;
    const auto send = [&](const Json& json) {
      // A peer that went away misses its answer; what it asked for is done all the same.
      [[maybe_unused]] const Status sent = connection.Send(AsBytes(json.Canonical()));
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
  }
}

}  // namespace

class Server::Impl {
 public:
  Impl(std::unique_ptr<service::Instance> instance, std::unique_ptr<points::PointServer> points,
       io::LocalListener listener)
      : instance_(std::move(instance)), points_(std::move(points)), listener_(std::move(listener)) {
    instance_->ListenForTables([this](Bytes bytes) { Publish(std::move(bytes)); });
    accepting_ = std::jthread([this] { Accept(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { [[maybe_unused]] const Status stopped = Stop(); }

  std::vector<std::uint16_t> ports() const { return points_->ports(); }
  service::Instance& instance() { return *instance_; }

  Status Stop() {
    if (std::exchange(stopped_, true)) return {};
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

  void Accept() {
    while (true) {
      Result<std::optional<io::LocalConnection>> connection = listener_.Accept();
      if (!connection || !*connection) return;
      const MutexLock lock(mutex_);
      conversations_.remove_if([](const Conversation& item) { return item.over.load(); });
      if (conversations_.size() >= kConversationsMax) continue;  // closes it: too many at once
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
  std::jthread accepting_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const std::filesystem::path& directory,
                                              const std::vector<points::Listener>& listeners,
                                              const service::Environment& environment) {
  auto instance = PROVISO_TRY(service::Instance::Open(directory, environment));
  auto points = PROVISO_TRY(points::PointServer::Start(listeners, *environment.clock));
  io::LocalListener listener =
      PROVISO_TRY(io::LocalListener::Listen(directory, std::string(kSocketName)));
  return std::unique_ptr<Server>(new Server(
      std::make_unique<Impl>(std::move(instance), std::move(points), std::move(listener))));
}

std::vector<std::uint16_t> Server::ports() const { return impl_->ports(); }
service::Instance& Server::instance() { return impl_->instance(); }
Status Server::Stop() { return impl_->Stop(); }

}  // namespace proviso::server
