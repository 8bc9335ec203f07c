#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "io/files/descriptor.h"

namespace proviso::io {

// Largest frame that a LocalConnection sends or takes.
inline constexpr std::uint32_t kLocalFrameBytesMax = std::uint32_t{64} << 20U;

// One end of a conversation between two processes of one machine over a Unix domain socket. A frame
// is its length (u32, big-endian) and that many bytes. Both ends are the same user, or root:
// checked on connecting and on accepting. One thread may send while another receives.
class LocalConnection {
 public:
  // kNotFound when there is no socket `name` in `directory`; kUnavailable when nobody listens on
  // it; kPermissionDenied when somebody else does. The length of `directory` does not matter.
  static Result<LocalConnection> Connect(const std::filesystem::path& directory,
                                         const std::string& name);

  // kResourceExhausted above kLocalFrameBytesMax; kUnavailable when the peer has gone.
  Status Send(ByteView frame);
  // The next frame; empty when the peer closed between two frames. kUnavailable when it went away
  // within one, or took too long; kResourceExhausted above kLocalFrameBytesMax.
  Result<std::optional<Bytes>> Receive();

  // How long one wait within Send and Receive may last; zero (the default) means for ever.
  Status SetTimeout(std::chrono::milliseconds timeout);
  // Ends both directions: a Receive that waits in another thread returns. Thread-safe.
  void Shutdown() noexcept;

 private:
  friend class LocalListener;
  explicit LocalConnection(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

// Listens for LocalConnections on a socket file that only its owner may open (mode 0600). The file
// goes when the listener does. Accept and Stop may run in different threads. Movable only.
class LocalListener {
 public:
  // Replaces the socket file of a process that died. kUnavailable when another one listens there;
  // kAlreadyExists when `name` is something else than a socket.
  static Result<LocalListener> Listen(const std::filesystem::path& directory,
                                      const std::string& name);
  LocalListener(LocalListener&&) noexcept = default;
  LocalListener& operator=(LocalListener&&) = delete;
  LocalListener(const LocalListener&) = delete;
  LocalListener& operator=(const LocalListener&) = delete;
  ~LocalListener();

  // Waits for the next connection of the same user or root; others are closed unheard. Empty after
  // Stop.
  Result<std::optional<LocalConnection>> Accept();
  // Makes Accept return, now and from now on.
  void Stop() noexcept;

 private:
  LocalListener(Descriptor directory, std::string name, Descriptor socket, Descriptor stop)
      : directory_(std::move(directory)),
        name_(std::move(name)),
        socket_(std::move(socket)),
        stop_(std::move(stop)) {}
  Descriptor directory_;
  std::string name_;
  Descriptor socket_;
  Descriptor stop_;
};

}  // namespace proviso::io
