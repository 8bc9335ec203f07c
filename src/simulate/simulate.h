#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "catalogue/customers.h"
#include "simulate/world.h"

namespace proviso::simulate {

// Takes a piece of the metering of one month: FOCUS 1.2 as CSV, cut at the end of a row. Months
// come in order, the pieces of one month one after the other, the first with the header.
using Sink = std::function<Status(Month month, std::string_view csv)>;

// Invents the metering of `world`, whose named actors are subscriptions of `customers`. The same
// world, customers and seed yield the same bytes on every machine. kInvalidArgument when an actor
// is no subscription of `customers`; else what the sink answers.
Status Generate(const World& world, const catalogue::Customers& customers, std::uint64_t seed,
                const Sink& sink);

// The customers file that goes with it: `customers`, and the background.
Result<std::string> GenerateCustomers(const World& world, const catalogue::Customers& customers,
                                      std::uint64_t seed);

}  // namespace proviso::simulate
