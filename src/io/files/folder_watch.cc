#include "io/files/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

namespace proviso::io {
namespace {

// A file under its final name, complete. Not each write to one: some are written all the time.
constexpr std::uint32_t kEvents = IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;

}  // namespace

FolderWatch::FolderWatch(std::filesystem::path folder)
    : folder_(std::move(folder)), events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

void FolderWatch::Wait(std::chrono::milliseconds patience) {
  if (events_.IsOpen() && watch_ < 0) {
    watch_ = ::inotify_add_watch(events_.number(), folder_.c_str(), kEvents);
  }
  // poll takes no notice of a descriptor below zero: then this is a pause.
  pollfd wanted{.fd = events_.number(), .events = POLLIN, .revents = 0};
  if (::poll(&wanted, 1, static_cast<int>(patience.count())) > 0) Drain();
}

void FolderWatch::Drain() {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = ::read(events_.number(), buffer.data(), buffer.size());
    if (count <= 0) return;
    for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      // The folder went, or was put in another place's stead: watch anew.
      if ((event.mask & IN_IGNORED) != 0) watch_ = -1;
      at += sizeof(event) + event.len;
    }
  }
}

}  // namespace proviso::io
