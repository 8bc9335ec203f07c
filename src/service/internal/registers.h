#pragma once

#include <vector>

#include "records/register_store.h"
#include "service/state.h"

namespace proviso::service {

// The registers of a class that speak today.
std::vector<records::RegisterFile> RegistersInForce(const State& state, records::SourceClass cls);

}  // namespace proviso::service
