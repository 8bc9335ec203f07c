#include "checks/outcome.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace proviso::checks {
namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 6> kNames{{
    {Outcome::kSupported, "supported"},
    {Outcome::kPartlySupported, "partly_supported"},
    {Outcome::kNotSupported, "not_supported"},
    {Outcome::kContradicted, "contradicted"},
    {Outcome::kUndeterminable, "undeterminable"},
    {Outcome::kRecordsMissing, "records_missing"},
}};

}  // namespace

std::string_view OutcomeName(Outcome outcome) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const auto& entry) { return entry.first == outcome; });
  return found == kNames.end() ? "" : found->second;
}

Result<Outcome> ParseOutcome(std::string_view name) {
  std::string known;
  for (const auto& [outcome, text] : kNames) {
    if (text == name) return outcome;
    known += (known.empty() ? "`" : ", `") + std::string(text) + "`";
  }
  return Fail(ErrorCode::kInvalidArgument,
              "expected an outcome, one of " + known + "; found `" + std::string(name) + "`");
}

std::optional<Outcome> DraftOutcome(const std::vector<std::optional<bool>>& checks) {
  const auto count = [&](std::optional<bool> what) {
    return static_cast<std::size_t>(std::count(checks.begin(), checks.end(), what));
  };
  if (checks.empty()) return std::nullopt;
  const std::size_t holding = count(true);
  if (holding == checks.size()) return Outcome::kSupported;
  // Whatever the other checks come to, a part of the claim is shown.
  if (holding > 0) return Outcome::kPartlySupported;
  // "Not supported" speaks of the whole claim, so it needs every check to have been decided.
  return count(false) == checks.size() ? Outcome::kNotSupported : Outcome::kRecordsMissing;
}

}  // namespace proviso::checks
