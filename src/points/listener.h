#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace proviso::points {

// Where one part of a question comes from.
struct Channel {
  enum class Kind { kHeader, kQuery, kConstant };
  Kind kind = Kind::kHeader;
  std::string name;  // of the header or the parameter; the constant itself
  bool operator==(const Channel&) const = default;
};

// What a listener answers when it cannot tell.
enum class Otherwise { kDeny, kAllow };

// One listener of a decision point (docs/formats/serve.md). The values here are those of the
// listener that serves when there is no file.
struct Listener {
  std::string address = "127.0.0.1:8181";
  std::string prefix = "/authz/forward";
  // Who overwrites what the client itself sent in the headers or parameters named below.
  std::string overwritten_by = "gateway";
  Channel subscription{Channel::Kind::kHeader, "X-Proviso-Subscription"};
  Channel service{Channel::Kind::kHeader, "X-Proviso-Service"};
  Channel region{Channel::Kind::kHeader, "X-Proviso-Region"};
  Channel operation{Channel::Kind::kHeader, "X-Original-Method"};
  Otherwise unknown = Otherwise::kDeny;  // an unknown service, region or operation
  Otherwise trouble = Otherwise::kDeny;  // no table yet
  bool operator==(const Listener&) const = default;
};

// Reads docs/formats/serve.md. kInvalidArgument lists every fault as
// "FILE:LINE: what is wrong; what to do", one a line.
Result<std::vector<Listener>> ReadListeners(std::string_view text, std::string_view file_name);

}  // namespace proviso::points
