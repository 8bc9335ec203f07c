#include "simulate/simulate.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "simulate/internal/crowd.h"
#include "simulate/internal/fixed_point.h"
#include "simulate/internal/focus_row.h"
#include "simulate/internal/series.h"

namespace proviso::simulate {
namespace {

constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr int kHoursADay = 24;

Series SeriesOf(const World& world, const catalogue::Customer& customer,
                const catalogue::Subscription& subscription, const Use& use) {
  Series series{.customer = &customer,
                .subscription = &subscription,
                .meter = world.FindMeter(use.meter),
                .region = world.FindRegion(use.region),
                .week = world.FindWeek(use.week),
                .noise_per_mille = use.noise_per_mille,
                .geometric = use.geometric,
                .monthly = use.monthly,
                .hourly = use.hourly,
                .points = {},
                .seed = 0};
  for (const Point& point : use.points) {
    series.points.emplace_back(point.date, Thousandths(point.size));
  }
  return series;
}

// What a subscription used on a day, in thousandths of the meter's unit.
std::int64_t QuantityOn(const Series& series, Date day) {
  std::int64_t size = SizeOn(series, day);
  if (series.meter->whole) size -= size % 1000;
  return series.meter->level ? size * kHoursADay : size;
}

// The instants of one day as rows write them.
class DayText {
 public:
  explicit DayText(Date day)
      : start_(FormatDate(day) + "T00:00:00Z"),
        end_(FormatDate(day + std::chrono::days{1}) + "T00:00:00Z") {}

  const std::string& start() const { return start_; }
  const std::string& end() const { return end_; }
  std::string Hour(int hour) const {
    if (hour == kHoursADay) return end_;
    constexpr std::size_t kHourAt = 11;
    std::string text = start_;
    text[kHourAt] = static_cast<char>('0' + hour / 10);
    text[kHourAt + 1] = static_cast<char>('0' + hour % 10);
    return text;
  }

 private:
  std::string start_;
  std::string end_;
};

// The rows of one month, piece by piece.
class MonthWriter {
 public:
  MonthWriter(const World& world, Month month, const Sink& sink)
      : world_(world), month_(month), sink_(sink), out_(FocusHeader()) {
    for (Date day = FirstDay(month); day < EndDay(month); day += std::chrono::days{1}) {
      days_.emplace_back(day);
    }
  }

  Status Write(const Series& series) {
    const FocusRows rows(world_, series, month_);
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < days_.size(); ++i) {
      const Date day = FirstDay(month_) + std::chrono::days{static_cast<int>(i)};
      const std::int64_t quantity = QuantityOn(series, day);
      if (quantity == 0) continue;
      sum += quantity;
      if (series.hourly && day >= series.hourly->first && day < series.hourly->end) {
        PROVISO_TRY(WriteHours(rows, days_[i], quantity));
      } else if (!series.monthly) {
        PROVISO_TRY(rows.Append(out_, days_[i].start(), days_[i].end(), quantity));
      }
    }
    if (series.monthly && sum > 0) {
      PROVISO_TRY(rows.Append(out_, days_.front().start(), days_.back().end(), sum));
    }
    return out_.size() >= kPieceBytes ? Flush() : Status();
  }

  Status Flush() {
    if (out_.empty()) return {};
    PROVISO_TRY(sink_(month_, out_));
    out_.clear();
    return {};
  }

 private:
  // Twenty-four equal rows; what does not divide goes into the last, so that they add up.
  Status WriteHours(const FocusRows& rows, const DayText& day, std::int64_t quantity) {
    const std::int64_t share = quantity / kHoursADay;
    for (int hour = 0; hour < kHoursADay; ++hour) {
      const bool last = hour == kHoursADay - 1;
      const std::int64_t part = last ? quantity - share * (kHoursADay - 1) : share;
      if (part == 0) continue;
      PROVISO_TRY(rows.Append(out_, day.Hour(hour), day.Hour(hour + 1), part));
    }
    return {};
  }

  const World& world_;
  Month month_;
  const Sink& sink_;
  std::string out_;
  std::vector<DayText> days_;
};

// Adds the series of `actors`, whose subscriptions `find` knows.
template <typename Find>
Status AddSeries(const World& world, const std::vector<Actor>& actors, std::uint64_t seed,
                 Find&& find, std::vector<Series>& all) {
  for (const Actor& actor : actors) {
    const auto [customer, subscription] = find(actor.subscription);
    if (customer == nullptr || subscription == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the world's actor `" + actor.subscription +
                      "` is no subscription of the customers file; add it there or remove it");
    }
    for (const Use& use : actor.uses) {
      Series series = SeriesOf(world, *customer, *subscription, use);
      series.seed = SeedOf(seed, {"series", actor.subscription, use.meter, use.region});
      all.push_back(std::move(series));
    }
  }
  return {};
}

void AppendQuoted(std::string& out, std::string_view text) { out += Json(text).Canonical(); }

void AppendTexts(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (const std::string& text : texts) {
    if (out.back() != '[') out += ", ";
    AppendQuoted(out, text);
  }
  out += ']';
}

void AppendCustomer(std::string& out, const catalogue::Customer& customer) {
  out += "  - id: ";
  AppendQuoted(out, customer.id);
  out += "\n    name: ";
  AppendQuoted(out, customer.name);
  out += "\n    contract: {terms: ";
  AppendQuoted(out, customer.contract.terms);
  out += ", version: ";
  AppendQuoted(out, customer.contract.version);
  out += ", since: " + FormatDate(customer.contract.since) + "}\n";
  if (!customer.units.empty()) out += "    units:\n";
  for (const catalogue::Unit& unit : customer.units) {
    out += "      - {id: ";
    AppendQuoted(out, unit.id);
    out += ", name: ";
    AppendQuoted(out, unit.name);
    out += ", aliases: ";
    AppendTexts(out, unit.aliases);
    out += "}\n";
  }
  if (!customer.subscriptions.empty()) out += "    subscriptions:\n";
  for (const catalogue::Subscription& subscription : customer.subscriptions) {
    out += "      - {id: ";
    AppendQuoted(out, subscription.id);
    out += ", name: ";
    AppendQuoted(out, subscription.name);
    out += ", depended_on_by: ";
    AppendTexts(out, subscription.depended_on_by);
    out += "}\n";
  }
}

}  // namespace

Status Generate(const World& world, const catalogue::Customers& customers, std::uint64_t seed,
                const Sink& sink) {
  using Found = std::pair<const catalogue::Customer*, const catalogue::Subscription*>;
  const Crowd crowd = InventCrowd(world, seed);
  std::map<std::string_view, Found> invented;
  for (const catalogue::Customer& customer : crowd.customers) {
    for (const catalogue::Subscription& subscription : customer.subscriptions) {
      invented.emplace(subscription.id, Found(&customer, &subscription));
    }
  }
  std::vector<Series> series;
  const auto named = [&](const std::string& id) {
    return Found(customers.CustomerOfSubscription(id), customers.FindSubscription(id));
  };
  PROVISO_TRY(AddSeries(world, world.actors, seed, named, series));
  const auto drawn = [&](const std::string& id) { return invented.at(id); };
  PROVISO_TRY(AddSeries(world, crowd.actors, seed, drawn, series));
  for (Month month = world.first; month <= world.last(); month += std::chrono::months{1}) {
    MonthWriter writer(world, month, sink);
    for (const Series& each : series) PROVISO_TRY(writer.Write(each));
    PROVISO_TRY(writer.Flush());
  }
  return {};
}

Result<std::string> GenerateCustomers(const World& world, const catalogue::Customers& customers,
                                      std::uint64_t seed) {
  const Crowd crowd = InventCrowd(world, seed);
  std::string out =
      "# Generated by `proviso simulate`: the customers file that was given, and a crowd around "
      "it.\n\ncustomers:\n";
  for (const catalogue::Customer& customer : customers.all()) AppendCustomer(out, customer);
  for (const catalogue::Customer& customer : crowd.customers) AppendCustomer(out, customer);
  // An id that stands in both would join two customers: the reader knows all such faults.
  PROVISO_TRY_DOING(catalogue::Customers::FromYaml(out, "customers.yaml"), "generated customers");
  return out;
}

}  // namespace proviso::simulate
