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

// The version of the rules by which a form is computed: "checks/1" for usage and growth,
// "checks/2" for the forms that came after them. By the name of the form.
std::string_view RuleOf(std::string_view form);

inline constexpr std::size_t kAgreementsListedMax = 100;
// A check over contracts asks once for the scope and once for each of its subscriptions.
inline constexpr std::size_t kContractSubscriptionsMax = 500;
inline constexpr int kWeeksMin = 8;  // that co-moves compares

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

  std::string check;             // canonical text
  std::string form;              // "usage", "growth", "co-moves", ...
  std::optional<bool> holds;     // absent: the records do not say
  std::string why;               // one or more plain sentences
  std::optional<Decimal> value;  // in `unit`; rounded for showing, never for comparing
  // Of the class; "x" for growth, a currency for billed, as asked for ratio, empty for co-moves.
  std::string unit;
  std::optional<Decimal> threshold;       // in `unit`; absent: nothing is compared
  std::string counterfactual;             // what would have changed the outcome
  std::string region;                     // "*" for all
  std::map<std::string, Decimal> months;  // growth, billed, absent: what was compared, by month
  // Of the forms after growth, each only where it says something.
  std::string customer;                    // billed, contracted: whose records were read
  std::map<std::string, Decimal> amounts;  // ratio: what was divided, by class, in its unit
  std::vector<Agreement> agreements;       // contracted: at most kAgreementsListedMax
  std::vector<std::string> subscriptions;
  std::string query;
  std::vector<std::string> inputs;
  Series series;
  std::optional<Series> series2;  // of the second class

  // With "rule" and "hash": SHA-256 of the canonical JSON of all other members. The same inputs
  // give the same bytes.
  Json ToJson() const;
};

// Fails for names as ValidateCheck does, and as `facts` fails. Records that are missing are a
// result, not a failure.
Result<CheckResult> Evaluate(const Check& check, const Inventory& inventory, Facts& facts);

}  // namespace proviso::checks
