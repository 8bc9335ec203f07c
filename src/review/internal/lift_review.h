#pragma once

#include "review/state.h"

namespace proviso::review {

// INVARIANT (lifting is signed too): what one person lifted alone is reviewed by somebody else, and
// once. Refuses a review of anything else, and one whose new decision is none.
Status CheckLiftReview(const ReviewState& state, const Decision& decision,
                       const LiftReview& review);

}  // namespace proviso::review
