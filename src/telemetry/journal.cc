#include "telemetry/journal.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace proviso::telemetry {
namespace {

constexpr std::array<std::string_view, 3> kLevels = {"info", "warning", "alarm"};

void ToStandardError(std::string_view line) { WriteUnlessItWaits(STDERR_FILENO, line); }

}  // namespace

void WriteUnlessItWaits(int descriptor, std::string_view line) {
  // A pipe that says it can be written to has room for so much (PIPE_BUF).
  constexpr std::size_t kBytesMax = 4096;
  const std::string cut =
      line.size() <= kBytesMax ? "" : std::string(line.substr(0, kBytesMax - 1)) + "\n";
  if (!cut.empty()) line = cut;
  pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
  if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return;
  // Where it fails there is nowhere to say so.
  [[maybe_unused]] const ssize_t written = ::write(descriptor, line.data(), line.size());
}

Journal::Journal(Form form, const Clock& clock, Sink sink)
    : form_(form), clock_(clock), sink_(sink ? std::move(sink) : ToStandardError) {}

void Journal::Say(Level level, std::string_view event, std::string_view message, const Json& more) {
  std::string line;
  if (form_ == Form::kJson) {
    Json json = more;
    json["time"] = FormatTime(clock_.Now());
    json["level"] = kLevels.at(static_cast<std::size_t>(level));
    json["event"] = event;
    json["message"] = message;
    line = json.Canonical();
  } else {
    line = level == Level::kAlarm ? "proviso: ALARM: " : "proviso: ";
    line += message;
  }
  // One line, whatever the message holds.
  for (char& letter : line) {
    if (letter == '\n') letter = ' ';
  }
  line += '\n';
  const MutexLock lock(mutex_);
  sink_(line);
}

}  // namespace proviso::telemetry
