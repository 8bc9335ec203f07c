#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "service/request.h"

namespace proviso::demo {

// How the told story reaches its audience. The command line prints it; tests collect it.
struct Telling {
  std::function<void(const std::string& step)> begin;
  // One remark within a step.
  std::function<void(const std::string& text)> say;
  // Something to look at: "case", "decision", "statement" or "probes" (answers of use cases, and
  // {"rows":[[...]]}).
  std::function<void(const std::string& kind, const Json& shown)> show;
  std::function<void(const std::string& step, bool ok, double seconds)> end;
  service::Progress progress;
};

}  // namespace proviso::demo
