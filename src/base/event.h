#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/json.h"
#include "base/time.h"

namespace proviso {

// What happened, in the words of the room that owns `type`. `open` is seen by everybody who reads
// the log; each value of `sealed` becomes an addendum of its own: confidential, and erasable.
struct Event {
  std::string type;  // "claim.added"
  Json open = Json::MakeObject();
  std::map<std::string, Json> sealed;  // by name: "details", "reason", ...
};

// An event as the log holds it.
struct RecordedEvent {
  std::uint64_t index = 0;  // place in the log
  Time time;
  std::string case_id;  // "case-1"; empty when the event belongs to no case
  std::string actor;    // pseudonym of a person ("p-..."), or an automated actor ("operator")
  Json act;             // the signed act behind it (enforcement/act.h); null for automated ones
  Event event;          // sealed parts that were erased are missing
};

}  // namespace proviso
