#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/result.h"
#include "base/time.h"
#include "catalogue/customers.h"

namespace proviso::simulate {

// What one kind of metering row says of itself: docs/formats/world.md explains each member.
struct Meter {
  std::string id;            // within the world file
  std::string service_name;  // ServiceName
  std::string sku_meter;     // SkuMeter
  std::string sku_id;        // SkuId
  std::string unit;          // ConsumedUnit
  std::string category;      // ServiceCategory
  std::string subcategory;   // ServiceSubcategory
  Decimal price;             // per unit
  bool level = false;        // sizes are held amounts; rows carry them times the hours
  bool whole = false;        // counts: no fraction of a unit exists
};

struct WorldRegion {
  std::string id;
  std::string name;
};

// How much of a usual day's use falls on each day of the week, Monday first, in per cent.
struct WeekPattern {
  std::string id;
  std::array<int, 7> percent{};
};

// The size of a use on a day. Between two points it moves in a straight line, or, where `Use` says
// so, by the same factor every day. After the last it stays; before the first there is no use.
struct Point {
  Date date;
  Decimal size;
};

struct DateRange {
  Date first;
  Date end;  // the first day that is not in it
};

// What one subscription uses of one meter in one region.
struct Use {
  std::string meter;
  std::string region;
  std::string week;
  int noise_per_mille = 0;  // a day's use lies at most this far from its pattern
  bool geometric = false;
  bool monthly = false;             // one row a month instead of one a day
  std::optional<DateRange> hourly;  // one row an hour on these days
  std::vector<Point> points;
};

struct Actor {
  std::string subscription;
  std::vector<Use> uses;
};

// What the subscriptions of one kind of invented customer use.
struct MixUse {
  std::string meter;
  std::string week;
  Decimal median;          // of the sizes that are drawn
  int spread_percent = 0;  // deviation of a size, in per cent of a doubling
  int chance_percent = 100;
  int noise_per_mille = 0;
  int growth_percent_min = 0;  // over a year
  int growth_percent_max = 0;
};

struct Mix {
  std::string id;
  int weight = 1;  // how often, against the other mixes
  int subscriptions_min = 1;
  int subscriptions_max = 1;
  std::vector<MixUse> uses;
};

struct Background {
  int customers = 0;
  catalogue::Contract contract;
  int joins_percent = 0;   // come only after the first month
  int leaves_percent = 0;  // go before the last
  int steps_percent = 0;   // uses that jump once, to a half up to three times of their size
  std::vector<Mix> mixes;
};

// A provider to be invented: what it meters, its named actors, and a crowd around them.
// Every meter, region and week pattern that a use names exists.
struct World {
  std::string provider;
  std::string currency;
  Month first{};
  int months = 0;
  std::vector<WorldRegion> regions;
  std::vector<Meter> meters;
  std::vector<WeekPattern> weeks;
  std::vector<Actor> actors;
  Background background;

  // nullptr when there is none.
  const Meter* FindMeter(std::string_view id) const;
  const WorldRegion* FindRegion(std::string_view id) const;
  const WeekPattern* FindWeek(std::string_view id) const;

  Month last() const { return first + std::chrono::months{months - 1}; }
};

// Reads docs/formats/world.md. kInvalidArgument lists every fault as
// "FILE:LINE: what is wrong; what to do", one a line.
Result<World> ReadWorld(std::string_view text, std::string_view file_name);

}  // namespace proviso::simulate
