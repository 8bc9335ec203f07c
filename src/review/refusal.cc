#include "review/internal/refusal.h"

#include "base/bytes.h"

namespace proviso::review {

tl::unexpected<Error> Refuse(ErrorCode code, std::string_view why, const Mismatch& mismatch) {
  return Fail(code, std::string(why) + "; expected " + std::string(mismatch.expected) + ", found " +
                        std::string(mismatch.found));
}

std::string Quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

Status CheckPerson(Actor actor, std::string_view doing) {
  if (actor.person != nullptr) return {};
  return Refuse(ErrorCode::kPermissionDenied, "to " + std::string(doing) + " is a person's act",
                {"a key of the roster in force", "nobody of it"});
}

Status CheckText(std::string_view name, std::string_view text, std::size_t bytes_max) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Refuse(ErrorCode::kInvalidArgument, std::string(name) + " is missing", {"text", "none"});
  }
  if (text.size() > bytes_max) {
    return Refuse(ErrorCode::kInvalidArgument, std::string(name) + " is too long",
                  {"at most " + std::to_string(bytes_max) + " bytes", std::to_string(text.size())});
  }
  if (!IsUtf8(text)) {
    return Refuse(ErrorCode::kInvalidArgument, std::string(name) + " is no text",
                  {"valid UTF-8", "other bytes"});
  }
  return {};
}

Result<const Case*> FindOpenCase(const ReviewState& state, std::string_view id) {
  const Case* found = state.FindCase(id);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case " + Quoted(id));
  }
  if (!found->open()) {
    return Refuse(ErrorCode::kFailedPrecondition, "case " + Quoted(id) + " takes no more steps",
                  {"an open case", "one closed at " + FormatTime(*found->closed_at)});
  }
  return found;
}

Result<const Claim*> FindClaimOf(const ReviewState& state, const Case& owner, std::string_view id) {
  const Claim* claim = state.FindClaim(id);
  if (claim != nullptr && claim->case_id == owner.id) return claim;
  return Fail(ErrorCode::kNotFound, "there is no claim " + Quoted(id) + " in " + Quoted(owner.id));
}

}  // namespace proviso::review
