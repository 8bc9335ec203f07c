#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace proviso::telemetry {

// Tells the program that started this one (systemd, and others that speak its sd_notify) how it
// is, by datagrams to a socket. Says nothing where nobody listens. Thread-safe.
class ServiceManager {
 public:
  // By the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.
  static ServiceManager FromEnvironment();
  // `socket` is a path, or a name that begins with `@`; empty: nobody listens.
  ServiceManager(std::string socket, std::optional<std::chrono::microseconds> watchdog);

  void SayReady(std::string_view status) const;
  void SayStatus(std::string_view status) const;
  void SayReloading() const;
  void SayStopping() const;
  // The process is alive. To be said more often than every WatchdogPatience().
  void SayAlive() const;
  // After so long without a sign of life the process is ended; absent: never.
  std::optional<std::chrono::microseconds> WatchdogPatience() const { return watchdog_; }

 private:
  void Send(const std::string& text) const;
  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace proviso::telemetry
