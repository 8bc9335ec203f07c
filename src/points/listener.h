#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "points/authzen_options.h"
#include "points/identity_options.h"
#include "points/opa_options.h"
#include "points/oslo_options.h"
#include "points/word_operations.h"

namespace proviso::points {

// What gateways speak to a listener.
enum class ProtocolKind : std::uint8_t {
  kForwardAuth,
  kEnvoy,
  kOslo,
  kAuthzen,
  kOpa,
};
std::string_view ProtocolName(ProtocolKind kind);  // "forward-auth"

// Where one part of a question comes from.
struct Channel {
  enum class Kind {
    kNone,
    kHeader,
    kQuery,
    kConstant,
    kPath,
    kHeaderPath,   // a segment of the path in a header that holds what the client asked for
    kCertificate,  // what a header says of the client's certificate; the subscription's only,
    kPayload,      //   as are the claims of a token that the gateway checked,
    kToken,        //   and those of one that we check
    kMethod,       // the method of the request itself
    kProperty,     // of the entity of an AuthZEN question that the word is about; empty: its id
    kInput,        // at a place of the OPA input
    kAdapter,      // where the OPA adapter knows it to be
  };
  Kind kind = Kind::kHeader;
  // Of the header, the parameter or the property; the constant itself; the place, as a
  // JSON Pointer (RFC 6901).
  std::string name = {};
  std::size_t place = 0;  // of a segment of the path, from 1; kPath: after the prefix
  bool operator==(const Channel&) const = default;
};

// What a listener answers when it cannot tell. kGateway, in trouble only: that it cannot, in a way
// that the gateway takes as such.
enum class Otherwise { kDeny, kAllow, kGateway };

// Where a listener stands in its file, "serve.yaml:3"; empty: in none. One that stands elsewhere is
// the same listener.
struct Place {
  std::string text = {};
  bool operator==(const Place&) const { return true; }
};

// One listener of a decision point (docs/formats/serve.md). The values here are those of the
// listener that serves when there is no file.
struct Listener {
  std::string address = "127.0.0.1:8181";
  ProtocolKind protocol = ProtocolKind::kForwardAuth;
  std::string prefix = "/authz/forward";
  // Who overwrites what the client itself sent in the headers or parameters named below.
  std::string overwritten_by = "gateway";
  Channel subscription{Channel::Kind::kHeader, "X-Proviso-Subscription"};
  Channel service{Channel::Kind::kHeader, "X-Proviso-Service"};
  Channel region{Channel::Kind::kHeader, "X-Proviso-Region"};
  Channel operation{Channel::Kind::kHeader, "X-Original-Method"};  // the client's: a method
  Channel named_operation{Channel::Kind::kNone};  // the gateway's own word for it, where it has one
  Otherwise unknown = Otherwise::kDeny;           // an unknown service, region or operation
  Otherwise trouble = Otherwise::kDeny;           // no table that may be used any more
  // How long a table is used of which nobody says any more that it is the newest; absent: always.
  std::optional<std::chrono::milliseconds> last_good = std::nullopt;
  std::string name = {};           // in figures and logs; empty: the address
  Place place = {};                // for messages
  std::string appeal = {};         // where a denied customer can appeal: an address, or empty
  WordOperations operations = {};  // what further words mean, with kOslo and kAuthzen
  OsloOptions oslo = {};           // with kOslo
  IdentityOptions identity = {};   // with the kinds of channel for subscriptions alone
  AuthzenOptions authzen = {};     // with kAuthzen
  OpaOptions opa = {};             // with kOpa
  bool operator==(const Listener&) const = default;
};

// Whether the questions of a protocol are the head of a request alone.
bool AsksInTheHead(ProtocolKind protocol);

// The listener of a file that says nothing but its protocol.
Listener ListenerOf(ProtocolKind protocol);

// Reads docs/formats/serve.md; files that it names lie beside it. kInvalidArgument lists every
// fault as "FILE:LINE: what is wrong; what to do", one a line.
Result<std::vector<Listener>> ReadListeners(std::string_view text, std::string_view file_name);

}  // namespace proviso::points
