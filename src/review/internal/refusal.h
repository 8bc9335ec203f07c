#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "review/commands.h"

namespace proviso::review {

struct Mismatch {
  std::string_view expected;
  std::string_view found;
};

// "<why>; expected <expected>, found <found>".
tl::unexpected<Error> Refuse(ErrorCode code, std::string_view why, const Mismatch& mismatch);

std::string Quoted(std::string_view text);

// kPermissionDenied unless a person acts.
Status CheckPerson(Actor actor, std::string_view doing);
// kInvalidArgument unless `text` is UTF-8, not blank, and at most `bytes_max` long.
Status CheckText(std::string_view name, std::string_view text, std::size_t bytes_max);

// The open case, or a refusal.
Result<const Case*> FindOpenCase(const ReviewState& state, std::string_view id);
Result<const Claim*> FindClaimOf(const ReviewState& state, const Case& owner, std::string_view id);

}  // namespace proviso::review
