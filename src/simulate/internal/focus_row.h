#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/internal/series.h"

namespace proviso::simulate {

// The Cost and Usage columns of FOCUS 1.2, in the order of the specification.
inline constexpr std::array<std::string_view, 57> kFocusColumns = {
    "AvailabilityZone",
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
};

// The header line, with its end.
std::string FocusHeader();

// Writes the rows of one series in one billing month: everything that does not change from row to
// row is put together once.
class FocusRows {
 public:
  FocusRows(const World& world, const Series& series, Month month);

  // Appends the row of [start, end), both as "2026-03-01T00:00:00Z", with `quantity` thousandths
  // of the meter's unit. kResourceExhausted when the cost does not fit a decimal.
  Status Append(std::string& out, std::string_view start, std::string_view end,
                std::int64_t quantity) const;

 private:
  enum class Slot { kNone, kStart, kEnd, kQuantity, kCost };
  struct Segment {
    std::string text;  // stands before what the slot brings
    Slot slot = Slot::kNone;
  };
  std::vector<Segment> segments_;
  Decimal price_;
};

}  // namespace proviso::simulate
