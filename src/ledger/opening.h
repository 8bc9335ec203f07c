#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "crypto/hash.h"
#include "ledger/entry.h"
#include "ledger/options.h"

namespace proviso::ledger {

// What has become of a confidential part that an entry commits to.
enum class PartState {
  kHeld,     // it is here, and has the committed digest
  kErased,   // its key was destroyed: nobody can read it any more
  kAbsent,   // this database does not have it
  kDamaged,  // what is here is not what the entry commits to
};
std::string_view PartStateName(PartState state);  // "held", ...

struct OpenedPart {
  std::string name;
  crypto::Hash digest;  // as the entry commits to it
  PartState state = PartState::kAbsent;
  Json value;         // null unless held
  std::string fault;  // of a damaged one
};

// A confidential part that an entry commits to and nobody can read here.
struct UnreadPart {
  std::uint64_t entry = 0;
  std::string name;
  PartState state = PartState::kAbsent;  // never kHeld
  std::string fault;                     // of a damaged one
  bool operator==(const UnreadPart&) const = default;
};
using HearUnread = std::function<void(const UnreadPart&)>;

struct OpenedEntry {
  RecordedEvent event;            // without its confidential parts
  std::vector<OpenedPart> parts;  // as the entry lists them
};

// The addendum of one part, as the entry commits to it: random bytes, then canonical JSON.
// kNotFound when it is not here any more.
Result<Bytes> ReadAddendum(const LedgerOptions& options, std::uint64_t index,
                           std::string_view part);

// Entry `index` of the log's database, and each of its parts compared with what the
// entry commits to. A part that is gone or damaged is an answer; kDataLoss is for the entry itself.
Result<OpenedEntry> OpenEntry(const LedgerOptions& options, std::uint64_t index);

}  // namespace proviso::ledger
