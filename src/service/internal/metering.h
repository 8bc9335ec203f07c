#pragma once

#include <vector>

#include "service/state.h"
#include "usage/lake.h"

namespace proviso::service {

// The deliveries that speak for at least one billing period today.
std::vector<usage::ActiveDelivery> DeliveriesInForce(const State& state);

}  // namespace proviso::service
