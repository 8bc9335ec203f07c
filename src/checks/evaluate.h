#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "checks/check.h"
#include "checks/facts.h"

namespace proviso::checks {

inline constexpr std::string_view kRule = "checks/1";

// The names that a check may use, at the moment of its evaluation.
struct Inventory {
  const catalogue::Catalogue* catalogue = nullptr;
  const catalogue::Customers* customers = nullptr;
  std::map<std::string, std::string> attributed_units;  // subscription -> unit id, in this case
};

// kNotFound for a name that does not exist, kInvalidArgument for a unit of measure that does not
// fit the class; each with the nearest name. To be asked before a check is written into a case.
Status ValidateCheck(const Check& check, const catalogue::Catalogue& catalogue,
                     const catalogue::Customers& customers);

// What came of a check, with everything that is needed to compute it again.
struct CheckResult {
  // Every n-th day of a series, for a plot of at most about 400 points.
  struct Series {
    Date first;
    int step_days = 1;
    std::vector<std::optional<Decimal>> values;  // in `unit`; the mean of the day for a level
  };

  std::string check;                      // canonical text
  std::string form;                       // "usage", "growth"
  std::optional<bool> holds;              // absent: the records do not say
  std::string why;                        // one or more plain sentences
  std::optional<Decimal> value;           // in `unit`; rounded for showing, never for comparing
  std::string unit;                       // canonical unit of the class; "x" for growth
  Decimal threshold;                      // in `unit`
  std::string counterfactual;             // what would have changed the outcome
  std::string region;                     // "*" for all
  std::map<std::string, Decimal> months;  // growth: what was compared, by month
  std::vector<std::string> subscriptions;
  std::string query;
  std::vector<std::string> inputs;
  Series series;

  // With "rule" and "hash": SHA-256 of the canonical JSON of all other members. The same inputs
  // give the same bytes.
  Json ToJson() const;
};

// Fails for names as ValidateCheck does, and as `facts` fails. Records that are missing are a
// result, not a failure.
Result<CheckResult> Evaluate(const Check& check, const Inventory& inventory, Facts& facts);

}  // namespace proviso::checks
