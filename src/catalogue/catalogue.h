#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/json.h"

namespace proviso::catalogue {

class Faults;
class YamlNode;

// How the quantity of a capability class adds up (docs/formats/catalogue.md).
enum class ClassKind {
  kLevel,  // held at a time: metered as unit-hours, shown as the time-weighted mean of a day
  kFlow,   // used up: adds over time
};

struct CapabilityClass {
  std::string id;    // "object-storage"
  std::string name;  // "Object storage"
  ClassKind kind = ClassKind::kFlow;
  std::string unit;  // canonical: "GB", "h", "characters", "operations"
};

// What a FOCUS row says about the meter that it was measured by. Empty: the row has none.
struct MeterKey {
  std::string service_name;  // ServiceName
  std::string sku_id;        // SkuId
  std::string sku_meter;     // SkuMeter (FOCUS 1.1 and later)
  std::string unit;          // ConsumedUnit
  auto operator<=>(const MeterKey&) const = default;
};

// A rule that maps rows to a service: every member that is not empty must be equal.
struct Meter {
  MeterKey match;
  // Multiplies ConsumedQuantity into the class's unit (kFlow) or unit-hours (kLevel).
  Decimal factor = Decimal::FromInteger(1);
  // What is done when it counts: "invoke", "write", "read", "delete" or "create". Empty: what the
  // class says, which is "invoke" for a flow; a level is held and is no operation.
  std::string operation;
};

struct Service {
  std::string id;    // "blob-store"
  std::string name;  // "Blob Store"
  std::string capability_class;
  std::vector<std::string> regions;  // where it is sold
  std::vector<Meter> meters;         // the first that matches wins, in file order over all services
};

struct Region {
  std::string id;  // "nl-1"; the same text as RegionId of FOCUS rows
  std::string name;
};

// Where a row belongs.
struct MeterMapping {
  const Service* service = nullptr;
  const CapabilityClass* capability_class = nullptr;
  Decimal factor;
  std::string operation;  // as Meter::operation, with what the class says filled in
};

// What the provider sells: classes, services, regions. Immutable once made; every service names a
// class and regions that exist.
class Catalogue {
 public:
  // Reads docs/formats/catalogue.md. kInvalidArgument lists every fault as
  // "FILE:LINE: what is wrong; what to do", one a line.
  static Result<Catalogue> FromYaml(std::string_view text, std::string_view file_name);
  static Result<Catalogue> FromJson(const Json& json);
  Json ToJson() const;

  const std::vector<CapabilityClass>& classes() const { return classes_; }
  const std::vector<Service>& services() const { return services_; }
  const std::vector<Region>& regions() const { return regions_; }

  // nullptr when there is none.
  const CapabilityClass* FindClass(std::string_view id) const;
  const Service* FindService(std::string_view id) const;
  const Region* FindRegion(std::string_view id) const;

  // The service of a metering row, or absent: unmapped. Its pointers live as long as the catalogue.
  std::optional<MeterMapping> Map(const MeterKey& key) const;

 private:
  struct Place {  // of a meter
    std::size_t service;
    std::size_t meter;
    auto operator<=>(const Place&) const = default;
  };

  static Result<Catalogue> FromNode(const YamlNode& root, std::string_view file_name);
  void CheckMeters(Faults& faults, const std::vector<std::vector<int>>& lines);
  std::optional<Place> FindMeter(const MeterKey& key) const;

  std::vector<CapabilityClass> classes_;
  std::vector<Service> services_;
  std::vector<Region> regions_;
  // By which members of the match are not empty (a bit each), then by the match.
  std::map<unsigned, std::map<MeterKey, Place>> meters_;
};

}  // namespace proviso::catalogue
