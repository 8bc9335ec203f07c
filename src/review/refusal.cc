#include "review/internal/refusal.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "base/bytes.h"
#include "base/unseen.h"
#include "checks/check.h"

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

namespace {

Status CheckLaidOut(std::string_view name, std::string_view text, std::size_t bytes_max,
                    Layout layout) {
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
  const std::string deceptive = FindDeceptive(text, layout);
  if (deceptive.empty()) return {};
  return Refuse(ErrorCode::kInvalidArgument,
                std::string(name) + " holds a character that does not show",
                {layout == Layout::kOneLine ? "one line, no control characters"
                                            : "no control characters but line feeds and tabs",
                 deceptive});
}

}  // namespace

std::string FindDeceptive(std::string_view text, Layout layout) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (layout == Layout::kLines && (text[i] == '\n' || text[i] == '\t')) continue;
    const std::optional<Unseen> found = UnseenAtFront(text.substr(i));
    if (!found) continue;
    std::array<char, 16> name{};
    std::snprintf(name.data(), name.size(), "U+%04X", found->code);
    return name.data();
  }
  return "";
}

Status CheckText(std::string_view name, std::string_view text, std::size_t bytes_max) {
  return CheckLaidOut(name, text, bytes_max, Layout::kLines);
}

Status CheckLine(std::string_view name, std::string_view text, std::size_t bytes_max) {
  return CheckLaidOut(name, text, bytes_max, Layout::kOneLine);
}

Result<Json> CanonicalChecks(const std::vector<std::string>& checks) {
  if (checks.size() > kChecksPerClaimMax) {
    return Refuse(ErrorCode::kInvalidArgument, "there are too many checks",
                  {"at most " + std::to_string(kChecksPerClaimMax), std::to_string(checks.size())});
  }
  std::vector<std::string> canonical;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const std::string place = "check " + std::to_string(i + 1);
    const checks::Check check = PROVISO_TRY_DOING(checks::ParseCheck(checks[i]), place);
    std::string text = checks::PrintCheck(check);
    PROVISO_TRY(CheckLine(place, text, kTextBytesMax));
    if (std::find(canonical.begin(), canonical.end(), text) != canonical.end()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the check " + Quoted(text) + " is given twice; keep one");
    }
    canonical.push_back(std::move(text));
  }
  Json array = Json::MakeArray();
  for (std::string& text : canonical) array.Append(std::move(text));
  return array;
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
