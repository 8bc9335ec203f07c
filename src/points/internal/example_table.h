#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "points/table_snapshot.h"

// An invented provider and tables over it, for the tests of this room.
namespace proviso::points::internal {

inline catalogue::Catalogue ExampleCatalogue() {
  constexpr std::string_view kText = R"(
regions:
  - {id: nl-1, name: Netherlands}
  - {id: ie-1, name: Ireland}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
  - {id: speech-to-text, name: Speech to text, kind: flow, unit: h}
  - {id: security, name: Security, kind: flow, unit: events}
services:
  - {id: blob-store, name: Blob Store, class: object-storage, regions: [nl-1, ie-1]}
  - {id: speech, name: Speech, class: speech-to-text, regions: [nl-1]}
  - {id: threat-watch, name: Threat Watch, class: security, regions: [nl-1, ie-1]}
)";
  return catalogue::Catalogue::FromYaml(kText, "catalogue.yaml").value();
}

inline enforcement::Restriction MakeRestriction(std::string id, terms::Stage stage,
                                                std::vector<enforcement::Target> targets) {
  return {.id = std::move(id),
          .clause = "4.2",
          .stage = stage,
          .from = ParseTime("2026-12-01T00:00:00Z").value(),
          .until = std::nullopt,
          .targets = std::move(targets),
          .of_case = "case-1"};
}

inline Bytes CompileOrDie(std::uint64_t number,
                          const std::vector<enforcement::Restriction>& restrictions) {
  return enforcement::DecisionTable::Compile(number, restrictions, ExampleCatalogue(), {"security"})
      .value();
}

inline std::unique_ptr<const TableSnapshot> SnapshotOrDie(
    std::uint64_t number, const std::vector<enforcement::Restriction>& restrictions) {
  return TableSnapshot::FromBytes(CompileOrDie(number, restrictions)).value();
}

// Table 118, in which sub-1 may only read in blob-store, nl-1.
inline std::unique_ptr<const TableSnapshot> ReadOnlySnapshot() {
  return SnapshotOrDie(118, {MakeRestriction("decision-1/1", terms::Stage::kReadOnly,
                                             {{"sub-1", "blob-store", "nl-1"}})});
}

// Whether that table allows `method` in blob-store all the same.
inline bool ReadsOrDeletes(std::string_view method) {
  constexpr std::string_view kMethods[] = {"GET",    "HEAD",   "OPTIONS", "PROPFIND",
                                           "REPORT", "SEARCH", "DELETE"};
  return std::ranges::find(kMethods, method) != std::end(kMethods);
}

}  // namespace proviso::points::internal
