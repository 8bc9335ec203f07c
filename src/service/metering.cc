// Metering: imported file by file, listed, rolled up.
#include "service/internal/metering.h"

#include <algorithm>
#include <set>

#include "service/internal/answers.h"
#include "service/internal/arguments.h"
#include "service/internal/core.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

// One `import usage`: some files, which together are the delivery for their billing periods.
class UsageImport {
 public:
  explicit UsageImport(const Context& context) : context_(context) {}

  Result<Json> Run() {
    const Json& args = context_.request.args;
    const std::vector<std::string> paths = PROVISO_TRY(args.StringsAt("files"));
    if (paths.empty()) return Fail(ErrorCode::kInvalidArgument, "no file to import");
    for (const std::string& path : paths) {
      // All are looked at first, so that files of one command never replace each other.
      hashes_.push_back(PROVISO_TRY_DOING(usage::Lake::Fingerprint(path), path).Hex());
    }
    add_ = args.BoolOr("add", false);
    Json files = Json::MakeArray();
    for (std::size_t i = 0; i < paths.size(); ++i) {
      files.Append(PROVISO_TRY(ImportFile(paths[i], hashes_[i])));
      context_.Report(Json::Of({{"phase", "import"},
                                {"file", fs::path(paths[i]).filename().string()},
                                {"share", (i + 1) * 1000 / paths.size()}}));
    }
    return Json::Of({{"files", files}, {"rows", RowCountsJson(total_)}});
  }

 private:
  Result<Json> ImportFile(const std::string& path, const std::string& sha256) {
    {
      const MutexLock lock(context_.core.mutex);
      if (const DeliveryRecord* known = context_.state().FindDelivery(sha256)) {
        PROVISO_TRY(context_.core.lake->VerifyLakeFile(sha256, known->lake_sha256));
        return Known(path, *known);
      }
    }
    usage::Delivery delivery =
        PROVISO_TRY(context_.core.lake->Stage(path, Options(fs::path(path).filename().string())));
    const MutexLock lock(context_.core.mutex);
    return Record(path, delivery);
  }

  // The same bytes again: nothing to do, and every row is skipped.
  Result<Json> Known(const std::string& path, const DeliveryRecord& known) {
    const Json* rows = known.report.Find("rows");
    const auto read = static_cast<std::uint64_t>(rows->IntegerOr("read", 0));
    total_.read += read;
    total_.skipped += read;
    Json answer = known.report;
    answer["file"] = path;
    answer["known"] = true;
    answer["rows"] =
        RowCountsJson({.read = read, .imported = 0, .quarantined = 0, .skipped = read});
    return answer;
  }

  usage::ImportOptions Options(const std::string& file) const {
    const Json& args = context_.request.args;
    usage::ImportOptions options;
    options.memory_bytes_max = static_cast<std::uint64_t>(
        args.IntegerOr("memory_bytes", static_cast<std::int64_t>(options.memory_bytes_max)));
    options.quarantine_share_max =
        static_cast<double>(args.IntegerOr("quarantine_per_million", 50'000)) / 1e6;
    options.progress = [this, file](double share, std::string_view phase) {
      context_.Report(Json::Of(
          {{"phase", phase}, {"file", file}, {"share", static_cast<std::int64_t>(share * 999)}}));
    };
    return options;
  }

  // Which deliveries stop speaking for which periods: those of earlier commands.
  Json Replaced(const usage::Delivery& delivery) const {
    Json replaces = Json::MakeArray();
    if (add_) return replaces;
    for (const usage::PeriodRows& period : delivery.periods) {
      for (const DeliveryRecord& earlier : context_.state().deliveries) {
        const bool same_command =
            std::find(hashes_.begin(), hashes_.end(), earlier.sha256) != hashes_.end();
        if (same_command || !earlier.periods.contains(period.start)) continue;
        replaces.Append(Json::Of({{"delivery", earlier.id}, {"period", FormatDate(period.start)}}));
      }
    }
    return replaces;
  }

  Result<Json> Record(const std::string& path, const usage::Delivery& delivery) {
    Json periods = Json::MakeArray();
    for (const usage::PeriodRows& period : delivery.periods) {
      periods.Append(Json::Of({{"start", FormatDate(period.start)}, {"rows", period.rows}}));
    }
    Event event;
    event.type = "usage.delivered";
    event.open =
        Json::Of({{"delivery", "d-" + delivery.sha256.substr(0, 12)},
                  {"sha256", delivery.sha256},
                  {"lake_sha256", delivery.lake_sha256},
                  {"format", delivery.format == usage::DeliveryFormat::kCsv ? "csv" : "parquet"},
                  {"focus", delivery.focus_version},
                  {"rows", RowCountsJson(delivery.rows)},
                  {"periods", periods},
                  {"replaces", Replaced(delivery)}});
    Json oddities = Json::MakeArray();
    for (const std::string& oddity : delivery.oddities) oddities.Append(oddity);
    event.sealed["details"] =
        Json::Of({{"file", fs::path(path).filename().string()}, {"oddities", oddities}});
    Json answer = event.open;
    answer["index"] = PROVISO_TRY(context_.Record("", std::move(event)));
    answer["file"] = path;
    answer["known"] = false;
    answer["oddities"] = oddities;
    answer["notes"] = Notes(answer);
    if (!delivery.quarantine.empty()) answer["quarantine"] = delivery.quarantine.string();
    total_.read += delivery.rows.read;
    total_.imported += delivery.rows.imported;
    total_.quarantined += delivery.rows.quarantined;
    total_.skipped += delivery.rows.skipped;
    return answer;
  }

  static Json Notes(const Json& answer) {
    Json notes = Json::MakeArray();
    for (const Json& replaced : *answer.Find("replaces")->AsArray()) {
      notes.Append("replaces " + replaced.StringOr("delivery", "") +
                   " for the billing period from " + replaced.StringOr("period", "") +
                   "; the earlier delivery stays addressable");
    }
    return notes;
  }

  const Context& context_;
  std::vector<std::string> hashes_;
  bool add_ = false;
  delivery::RowCounts total_;
};

Json Table(std::vector<const char*> columns) {
  Json head = Json::MakeArray();
  for (const char* column : columns) head.Append(column);
  return Json::Of({{"columns", head}, {"rows", Json::MakeArray()}});
}

Result<const catalogue::Catalogue*> NeedCatalogue(const State& state) {
  if (state.catalogue) return &*state.catalogue;
  return Fail(ErrorCode::kFailedPrecondition,
              "no catalogue yet: rows are mapped by it; import one with: proviso import catalogue "
              "FILE");
}

}  // namespace

std::vector<usage::ActiveDelivery> DeliveriesInForce(const State& state) {
  std::vector<usage::ActiveDelivery> active;
  for (const DeliveryRecord& record : state.deliveries) {
    if (record.periods.empty()) continue;
    active.push_back(
        {.sha256 = record.sha256, .periods = {record.periods.begin(), record.periods.end()}});
  }
  return active;
}

// INVARIANT (design, section 3, "recomputable"): a figure is computed only from the very bytes
// whose hash stands in the log.
Status VerifyInputs(const Context& context, const std::vector<usage::ActiveDelivery>& deliveries) {
  for (const usage::ActiveDelivery& delivery : deliveries) {
    const DeliveryRecord* record = context.state().FindDelivery(delivery.sha256);
    PROVISO_TRY(context.core.lake->VerifyLakeFile(delivery.sha256, record->lake_sha256));
  }
  return {};
}

Status TellUsageRead(const Context& context, Json open, std::optional<Json> asked) {
  Event event{.type = "usage.read", .open = std::move(open), .sealed = {}};
  if (asked) event.sealed["details"] = *std::move(asked);
  PROVISO_TRY(context.Record("", std::move(event)));
  return {};
}

Result<Json> ImportUsage(const Context& context) {
  const MutexLock lock(context.core.import_mutex);
  return UsageImport(context).Run();
}

Result<Json> ListUsage(const Context& context) {
  Json table = Table({"DELIVERY", "BILLING PERIOD", "ROWS", "IN FORCE", "FOCUS", "SHA-256"});
  for (const DeliveryRecord& record : context.state().deliveries) {
    for (const Json& period : *record.report.Find("periods")->AsArray()) {
      const std::string start = period.StringOr("start", "");
      const bool active = record.periods.contains(PROVISO_TRY(ParseDate(start)));
      table["rows"].Append(Json(Json::Array{
          record.id, start, std::to_string(period.IntegerOr("rows", 0)),
          active ? "yes" : "replaced", record.report.StringOr("focus", ""), record.sha256}));
    }
  }
  return table;
}

Result<Json> ListUnmappedUsage(const Context& context) {
  const catalogue::Catalogue& catalogue = *PROVISO_TRY(NeedCatalogue(context.state()));
  usage::Selection selection;
  selection.deliveries = DeliveriesInForce(context.state());
  PROVISO_TRY(VerifyInputs(context, selection.deliveries));
  Json table = Table({"SERVICE", "SKU", "METER", "UNIT", "ROWS", "QUANTITY"});
  for (const usage::UnmappedMeter& meter :
       PROVISO_TRY(context.core.lake->Unmapped(selection, catalogue))) {
    table["rows"].Append(
        Json(Json::Array{meter.meter.service_name, meter.meter.sku_id, meter.meter.sku_meter,
                         meter.meter.unit, std::to_string(meter.rows), meter.quantity.ToString()}));
  }
  return table;
}

Result<Json> RollUpUsage(const Context& context) {
  const catalogue::Catalogue& catalogue = *PROVISO_TRY(NeedCatalogue(context.state()));
  const Json& args = context.request.args;
  usage::Selection selection;
  selection.deliveries = DeliveriesInForce(context.state());
  if (const std::string id = args.StringOr("subscription", ""); !id.empty()) {
    selection.subscriptions.insert(id);
  }
  selection.capability_class = args.StringOr("class", "");
  selection.region = args.StringOr("region", "");
  selection.from = PROVISO_TRY(OptionalDateAt(args, "from"));
  selection.to = PROVISO_TRY(OptionalDateAt(args, "to"));
  PROVISO_TRY(VerifyInputs(context, selection.deliveries));
  const usage::Rollup rollup = PROVISO_TRY(context.core.lake->Rollup(selection, catalogue));
  Json asked = Json::MakeObject();
  for (const char* name : {"subscription", "class", "region", "from", "to"}) {
    if (const std::string value = args.StringOr(name, ""); !value.empty()) asked[name] = value;
  }
  PROVISO_TRY(TellUsageRead(context, Json::MakeObject(), std::move(asked)));
  Json table = Table({"SUBSCRIPTION", "CLASS", "REGION", "MONTH", "QUANTITY", "UNIT"});
  for (const usage::Series& series : rollup.series) {
    const catalogue::CapabilityClass* kind = catalogue.FindClass(series.capability_class);
    const bool level = kind != nullptr && kind->kind == catalogue::ClassKind::kLevel;
    for (const auto& [month, quantity] : series.months) {
      table["rows"].Append(Json(Json::Array{series.subscription, series.capability_class,
                                            series.region, FormatMonth(month), quantity.ToString(),
                                            level ? series.unit + "-hours" : series.unit}));
    }
  }
  table["query"] = rollup.query;
  return table;
}

}  // namespace proviso::service
