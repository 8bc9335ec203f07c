#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "enforcement/restriction.h"
#include "terms/terms.h"

namespace proviso::enforcement::internal {

// What both kinds of plan are written with (docs/formats/plan.md).

inline constexpr int kPlanVersion = 1;
// A plan that denies less than its stages do, or ends another decision, says so: a program that
// knows version 1 alone would deny what nobody signed, and refuses it instead.
inline constexpr int kLaterVersion = 2;

// ["create","invoke"], in the order of the operations.
Json OperationsJson(OperationSet operations);

// What the end of these restrictions gives back, in the order of their numbers: "decision-1/2"
// before "decision-1/10". The same for any order of the input.
Json RestoresJson(const std::vector<Restriction>& restrictions);

// "acceptable-use@2026-01"
std::string TermsName(const terms::Terms& terms);

}  // namespace proviso::enforcement::internal
