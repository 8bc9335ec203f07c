#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/files/descriptor.h"

namespace proviso::demo {

// A TCP port on 127.0.0.1 that listens already, for a server that is started later: nobody else can
// take it in between.
class ReservedPort {
 public:
  static Result<ReservedPort> Take();
  std::uint16_t number() const { return number_; }
  int descriptor() const { return socket_.number(); }

 private:
  ReservedPort(io::Descriptor socket, std::uint16_t number)
      : socket_(std::move(socket)), number_(number) {}
  io::Descriptor socket_;
  std::uint16_t number_;
};

// A real nginx that belongs to this process: it runs without privileges, in a folder of its own,
// and ends with this object, or with the thread that started it. Movable only.
class NginxProcess {
 public:
  // False when there is no nginx on this computer.
  static bool IsInstalled();

  // kFailedPrecondition, with the remedy, when `folder` (absolute) or one above it lets nginx not
  // through: started by root, it runs as `nobody`.
  static Status CheckMayEnter(const std::filesystem::path& folder);

  // The directives that an `http` block needs so that nginx writes nowhere but into `folder`.
  static std::string HttpPaths(const std::filesystem::path& folder);

  // Starts nginx with `config` and waits until it answers on the first of `ports`. The config must
  // `listen 127.0.0.1:PORT` on each of them and has neither `user`, `pid` nor `daemon`. `folder`
  // must exist; when this process is root, nginx runs as `nobody`, and the folder and all in it
  // become nobody's. kNotFound without nginx; CheckMayEnter()'s refusal; kUnavailable, with the end
  // of nginx's error log, when it does not come up.
  static Result<NginxProcess> Start(const std::filesystem::path& folder, std::string_view config,
                                    std::vector<ReservedPort> ports);
  NginxProcess(NginxProcess&& other) noexcept
      : process_(std::move(other.process_)),
        pid_(std::exchange(other.pid_, -1)),
        folder_(std::move(other.folder_)) {}
  NginxProcess& operator=(NginxProcess&&) = delete;
  ~NginxProcess() { Stop(); }

  pid_t pid() const { return pid_; }
  // The end of its error log, at most 4 KiB.
  std::string ErrorLog() const;

  // Ends it: politely, then after five seconds at once. A second call does nothing.
  void Stop() noexcept;

 private:
  NginxProcess(io::Descriptor process, pid_t pid, std::filesystem::path folder)
      : process_(std::move(process)), pid_(pid), folder_(std::move(folder)) {}
  Status AwaitAnswer(std::uint16_t port) const;

  io::Descriptor process_;  // readable once it has ended
  pid_t pid_;
  std::filesystem::path folder_;
};

}  // namespace proviso::demo
