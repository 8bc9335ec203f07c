#include "http_server/internal/worker.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>
#include <utility>

#include "http_server/internal/status.h"

namespace proviso::http_server {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReceiveBytes = 65536;
constexpr std::size_t kEventsAtOnce = 64;
// How much of what a client sends after the last answer is read and dropped, so that it gets to
// see that answer, and for how long.
constexpr std::size_t kDroppedBytesMax = std::size_t{1} << 20U;
constexpr milliseconds kDropping{1000};

void Register(int epoll, int operation, int descriptor, std::uint32_t events, void* data) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = data;
  epoll_ctl(epoll, operation, descriptor, &event);
}

// How often connections are looked through for those whose time is over.
milliseconds PauseOf(const HttpServerOptions& options) {
  const milliseconds shortest = std::min(options.idle_timeout, options.answer_timeout);
  return std::clamp(shortest / 4, milliseconds(5), milliseconds(1000));
}

}  // namespace

Inbox::Inbox() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

bool Inbox::Put(Letter letter) {
  {
    const MutexLock lock(mutex_);
    if (closed_) return false;
    letters_.push_back(std::move(letter));
  }
  Wake();
  return true;
}

void Inbox::Close() {
  std::vector<Letter> letters;
  const MutexLock lock(mutex_);
  closed_ = true;
  letters.swap(letters_);
}

void Inbox::Wake() {
  const std::uint64_t one = 1;
  // A counter that is full wakes as well.
  [[maybe_unused]] const ssize_t written = write(wake_.number(), &one, sizeof one);
}

std::vector<Inbox::Letter> Inbox::TakeAll() {
  const MutexLock lock(mutex_);
  return std::exchange(letters_, {});
}

bool Wait::Finish(std::function<Response()> answer) {
  return End() && inbox_->Put({.connection = connection_, .answer = std::move(answer)});
}

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Worker::Worker(const HttpServerOptions& options, const HandlerFactory& make_handler,
               std::atomic<std::uint64_t>& records_lost)
    : options_(options),
      make_handler_(make_handler),
      records_lost_(records_lost),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      inbox_(std::make_shared<Inbox>()),
      buffer_(kReceiveBytes) {
  desk_.header_bytes_max = options.header_bytes_max;
  desk_.limits = {.header_count_max = options.header_count_max,
                  .body_bytes_max = options.body_bytes_max};
  desk_.refusal_header = options.refusal_header;
  desk_.answer = [this](const Request& request) { return AnswerOne(request); };
  desk_.deferrer = this;
  if (options.access_log) desk_.log = [this](const AccessRecord& record) { Log(record); };
}

Worker::~Worker() {
  BeginStopping();
  Join();
}

bool Worker::Start(std::function<void(bool)> each_round) {
  if (epoll_.number() < 0 || inbox_->wake() < 0) return false;
  each_round_ = std::move(each_round);
  Register(epoll_.number(), EPOLL_CTL_ADD, inbox_->wake(), EPOLLIN, nullptr);
  try {
    thread_ = std::jthread([this] { Run(); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Worker::Give(Descriptor socket) {
  connections_.fetch_add(1, std::memory_order_relaxed);
  {
    const MutexLock lock(mutex_);
    given_.push_back(std::move(socket));
  }
  inbox_->Wake();
}

void Worker::BeginStopping() {
  stopping_.store(true, std::memory_order_release);
  inbox_->Wake();
}

void Worker::Join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::Watch(int listening) {
  Register(epoll_.number(), EPOLL_CTL_ADD, listening, EPOLLIN, &watched_news_);
}

void Worker::Unwatch(int listening) {
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, listening, nullptr);
}

void Worker::Run() {
  now_ = std::chrono::steady_clock::now();
  overdue_next_ = now_;
  while (!stopping_.load(std::memory_order_acquire)) {
    each_round_(std::exchange(watched_news_, false));
    WaitForNews();
    CloseOverdue();
  }
  FinishStopping();
}

void Worker::WaitForNews() {
  std::array<epoll_event, kEventsAtOnce> events;  // NOLINT: filled by epoll_wait
  milliseconds pause = PauseOf(options_);
  if (!limits_.empty()) {
    const auto left =
        std::chrono::ceil<milliseconds>(limits_.begin()->first - std::chrono::steady_clock::now());
    pause = std::clamp(left, milliseconds(0), pause);
  }
  const int count =
      epoll_wait(epoll_.number(), events.data(), kEventsAtOnce, static_cast<int>(pause.count()));
  now_ = std::chrono::steady_clock::now();
  desk_.now = now_;
  UpdateDate();
  bool woken = false;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == &watched_news_) {
      watched_news_ = true;
    } else if (event.data.ptr == nullptr) {
      woken = true;
    } else {
      OnNews(*static_cast<Connection*>(event.data.ptr), event.events);
    }
  }
  // After the rest: a letter may end a connection that there was news of.
  if (woken) TakeMail();
  EndWaits();
}

void Worker::TakeMail() {
  // Before the mail is taken: what comes later wakes again.
  std::uint64_t times = 0;
  [[maybe_unused]] const ssize_t size = read(inbox_->wake(), &times, sizeof times);
  TakeGiven();
  for (const Inbox::Letter& letter : inbox_->TakeAll()) Finish(letter.connection, letter.answer);
}

void Worker::EndWaits() {
  while (!limits_.empty() && limits_.begin()->first <= now_) {
    const Limit limit = std::move(limits_.begin()->second);
    limits_.erase(limits_.begin());
    if (limit.wait->End()) Finish(limit.wait->connection(), limit.answer);
  }
}

void Worker::Finish(std::uint64_t serial, const std::function<Response()>& answer) {
  const auto found = waiting_.find(serial);
  // The client may have gone away.
  if (found == waiting_.end()) return;
  Connection& connection = *found->second;
  waiting_.erase(found);
  at_work_ = &connection;
  connection.talk.Finish(Guarded(answer), out_);
  SendSaid(connection);
}

std::shared_ptr<Later> Worker::Defer(milliseconds limit, std::function<Response()> at_limit) {
  if (desk_.stopping) return nullptr;
  desk_.deferred = true;
  auto wait = std::make_shared<Wait>(inbox_, at_work_->serial);
  waiting_.emplace(at_work_->serial, at_work_);
  limits_.emplace(std::chrono::steady_clock::now() + limit,
                  Limit{.wait = wait, .answer = std::move(at_limit)});
  return wait;
}

void Worker::TakeGiven() {
  std::vector<Descriptor> given;
  {
    const MutexLock lock(mutex_);
    given.swap(given_);
  }
  for (Descriptor& socket : given) {
    const int number = socket.number();
    auto connection = std::make_unique<Connection>(std::move(socket), desk_);
    connection->since = now_;
    connection->serial = ++serial_;
    Register(epoll_.number(), EPOLL_CTL_ADD, number, EPOLLIN, connection.get());
    open_.emplace(number, std::move(connection));
  }
}

void Worker::OnNews(Connection& connection, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return Close(connection);
  if ((events & EPOLLOUT) != 0 && !Send(connection)) return;
  // Who does not take the answers is not asked for more questions.
  if ((events & EPOLLIN) != 0 && !IsAnswering(connection)) Receive(connection);
}

void Worker::Receive(Connection& connection) {
  const ssize_t size = recv(connection.socket.number(), buffer_.data(), buffer_.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return Close(connection);
  const auto bytes = static_cast<std::size_t>(size);
  if (connection.half_closed) {
    if (!Drop(connection, bytes)) Close(connection);
    return;
  }
  at_work_ = &connection;
  connection.talk.Take({buffer_.data(), bytes}, out_);
  // Gateways send secrets with their questions; nothing of them stays.
  explicit_bzero(buffer_.data(), bytes);
  SendSaid(connection);
}

void Worker::SendSaid(Connection& connection) {
  // The time for a whole request goes on: each byte that comes does not begin it anew.
  if (out_.empty()) {
    if (connection.talk.waiting()) Await(connection);
    return;
  }
  connection.since = now_;
  connection.out.swap(out_);
  connection.sent = 0;
  if (Send(connection) && connection.out.empty()) {
    // Its memory serves the next conversation.
    connection.out.swap(out_);
  }
}

// Whose answer was put off is not asked for more questions.
void Worker::Await(Connection& connection) {
  connection.since = now_;
  connection.listens = false;
  Register(epoll_.number(), EPOLL_CTL_MOD, connection.socket.number(), 0, &connection);
}

bool Worker::Drop(Connection& connection, std::size_t bytes) {
  explicit_bzero(buffer_.data(), bytes);
  connection.dropped += bytes;
  return connection.dropped <= kDroppedBytesMax;
}

bool Worker::Send(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const ssize_t size = send(connection.socket.number(), connection.out.data() + connection.sent,
                              connection.out.size() - connection.sent, MSG_NOSIGNAL);
    if (size >= 0) {
      connection.sent += static_cast<std::size_t>(size);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      Close(connection);
      return false;
    }
    if (!std::exchange(connection.waits_to_send, true)) {
      Register(epoll_.number(), EPOLL_CTL_MOD, connection.socket.number(), EPOLLOUT, &connection);
    }
    return true;
  }
  connection.out.clear();
  connection.since = now_;
  if (connection.talk.over() && !std::exchange(connection.half_closed, true)) {
    shutdown(connection.socket.number(), SHUT_WR);
  }
  const bool was_full = std::exchange(connection.waits_to_send, false);
  if (connection.talk.waiting()) {
    Await(connection);
  } else if (was_full || !connection.listens) {
    connection.listens = true;
    connection.out.shrink_to_fit();
    Register(epoll_.number(), EPOLL_CTL_MOD, connection.socket.number(), EPOLLIN, &connection);
  }
  return true;
}

void Worker::Close(Connection& connection) {
  waiting_.erase(connection.serial);
  // To close it is not enough: where a process that was just started has a copy, its news would
  // still come, of a connection that is no more.
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, connection.socket.number(), nullptr);
  open_.erase(connection.socket.number());
  connections_.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::CloseOverdue() {
  if (now_ < overdue_next_) return;
  overdue_next_ = now_ + PauseOf(options_);
  for (auto entry = open_.begin(); entry != open_.end();) {
    Connection& connection = *(entry++)->second;
    milliseconds limit = options_.idle_timeout;
    if (IsAnswering(connection)) limit = options_.answer_timeout;
    if (connection.half_closed) limit = std::min(kDropping, options_.idle_timeout);
    if (now_ - connection.since > limit) Close(connection);
  }
}

// What was asked before the end is answered; what is still to be sent has its time to leave.
void Worker::FinishStopping() {
  const Moment end = std::chrono::steady_clock::now() + options_.stop_grace;
  desk_.stopping = true;
  TakeGiven();
  for (auto entry = open_.begin(); entry != open_.end();) {
    Connection& connection = *(entry++)->second;
    if (!IsAnswering(connection)) Receive(connection);
  }
  const auto is_done = [](const auto& entry) { return !IsAnswering(*entry.second); };
  while (!std::ranges::all_of(open_, is_done) && std::chrono::steady_clock::now() < end) {
    WaitForNews();
  }
  inbox_->Close();
  limits_.clear();
  waiting_.clear();
  open_.clear();
}

void Worker::UpdateDate() {
  const std::time_t seconds = std::time(nullptr);
  if (seconds == date_seconds_) return;
  date_seconds_ = seconds;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  // Not strftime: the names are English whatever the locale is.
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  desk_.date = text.data();
}

Response Worker::AnswerOne(const Request& request) {
  return Guarded([&] {
    if (!handler_) handler_ = make_handler_();
    return handler_(request);
  });
}

Response Worker::Guarded(const std::function<Response()>& answer) {
  try {
    return answer();
  } catch (...) {
    return {.status = kServerError};
  }
}

void Worker::Log(const AccessRecord& record) {
  try {
    options_.access_log(record);
  } catch (...) {
    // A log that cannot be written must not cost the answer.
    records_lost_.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace proviso::http_server
