#include "simulate/world.h"

#include <algorithm>
#include <utility>

#include "catalogue/faults.h"
#include "catalogue/yaml.h"
#include "catalogue/yaml_map.h"

namespace proviso::simulate {
namespace {

using catalogue::DidYouMean;
using catalogue::Faults;
using catalogue::UniqueIds;
using catalogue::YamlMap;
using catalogue::YamlMember;
using catalogue::YamlNode;

constexpr int kMonthsMax = 120;
constexpr int kCustomersMax = 1'000'000;
constexpr int kPerMilleMax = 1000;
constexpr int kPercentMax = 1000;
// Sizes beyond would leave no room for the hours of a month in 64 bits of thousandths.
constexpr std::int64_t kSizeMax = 1'000'000'000'000;

int Small(YamlMap& map, std::string_view key, std::int64_t otherwise, std::int64_t max) {
  return static_cast<int>(map.IntegerOr(key, otherwise, 0, max));
}

// Finds what a use names. An unknown name is a fault.
template <typename Find>
void CheckName(YamlMap& map, std::string_view key, const std::string& name, Find&& known) {
  if (name.empty()) return;
  const std::vector<std::string> ids = known();
  if (std::find(ids.begin(), ids.end(), name) == ids.end()) {
    map.AddFault(key,
                 "there is no " + std::string(key) + " `" + name + "`" + DidYouMean(name, ids));
  }
}

template <typename T>
std::vector<std::string> IdsOf(const std::vector<T>& things) {
  std::vector<std::string> ids;
  ids.reserve(things.size());
  for (const T& thing : things) ids.push_back(thing.id);
  return ids;
}

// Reads one world; its members are called in the order in which the parts name each other.
class WorldReader {
 public:
  WorldReader(World& world, Faults& faults) : world_(world), faults_(faults) {}

  void Read(const YamlNode& root) {
    YamlMap map(root, "world", faults_);
    world_.provider = map.Label("provider");
    world_.currency = map.Text("currency");
    ReadMonths(map);
    for (const YamlNode& node : map.Items("regions")) ReadRegion(node);
    for (const YamlNode& node : map.Items("weeks")) ReadWeek(node);
    for (const YamlNode& node : map.Items("meters")) ReadMeter(node);
    for (const YamlNode& node : map.ItemsOrNone("actors")) ReadActor(node);
    if (const YamlNode* node = map.MapOrNone("background"); node != nullptr) ReadBackground(*node);
    map.Finish();
  }

 private:
  void ReadMonths(YamlMap& map) {
    const std::string first = map.Text("first_month");
    world_.months = static_cast<int>(map.Integer("months", 1, kMonthsMax));
    if (first.empty()) return;
    if (const Result<Month> month = ParseMonth(first)) {
      world_.first = *month;
    } else {
      map.AddFault("first_month", month.error().message() + "; write a month like `2025-08`");
    }
  }

  void ReadRegion(const YamlNode& node) {
    YamlMap map(node, "region", faults_);
    WorldRegion region{.id = map.Id("id"), .name = map.Label("name")};
    regions_.Note(map, "id", region.id);
    map.Finish();
    world_.regions.push_back(std::move(region));
  }

  void ReadWeek(const YamlNode& node) {
    YamlMap map(node, "week", faults_);
    WeekPattern week;
    week.id = map.Id("id");
    map.Name(week.id);
    weeks_.Note(map, "id", week.id);
    const std::vector<YamlNode>& days = map.Items("percent");
    if (days.size() != week.percent.size()) {
      map.AddFault("percent", "`percent` has " + std::to_string(days.size()) +
                                  " days; give seven, Monday first");
    }
    for (std::size_t i = 0; i < std::min(days.size(), week.percent.size()); ++i) {
      const Result<Decimal> percent = Decimal::Parse(days[i].text());
      const bool whole = percent && percent->units() % Decimal::kUnit == 0;
      if (!whole || *percent < Decimal() || *percent > Decimal::FromInteger(kPercentMax)) {
        map.AddFault("percent", days[i].Describe() + " is no whole number from 0 to 1000");
        continue;
      }
      week.percent.at(i) = static_cast<int>(percent->units() / Decimal::kUnit);
    }
    map.Finish();
    world_.weeks.push_back(std::move(week));
  }

  void ReadMeter(const YamlNode& node) {
    YamlMap map(node, "meter", faults_);
    Meter meter;
    meter.id = map.Id("id");
    map.Name(meter.id);
    meters_.Note(map, "id", meter.id);
    meter.service_name = map.Label("service_name");
    meter.sku_meter = map.Label("sku_meter");
    meter.sku_id = map.ForeignId("sku_id");
    meter.unit = map.Label("unit");
    meter.category = map.Label("category");
    meter.subcategory = map.Label("subcategory");
    meter.price = Size(map, "price");
    const std::string kind = map.TextOr("kind", "flow");
    if (kind != "flow" && kind != "level") {
      map.AddFault("kind",
                   "kind `" + kind + "` does not exist" + DidYouMean(kind, {"flow", "level"}));
    }
    meter.level = kind == "level";
    meter.whole = map.BoolOr("whole", false);
    map.Finish();
    world_.meters.push_back(std::move(meter));
  }

  void ReadActor(const YamlNode& node) {
    YamlMap map(node, "actor", faults_);
    Actor actor;
    actor.subscription = map.ForeignId("subscription");
    map.Name(actor.subscription);
    actors_.Note(map, "subscription", actor.subscription);
    for (const YamlNode& item : map.Items("uses")) {
      actor.uses.push_back(ReadUse(item, actor.subscription));
    }
    map.Finish();
    world_.actors.push_back(std::move(actor));
  }

  Use ReadUse(const YamlNode& node, const std::string& subscription) {
    YamlMap map(node, "use of `" + subscription + "`", faults_);
    Use use;
    use.meter = map.Text("meter");
    CheckName(map, "meter", use.meter, [this] { return IdsOf(world_.meters); });
    use.region = map.Text("region");
    CheckName(map, "region", use.region, [this] { return IdsOf(world_.regions); });
    use.week = map.Text("week");
    CheckName(map, "week", use.week, [this] { return IdsOf(world_.weeks); });
    use.noise_per_mille = Small(map, "noise_per_mille", 0, kPerMilleMax);
    const std::string growth = map.TextOr("between", "linear");
    if (growth != "linear" && growth != "geometric") {
      map.AddFault("between", "between `" + growth + "` does not exist" +
                                  DidYouMean(growth, {"linear", "geometric"}));
    }
    use.geometric = growth == "geometric";
    ReadRows(map, use);
    if (const YamlNode* points = map.Map("points"); points != nullptr) {
      ReadPoints(map, *points, use);
    }
    map.Finish();
    return use;
  }

  static void ReadRows(YamlMap& map, Use& use) {
    use.monthly = map.BoolOr("monthly", false);
    if (!map.Has("hourly_first") && !map.Has("hourly_end")) return;
    use.hourly = DateRange{.first = map.DateAt("hourly_first"), .end = map.DateAt("hourly_end")};
    if (use.hourly->first >= use.hourly->end) {
      map.AddFault("hourly_end",
                   "`hourly_end` is not after `hourly_first`; it is the first day "
                   "without hourly rows");
    }
    if (use.monthly) map.AddFault("monthly", "rows are `monthly` or hourly, not both");
  }

  static void ReadPoints(YamlMap& map, const YamlNode& points, Use& use) {
    for (const YamlMember& member : points.members()) {
      const Result<Date> date = ParseDate(member.key);
      const Result<Decimal> size = Decimal::Parse(member.value.text());
      if (!date || !size || *size < Decimal() || *size > Decimal::FromInteger(kSizeMax)) {
        map.AddFault("points", "point `" + member.key + ": " + member.value.text() +
                                   "` is no date with a size from 0 to 10^12");
        continue;
      }
      if (!use.points.empty() && *date <= use.points.back().date) {
        map.AddFault("points", "point `" + member.key + "` does not come after `" +
                                   FormatDate(use.points.back().date) + "`");
        continue;
      }
      use.points.push_back({*date, *size});
    }
    if (use.points.empty()) map.AddFault("points", "there is no point; give one or more");
  }

  void ReadBackground(const YamlNode& node) {
    YamlMap map(node, "background", faults_);
    Background& background = world_.background;
    background.customers = static_cast<int>(map.Integer("customers", 0, kCustomersMax));
    background.joins_percent = Small(map, "joins_percent", 0, 100);
    background.leaves_percent = Small(map, "leaves_percent", 0, 100);
    background.steps_percent = Small(map, "steps_percent", 0, 100);
    if (const YamlNode* contract = map.Map("contract"); contract != nullptr) {
      YamlMap terms(*contract, "contract of the background", faults_);
      background.contract = {.terms = terms.Id("terms"),
                             .version = terms.Id("version"),
                             .since = terms.DateAt("since")};
      terms.Finish();
    }
    for (const YamlNode& item : map.Items("mixes")) ReadMix(item);
    map.Finish();
  }

  void ReadMix(const YamlNode& node) {
    YamlMap map(node, "mix", faults_);
    Mix mix;
    mix.id = map.Id("id");
    map.Name(mix.id);
    mixes_.Note(map, "id", mix.id);
    mix.weight = static_cast<int>(map.Integer("weight", 1, 1000));
    mix.subscriptions_min = static_cast<int>(map.IntegerOr("subscriptions_min", 1, 1, 100));
    mix.subscriptions_max =
        static_cast<int>(map.IntegerOr("subscriptions_max", mix.subscriptions_min, 1, 100));
    if (mix.subscriptions_max < mix.subscriptions_min) {
      map.AddFault("subscriptions_max", "`subscriptions_max` is below `subscriptions_min`");
    }
    for (const YamlNode& item : map.Items("uses")) mix.uses.push_back(ReadMixUse(item, mix.id));
    map.Finish();
    world_.background.mixes.push_back(std::move(mix));
  }

  MixUse ReadMixUse(const YamlNode& node, const std::string& mix) {
    YamlMap map(node, "use of mix `" + mix + "`", faults_);
    MixUse use;
    use.meter = map.Text("meter");
    CheckName(map, "meter", use.meter, [this] { return IdsOf(world_.meters); });
    use.week = map.Text("week");
    CheckName(map, "week", use.week, [this] { return IdsOf(world_.weeks); });
    use.median = Size(map, "median");
    use.spread_percent = Small(map, "spread_percent", 0, 500);
    use.chance_percent = Small(map, "chance_percent", 100, 100);
    use.noise_per_mille = Small(map, "noise_per_mille", 0, kPerMilleMax);
    use.growth_percent_min = static_cast<int>(map.IntegerOr("growth_percent_min", 0, -90, 1000));
    use.growth_percent_max =
        static_cast<int>(map.IntegerOr("growth_percent_max", use.growth_percent_min, -90, 1000));
    if (use.growth_percent_max < use.growth_percent_min) {
      map.AddFault("growth_percent_max", "`growth_percent_max` is below `growth_percent_min`");
    }
    map.Finish();
    return use;
  }

  static Decimal Size(YamlMap& map, std::string_view key) {
    const bool given = map.Has(key);
    const Decimal size = map.DecimalOr(key, Decimal());
    if (!given) map.AddFault(key, "`" + std::string(key) + "` is missing; give a number");
    if (size < Decimal() || size > Decimal::FromInteger(kSizeMax)) {
      map.AddFault(key, "`" + std::string(key) + "` is " + size.ToString() +
                            "; it must lie between 0 and 10^12");
    }
    return size;
  }

  World& world_;
  Faults& faults_;
  UniqueIds regions_;
  UniqueIds weeks_;
  UniqueIds meters_;
  UniqueIds actors_;
  UniqueIds mixes_;
};

template <typename T>
const T* FindById(const std::vector<T>& things, std::string_view id) {
  const auto found =
      std::find_if(things.begin(), things.end(), [id](const T& thing) { return thing.id == id; });
  return found == things.end() ? nullptr : &*found;
}

}  // namespace

const Meter* World::FindMeter(std::string_view id) const { return FindById(meters, id); }
const WorldRegion* World::FindRegion(std::string_view id) const { return FindById(regions, id); }
const WeekPattern* World::FindWeek(std::string_view id) const { return FindById(weeks, id); }

Result<World> ReadWorld(std::string_view text, std::string_view file_name) {
  const YamlNode root = PROVISO_TRY(catalogue::ReadYaml(text, file_name));
  World world;
  Faults faults(file_name);
  WorldReader(world, faults).Read(root);
  PROVISO_TRY(faults.ToStatus());
  return world;
}

}  // namespace proviso::simulate
