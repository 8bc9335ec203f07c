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
// kInvalidArgument unless `text` is UTF-8, not blank, at most `bytes_max` long, and without what
// FindDeceptive finds.
Status CheckText(std::string_view name, std::string_view text, std::size_t bytes_max);
// The same for what must be one line: no line feeds, no tabs.
Status CheckLine(std::string_view name, std::string_view text, std::size_t bytes_max);

enum class Layout { kOneLine, kLines };
// The first character of `text` that would show something else than what is signed, as in "U+202E":
// control characters (but line feeds and tabs in kLines), and those that turn the direction of
// reading. Empty when there is none.
std::string FindDeceptive(std::string_view text, Layout layout);

// The canonical texts of `checks`, each given once; kInvalidArgument with the place.
Result<Json> CanonicalChecks(const std::vector<std::string>& checks);

// The open case, or a refusal.
Result<const Case*> FindOpenCase(const ReviewState& state, std::string_view id);
Result<const Claim*> FindClaimOf(const ReviewState& state, const Case& owner, std::string_view id);

}  // namespace proviso::review
