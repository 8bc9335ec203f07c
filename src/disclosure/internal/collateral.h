#pragma once

#include <map>
#include <set>
#include <string>

#include "base/json.h"
#include "catalogue/customers.h"

namespace proviso::disclosure {

// What a plan hits beside its targets, because it needs them.
struct Collateral {
  // Subscriptions of the customer, each with the targets that it needs.
  std::map<std::string, std::set<std::string>> own;
  bool others = false;             // somebody else's are hit too
  std::set<std::string> services;  // restricted ones that own or others need

  bool empty() const { return own.empty() && !others; }
};

// From the `depended_on_by` of a plan's targets (docs/formats/plan.md). Targets of a `notice`,
// which stops nothing, hit nobody; what is a target itself is told of as such.
Collateral CollateralOf(const Json& plan, const catalogue::Customers& customers,
                        const catalogue::Customer& customer);

}  // namespace proviso::disclosure
