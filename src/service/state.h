#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/event.h"
#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "enforcement/roster.h"
#include "records/source.h"
#include "review/state.h"
#include "terms/terms.h"

namespace proviso::service {

// One accepted file of metering.
struct DeliveryRecord {
  std::string id;           // "d-" and the first 12 digits of sha256
  std::string sha256;       // of the file as it came
  std::string lake_sha256;  // of what the lake keeps of it
  std::uint64_t index = 0;  // log entry
  Json report;              // as `import usage` printed it
  std::set<Date> periods;   // billing periods that it still speaks for
};

// A place that business records come from (records.md), registered before anything of it is read.
struct SourceRecord {
  records::Source source;
  std::string registered_by;
  std::uint64_t index = 0;
};

// A register that was imported from a source.
struct RegisterRecord {
  std::string source;
  std::string sha256;       // of the file as it came
  std::string kept_sha256;  // of what is kept of it
  std::uint64_t index = 0;
  Json report;             // as `records import` printed it
  std::set<Month> months;  // of invoices: those for which it is the one in force
  bool in_force = true;    // of contracts: until the next one from the same source
};

// A confidential part that cannot be read here, though the log tells of no erasure.
struct DamagedPart {
  std::uint64_t entry = 0;
  std::string name;
  std::string fault;
  std::string type;      // of the entry
  std::string decision;  // that the entry names; empty: none
};

// Everything that the log says, projected. Only Apply() changes it, so that replaying the log gives
// the same state.
struct State {
  std::string origin;
  Bytes pseudonym_key;
  std::optional<catalogue::Catalogue> catalogue;
  std::string catalogue_digest;
  std::uint64_t catalogue_index = 0;  // log entry of the newest import, and so below
  std::optional<catalogue::Customers> customers;
  std::string customers_digest;
  std::uint64_t customers_index = 0;
  std::map<std::string, terms::Terms, std::less<>> terms;  // by "id@version"
  enforcement::RosterState roster;
  review::ReviewState review;
  std::vector<DeliveryRecord> deliveries;
  std::map<std::string, SourceRecord, std::less<>> sources;  // by id
  std::vector<RegisterRecord> registers;
  // What could not be read for it: noted by whoever replayed the log (ReplayLog).
  std::vector<DamagedPart> damaged;
  std::map<std::string, std::string, std::less<>> terms_digests;  // by "id@version", as logged
  std::set<std::string, std::less<>> acts_seen;  // body hashes: no act counts twice
  std::uint64_t next_index = 0;
  Time last_time;                  // of the newest entry
  std::uint64_t table_number = 0;  // the newest entry that changes the decision table

  // kDataLoss when the log says what it must not: an act that is not signed by its actor, or an
  // adoption without its quorum. `event` must be the next one.
  Status Apply(const RecordedEvent& event);

  const terms::Terms* FindTerms(std::string_view id, std::string_view version) const;
  const DeliveryRecord* FindDelivery(std::string_view sha256) const;
};

}  // namespace proviso::service
