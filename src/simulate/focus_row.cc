#include "simulate/internal/focus_row.h"

#include <algorithm>
#include <map>

namespace proviso::simulate {
namespace {

std::string CsvField(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + '"';
}

std::string Midnight(Date day) { return FormatDate(day) + "T00:00:00Z"; }

// The columns that are the same in all rows of a series in a month. Columns that are in neither map
// have nothing to say here, and are empty: that is null in FOCUS.
std::map<std::string_view, std::string> FixedColumns(const World& world, const Series& series,
                                                     Month month) {
  const Meter& meter = *series.meter;
  const std::string price = meter.price.ToString();
  constexpr std::size_t kIdDigits = 12;
  std::string resource = std::to_string(series.seed);
  resource.resize(kIdDigits, '0');
  return {
      {"BillingAccountId", series.customer->id},
      {"BillingAccountName", series.customer->name},
      {"BillingAccountType", "Customer"},
      {"BillingCurrency", world.currency},
      {"BillingPeriodEnd", Midnight(EndDay(month))},
      {"BillingPeriodStart", Midnight(FirstDay(month))},
      {"ChargeCategory", "Usage"},
      {"ChargeDescription", meter.service_name + ": " + meter.sku_meter},
      {"ChargeFrequency", "Usage-Based"},
      {"ConsumedUnit", meter.unit},
      {"ContractedUnitPrice", price},
      {"InvoiceId", FormatMonth(month) + "-" + series.customer->id},
      {"InvoiceIssuerName", world.provider},
      {"ListUnitPrice", price},
      {"PricingCategory", "Standard"},
      {"PricingCurrency", world.currency},
      {"PricingCurrencyContractedUnitPrice", price},
      {"PricingCurrencyListUnitPrice", price},
      {"PricingUnit", meter.unit},
      {"ProviderName", world.provider},
      {"PublisherName", world.provider},
      {"RegionId", series.region->id},
      {"RegionName", series.region->name},
      {"ResourceId", "res-" + resource},
      {"ResourceType", meter.service_name},
      {"ServiceCategory", meter.category},
      {"ServiceName", meter.service_name},
      {"ServiceSubcategory", meter.subcategory},
      {"SkuId", meter.sku_id},
      {"SkuMeter", meter.sku_meter},
      {"SkuPriceId", meter.sku_id + "-" + series.region->id},
      {"SubAccountId", series.subscription->id},
      {"SubAccountName", series.subscription->name},
      {"SubAccountType", "Subscription"},
  };
}

Decimal FromThousandths(std::int64_t quantity) {
  return Decimal::FromUnits(static_cast<Int128>(quantity) * (Decimal::kUnit / 1000));
}

}  // namespace

std::string FocusHeader() {
  std::string header;
  for (const std::string_view column : kFocusColumns) {
    if (!header.empty()) header += ',';
    header += column;
  }
  return header + '\n';
}

FocusRows::FocusRows(const World& world, const Series& series, Month month)
    : price_(series.meter->price) {
  static constexpr std::array<std::pair<std::string_view, Slot>, 9> kSlots = {{
      {"BilledCost", Slot::kCost},
      {"ChargePeriodEnd", Slot::kEnd},
      {"ChargePeriodStart", Slot::kStart},
      {"ConsumedQuantity", Slot::kQuantity},
      {"ContractedCost", Slot::kCost},
      {"EffectiveCost", Slot::kCost},
      {"ListCost", Slot::kCost},
      {"PricingCurrencyEffectiveCost", Slot::kCost},
      {"PricingQuantity", Slot::kQuantity},
  }};
  const std::map<std::string_view, std::string> fixed = FixedColumns(world, series, month);
  Segment segment;
  for (const std::string_view column : kFocusColumns) {
    if (column != kFocusColumns.front()) segment.text += ',';
    const auto* slot = std::find_if(kSlots.begin(), kSlots.end(),
                                    [column](const auto& each) { return each.first == column; });
    if (slot != kSlots.end()) {
      segment.slot = slot->second;
      segments_.push_back(std::move(segment));
      segment = Segment();
    } else if (const auto text = fixed.find(column); text != fixed.end()) {
      segment.text += CsvField(text->second);
    }
  }
  segment.text += '\n';
  segments_.push_back(std::move(segment));
}

Status FocusRows::Append(std::string& out, std::string_view start, std::string_view end,
                         std::int64_t quantity) const {
  const Decimal amount = FromThousandths(quantity);
  const std::string amount_text = amount.ToString();
  const std::string cost_text = PROVISO_TRY(amount.Times(price_)).ToString();
  for (const Segment& segment : segments_) {
    out += segment.text;
    switch (segment.slot) {
      case Slot::kNone:
        break;
      case Slot::kStart:
        out += start;
        break;
      case Slot::kEnd:
        out += end;
        break;
      case Slot::kQuantity:
        out += amount_text;
        break;
      case Slot::kCost:
        out += cost_text;
        break;
    }
  }
  return {};
}

}  // namespace proviso::simulate
