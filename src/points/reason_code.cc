#include "points/reason_code.h"

#include <array>

namespace proviso::points {
namespace {

constexpr std::array<std::string_view, kReasonCodeCount> kNames = {
    "",
    "restricted",
    "no-subscription",
    "repeated-word",
    "unknown-service",
    "unknown-region",
    "unknown-operation",
    "exempt",
    "upstream-denied",
    "no-table",
    "stale-table",
    "cannot-decide",
    "upstream-trouble",
};

}  // namespace

std::string_view ReasonCodeName(ReasonCode code) {
  return kNames.at(static_cast<std::size_t>(code));
}

bool IsTrouble(ReasonCode code) { return code >= ReasonCode::kNoTable; }

bool TroubleDecides(ReasonCode code) { return IsTrouble(code) && code != ReasonCode::kNoTable; }

}  // namespace proviso::points
