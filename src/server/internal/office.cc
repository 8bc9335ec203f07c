#include "server/internal/office.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "io/files/folder_watch.h"
#include "points/table_snapshot.h"
#include "server/internal/log_keeper.h"

namespace proviso::server {
namespace {

constexpr std::size_t kConversationsMax = 64;
// How long a peer may say nothing, or not take what it is sent.
constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kAfterFailedAccept{100};
constexpr std::chrono::milliseconds kKeepEvery{200};

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

Result<std::unique_ptr<Office>> Office::Open(std::unique_ptr<service::Instance> instance,
                                             points::PointServer& points, Options options) {
  io::LocalListener listener =
      PROVISO_TRY(io::LocalListener::Listen(options.directory, std::string(kSocketName)));
  return std::unique_ptr<Office>(
      new Office(std::move(instance), points, std::move(listener), std::move(options)));
}

Office::Office(std::unique_ptr<service::Instance> instance, points::PointServer& points,
               io::LocalListener listener, Options options)
    : options_(std::move(options)),
      instance_(std::move(instance)),
      points_(points),
      listener_(std::move(listener)) {
  instance_->ListenForTables([this](ByteView bytes) { Publish(bytes); });
  points_.Confirm();
  cosigning_ = std::make_unique<CosigningRounds>(*instance_, options_.report);
  heralding_ = std::jthread([this](const std::stop_token& stop) { HeraldUntil(stop); });
  accepting_ = std::jthread([this] { Accept(); });
  keeping_ = std::jthread([this](const std::stop_token& stop) { KeepUntil(stop); });
}

Office::~Office() { Stop(); }

void Office::Stop() {
  if (std::exchange(stopped_, true)) return;
  cosigning_.reset();
  listener_.Stop();
  accepting_.join();
  {
    const MutexLock lock(mutex_);
    for (Conversation& conversation : conversations_) conversation.connection.Shutdown();
  }
  conversations_.clear();  // joins: what is being done is finished
  keeping_.request_stop();
  keeping_.join();
  heralding_.request_stop();
  heralding_.join();
}

void Office::Publish(ByteView bytes) {
  // The service compiled it a moment ago: a table that cannot be opened would be a bug, and the
  // last good one stays in that case.
  Result<std::unique_ptr<const points::TableSnapshot>> snapshot =
      points::TableSnapshot::FromBytes(bytes);
  if (snapshot) points_.Publish(std::move(*snapshot));
}

void Office::HeraldUntil(const std::stop_token& stop) {
  TableHerald herald(options_.herald, *options_.files, points_, [this](const std::string& line) {
    if (options_.report) options_.report(line);
  });
  io::FolderWatch watch(options_.herald.file.parent_path());
  while (!stop.stop_requested()) {
    herald.Tell(*instance_);
    watch.Wait(herald.pause());
  }
}

void Office::KeepUntil(const std::stop_token& stop) {
  LogKeeper keeper(*instance_, options_.log);
  std::mutex mutex;
  std::condition_variable_any pause;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    keeper.Look(LogKeeper::Clock::now());
    pause.wait_for(lock, stop, kKeepEvery, [] { return false; });
  }
}

void Office::Accept() {
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

}  // namespace proviso::server
