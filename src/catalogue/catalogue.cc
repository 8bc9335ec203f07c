#include "catalogue/catalogue.h"

#include <algorithm>
#include <utility>

#include "catalogue/faults.h"
#include "catalogue/yaml.h"
#include "catalogue/yaml_map.h"

namespace proviso::catalogue {
namespace {

constexpr unsigned kServiceName = 1;
constexpr unsigned kSkuId = 2;
constexpr unsigned kSkuMeter = 4;
constexpr unsigned kUnit = 8;

unsigned MaskOf(const MeterKey& key) {
  return (key.service_name.empty() ? 0 : kServiceName) | (key.sku_id.empty() ? 0 : kSkuId) |
         (key.sku_meter.empty() ? 0 : kSkuMeter) | (key.unit.empty() ? 0 : kUnit);
}

MeterKey Project(const MeterKey& key, unsigned mask) {
  MeterKey projected;
  if ((mask & kServiceName) != 0) projected.service_name = key.service_name;
  if ((mask & kSkuId) != 0) projected.sku_id = key.sku_id;
  if ((mask & kSkuMeter) != 0) projected.sku_meter = key.sku_meter;
  if ((mask & kUnit) != 0) projected.unit = key.unit;
  return projected;
}

Region ReadRegion(const YamlNode& node, UniqueIds& ids, Faults& faults) {
  YamlMap map(node, "region", faults);
  Region region;
  region.id = map.Id("id");
  map.Name(region.id);
  ids.Note(map, "id", region.id);
  region.name = map.Label("name");
  map.Finish();
  return region;
}

CapabilityClass ReadClass(const YamlNode& node, UniqueIds& ids, Faults& faults) {
  YamlMap map(node, "class", faults);
  CapabilityClass read;
  read.id = map.Id("id");
  map.Name(read.id);
  ids.Note(map, "id", read.id);
  read.name = map.Label("name");
  const std::string kind = map.Text("kind");
  read.kind = kind == "level" ? ClassKind::kLevel : ClassKind::kFlow;
  if (!kind.empty() && kind != "level" && kind != "flow") {
    map.AddFault("kind",
                 "kind `" + kind + "` does not exist" + DidYouMean(kind, {"level", "flow"}));
  }
  read.unit = map.Label("unit");
  map.Finish();
  return read;
}

Meter ReadMeter(const YamlNode& node, const std::string& service, Faults& faults) {
  YamlMap map(node, "meter of service `" + service + "`", faults);
  Meter meter;
  meter.match = {.service_name = map.TextOr("service_name", ""),
                 .sku_id = map.TextOr("sku_id", ""),
                 .sku_meter = map.TextOr("sku_meter", ""),
                 .unit = map.TextOr("unit", "")};
  if (node.kind() == YamlNode::Kind::kMap && MaskOf(meter.match) == 0) {
    faults.Add(node.line(), "meter of service `" + service +
                                "`: it would match every row; give at least one of "
                                "`service_name`, `sku_id`, `sku_meter`, `unit`");
  }
  meter.factor = map.DecimalOr("factor", Decimal::FromInteger(1));
  if (meter.factor <= Decimal()) {
    map.AddFault("factor", "`factor` is " + meter.factor.ToString() +
                               "; it must be greater than 0, give 1 where units are equal");
  }
  meter.operation = map.TextOr("operation", "");
  const std::vector<std::string> operations = {"create", "invoke", "write", "read", "delete"};
  if (!meter.operation.empty() &&
      std::find(operations.begin(), operations.end(), meter.operation) == operations.end()) {
    map.AddFault("operation", "operation `" + meter.operation + "` does not exist" +
                                  DidYouMean(meter.operation, operations));
  }
  map.Finish();
  return meter;
}

struct Known {
  const UniqueIds& classes;
  const UniqueIds& regions;
};

Service ReadService(const YamlNode& node, UniqueIds& ids, const Known& known, Faults& faults) {
  YamlMap map(node, "service", faults);
  Service service;
  service.id = map.Id("id");
  map.Name(service.id);
  ids.Note(map, "id", service.id);
  service.name = map.Label("name");
  service.capability_class = map.Text("class");
  if (!service.capability_class.empty() && !known.classes.Contains(service.capability_class)) {
    map.AddFault("class", "class `" + service.capability_class + "` does not exist" +
                              DidYouMean(service.capability_class, known.classes.ids()));
  }
  service.regions = map.Texts("regions");
  for (const std::string& region : service.regions) {
    if (known.regions.Contains(region)) continue;
    map.AddFault("regions", "region `" + region + "` does not exist" +
                                DidYouMean(region, known.regions.ids()));
  }
  for (const YamlNode& meter : map.ItemsOrNone("meters")) {
    service.meters.push_back(ReadMeter(meter, service.id, faults));
  }
  map.Finish();
  return service;
}

Json MeterToJson(const Meter& meter) {
  Json json = Json::Of({{"factor", meter.factor.ToString()}});
  const MeterKey& match = meter.match;
  if (!match.service_name.empty()) json["service_name"] = match.service_name;
  if (!match.sku_id.empty()) json["sku_id"] = match.sku_id;
  if (!match.sku_meter.empty()) json["sku_meter"] = match.sku_meter;
  if (!match.unit.empty()) json["unit"] = match.unit;
  if (!meter.operation.empty()) json["operation"] = meter.operation;
  return json;
}

template <typename Item>
const Item* FindById(const std::vector<Item>& items, std::string_view id) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

Result<Catalogue> Catalogue::FromYaml(std::string_view text, std::string_view file_name) {
  return FromNode(PROVISO_TRY(ReadYaml(text, file_name)), file_name);
}

Result<Catalogue> Catalogue::FromJson(const Json& json) {
  return FromNode(YamlFromJson(json), "catalogue");
}

Result<Catalogue> Catalogue::FromNode(const YamlNode& root, std::string_view file_name) {
  Faults faults(file_name);
  YamlMap map(root, "file", faults);
  Catalogue catalogue;
  UniqueIds regions;
  UniqueIds classes;
  UniqueIds services;
  for (const YamlNode& node : map.Items("regions")) {
    catalogue.regions_.push_back(ReadRegion(node, regions, faults));
  }
  for (const YamlNode& node : map.Items("classes")) {
    catalogue.classes_.push_back(ReadClass(node, classes, faults));
  }
  std::vector<std::vector<int>> meter_lines;
  for (const YamlNode& node : map.Items("services")) {
    const Known known{.classes = classes, .regions = regions};
    catalogue.services_.push_back(ReadService(node, services, known, faults));
    std::vector<int>& lines = meter_lines.emplace_back();
    if (const YamlNode* meters = node.Find("meters")) {
      for (const YamlNode& meter : meters->items()) lines.push_back(meter.line());
    }
  }
  map.Finish();
  catalogue.CheckMeters(faults, meter_lines);
  PROVISO_TRY(faults.ToStatus());
  return catalogue;
}

void Catalogue::CheckMeters(Faults& faults, const std::vector<std::vector<int>>& lines) {
  for (std::size_t service = 0; service < services_.size(); ++service) {
    for (std::size_t meter = 0; meter < services_[service].meters.size(); ++meter) {
      const MeterKey& match = services_[service].meters[meter].match;
      if (MaskOf(match) == 0) continue;
      // Whatever this meter matches, an earlier and wider one takes: it can never be the first.
      if (const std::optional<Place> earlier = FindMeter(match)) {
        const int line = lines[earlier->service][earlier->meter];
        faults.Add(lines[service][meter],
                   "meter of service `" + services_[service].id +
                       "`: no row can reach it, the one of service `" +
                       services_[earlier->service].id + "`" +
                       (line > 0 ? " on line " + std::to_string(line) : "") +
                       " takes them all; remove one of them, or put the narrower one first");
        continue;
      }
      meters_[MaskOf(match)].emplace(match, Place{service, meter});
    }
  }
}

std::optional<Catalogue::Place> Catalogue::FindMeter(const MeterKey& key) const {
  const unsigned row_mask = MaskOf(key);
  std::optional<Place> first;
  for (const auto& [mask, meters] : meters_) {
    if ((mask & ~row_mask) != 0) continue;  // asks for a member that the row does not have
    const auto found = meters.find(Project(key, mask));
    if (found == meters.end()) continue;
    if (!first || found->second < *first) first = found->second;
  }
  return first;
}

std::optional<MeterMapping> Catalogue::Map(const MeterKey& key) const {
  const std::optional<Place> place = FindMeter(key);
  if (!place) return std::nullopt;
  const Service& service = services_[place->service];
  const Meter& meter = service.meters[place->meter];
  MeterMapping mapping{.service = &service,
                       .capability_class = FindClass(service.capability_class),
                       .factor = meter.factor,
                       .operation = meter.operation};
  if (mapping.operation.empty() && mapping.capability_class->kind == ClassKind::kFlow) {
    mapping.operation = "invoke";
  }
  return mapping;
}

Json Catalogue::ToJson() const {
  Json regions = Json::MakeArray();
  for (const Region& region : regions_) {
    regions.Append(Json::Of({{"id", region.id}, {"name", region.name}}));
  }
  Json classes = Json::MakeArray();
  for (const CapabilityClass& item : classes_) {
    classes.Append(Json::Of({{"id", item.id},
                             {"name", item.name},
                             {"kind", item.kind == ClassKind::kLevel ? "level" : "flow"},
                             {"unit", item.unit}}));
  }
  Json services = Json::MakeArray();
  for (const Service& service : services_) {
    Json meters = Json::MakeArray();
    for (const Meter& meter : service.meters) meters.Append(MeterToJson(meter));
    services.Append(Json::Of({{"id", service.id},
                              {"name", service.name},
                              {"class", service.capability_class},
                              {"regions", ListOfTexts(service.regions)},
                              {"meters", std::move(meters)}}));
  }
  return Json::Of({{"regions", std::move(regions)},
                   {"classes", std::move(classes)},
                   {"services", std::move(services)}});
}

const CapabilityClass* Catalogue::FindClass(std::string_view id) const {
  return FindById(classes_, id);
}

const Service* Catalogue::FindService(std::string_view id) const { return FindById(services_, id); }

const Region* Catalogue::FindRegion(std::string_view id) const { return FindById(regions_, id); }

}  // namespace proviso::catalogue
