#include "io/local_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "io/internal/posix.h"

namespace proviso::io {
namespace {

namespace fs = std::filesystem;

constexpr int kBacklog = 64;
constexpr std::size_t kReceiveStepBytes = std::size_t{1} << 20U;

tl::unexpected<Error> Failed(std::string_view doing, const fs::path& path) {
  const int reason = errno;
  return tl::unexpected<Error>(PosixError(doing, path, reason));
}

Result<Descriptor> OpenDirectory(const fs::path& path) {
  const fs::path folder = path.empty() ? fs::path(".") : path;
  Descriptor directory(WithoutInterruption(
      [&] { return ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC); }));
  if (!directory.IsOpen()) return Failed("open folder", folder);
  return directory;
}

// An address has room for 107 bytes only, and a data directory may lie deep: go through the open
// directory instead.
Result<sockaddr_un> AddressIn(const Descriptor& directory, const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory.number()) + "/" + name;
  if (name.empty() || name.find('/') != std::string::npos ||
      path.size() >= sizeof(address.sun_path)) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a plain short name of a socket, found `" + name + "`");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Result<Descriptor> MakeSocket() {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.IsOpen()) return tl::unexpected<Error>(PosixError("create a socket", errno));
  return socket;
}

int ConnectTo(const Descriptor& socket, const sockaddr_un& address) {
  return WithoutInterruption([&] {
    return ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  });
}

bool PeerIsTrusted(const Descriptor& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

// Removes the socket file of a process that died, so that bind() finds the name free.
Status ClearName(const Descriptor& directory, const std::string& name, const fs::path& path) {
  struct stat info {};
  if (::fstatat(directory.number(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};
    return Failed("look at", path);
  }
  if (!S_ISSOCK(info.st_mode)) {
    return Fail(ErrorCode::kAlreadyExists,
                "listen on `" + path.string() + "`: expected a socket, found another kind of file");
  }
  const Descriptor probe = PROVISO_TRY(MakeSocket());
  const sockaddr_un address = PROVISO_TRY(AddressIn(directory, name));
  if (ConnectTo(probe, address) == 0) {
    return Fail(ErrorCode::kUnavailable,
                "listen on `" + path.string() + "`: another process listens there");
  }
  if (errno != ECONNREFUSED && errno != ENOENT) return Failed("probe", path);
  if (::unlinkat(directory.number(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return Failed("remove stale socket", path);
  }
  return {};
}

// Reads up to `size` bytes; fewer only when the peer closed. Negative on failure, with errno.
ssize_t ReceiveUpTo(int socket, std::uint8_t* into, std::size_t size) {
  std::size_t used = 0;
  while (used < size) {
    const ssize_t got =
        WithoutInterruption([&] { return ::recv(socket, into + used, size - used, 0); });
    if (got < 0) return -1;
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(used);
}

tl::unexpected<Error> ReceiveFailed() {
  if (errno == EAGAIN) {
    return Fail(ErrorCode::kUnavailable, "receive: the peer did not answer in time");
  }
  return Fail(ErrorCode::kUnavailable, PosixError("receive", errno).message());
}

tl::unexpected<Error> CutShort(std::size_t expected, std::size_t found) {
  return Fail(ErrorCode::kUnavailable, "receive: the peer closed within a frame: expected " +
                                           std::to_string(expected) + " bytes, found " +
                                           std::to_string(found));
}

bool SendAll(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = WithoutInterruption(
        [&] { return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
    if (sent < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

Result<LocalConnection> LocalConnection::Connect(const fs::path& directory,
                                                 const std::string& name) {
  const fs::path path = directory / name;
  const Descriptor folder = PROVISO_TRY(OpenDirectory(directory));
  const sockaddr_un address = PROVISO_TRY(AddressIn(folder, name));
  Descriptor socket = PROVISO_TRY(MakeSocket());
  if (ConnectTo(socket, address) != 0) {
    if (errno == ECONNREFUSED) {
      return Fail(ErrorCode::kUnavailable, "connect to `" + path.string() + "`: nobody listens");
    }
    return Failed("connect to", path);
  }
  if (!PeerIsTrusted(socket)) {
    return Fail(ErrorCode::kPermissionDenied,
                "connect to `" + path.string() + "`: another user listens there");
  }
  return LocalConnection(std::move(socket));
}

Status LocalConnection::Send(ByteView frame) {
  if (frame.size() > kLocalFrameBytesMax) {
    return Fail(ErrorCode::kResourceExhausted, "send: expected at most " +
                                                   std::to_string(kLocalFrameBytesMax) +
                                                   " bytes, found " + std::to_string(frame.size()));
  }
  const auto size = static_cast<std::uint32_t>(frame.size());
  const std::array<std::uint8_t, 4> head = {
      static_cast<std::uint8_t>(size >> 24U), static_cast<std::uint8_t>(size >> 16U),
      static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
  if (!SendAll(socket_.number(), head) || !SendAll(socket_.number(), frame)) {
    return Fail(ErrorCode::kUnavailable, PosixError("send", errno).message());
  }
  return {};
}

Result<std::optional<Bytes>> LocalConnection::Receive() {
  std::array<std::uint8_t, 4> head{};
  const ssize_t got = ReceiveUpTo(socket_.number(), head.data(), head.size());
  if (got < 0) return ReceiveFailed();
  if (got == 0) return std::optional<Bytes>();
  if (got < 4) return CutShort(head.size(), static_cast<std::size_t>(got));
  const std::uint32_t size = (std::uint32_t{head[0]} << 24U) | (std::uint32_t{head[1]} << 16U) |
                             (std::uint32_t{head[2]} << 8U) | std::uint32_t{head[3]};
  if (size > kLocalFrameBytesMax) {
    return Fail(ErrorCode::kResourceExhausted, "receive: expected a frame of at most " +
                                                   std::to_string(kLocalFrameBytesMax) +
                                                   " bytes, found " + std::to_string(size));
  }
  // Grows with what arrives, so that a length alone costs no memory.
  Bytes frame;
  while (frame.size() < size) {
    const std::size_t start = frame.size();
    const std::size_t step = std::min(kReceiveStepBytes, size - start);
    frame.resize(start + step);
    const ssize_t part = ReceiveUpTo(socket_.number(), frame.data() + start, step);
    if (part < 0) return ReceiveFailed();
    if (static_cast<std::size_t>(part) < step) {
      return CutShort(size, start + static_cast<std::size_t>(part));
    }
  }
  return std::optional<Bytes>(std::move(frame));
}

Status LocalConnection::SetTimeout(std::chrono::milliseconds timeout) {
  timeval value{};
  value.tv_sec = static_cast<time_t>(timeout.count() / 1000);
  value.tv_usec = static_cast<suseconds_t>((timeout.count() % 1000) * 1000);
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    if (::setsockopt(socket_.number(), SOL_SOCKET, option, &value, sizeof value) != 0) {
      return tl::unexpected<Error>(PosixError("set the timeout of a socket", errno));
    }
  }
  return {};
}

void LocalConnection::Shutdown() noexcept { ::shutdown(socket_.number(), SHUT_RDWR); }

Result<LocalListener> LocalListener::Listen(const fs::path& directory, const std::string& name) {
  const fs::path path = directory / name;
  Descriptor folder = PROVISO_TRY(OpenDirectory(directory));
  const sockaddr_un address = PROVISO_TRY(AddressIn(folder, name));
  PROVISO_TRY(ClearName(folder, name, path));
  Descriptor socket = PROVISO_TRY(MakeSocket());
  // Linux gives the file the mode of the socket: no moment in which others could open it.
  if (::fchmod(socket.number(), 0600) != 0) return Failed("set mode of", path);
  if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Failed("bind", path);
  }
  Descriptor stop(::eventfd(0, EFD_CLOEXEC));
  if (!stop.IsOpen() || ::listen(socket.number(), kBacklog) != 0) {
    const int reason = errno;
    ::unlinkat(folder.number(), name.c_str(), 0);
    return tl::unexpected<Error>(PosixError("listen on", path, reason));
  }
  return LocalListener(std::move(folder), name, std::move(socket), std::move(stop));
}

LocalListener::~LocalListener() {
  if (socket_.IsOpen()) ::unlinkat(directory_.number(), name_.c_str(), 0);
}

Result<std::optional<LocalConnection>> LocalListener::Accept() {
  while (true) {
    std::array<pollfd, 2> waits = {pollfd{stop_.number(), POLLIN, 0},
                                   pollfd{socket_.number(), POLLIN, 0}};
    if (WithoutInterruption([&] { return ::poll(waits.data(), waits.size(), -1); }) < 0) {
      return tl::unexpected<Error>(PosixError("wait for a connection", errno));
    }
    if (waits[0].revents != 0) return std::optional<LocalConnection>();
    Descriptor peer(::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer.IsOpen()) {
      if (errno == EINTR || errno == ECONNABORTED || errno == EAGAIN) continue;
      return tl::unexpected<Error>(PosixError("accept a connection", errno));
    }
    if (PeerIsTrusted(peer)) return std::optional(LocalConnection(std::move(peer)));
  }
}

void LocalListener::Stop() noexcept {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then Accept wakes all the same.
  [[maybe_unused]] const ssize_t written = ::write(stop_.number(), &one, sizeof one);
}

}  // namespace proviso::io
