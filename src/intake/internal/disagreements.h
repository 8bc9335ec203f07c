#pragma once

#include <span>
#include <vector>

#include "intake/internal/word_counts.h"
#include "intake/stories.h"

namespace proviso::intake {

// What reports of one story say differently; `members` in order of date, then arrival.
std::vector<Disagreement> FindDisagreements(std::span<const StoryMember* const> members,
                                            const WordCounts& counts);

}  // namespace proviso::intake
