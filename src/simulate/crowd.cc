#include "simulate/internal/crowd.h"

#include <algorithm>
#include <string>
#include <utility>

#include "simulate/internal/fixed_point.h"
#include "simulate/internal/series.h"

namespace proviso::simulate {
namespace {

constexpr std::int64_t kDaysAYear = 365;
constexpr Q32 kSmallestSize = 1;  // a thousandth

std::string Number(std::int64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

bool Chance(SeededRandom& random, int percent) { return DrawBetween(random, 1, 100) <= percent; }

const Mix& DrawMix(SeededRandom& random, const std::vector<Mix>& mixes) {
  std::int64_t sum = 0;
  for (const Mix& mix : mixes) sum += mix.weight;
  std::int64_t draw = DrawBetween(random, 1, sum);
  for (const Mix& mix : mixes) {
    draw -= mix.weight;
    if (draw <= 0) return mix;
  }
  return mixes.back();
}

// `size` thousandths as a decimal.
Decimal FromThousandths(std::int64_t size) {
  return Decimal::FromUnits(static_cast<Int128>(size) * (Decimal::kUnit / 1000));
}

// When a customer is there. Its uses begin and end with it.
struct Stay {
  Date first;
  Date end;
  bool leaves = false;
};

Stay DrawStay(SeededRandom& random, const World& world) {
  Stay stay{.first = FirstDay(world.first), .end = EndDay(world.last())};
  const std::int64_t days = (stay.end - stay.first).count();
  // Nobody comes and goes within the same few weeks: the two halves of the time are apart.
  const bool joins = Chance(random, world.background.joins_percent);
  const std::int64_t joins_after = DrawBetween(random, 1, std::max<std::int64_t>(days / 2, 1));
  stay.leaves = Chance(random, world.background.leaves_percent);
  const std::int64_t leaves_before =
      DrawBetween(random, 1, std::max<std::int64_t>(days / 2 - 1, 1));
  if (joins) stay.first += std::chrono::days{joins_after};
  if (stay.leaves) stay.end -= std::chrono::days{leaves_before};
  return stay;
}

// A size on a logarithmic scale, moved by `days` of growth.
Q32 Grown(Q32 size, std::int64_t growth_percent, std::int64_t days) {
  const Q32 a_year = Log2(100 + growth_percent) - Log2(100);
  return std::max<Q32>(size + a_year * days / kDaysAYear, kSmallestSize);
}

std::vector<Point> DrawPoints(SeededRandom& random, const World& world, const MixUse& use,
                              const Stay& stay) {
  const std::int64_t median = std::max<std::int64_t>(Thousandths(use.median), 1);
  const Q32 spread = DrawNormal(random) / 100 * use.spread_percent;
  Q32 size = std::max<Q32>(Log2(median) + spread, kSmallestSize);
  const std::int64_t growth = DrawBetween(random, use.growth_percent_min, use.growth_percent_max);
  const bool steps = Chance(random, world.background.steps_percent);
  const std::int64_t days = (stay.end - stay.first).count();
  const std::int64_t step_after = DrawBetween(random, 1, std::max<std::int64_t>(days - 2, 1));
  const std::int64_t step_percent = DrawBetween(random, 50, 300);

  std::vector<Point> points{{stay.first, FromThousandths(Exp2(size))}};
  std::int64_t passed = 0;
  if (steps && days > 3) {
    size = Grown(size, growth, step_after);
    points.push_back({stay.first + std::chrono::days{step_after}, FromThousandths(Exp2(size))});
    size = std::max<Q32>(size + Log2(step_percent) - Log2(100), kSmallestSize);
    points.push_back({stay.first + std::chrono::days{step_after + 1}, FromThousandths(Exp2(size))});
    passed = step_after + 1;
  }
  if (days - 1 > passed) {
    size = Grown(size, growth, days - 1 - passed);
    points.push_back({stay.end - std::chrono::days{1}, FromThousandths(Exp2(size))});
  }
  if (stay.leaves) points.push_back({stay.end, Decimal()});
  return points;
}

Actor DrawActor(SeededRandom& random, const World& world, const Mix& mix, const Stay& stay) {
  Actor actor;
  const auto region = static_cast<std::size_t>(
      DrawBetween(random, 0, static_cast<std::int64_t>(world.regions.size()) - 1));
  for (const MixUse& use : mix.uses) {
    const bool has = Chance(random, use.chance_percent);
    std::vector<Point> points = DrawPoints(random, world, use, stay);
    if (!has) continue;
    actor.uses.push_back(Use{.meter = use.meter,
                             .region = world.regions.at(region).id,
                             .week = use.week,
                             .noise_per_mille = use.noise_per_mille,
                             .geometric = true,
                             .monthly = false,
                             .hourly = std::nullopt,
                             .points = std::move(points)});
  }
  return actor;
}

}  // namespace

Crowd InventCrowd(const World& world, std::uint64_t seed) {
  Crowd crowd;
  const Background& background = world.background;
  for (int i = 1; i <= background.customers; ++i) {
    const std::string number = Number(i, 3);
    SeededRandom random(SeedOf(seed, {"customer", number}));
    catalogue::Customer customer{.id = "ba-example-" + number,
                                 .name = "Example Customer " + number,
                                 .contract = background.contract,
                                 .units = {},
                                 .subscriptions = {}};
    const Mix& mix = DrawMix(random, background.mixes);
    const Stay stay = DrawStay(random, world);
    const std::int64_t count = DrawBetween(random, mix.subscriptions_min, mix.subscriptions_max);
    for (std::int64_t j = 1; j <= count; ++j) {
      const std::string name = "customer-" + number + "-" + std::to_string(j);
      Actor actor = DrawActor(random, world, mix, stay);
      actor.subscription = "sub-" + name;
      customer.subscriptions.push_back(
          {.id = actor.subscription, .name = name, .depended_on_by = {}});
      crowd.actors.push_back(std::move(actor));
    }
    crowd.customers.push_back(std::move(customer));
  }
  return crowd;
}

}  // namespace proviso::simulate
