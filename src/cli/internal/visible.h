#pragma once

#include <string>

#include "base/json.h"
#include "base/unseen.h"

namespace proviso::cli {

// `report` with all texts as a terminal may show them whoever wrote them; names of members are
// ours.
Json VisibleTexts(const Json& report);
// The whole of `json` in lines, likewise; it stays the same JSON.
std::string VisiblePretty(const Json& json);

}  // namespace proviso::cli
