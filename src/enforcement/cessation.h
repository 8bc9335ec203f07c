#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/daily_series.h"
#include "base/json.h"
#include "catalogue/catalogue.h"
#include "enforcement/restriction.h"

namespace proviso::enforcement {

// What was metered of one subscription, service and region.
struct MeteredUse {
  Target target;
  std::string operation;  // "write", ...; empty: held at a time
  std::string unit;
  DailySeries daily;
};

// What is compared with what.
struct CessationInputs {
  std::vector<Restriction> restrictions;  // of one adopted decision
  Time effective;                         // since when it is in force
  Date metered_to;                        // the day after the last that metering covers
  std::vector<MeteredUse> use;            // of the customer's subscriptions
  const catalogue::Catalogue* catalogue = nullptr;
};

// Whether what was denied has ceased, and what was kept goes on (docs/formats/cessation.md).
struct Cessation {
  struct Row {
    Target target;
    std::string unit;
    Decimal before;                  // a day, on average over the days before
    Decimal after;                   // the same over the days after
    std::optional<Decimal> at_rest;  // what is held on the last day; counts apart
    bool ok = false;
    std::string why;
  };
  Date before_from, before_to;  // the second is the day after the last; so below
  Date after_from, after_to;
  std::vector<Row> targets;
  std::vector<Row> kept;
  bool ok() const;
  // {"ok","before":{...},"after":{...},"targets":[...],"kept":[...]}
  Json ToJson() const;
};

// kFailedPrecondition when metering covers no whole day after the effective one.
Result<Cessation> CompareUse(const CessationInputs& inputs);

}  // namespace proviso::enforcement
