#pragma once

#include <string>
#include <vector>

#include "usage/engines/duckdb_engine.h"
#include "usage/lake.h"

namespace proviso::usage {

// A statement in which `{lake}` stands for the folder of the lake.
struct LakeQuery {
  std::string sql;
  std::vector<Parameter> parameters;

  std::string ForFolder(const std::filesystem::path& lake) const;
  std::vector<std::string> ParameterTexts() const;
};

// kInvalidArgument unless each delivery is named by a SHA-256 and has periods.
Status CheckDeliveries(const std::vector<ActiveDelivery>& deliveries);

// A sum is null where no row had a quantity: to leave such rows out in the query costs as much as
// all the rest, since Parquet keeps no statistics of these decimals.

// Sums of usage by SubAccountId, RegionId, ServiceName, SkuId, SkuMeter, ConsumedUnit and UsageDay,
// of the rows that lie in one UTC day.
LakeQuery DailySumsQuery(const Selection& selection);
// The same by ChargePeriodStart and ChargePeriodEnd, of all other rows. Cheap where there are
// none: the statistics of the files say so.
LakeQuery LongRowsQuery(const Selection& selection);
// Rows and quantity by ServiceName, SkuId, SkuMeter, ConsumedUnit, of all rows.
LakeQuery MetersQuery(const Selection& selection);
// By BillingPeriodStart: rows, usage rows, subscriptions, first and last day of usage.
LakeQuery PeriodsQuery(const ActiveDelivery& delivery);

}  // namespace proviso::usage
