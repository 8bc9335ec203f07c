#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "intake/stories.h"

namespace proviso::intake {

// The independent sources of a story; `members` in order of date, then arrival. Origins that the
// most reports cite come first. A story whose reports cite nothing has its earliest report as its
// only origin.
std::vector<Origin> FindOrigins(std::span<const StoryMember* const> members,
                                const std::set<std::string>& echoes);

}  // namespace proviso::intake
