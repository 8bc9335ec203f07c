#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "http_server/http_server.h"
#include "http_server/internal/conversation.h"

namespace proviso::http_server {

// An open descriptor, closed at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_;
};

// What other threads have for a worker. Outlives it where somebody still means to answer.
class Inbox {
 public:
  struct Letter {
    std::uint64_t connection = 0;  // its serial number
    std::function<Response()> answer;
  };
  Inbox();
  int wake() const { return wake_.number(); }  // can be read from when there is news
  bool Put(Letter letter);                     // false once it is closed
  void Wake();
  std::vector<Letter> TakeAll();
  void Close();

 private:
  Descriptor wake_;
  Mutex mutex_;
  std::vector<Letter> letters_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

// A request that was put off: whoever is first ends the wait.
class Wait final : public Later {
 public:
  Wait(std::shared_ptr<Inbox> inbox, std::uint64_t connection)
      : inbox_(std::move(inbox)), connection_(connection) {}
  bool Finish(std::function<Response()> answer) override;
  bool End() { return !over_.exchange(true); }  // false when it was over already
  std::uint64_t connection() const { return connection_; }

 private:
  const std::shared_ptr<Inbox> inbox_;
  const std::uint64_t connection_;
  std::atomic<bool> over_{false};
};

// One thread that holds conversations on its connections (epoll(7)). What the constructor is given
// must outlive it.
class Worker final : private Deferrer {
 public:
  Worker(const HttpServerOptions& options, const HandlerFactory& make_handler,
         std::atomic<std::uint64_t>& records_lost);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() override;

  // False when descriptors or threads are used up. `each_round` is called on the thread of the
  // worker, before it waits for news; whether there was news of what is watched is handed to it.
  bool Start(std::function<void(bool news)> each_round);

  // For any thread.
  void Give(Descriptor socket);  // takes over a connection
  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }
  void Wake() { inbox_->Wake(); }  // begins a new round
  void BeginStopping();            // answers on their way leave, then the thread ends
  void Join();

  // For `each_round`, on the worker's thread: news of `listening` begins a new round.
  void Watch(int listening);
  void Unwatch(int listening);

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Connection {
    Connection(Descriptor of, Desk& desk) : socket(std::move(of)), talk(desk) {}
    Descriptor socket;
    Conversation talk;
    std::string out;       // what is still to be sent
    std::size_t sent = 0;  // of it
    Moment since;          // when it began to wait, for a whole request or for its answer to leave
    std::uint64_t serial = 0;
    bool listens = true;  // to what the client sends
    bool waits_to_send = false;
    bool half_closed = false;  // the last answer left; what comes is dropped
    std::size_t dropped = 0;   // bytes
  };

  static bool IsAnswering(const Connection& connection) {
    return connection.waits_to_send || connection.talk.waiting();
  }
  void Run();
  void WaitForNews();
  void TakeGiven();
  void TakeMail();
  void EndWaits();  // those whose limit is here
  void Finish(std::uint64_t serial, const std::function<Response()>& answer);
  std::shared_ptr<Later> Defer(std::chrono::milliseconds limit,
                               std::function<Response()> at_limit) override;
  // Sends what the conversation has said.
  void SendSaid(Connection& connection);
  void Await(Connection& connection);
  void OnNews(Connection& connection, std::uint32_t events);
  void Receive(Connection& connection);
  bool Drop(Connection& connection, std::size_t bytes);
  // False when the connection is gone.
  bool Send(Connection& connection);
  void Close(Connection& connection);
  void CloseOverdue();
  void FinishStopping();
  void UpdateDate();
  Response AnswerOne(const Request& request);
  static Response Guarded(const std::function<Response()>& answer);
  void Log(const AccessRecord& record);

  const HttpServerOptions& options_;
  const HandlerFactory& make_handler_;
  std::atomic<std::uint64_t>& records_lost_;
  Descriptor epoll_;
  const std::shared_ptr<Inbox> inbox_;
  std::function<void(bool)> each_round_;
  bool watched_news_ = false;
  Handler handler_;
  Desk desk_;
  std::int64_t date_seconds_ = -1;
  Moment now_;
  Moment overdue_next_;
  std::vector<char> buffer_;
  Connection* at_work_ = nullptr;
  struct Limit {
    std::shared_ptr<Wait> wait;
    std::function<Response()> answer;
  };
  std::multimap<Moment, Limit> limits_;  // of what was put off
  std::unordered_map<std::uint64_t, Connection*> waiting_;
  std::uint64_t serial_ = 0;
  std::string out_;  // of the conversation at work; used again and again
  std::unordered_map<int, std::unique_ptr<Connection>> open_;
  std::atomic<std::size_t> connections_{0};
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  std::vector<Descriptor> given_ GUARDED_BY(mutex_);
  std::jthread thread_;
};

}  // namespace proviso::http_server
