#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace proviso::verifier {

// Who must stand behind an entry of a type, as docs/formats/events.md has it for every type.
struct EntryActs {
  enum class Needs : std::uint8_t {
    kNever,         // no person's deed: an act does not belong to it
    kAlways,        // nobody but a person makes it
    kOnceRostered,  // a person, as soon as a roster is in force
    kByCode,        // a customer who has a code, and no key
    kUnlessByCode,  // a person, or such a customer
    kUnlessOld,     // a person; in older logs the operator, and then it has no data
  };

  std::string_view type;
  std::array<std::string_view, 4> acts;  // those that may stand behind it; the rest are empty
  Needs needs;

  bool MayHave(std::string_view act) const;
};

// All of them, by their types.
std::span<const EntryActs> AllEntryActs();

// Null for a type that is not in the document.
const EntryActs* FindEntryActs(std::string_view type);

}  // namespace proviso::verifier
