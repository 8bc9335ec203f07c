#pragma once

#include <optional>
#include <vector>

#include "service/internal/core.h"
#include "service/state.h"
#include "usage/lake.h"

namespace proviso::service {

// The deliveries that speak for at least one billing period today.
std::vector<usage::ActiveDelivery> DeliveriesInForce(const State& state);

// kDataLoss unless the lake holds the very bytes whose hashes stand in the log.
Status VerifyInputs(const Context& context, const std::vector<usage::ActiveDelivery>& deliveries);

// Says in the log that metering of subscriptions is read by whoever is at the machine, before they
// get it. `asked` names subscriptions, and is sealed.
Status TellUsageRead(const Context& context, Json open, std::optional<Json> asked);

}  // namespace proviso::service
