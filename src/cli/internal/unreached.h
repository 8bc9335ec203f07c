#pragma once

#include "base/json.h"

namespace proviso::cli {

// Says which forgotten folders of keys turned up again, of the member `found_again`, and which
// folders an erasure has not reached yet, of the member `unreached`.
void PrintUnreached(const Json& answer);

}  // namespace proviso::cli
