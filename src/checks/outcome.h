#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace proviso::checks {

// How a claim can end (docs/formats/case.md).
enum class Outcome {
  kSupported,
  kPartlySupported,
  kNotSupported,
  kContradicted,    // only a person says so
  kUndeterminable,  // without content; only a person says so
  kRecordsMissing,
};
std::string_view OutcomeName(Outcome outcome);  // "supported", "partly_supported", ...
Result<Outcome> ParseOutcome(std::string_view name);

// The outcome that the checks of one claim suggest; absent when it has none. Each element says
// whether a check holds, absent where records are missing. A draft, never a finding.
std::optional<Outcome> DraftOutcome(const std::vector<std::optional<bool>>& checks);

}  // namespace proviso::checks
