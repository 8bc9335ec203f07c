#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "io/local_socket.h"
#include "points/point_server.h"
#include "server/internal/cosigning_rounds.h"
#include "server/internal/table_herald.h"
#include "server/log_news.h"
#include "service/instance.h"

namespace proviso::server {

inline constexpr std::string_view kSocketName = "proviso.sock";

// What a server does with a data directory that it has opened: commands on its socket, tables to
// the listeners and to others, cosignatures, and what becomes of the log. Owns its threads.
class Office {
 public:
  struct Options {
    std::filesystem::path directory;
    io::FileSystem* files = nullptr;
    TableHeraldOptions herald;
    std::function<void(const std::string& line)> report;
    LogReport log;
  };
  // `points` must outlive it.
  static Result<std::unique_ptr<Office>> Open(std::unique_ptr<service::Instance> instance,
                                              points::PointServer& points, Options options);
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;
  ~Office();

  service::Instance& instance() { return *instance_; }
  // Takes no more commands, and finishes the ones at work. The listeners go on meanwhile. A second
  // call does nothing.
  void Stop();
  // After Stop: lets go of the directory.
  Status Close() { return instance_->Close(); }

 private:
  struct Conversation {
    explicit Conversation(io::LocalConnection with) : connection(std::move(with)) {}
    io::LocalConnection connection;
    std::atomic<bool> over = false;
    std::jthread thread;  // last: joined before the connection goes
  };
  Office(std::unique_ptr<service::Instance> instance, points::PointServer& points,
         io::LocalListener listener, Options options);
  void Publish(ByteView bytes);
  void HeraldUntil(const std::stop_token& stop);
  void KeepUntil(const std::stop_token& stop);
  void Accept();

  const Options options_;
  const std::unique_ptr<service::Instance> instance_;
  points::PointServer& points_;
  io::LocalListener listener_;
  Mutex mutex_;
  std::list<Conversation> conversations_;  // guarded by mutex_ while accepting_ runs
  bool stopped_ = false;
  std::unique_ptr<CosigningRounds> cosigning_;
  std::jthread accepting_;
  std::jthread heralding_;
  std::jthread keeping_;
};

}  // namespace proviso::server
