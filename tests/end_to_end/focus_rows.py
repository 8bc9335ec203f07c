"""Small FOCUS 1.2 files: billing rows of invented use."""

import csv
import io

COLUMNS = """ProviderName PublisherName InvoiceIssuerName InvoiceId BillingAccountId
BillingAccountName BillingAccountType SubAccountId SubAccountName SubAccountType BillingPeriodStart
BillingPeriodEnd ChargePeriodStart ChargePeriodEnd ChargeCategory ChargeClass ChargeDescription
ChargeFrequency BilledCost EffectiveCost ListCost ContractedCost ListUnitPrice ContractedUnitPrice
PricingCategory PricingQuantity PricingUnit PricingCurrency PricingCurrencyContractedUnitPrice
PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice BillingCurrency ConsumedQuantity
ConsumedUnit ServiceName ServiceCategory ServiceSubcategory SkuId SkuMeter SkuPriceId
SkuPriceDetails ResourceId ResourceName ResourceType RegionId RegionName AvailabilityZone
CommitmentDiscountId CommitmentDiscountName CommitmentDiscountCategory CommitmentDiscountType
CommitmentDiscountStatus CommitmentDiscountQuantity CommitmentDiscountUnit CapacityReservationId
CapacityReservationStatus Tags""".split()

BLANK = {
    "ProviderName": "Example Cloud",
    "PublisherName": "Example Cloud",
    "InvoiceIssuerName": "Example Cloud",
    "BillingAccountId": "ba-example-ministry",
    "BillingAccountType": "Account",
    "ChargeCategory": "Usage",
    "ChargeFrequency": "Usage-Based",
    "BilledCost": "0",
    "EffectiveCost": "0",
    "ListCost": "0",
    "ContractedCost": "0",
    "BillingCurrency": "EUR",
    "ServiceName": "Blob Store",
    "ServiceCategory": "Storage",
    "ServiceSubcategory": "Object Storage",
    "SkuId": "EX-1",
    "SkuPriceId": "EX-1.1",
    "SkuMeter": "Data Stored",
    "ConsumedUnit": "GB-Hours",
    "RegionId": "nl-1",
    "SubAccountType": "Subscription",
    "PricingCategory": "Standard",
    "PricingUnit": "GB-Hours",
}


def row(subscription, day, quantity, **more):
    """One day of one meter; `day` is a datetime.date."""
    import datetime

    first = day.replace(day=1)
    after = (first + datetime.timedelta(days=32)).replace(day=1)
    values = dict(
        BLANK,
        SubAccountId=subscription,
        ConsumedQuantity=str(quantity),
        PricingQuantity=str(quantity),
        BillingPeriodStart=f"{first}T00:00:00Z",
        BillingPeriodEnd=f"{after}T00:00:00Z",
        ChargePeriodStart=f"{day}T00:00:00Z",
        ChargePeriodEnd=f"{day + datetime.timedelta(days=1)}T00:00:00Z",
    )
    values.update(more)
    return values


def csv_text(rows, columns=COLUMNS):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
