#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/mutex.h"
#include "base/time.h"

namespace proviso::telemetry {

// Writes `line`, of which at most 4,096 bytes count, in one go; not at all where that would wait:
// who does not read must not stop what is written about.
void WriteUnlessItWaits(int descriptor, std::string_view line);

// What a process says of itself while it runs: a line each, for people or as JSON. Never what a
// request or a body held. Thread-safe: lines never mix.
class Journal {
 public:
  enum class Form : std::uint8_t { kText, kJson };
  enum class Level : std::uint8_t { kInfo, kWarning, kAlarm };
  using Sink = std::function<void(std::string_view line)>;

  // `clock` must outlive it. Without a `sink`, lines go to standard error.
  Journal(Form form, const Clock& clock, Sink sink = nullptr);

  // `event` is for machines ("table", "stop"), `message` for people; `more` is an object.
  void Say(Level level, std::string_view event, std::string_view message,
           const Json& more = Json::MakeObject());

 private:
  const Form form_;
  const Clock& clock_;
  const Sink sink_;
  Mutex mutex_;
};

}  // namespace proviso::telemetry
