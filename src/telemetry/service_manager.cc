#include "telemetry/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "io/files/descriptor.h"

namespace proviso::telemetry {
namespace {

std::string_view Environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<std::int64_t> NumberIn(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number <= 0) {
    return std::nullopt;
  }
  return number;
}

std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& letter : line) {
    if (letter == '\n') letter = ' ';
  }
  return line;
}

}  // namespace

ServiceManager ServiceManager::FromEnvironment() {
  std::optional<std::chrono::microseconds> watchdog;
  const std::string_view pid = Environment("WATCHDOG_PID");
  if (pid.empty() || NumberIn(pid) == ::getpid()) {
    if (const auto micros = NumberIn(Environment("WATCHDOG_USEC"))) {
      watchdog = std::chrono::microseconds(*micros);
    }
  }
  return {std::string(Environment("NOTIFY_SOCKET")), watchdog};
}

ServiceManager::ServiceManager(std::string socket,
                               std::optional<std::chrono::microseconds> watchdog)
    : socket_(std::move(socket)), watchdog_(watchdog) {}

void ServiceManager::SayReady(std::string_view status) const {
  Send("READY=1\nSTATUS=" + OneLine(status));
}

void ServiceManager::SayStatus(std::string_view status) const { Send("STATUS=" + OneLine(status)); }

void ServiceManager::SayReloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t micros = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  Send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

void ServiceManager::SayStopping() const { Send("STOPPING=1"); }

void ServiceManager::SayAlive() const { Send("WATCHDOG=1"); }

void ServiceManager::Send(const std::string& text) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof(address.sun_path) ||
      (socket_[0] != '/' && socket_[0] != '@')) {
    return;
  }
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  // A name that is in no folder begins with a zero byte.
  if (socket_[0] == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const io::Descriptor descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!descriptor.IsOpen()) return;
  // Who does not listen misses it: that must not stop what it is about.
  static_cast<void>(::sendto(descriptor.number(), text.data(), text.size(),
                             MSG_NOSIGNAL | MSG_DONTWAIT,
                             reinterpret_cast<const sockaddr*>(&address), length));
}

}  // namespace proviso::telemetry
