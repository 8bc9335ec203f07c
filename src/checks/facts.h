#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/daily_series.h"
#include "base/decimal.h"
#include "base/time.h"

namespace proviso::checks {

// What a check wants to know of the metering.
struct Measurement {
  std::vector<std::string> subscriptions;  // sorted, without duplicates, never empty
  std::string capability_class;
  std::string region;  // empty: all regions
  Date from;           // inclusive
  Date to;             // exclusive
};

// What the metering says, summed over the subscriptions.
struct Measured {
  // In the unit of the class: the time-weighted mean of a UTC day for a level, its amount for a
  // flow. A day is absent when no row of a day or less covers it for any of the subscriptions.
  DailySeries total;
  // Sums in the unit (flow) or in unit-hours (level), long rows included; absent: no row.
  std::map<Month, Decimal> months;
  std::set<Month> months_with_long_rows;  // rows longer than a day are never spread over days
  // Months for which any metering was delivered, of whatever class and customer. Empty: not told.
  std::set<Month> delivered;
  std::string query;                // what was asked of the records, to ask it again
  std::vector<std::string> inputs;  // SHA-256 of deliveries; "catalogue:<digest>"
};

// What a check wants to know of the invoices.
struct InvoiceQuestion {
  std::string customer;
  // Sorted, without duplicates. Empty: all of the customer, lines without a subscription too.
  std::vector<std::string> subscriptions;
  std::string capability_class;
  std::string region;  // empty: all regions
  Month from;          // inclusive
  Month to;            // inclusive
};

// What the invoices say.
struct Billed {
  std::map<Month, std::map<std::string, Decimal>> amounts;  // by month of the line, by currency
  std::size_t lines = 0;                                    // in any currency, at any price
  std::set<Month> covered;  // months that a registered source of invoices speaks for
  std::string query;
  std::vector<std::string> inputs;
};

// What a check wants to know of the contracts.
struct ContractQuestion {
  std::string customer;
  std::vector<std::string> subscriptions;  // as in InvoiceQuestion
  std::string capability_class;
  std::string region;  // empty: all regions
  Date at;
};

struct Agreement {
  std::string id;
  Date from;
  std::optional<Date> until;        // exclusive; absent: without an end
  std::optional<Decimal> quantity;  // absent: none was agreed
  std::string unit;                 // of the quantity
};

// What the contracts say.
struct Contracted {
  // In force that day. Each covers by itself all that was asked for: every one of the
  // subscriptions (or the customer as a whole), the class, the region. One with the customer as a
  // whole covers its subscriptions, one for all regions covers each of them.
  std::vector<Agreement> agreements;
  bool covered = false;  // a source of contracts is registered and imported
  std::string query;
  std::vector<std::string> inputs;
};

// Where checks get their figures from. Implemented over metering and records; a fake in tests.
class Facts {
 public:
  Facts() = default;
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;
  virtual ~Facts() = default;
  virtual Result<Measured> Measure(const Measurement& measurement) = 0;
  virtual Result<Billed> Bill(const InvoiceQuestion& question) = 0;
  virtual Result<Contracted> Contracts(const ContractQuestion& question) = 0;
};

}  // namespace proviso::checks
