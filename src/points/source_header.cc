#include "points/source_header.h"

#include <algorithm>
#include <array>

#include "points/letters.h"

namespace proviso::points {
namespace {

// They say how the bytes between the gateway and us are cut (RFC 9112, sections 3.2, 6 and 7; RFC
// 9110, sections 7.6 and 10.1.1) or what the body is, and the gateway writes them for itself.
constexpr std::array<std::string_view, 10> kOfTheConnection = {
    "connection", "content-encoding",  "content-length", "content-type", "expect", "host",
    "te",         "transfer-encoding", "trailer",        "upgrade"};

}  // namespace

bool IsHeaderName(std::string_view name) {
  return std::ranges::all_of(name, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
  });
}

std::string FaultOfSourceHeader(std::string_view name) {
  const std::string quoted = "`" + std::string(name) + "`";
  if (!IsHeaderName(name)) {
    return quoted + " is no name of a header; use letters, digits, `-` and `_`";
  }
  const auto is_named = [&](std::string_view other) { return EqualsIgnoringCase(name, other); };
  if (std::ranges::any_of(kOfTheConnection, is_named)) {
    return quoted + " belongs to the connection, and says nothing of who asks for what; have the " +
           "gateway set a header of its own";
  }
  return "";
}

}  // namespace proviso::points
