#include "usage/series_builder.h"

#include <algorithm>
#include <utility>

namespace proviso::usage {

namespace {

using std::chrono::days;
using std::chrono::hours;

constexpr std::int64_t kHoursOfDay = 24;
// A row may touch this many months; beyond it its dates are nonsense.
constexpr int kMonthsTouchedMax = 1200;

void AppendPart(std::string& key, std::string_view part) {
  const auto size = static_cast<std::uint32_t>(part.size());
  key.append(reinterpret_cast<const char*>(&size), sizeof(size));
  key += part;
}

std::string_view TakePart(std::string_view& key) {
  std::uint32_t size = 0;
  std::memcpy(&size, key.data(), sizeof(size));
  const std::string_view part = key.substr(sizeof(size), size);
  key.remove_prefix(sizeof(size) + size);
  return part;
}

// Unit-hours of a day / 24, rounded half to even.
Decimal MeanOfDay(Decimal unit_hours) {
  Int128 mean = unit_hours.units() / kHoursOfDay;
  const Int128 rest = unit_hours.units() % kHoursOfDay;
  const Int128 doubled = 2 * (rest < 0 ? -rest : rest);
  if (doubled > kHoursOfDay || (doubled == kHoursOfDay && mean % 2 != 0)) mean += rest < 0 ? -1 : 1;
  return Decimal::FromUnits(mean);
}

Status AddTo(Decimal& sum, Decimal value) {
  sum = PROVISO_TRY(sum.Plus(value));
  return {};
}

}  // namespace

Result<Decimal> TimesRounded(Decimal a, Decimal b) {
  const Int128 unit = Decimal::kUnit;
  const Int128 whole_a = a.units() / unit;
  const Int128 part_a = a.units() % unit;
  const Int128 whole_b = b.units() / unit;
  const Int128 part_b = b.units() % unit;
  // a*b = whole_a*whole_b + (whole_a*part_b + part_a*whole_b)/unit + part_a*part_b/unit^2; only
  // the last term can have more digits than fit, and it is below one.
  Int128 total = 0;
  Int128 cross_a = 0;
  Int128 cross_b = 0;
  bool overflow = __builtin_mul_overflow(whole_a, whole_b, &total);
  overflow |= __builtin_mul_overflow(total, unit, &total);
  overflow |= __builtin_mul_overflow(whole_a, part_b, &cross_a);
  overflow |= __builtin_mul_overflow(part_a, whole_b, &cross_b);
  overflow |= __builtin_add_overflow(total, cross_a, &total);
  overflow |= __builtin_add_overflow(total, cross_b, &total);
  const Int128 small = part_a * part_b;
  overflow |= __builtin_add_overflow(total, small / unit, &total);
  const Int128 rest = small % unit;
  const Int128 doubled = 2 * (rest < 0 ? -rest : rest);
  if (doubled > unit || (doubled == unit && total % 2 != 0)) {
    overflow |= __builtin_add_overflow(total, Int128{rest < 0 ? -1 : 1}, &total);
  }
  // DECIMAL(38,18): below 10^38 units.
  const Int128 limit = unit * unit * 100;
  if (overflow || total >= limit || total <= -limit) {
    return Fail(ErrorCode::kResourceExhausted, "the product of " + a.ToString() + " and " +
                                                   b.ToString() + " has more than 20 digits");
  }
  return Decimal::FromUnits(total);
}

std::vector<DayShare> SplitAtMidnight(Instant start, Instant end, Decimal quantity) {
  const Date first = std::chrono::floor<days>(start);
  const Instant midnight = first + days{1};
  const bool whole_hours =
      std::chrono::floor<hours>(start) == start && std::chrono::floor<hours>(end) == end;
  if (!whole_hours || end <= midnight || end - start > hours{kHoursOfDay}) return {};
  const std::int64_t total = std::chrono::duration_cast<hours>(end - start).count();
  const std::int64_t before = std::chrono::duration_cast<hours>(midnight - start).count();
  Int128 scaled = 0;
  if (__builtin_mul_overflow(quantity.units(), Int128{before}, &scaled) || scaled % total != 0) {
    return {};
  }
  const Int128 share = scaled / total;
  return {{first, Decimal::FromUnits(share)},
          {first + days{1}, Decimal::FromUnits(quantity.units() - share)}};
}

SeriesBuilder::Meter& SeriesBuilder::MeterOf(const ChunkView& chunk, std::size_t row) {
  key_.clear();
  for (std::size_t i = 0; i < kKeyParts; ++i) {
    AppendPart(key_, chunk.IsNull(i, row) ? std::string_view() : chunk.Text(i, row));
  }
  return meters_[key_];
}

Status SeriesBuilder::TakeDays(const ChunkView& chunk) {
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    if (chunk.IsNull(kKeyParts + 1, row)) continue;
    MeterOf(chunk, row)
        .days.push_back({chunk.DateAt(kKeyParts, row), chunk.DecimalAt(kKeyParts + 1, row)});
  }
  return {};
}

Status SeriesBuilder::TakeLongRows(const ChunkView& chunk) {
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    if (chunk.IsNull(kKeyParts + 2, row)) continue;
    Meter& meter = MeterOf(chunk, row);
    const Instant start = chunk.InstantAt(kKeyParts, row);
    const Instant end = chunk.InstantAt(kKeyParts + 1, row);
    const Decimal quantity = chunk.DecimalAt(kKeyParts + 2, row);
    const std::vector<DayShare> shares = SplitAtMidnight(start, end, quantity);
    for (const DayShare& share : shares) {
      if (IsInRange(share.day)) meter.days.push_back(share);
    }
    if (shares.empty()) meter.long_rows.push_back({start, end, quantity});
  }
  return {};
}

bool SeriesBuilder::IsInRange(Date day) const {
  return (!selection_.from || day >= *selection_.from) && (!selection_.to || day < *selection_.to);
}

Status SeriesBuilder::AddLongRow(Draft& draft, const LongRow& row, Decimal factor) const {
  const Date first = std::chrono::floor<days>(row.start);
  const Date last = std::chrono::floor<days>(row.end - std::chrono::microseconds{1});
  Month month = MonthOf(first);
  for (int i = 0; i < kMonthsTouchedMax && FirstDay(month) <= last; ++i) {
    if (IsInRange(std::max(FirstDay(month), first))) draft.has_long_rows.insert(month);
    month += std::chrono::months{1};
  }
  const bool in_month = MonthOf(first) == MonthOf(last);
  if (!in_month || !IsInRange(first) || !IsInRange(last)) return {};
  return AddTo(draft.months[MonthOf(first)], PROVISO_TRY(TimesRounded(row.quantity, factor)));
}

Status SeriesBuilder::AddMeter(const std::string& key, const Meter& meter) {
  std::string_view rest = key;
  const std::string subscription(TakePart(rest));
  const std::string region(TakePart(rest));
  catalogue::MeterKey meter_key;
  meter_key.service_name = TakePart(rest);
  meter_key.sku_id = TakePart(rest);
  meter_key.sku_meter = TakePart(rest);
  meter_key.unit = TakePart(rest);
  const std::optional<catalogue::MeterMapping> mapping = catalogue_.Map(meter_key);
  if (!mapping) return {};
  const catalogue::CapabilityClass& capability_class = *mapping->capability_class;
  if (!selection_.capability_class.empty() && selection_.capability_class != capability_class.id) {
    return {};
  }
  const bool by_service = selection_.by_service;
  Draft& draft =
      drafts_[{subscription, capability_class.id, region, by_service ? mapping->service->id : "",
               by_service ? mapping->operation : ""}];
  draft.capability_class = &capability_class;
  const bool as_metered = mapping->factor == Decimal::FromInteger(1);
  for (const DayShare& share : meter.days) {
    draft.days.push_back(
        {share.day,
         as_metered ? share.quantity : PROVISO_TRY(TimesRounded(share.quantity, mapping->factor))});
  }
  for (const LongRow& row : meter.long_rows) {
    PROVISO_TRY(AddLongRow(draft, row, mapping->factor));
  }
  return {};
}

Status SeriesBuilder::MergeDays(Draft& draft, Series& series) {
  if (draft.days.empty()) return {};
  std::ranges::sort(draft.days, {}, &DayShare::day);
  series.daily.first = draft.days.front().day;
  const Date last = draft.days.back().day;
  series.daily.values.resize(static_cast<std::size_t>((last - series.daily.first).count()) + 1);
  for (auto share = draft.days.begin(); share != draft.days.end();) {
    const Month month = MonthOf(share->day);
    Decimal& of_month = series.months[month];
    for (; share != draft.days.end() && share->day < EndDay(month); ++share) {
      std::optional<Decimal>& value =
          series.daily.values[static_cast<std::size_t>((share->day - series.daily.first).count())];
      value = value ? PROVISO_TRY(value->Plus(share->quantity)) : share->quantity;
      PROVISO_TRY(AddTo(of_month, share->quantity));
    }
  }
  if (draft.capability_class->kind != catalogue::ClassKind::kLevel) return {};
  for (std::optional<Decimal>& value : series.daily.values) {
    if (value) value = MeanOfDay(*value);
  }
  return {};
}

Result<std::vector<Series>> SeriesBuilder::Build() {
  for (const auto& [key, meter] : meters_) PROVISO_TRY(AddMeter(key, meter));
  std::vector<Series> all;
  all.reserve(drafts_.size());
  for (auto& [key, draft] : drafts_) {
    Series series;
    series.subscription = key[0];
    series.capability_class = key[1];
    series.region = key[2];
    series.service = key[3];
    series.operation = key[4];
    series.unit = draft.capability_class->unit;
    series.months = std::move(draft.months);
    series.has_long_rows = std::move(draft.has_long_rows);
    PROVISO_TRY(MergeDays(draft, series));
    all.push_back(std::move(series));
  }
  return all;
}

}  // namespace proviso::usage
