#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace proviso::review {

class ReviewState;

// Why confidential parts are destroyed.
enum class ErasureBasis {
  kRequest,     // the person whom they are about asked for it
  kRetention,   // the time for which they are kept is over
  kCourtOrder,  // a court, or an authority, ordered it
  kMistake,     // they should never have been written down
};
std::string_view ErasureBasisName(ErasureBasis basis);  // "request", "court-order", ...
Result<ErasureBasis> ParseErasureBasis(std::string_view name);

// One confidential part, by its name and the digest that its entry commits to.
struct PartName {
  std::string name;
  std::string digest;  // hexadecimal
  bool operator==(const PartName&) const = default;
};
// [{"digest","name"}]; what it reads is sorted by name, and names each part once.
Json PartsJson(const std::vector<PartName>& parts);
Result<std::vector<PartName>> ParseParts(const Json& holder);

// Parts of one entry that are to be destroyed, and were, once a second person approved.
struct Erasure {
  std::string id;           // "erasure-1"
  std::uint64_t entry = 0;  // whose parts they are
  std::string about;        // the type of that entry
  std::string case_id;      // of that entry; empty when it belongs to none
  std::vector<PartName> parts;
  ErasureBasis basis = ErasureBasis::kRequest;
  std::string reason;  // confidential; empty when erased
  std::string proposed_by;
  Time proposed_at;
  std::string approved_by;        // empty: it waits
  std::optional<Time> erased_at;  // absent: it waits
  std::uint64_t erased_index = 0;
  std::string withdrawn_by = {};  // empty: nobody took it back
  std::optional<Time> withdrawn_at = {};

  bool done() const { return erased_at.has_value(); }
  bool waits() const { return !erased_at && !withdrawn_at; }
  // The parts, as {"erasure","entry","about","basis","parts"}: what both events say in clear.
  Json OpenJson() const;
};

// A folder of keys that erasures reach no more, because a person said so. What it had been missing
// by then was never destroyed there by us, and what is erased later is not either.
struct ForgottenKeys {
  std::string folder;  // confidential; empty when erased, or not here
  std::string reason;  // the same
  std::string by;      // `operator` in older logs, where nobody signed it
  Time at;
  std::uint64_t index = 0;    // of the entry that says so
  std::uint64_t entries = 0;  // its keys open parts of entries before this one
  // That were done and had not reached it; absent in older logs, which do not say.
  std::optional<std::vector<std::string>> missed;

  // True when that erasure never reached the folder, or nobody can tell.
  bool Lacks(const Erasure& erasure) const;
};

// The entry whose parts are to be erased, as the log has it.
struct ErasedEntry {
  std::uint64_t index = 0;
  std::string type;
  std::string case_id = {};
  Json open = {};
  std::vector<PartName> held = {};  // parts that are still here
  bool newest_of_its_type = true;   // no later entry has the type
};

// Refuses what the program needs to keep what it promises, with the remedy: what names the log and
// its people, terms, codes, the catalogue and the customers in force, the plan and the statement of
// a decision that is in force or pursued, and words of a customer that nobody has answered.
Status CheckErasable(const ReviewState& state, const ErasedEntry& entry, std::string_view part);

}  // namespace proviso::review
