#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "verifier/internal/canonical.h"

namespace proviso::verifier {

// A log entry, taken apart: views into its bytes.
struct Entry {
  std::string_view envelope;  // JSON: all that follows, and more
  std::string_view act;       // JSON: null or an object
  std::string_view actor;
  std::string_view case_id;  // empty when it belongs to none
  std::string_view data;     // JSON: an object
  std::string_view time;
  std::string_view type;
  bool has_act() const { return act != "null"; }
};

// Takes entries apart and checks their form: canonical JSON with the known members, then the
// digests of the addenda, their offsets, and how many there are (C2SP tlog-addenda).
class EntryReader {
 public:
  // What is wrong, if anything is. `entry` is whole only when nothing is.
  std::optional<std::string> Read(ByteView bytes, Entry& entry);

 private:
  std::optional<std::string> ReadEnvelope(std::string_view json, std::size_t digests, Entry& entry);
  std::vector<RawMember> members_;
};

// Exactly the form that we write: "2026-11-22T09:30:00.125Z", and a day that the calendar has.
bool IsTimeText(std::string_view text);

}  // namespace proviso::verifier
