#include "usage/focus_columns.h"

#include <algorithm>
#include <set>

namespace proviso::usage {

namespace {

constexpr ColumnType kText = ColumnType::kText;
constexpr ColumnType kDecimal = ColumnType::kDecimal;
constexpr ColumnType kInstant = ColumnType::kInstant;

constexpr std::size_t kNamesShownMax = 8;

// Dropped: everything that a customer or a person may have written freely, or that no check needs.
constexpr FocusColumn Dropped(std::string_view name, int since = 0, ColumnType type = kText) {
  return {.name = name, .type = type, .since = since, .values = {}};
}
constexpr FocusColumn Kept(std::string_view name, int since = 0, ColumnType type = kText) {
  return {.name = name, .type = type, .since = since, .kept = true, .values = {}};
}
constexpr FocusColumn Required(std::string_view name, ColumnType type = kText) {
  return {.name = name, .type = type, .required = true, .kept = true, .values = {}};
}
constexpr FocusColumn Filled(std::string_view name, ColumnType type = kText) {
  return {.name = name, .type = type, .required = true, .kept = true, .filled = true, .values = {}};
}
constexpr FocusColumn OneOf(FocusColumn column, std::string_view values) {
  column.values = values;
  return column;
}
// For a column that no figure is computed from.
constexpr FocusColumn Preferably(FocusColumn column, std::string_view values) {
  column.values = values;
  column.forgiving = true;
  return column;
}

constexpr std::array kColumns = {
    Dropped("AllocatedMethodDetails", 3),
    Dropped("AllocatedMethodId", 3),
    Dropped("AllocatedResourceId", 3),
    Dropped("AllocatedResourceName", 3),
    Dropped("AllocatedTags", 3),
    Dropped("AvailabilityZone"),
    Required("BilledCost", kDecimal),
    Filled("BillingAccountId"),
    Dropped("BillingAccountName"),
    Dropped("BillingAccountType", 2),
    Required("BillingCurrency"),
    Filled("BillingPeriodEnd", kInstant),
    Filled("BillingPeriodStart", kInstant),
    Dropped("CapacityReservationId", 1),
    Dropped("CapacityReservationStatus", 1),
    OneOf(Filled("ChargeCategory"), "Usage;Purchase;Tax;Credit;Adjustment"),
    OneOf(Required("ChargeClass"), "Correction"),
    Dropped("ChargeDescription"),
    Preferably(Kept("ChargeFrequency"), "One-Time;Recurring;Usage-Based"),
    Filled("ChargePeriodEnd", kInstant),
    Filled("ChargePeriodStart", kInstant),
    Dropped("CommitmentDiscountCategory"),
    Dropped("CommitmentDiscountId"),
    Dropped("CommitmentDiscountName"),
    Dropped("CommitmentDiscountQuantity", 1, kDecimal),
    OneOf(Kept("CommitmentDiscountStatus"), "Used;Unused"),
    Dropped("CommitmentDiscountType"),
    Dropped("CommitmentDiscountUnit", 1),
    Dropped("CommitmentProgramEligibilityDetails", 4),
    Required("ConsumedQuantity", kDecimal),
    Required("ConsumedUnit"),
    Dropped("ContractApplied", 3),
    Required("ContractedCost", kDecimal),
    Dropped("ContractedUnitPrice", 0, kDecimal),
    Required("EffectiveCost", kDecimal),
    Dropped("HostProviderName", 3),
    Dropped("InvoiceDetailId", 4),
    Dropped("InvoiceId", 2),
    Dropped("InvoiceIssuerName"),
    Required("ListCost", kDecimal),
    Dropped("ListUnitPrice", 0, kDecimal),
    Preferably(Kept("PricingCategory"), "Standard;Dynamic;Committed;Other"),
    Dropped("PricingCurrency", 2),
    Dropped("PricingCurrencyContractedUnitPrice", 2, kDecimal),
    Dropped("PricingCurrencyEffectiveCost", 2, kDecimal),
    Dropped("PricingCurrencyListUnitPrice", 2, kDecimal),
    Required("PricingQuantity", kDecimal),
    Required("PricingUnit"),
    Dropped("ProviderName"),
    Dropped("PublisherName"),
    Required("RegionId"),
    Dropped("RegionName"),
    Dropped("ResourceId"),
    Dropped("ResourceName"),
    Dropped("ResourceType"),
    Required("ServiceCategory"),
    Filled("ServiceName"),
    Dropped("ServiceProviderName", 3),
    Kept("ServiceSubcategory", 1),
    Required("SkuId"),
    Kept("SkuMeter", 1),
    Dropped("SkuPriceDetails", 1),
    Dropped("SkuPriceId"),
    Required("SubAccountId"),
    Dropped("SubAccountName"),
    Dropped("SubAccountType", 2),
    Dropped("Tags"),
};
static_assert(std::ranges::is_sorted(kColumns, {}, &FocusColumn::name));

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kNamesShownMax; ++i) {
    text += (i == 0 ? "`" : ", `") + names[i] + "`";
  }
  if (names.size() > kNamesShownMax) {
    text += " and " + std::to_string(names.size() - kNamesShownMax) + " more";
  }
  return text;
}

// The newest version that one of the columns came with.
int NewestMinor(const FocusLayout& layout) {
  int newest = 0;
  for (const FocusColumn* column : layout.columns) {
    if (column != nullptr) newest = std::max(newest, column->since);
  }
  return newest;
}

Status CheckRequired(const FocusLayout& layout) {
  std::vector<std::string> missing;
  for (const FocusColumn& column : kColumns) {
    if (column.required && std::ranges::find(layout.columns, &column) == layout.columns.end()) {
      missing.emplace_back(column.name);
    }
  }
  if (missing.empty()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "the header has no column " + Listed(missing) +
                  "; export all mandatory columns of FOCUS 1.0 or 1.2, named in the first line");
}

}  // namespace

std::span<const FocusColumn> FocusColumns() { return kColumns; }

const FocusColumn* FindFocusColumn(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(kColumns, name, {}, &FocusColumn::name);
  return found != kColumns.end() && found->name == name ? found : nullptr;
}

std::vector<const FocusColumn*> LakeColumns() {
  std::vector<const FocusColumn*> kept;
  for (const FocusColumn& column : kColumns) {
    if (column.kept) kept.push_back(&column);
  }
  return kept;
}

Result<FocusLayout> RecogniseLayout(const std::vector<std::string>& header) {
  FocusLayout layout;
  layout.names = header;
  for (const std::string& name : header) {
    layout.columns.push_back(FindFocusColumn(name));
    if (layout.columns.back() == nullptr) layout.unknown.push_back(name);
  }
  // Before any name is shown: where the header is missing, its place holds somebody's data.
  if (layout.unknown.size() == header.size()) {
    return Fail(ErrorCode::kInvalidArgument,
                "no column of FOCUS is in the header; expected the column names of FOCUS 1.0 or "
                "1.2 in the first line, separated by commas");
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (!seen.insert(header[i]).second) {
      return Fail(ErrorCode::kInvalidArgument, "the header names the column `" + header[i] +
                                                   "` twice (again as column " +
                                                   std::to_string(i + 1) + "); keep one of them");
    }
  }
  const int minor = NewestMinor(layout);
  if (minor != 0 && minor != 2) {
    return Fail(ErrorCode::kUnimplemented, "this is FOCUS 1." + std::to_string(minor) +
                                               " by its columns; export FOCUS 1.0 or 1.2");
  }
  layout.version = "1." + std::to_string(minor);
  PROVISO_TRY(CheckRequired(layout));
  for (const FocusColumn& column : kColumns) {
    if (column.since <= minor && !seen.contains(column.name))
      layout.absent.emplace_back(column.name);
  }
  return layout;
}

}  // namespace proviso::usage
