#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "demo/telling.h"
#include "service/data_directory.h"

namespace proviso::demo {

struct StoryOptions {
  std::filesystem::path folder;    // empty: a new one under the system's temporary folder
  std::filesystem::path examples;  // catalogue.yaml, terms.yaml, world.yaml
  std::uint64_t seed = 1;
  std::string program = "proviso";  // how to call it, in the commands to try next
  // Called when the story is told and everything still runs; the demo ends when it returns.
  std::function<void(const Json& places)> linger;
};

// Tells the story on real parts: an invented provider, a case, a decision, a real nginx before
// WebDAV folders, the lift, and the verified log. Answers
// {"ok","steps":[{"name","ok","seconds"}],"folder","try":[commands]}. A step that fails ends the
// story and is told; an Error only when it could not begin.
Result<Json> TellStory(const StoryOptions& options, const Telling& telling,
                       const service::Environment& environment);

}  // namespace proviso::demo
