#pragma once

#include <span>
#include <vector>

#include "intake/stories.h"

namespace proviso::intake {

// What reports of one story say differently; `members` in order of date, then arrival.
std::vector<Disagreement> FindDisagreements(std::span<const StoryMember* const> members);

}  // namespace proviso::intake
