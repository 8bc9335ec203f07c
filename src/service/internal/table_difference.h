#pragma once

#include "base/json.h"
#include "service/state.h"

namespace proviso::service {

// What the decision table will answer otherwise once the plan of `decision` is adopted, as if that
// were `now`, and what of its targets stays denied: {"as_of","denied","allowed","stays"}, with
// entries {"subscription","service","region","operations","windows"}. Null where there is nothing
// to tell: no plan, adopted or withdrawn already, or a plan that it takes was erased.
Json TableDifferenceOf(const State& state, const review::Decision& decision, Time now);

}  // namespace proviso::service
