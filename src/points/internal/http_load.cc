#include "points/internal/http_load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace proviso::points::internal {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kAnswerBytesMax = 65536;
constexpr std::string_view kConnected = "connected\n";  // what a process says of itself
constexpr std::chrono::milliseconds kDisturbPause{20};
constexpr std::size_t kDisturbTurns = 50;  // a second, in which each slow client has its turn

int Connect(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr plain{};
  std::memcpy(&plain, &address, sizeof plain);
  if (socket < 0 || connect(socket, &plain, sizeof address) != 0) {
    if (socket >= 0) close(socket);
    return -1;
  }
  const int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(socket, F_SETFL, O_NONBLOCK);
  return socket;
}

// Bytes of the first answer in `text`, or 0 while it is not whole.
std::size_t WholeAnswer(std::string_view text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t place = text.substr(0, head).find(kLength);
  if (place == std::string_view::npos) return head + 4;
  const std::size_t size = std::strtoul(text.data() + place + kLength.size(), nullptr, 10);
  return text.size() >= head + 4 + size ? head + 4 + size : 0;
}

// One connection that asks, and what it waits for.
struct Asker {
  int socket = -1;
  bool busy = false;
  SteadyClock::time_point since;
  std::string received;
};

class Load {
 public:
  explicit Load(const LoadPlan& plan) : plan_(plan), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (const Asker& asker : askers_) close(asker.socket);
    for (const int socket : others_) close(socket);
    close(epoll_);
  }

  LoadSeen Run(const std::function<void()>& connected) {
    if (!ConnectAll()) return {};
    connected();
    begin_ = SteadyClock::now();
    const auto end = begin_ + plan_.length;
    slow_next_ = begin_;
    while (SteadyClock::now() < end) {
      SendDue();
      Disturb();
      Receive();
    }
    seen_.seconds = std::chrono::duration<double>(SteadyClock::now() - begin_).count();
    std::sort(micros_.begin(), micros_.end());
    if (!micros_.empty()) {
      seen_.p50_us = micros_[micros_.size() / 2];
      seen_.p999_us = micros_[std::min(micros_.size() - 1, micros_.size() * 999 / 1000)];
    }
    return seen_;
  }

 private:
  bool ConnectAll() {
    for (std::size_t i = 0; i < plan_.idle + plan_.slow; ++i) {
      others_.push_back(Connect(plan_.port));
      if (others_.back() < 0) return false;
    }
    askers_.resize(plan_.connections);
    for (std::size_t i = 0; i < askers_.size(); ++i) {
      askers_[i].socket = Connect(plan_.port);
      if (askers_[i].socket < 0) return false;
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = i;
      epoll_ctl(epoll_, EPOLL_CTL_ADD, askers_[i].socket, &event);
      free_.push_back(i);
    }
    return true;
  }

  // Closed loop: every free connection asks. Open loop: what is due by now, the oldest first.
  void SendDue() {
    const auto now = SteadyClock::now();
    while (!free_.empty()) {
      auto since = now;
      if (plan_.rate > 0) {
        since = begin_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                             static_cast<double>(sent_) / plan_.rate * 1e9));
        if (since > now) return;
      }
      Asker& asker = askers_[free_.back()];
      free_.pop_back();
      asker.busy = true;
      asker.since = since;
      ++sent_;
      // A request is far smaller than what a socket takes at once.
      if (send(asker.socket, plan_.request.data(), plan_.request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(plan_.request.size())) {
        ++seen_.failures;
      }
    }
  }

  // The slow ones whose turn it is send a byte; each rude one asks half a question and is gone.
  void Disturb() {
    const auto now = SteadyClock::now();
    if (now < slow_next_) return;
    slow_next_ = now + kDisturbPause;
    const std::size_t turn = slow_turns_++;
    const char byte = plan_.request[turn / kDisturbTurns % (plan_.request.size() / 2)];
    for (std::size_t i = turn % kDisturbTurns; i < plan_.slow; i += kDisturbTurns) {
      static_cast<void>(send(others_[plan_.idle + i], &byte, 1, MSG_NOSIGNAL));
    }
    for (std::size_t i = 0; i < plan_.rude; ++i) {
      const int socket = Connect(plan_.port);
      if (socket < 0) continue;
      static_cast<void>(send(socket, plan_.request.data(), plan_.request.size() / 2, MSG_NOSIGNAL));
      close(socket);
    }
  }

  void Receive() {
    std::array<epoll_event, 64> events{};
    const int wait = plan_.rate > 0 ? 0 : 10;
    const int count = epoll_wait(epoll_, events.data(), events.size(), wait);
    for (int i = 0; i < count; ++i) {
      ReceiveOne(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
    }
  }

  void ReceiveOne(std::size_t index) {
    Asker& asker = askers_[index];
    std::array<char, kAnswerBytesMax> buffer;  // NOLINT: filled by recv
    const ssize_t size = recv(asker.socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
      ++seen_.failures;
      epoll_ctl(epoll_, EPOLL_CTL_DEL, asker.socket, nullptr);
      return;
    }
    asker.received.append(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t whole = WholeAnswer(asker.received);
    if (whole == 0 || !asker.busy) return;
    const int status = std::atoi(asker.received.c_str() + std::strlen("HTTP/1.1 "));
    if (seen_.answers++ == 0) seen_.status = status;
    if (status != seen_.status) ++seen_.failures;
    asker.received.erase(0, whole);
    asker.busy = false;
    micros_.push_back(
        std::chrono::duration<double, std::micro>(SteadyClock::now() - asker.since).count());
    free_.push_back(index);
  }

  const LoadPlan plan_;
  const int epoll_;
  std::vector<Asker> askers_;
  std::vector<int> others_;
  std::vector<std::size_t> free_;
  std::vector<double> micros_;
  std::uint64_t sent_ = 0;
  std::size_t slow_turns_ = 0;
  SteadyClock::time_point begin_;
  SteadyClock::time_point slow_next_;
  LoadSeen seen_;
};

}  // namespace

LoadSeen RunLoad(const LoadPlan& plan, const std::function<void()>& connected) {
  return Load(plan).Run(connected);
}

LoadProcess::LoadProcess(const std::string& program, const LoadPlan& plan) {
  std::array<std::string, 10> words = {program,
                                       "load",
                                       std::to_string(plan.port),
                                       plan.request,
                                       std::to_string(plan.connections),
                                       std::to_string(plan.length.count()),
                                       std::to_string(plan.rate),
                                       std::to_string(plan.idle),
                                       std::to_string(plan.slow),
                                       std::to_string(plan.rude)};
  std::array<char*, words.size() + 1> arguments{};
  for (std::size_t i = 0; i < words.size(); ++i) arguments.at(i) = words.at(i).data();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
  output_ = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  if (posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ) != 0) {
    process_ = -1;
  }
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
}

LoadProcess::~LoadProcess() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (output_ >= 0) close(output_);
}

bool LoadProcess::Read(std::string& text) const {
  std::array<char, 256> part{};
  const ssize_t size = read(output_, part.data(), part.size());
  if (size > 0) text.append(part.data(), static_cast<std::size_t>(size));
  return size > 0;
}

bool LoadProcess::WaitUntilConnected() {
  std::string text;
  while (text.find('\n') == std::string::npos) {
    if (!Read(text)) return false;
  }
  return text.starts_with(kConnected);
}

LoadSeen LoadProcess::Wait() {
  std::string text;
  while (Read(text)) {
  }
  if (text.starts_with(kConnected)) text.erase(0, kConnected.size());
  LoadSeen seen;
  if (std::sscanf(text.c_str(), "%lf %lu %lu %d %lf %lf", &seen.seconds, &seen.answers,
                  &seen.failures, &seen.status, &seen.p50_us, &seen.p999_us) != 6) {
    seen = {};
  }
  return seen;
}

std::string AnswerTo(std::uint16_t port, std::string_view request) {
  const int socket = Connect(port);
  if (socket < 0) return {};
  fcntl(socket, F_SETFL, 0);
  std::string answer;
  std::array<char, 4096> part{};
  ssize_t size = send(socket, request.data(), request.size(), MSG_NOSIGNAL);
  while (size > 0 && WholeAnswer(answer) == 0) {
    size = recv(socket, part.data(), part.size(), 0);
    if (size > 0) answer.append(part.data(), static_cast<std::size_t>(size));
  }
  close(socket);
  return answer.substr(0, WholeAnswer(answer));
}

int LoadMain(int argc, char** argv) {
  if (argc != 10) return 2;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const auto number = [argv](int index) { return std::strtoul(argv[index], nullptr, 10); };
  const LoadPlan plan{.port = static_cast<std::uint16_t>(number(2)),
                      .request = argv[3],
                      .connections = number(4),
                      .length = std::chrono::milliseconds(number(5)),
                      .rate = std::strtod(argv[6], nullptr),
                      .idle = number(7),
                      .slow = number(8),
                      .rude = number(9)};
  const LoadSeen seen = RunLoad(plan, [] {
    std::fwrite(kConnected.data(), 1, kConnected.size(), stdout);
    std::fflush(stdout);
  });
  std::printf("%f %lu %lu %d %f %f\n", seen.seconds, seen.answers, seen.failures, seen.status,
              seen.p50_us, seen.p999_us);
  return 0;
}

}  // namespace proviso::points::internal
