#include "usage/rollup_query.h"

#include "crypto/hash.h"

namespace proviso::usage {

namespace {

constexpr std::string_view kFolderMark = "{lake}";

std::string FileOf(const ActiveDelivery& delivery) {
  return "'" + std::string(kFolderMark) + "/" + delivery.sha256 + ".parquet'";
}

// As ranges of the column itself: where a row group holds one period only, as most do, its
// statistics answer, and the column is not read.
std::string PeriodList(const ActiveDelivery& delivery) {
  std::string list;
  for (const Date period : delivery.periods) {
    if (!list.empty()) list += " OR ";
    list += "(BillingPeriodStart >= TIMESTAMP '" + FormatDate(period) +
            "' AND BillingPeriodStart < TIMESTAMP '" + FormatDate(period + std::chrono::days{1}) +
            "')";
  }
  return "(" + list + ")";
}

// The usage rows in force, each delivery for its periods only.
std::string UsageRows(const Selection& selection, std::string_view columns) {
  std::string rows;
  for (const ActiveDelivery& delivery : selection.deliveries) {
    if (!rows.empty()) rows += "\n  UNION ALL ";
    rows += "SELECT " + std::string(columns) + " FROM read_parquet(" + FileOf(delivery) +
            ") WHERE ChargeCategory = 'Usage' AND CommitmentDiscountStatus IS DISTINCT FROM "
            "'Unused' AND SubAccountId IS NOT NULL AND " +
            PeriodList(delivery);
  }
  return "(" + rows + ")";
}

// Adds "AND ..." for what the selection asks of every row.
void AddFilters(const Selection& selection, LakeQuery& query) {
  if (!selection.region.empty()) {
    query.sql += " AND RegionId = ?";
    query.parameters.emplace_back(selection.region);
  }
  if (selection.subscriptions.empty()) return;
  query.sql += " AND SubAccountId IN (";
  for (const std::string& subscription : selection.subscriptions) {
    if (query.sql.back() == '?') query.sql += ", ";
    query.sql += "?";
    query.parameters.emplace_back(subscription);
  }
  query.sql += ")";
}

void AddOverlap(const Selection& selection, LakeQuery& query) {
  if (selection.from) {
    query.sql += " AND ChargePeriodEnd > ?";
    query.parameters.emplace_back(Instant{*selection.from});
  }
  if (selection.to) {
    query.sql += " AND ChargePeriodStart < ?";
    query.parameters.emplace_back(Instant{*selection.to});
  }
}

constexpr std::string_view kKeys =
    "SubAccountId, RegionId, ServiceName, SkuId, SkuMeter, ConsumedUnit";
constexpr std::string_view kMeterKeys = "ServiceName, SkuId, SkuMeter, ConsumedUnit";

struct TextOf {
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(Date value) const { return FormatDate(value); }
  std::string operator()(Instant value) const {
    return FormatTime(std::chrono::floor<std::chrono::milliseconds>(value));
  }
  std::string operator()(Decimal value) const { return value.ToString(); }
};

}  // namespace

std::string LakeQuery::ForFolder(const std::filesystem::path& lake) const {
  const std::string quoted = QuoteSql(lake.string());
  const std::string inner = quoted.substr(1, quoted.size() - 2);
  std::string text = sql;
  for (std::size_t at = text.find(kFolderMark); at != std::string::npos;
       at = text.find(kFolderMark, at + inner.size())) {
    text.replace(at, kFolderMark.size(), inner);
  }
  return text;
}

std::vector<std::string> LakeQuery::ParameterTexts() const {
  std::vector<std::string> texts;
  texts.reserve(parameters.size());
  for (const Parameter& parameter : parameters) texts.push_back(std::visit(TextOf{}, parameter));
  return texts;
}

Status CheckDeliveries(const std::vector<ActiveDelivery>& deliveries) {
  for (const ActiveDelivery& delivery : deliveries) {
    static_cast<void>(PROVISO_TRY_DOING(crypto::Hash::FromHex(delivery.sha256), "delivery"));
    if (delivery.periods.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "delivery `" + delivery.sha256 + "` is in force for no billing period");
    }
  }
  return {};
}

LakeQuery DailySumsQuery(const Selection& selection) {
  const std::string keys(kKeys);
  LakeQuery query;
  query.sql =
      "SELECT " + keys + ", UsageDay, CAST(sum(ConsumedQuantity) AS DECIMAL(38,18))\nFROM " +
      UsageRows(selection, keys + ", UsageDay, ConsumedQuantity") + "\nWHERE UsageDay IS NOT NULL";
  AddFilters(selection, query);
  if (selection.from) {
    query.sql += " AND UsageDay >= ?";
    query.parameters.emplace_back(*selection.from);
  }
  if (selection.to) {
    query.sql += " AND UsageDay < ?";
    query.parameters.emplace_back(*selection.to);
  }
  query.sql += "\nGROUP BY " + keys + ", UsageDay";
  return query;
}

LakeQuery LongRowsQuery(const Selection& selection) {
  const std::string keys = std::string(kKeys) + ", ChargePeriodStart, ChargePeriodEnd";
  LakeQuery query;
  query.sql = "SELECT " + keys + ", CAST(sum(ConsumedQuantity) AS DECIMAL(38,18))\nFROM " +
              UsageRows(selection, keys + ", UsageDay, ConsumedQuantity") +
              "\nWHERE UsageDay IS NULL";
  AddFilters(selection, query);
  AddOverlap(selection, query);
  query.sql += "\nGROUP BY " + keys;
  return query;
}

LakeQuery MetersQuery(const Selection& selection) {
  const std::string keys(kMeterKeys);
  LakeQuery query;
  query.sql = "SELECT " + keys +
              ", count(ConsumedQuantity), CAST(sum(ConsumedQuantity) AS DECIMAL(38,18))\nFROM " +
              UsageRows(selection, std::string(kKeys) +
                                       ", ChargePeriodStart, ChargePeriodEnd, ConsumedQuantity") +
              "\nWHERE true";
  AddFilters(selection, query);
  AddOverlap(selection, query);
  query.sql += "\nGROUP BY " + keys;
  return query;
}

LakeQuery PeriodsQuery(const ActiveDelivery& delivery) {
  LakeQuery query;
  query.sql =
      "SELECT CAST(BillingPeriodStart AS DATE), count(*),\n"
      "  count(*) FILTER (ChargeCategory = 'Usage'), count(DISTINCT SubAccountId),\n"
      "  CAST(min(ChargePeriodStart) FILTER (ChargeCategory = 'Usage') AS DATE),\n"
      "  CAST(max(ChargePeriodEnd - INTERVAL 1 MICROSECOND) FILTER (ChargeCategory = 'Usage') AS "
      "DATE)\nFROM read_parquet(" +
      FileOf(delivery) + ") WHERE " + PeriodList(delivery) + "\nGROUP BY 1 ORDER BY 1";
  return query;
}

}  // namespace proviso::usage
