#pragma once

#include <xxhash.h>

#include <cstring>
#include <span>
#include <string_view>

#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "terms/terms.h"

// An invented provider, for the tests of this room.
namespace proviso::enforcement::internal {

inline catalogue::Catalogue ExampleCatalogue() {
  constexpr std::string_view kText = R"(
regions:
  - {id: nl-1, name: Netherlands}
  - {id: de-1, name: Germany}
  - {id: ie-1, name: Ireland}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
  - {id: speech-to-text, name: Speech to text, kind: flow, unit: h}
  - {id: compute, name: Compute, kind: flow, unit: h}
  - {id: security, name: Security, kind: flow, unit: events}
services:
  - {id: blob-store, name: Blob Store, class: object-storage, regions: [nl-1, de-1, ie-1]}
  - {id: archive-store, name: Archive Store, class: object-storage, regions: [de-1]}
  - {id: speech, name: Speech, class: speech-to-text, regions: [nl-1, de-1]}
  - {id: machines, name: Machines, class: compute, regions: [nl-1, de-1, ie-1]}
  - {id: threat-watch, name: Threat Watch, class: security, regions: [nl-1, de-1, ie-1]}
)";
  return catalogue::Catalogue::FromYaml(kText, "catalogue.yaml").value();
}

inline catalogue::Catalogue SmallestCatalogue() {
  constexpr std::string_view kText = R"(
regions: [{id: nl-1, name: Netherlands}]
classes: [{id: object-storage, name: Object storage, kind: level, unit: GB}]
services: [{id: blob-store, name: Blob Store, class: object-storage, regions: [nl-1]}]
)";
  return catalogue::Catalogue::FromYaml(kText, "catalogue.yaml").value();
}

// The ministry's subscriptions: two of its signals unit, one of its archive; and somebody else's
// that depends on one of them.
inline catalogue::Customers ExampleCustomers() {
  constexpr std::string_view kText = R"(
customers:
  - id: ministry
    name: Example Ministry
    contract: {terms: acceptable-use, version: "2026-01", since: 2024-01-01}
    units:
      - {id: signals, name: Signals Unit, aliases: [Unit 99]}
      - {id: archive, name: Archive}
    subscriptions:
      - {id: sub-1, name: One, depended_on_by: [sub-9, sub-2]}
      - {id: sub-2, name: Two}
      - {id: sub-3, name: Three}
  - id: shop
    name: Example Shop
    contract: {terms: acceptable-use, version: "2025-01", since: 2024-01-01}
    subscriptions:
      - {id: sub-9, name: Nine}
)";
  return catalogue::Customers::FromYaml(kText, "customers.yaml").value();
}

inline terms::Terms ExampleTerms() {
  using terms::Stage;
  return {
      .id = "acceptable-use",
      .version = "2026-01",
      .title = "Acceptable use",
      .clauses = {{.id = "4.2",
                   .title = "Mass surveillance",
                   .text = "No mass surveillance of civilians.",
                   .restrictions = {{.classes = {"object-storage", "speech-to-text", "security"},
                                     .stages = {Stage::kNotice, Stage::kNoNew, Stage::kReadOnly,
                                                Stage::kSuspended}},
                                    {.classes = {"compute"}, .stages = {Stage::kNoNew}}}}},
      .keep_on_classes = {"security"},
      .quorum = {.decision = 3, .lift = 2},
      .appeal = "within 30 days"};
}

// Makes the checksum of a decision table right again after its bytes were changed.
inline void WriteChecksum(std::span<std::uint8_t> table) {
  const std::size_t covered = table.size() - 16;
  const XXH128_hash_t sum = XXH3_128bits(table.data(), covered);
  std::memcpy(table.data() + covered, &sum.low64, 8);
  std::memcpy(table.data() + covered + 8, &sum.high64, 8);
}

}  // namespace proviso::enforcement::internal
