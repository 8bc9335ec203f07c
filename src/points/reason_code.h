#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace proviso::points {

// Why an answer is what it is, for machines (docs/formats/serve.md has the table).
enum class ReasonCode : std::uint8_t {
  kNone,              // allowed: nothing is restricted
  kRestricted,        // denied by a restriction
  kNoSubscription,    // nobody, or nobody who can be believed, is named
  kRepeatedWord,      // service, region or operation came twice
  kUnknownService,    // as the listener's `unknown` says, with the next two
  kUnknownRegion,     //
  kUnknownOperation,  //
  kExempt,            // allowed: asked by the operator, or about nobody's data
  kUpstreamDenied,    // the operator's own OPA denied it
  kNoTable,           // denied: there never was a table
  kStaleTable,        // as the listener's `trouble` says, with the next two
  kCannotDecide,      // out of memory, or out of time
  kUpstreamTrouble,   // the operator's own OPA gave no answer that can be used
};
inline constexpr std::size_t kReasonCodeCount = 13;

// "restricted", "no-subscription", ...; "" for kNone.
std::string_view ReasonCodeName(ReasonCode code);

// Whether the point could not do its work.
bool IsTrouble(ReasonCode code);

// Whether the listener's `trouble` decides then. Not before the first table: nobody knows yet who
// is restricted, so that `open` would let everybody through for as long as nobody looks.
bool TroubleDecides(ReasonCode code);

}  // namespace proviso::points
