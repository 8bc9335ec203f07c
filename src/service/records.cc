// Business records: sources registered, registers imported, rows read in a case.
#include <algorithm>

#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/core.h"
#include "service/internal/registers.h"

namespace proviso::service {
namespace {

constexpr std::int64_t kRowsShown = 200;

Result<const SourceRecord*> FindSource(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("source"));
  const auto found = context.state().sources.find(id);
  if (found != context.state().sources.end()) return &found->second;
  return Fail(ErrorCode::kNotFound, "there is no source `" + id +
                                        "`; register it before anything of it is read: proviso "
                                        "records register");
}

Json TextsJson(const std::vector<std::string>& texts) {
  Json json = Json::MakeArray();
  for (const std::string& text : texts) json.Append(text);
  return json;
}

// The register that speaks for a source today; the newest where there are several.
const RegisterRecord* NewestOf(const State& state, const std::string& source) {
  const RegisterRecord* newest = nullptr;
  for (const RegisterRecord& record : state.registers) {
    if (record.source == source) newest = &record;
  }
  return newest;
}

Json RowsJson(const records::RegisterRows& found) {
  Json rows = Json::MakeArray();
  for (const auto& row : found.rows) {
    rows.Append(Json::Of({{"line", row.line}, {"cells", TextsJson(row.cells)}}));
  }
  return rows;
}

}  // namespace

std::vector<records::RegisterFile> RegistersInForce(const State& state, records::SourceClass cls) {
  std::vector<records::RegisterFile> files;
  for (const RegisterRecord& record : state.registers) {
    if (state.sources.at(record.source).source.cls != cls) continue;
    const bool speaks =
        cls == records::SourceClass::kBilling ? !record.months.empty() : record.in_force;
    if (!speaks) continue;
    files.push_back(
        {.sha256 = record.sha256, .kept_sha256 = record.kept_sha256, .months = record.months});
  }
  return files;
}

Result<Json> RegisterSource(const Context& context) {
  const Json& args = context.request.args;
  records::Source source;
  source.id = PROVISO_TRY(args.StringAt("source"));
  const std::string name = PROVISO_TRY(args.StringAt("class"));
  source.cls = PROVISO_TRY(records::ParseSourceClass(name));
  source.owner = PROVISO_TRY(args.StringAt("owner"));
  source.purpose = PROVISO_TRY(args.StringAt("purpose"));
  PROVISO_TRY(records::CheckSource(source));
  if (context.state().sources.contains(source.id)) {
    return Fail(ErrorCode::kAlreadyExists,
                "source `" + source.id + "` is registered already; see: proviso records list");
  }
  Event event;
  event.type = "source.registered";
  event.open = Json::Of({{"source", source.id}, {"class", records::SourceClassName(source.cls)}});
  event.sealed["details"] = Json::Of({{"owner", source.owner}, {"purpose", source.purpose}});
  return Made(source.id, PROVISO_TRY(context.Record("", std::move(event))));
}

Result<Json> ListSources(const Context& context) {
  Json sources = Json::MakeArray();
  for (const auto& [id, record] : context.state().sources) {
    Json imports = Json::MakeArray();
    for (const RegisterRecord& item : context.state().registers) {
      if (item.source != id) continue;
      Json shown = item.report;
      shown["index"] = item.index;
      shown["in_force"] = item.in_force || !item.months.empty();
      imports.Append(std::move(shown));
    }
    sources.Append(Json::Of({{"source", id},
                             {"class", records::SourceClassName(record.source.cls)},
                             {"owner", record.source.owner},
                             {"purpose", record.source.purpose},
                             {"registered_by", record.registered_by},
                             {"imports", std::move(imports)}}));
  }
  return Json::Of({{"sources", std::move(sources)}});
}

Result<Json> ImportRecords(const Context& context) {
  const SourceRecord& source = *PROVISO_TRY(FindSource(context));
  if (!context.state().catalogue) {
    return Fail(ErrorCode::kFailedPrecondition,
                "import the catalogue first: classes and units are checked against it");
  }
  const std::string path = PROVISO_TRY(context.request.attachments.StringAt("path"));
  const std::string sha256 = PROVISO_TRY(context.request.args.StringAt("sha256"));
  if (PROVISO_TRY(context.core.registers->Fingerprint(path)).Hex() != sha256) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + path + "` changed since its hash was signed; import it again");
  }
  const auto same =
      std::find_if(context.state().registers.begin(), context.state().registers.end(),
                   [&](const RegisterRecord& record) { return record.sha256 == sha256; });
  if (same != context.state().registers.end()) {
    Json answer = same->report;
    answer["known"] = true;
    return answer;
  }
  const auto& imported = context.state().customers;
  const catalogue::Customers* customers = imported ? &*imported : nullptr;
  records::StagedRegister staged = PROVISO_TRY(context.core.registers->Stage(
      path, source.source.cls, {*context.state().catalogue, customers},
      [&](double share, std::string_view phase) {
        context.Report(
            Json::Of({{"phase", phase}, {"share", static_cast<std::int64_t>(share * 1000)}}));
      }));
  if (customers == nullptr) {
    staged.oddities.emplace_back(
        "no customers file was imported: customers and subscriptions were not checked against it");
  }
  Json months = Json::MakeArray();
  for (const auto& [month, lines] : staged.months) months.Append(FormatMonth(month));
  Event event;
  event.type = "records.imported";
  event.open = Json::Of({{"source", source.source.id},
                         {"class", records::SourceClassName(source.source.cls)},
                         {"sha256", staged.sha256},
                         {"kept_sha256", staged.kept_sha256},
                         {"rows", RowCountsJson(staged.rows)},
                         {"months", std::move(months)}});
  event.sealed["details"] = Json::Of({{"dropped_columns", TextsJson(staged.dropped_columns)},
                                      {"oddities", TextsJson(staged.oddities)}});
  Json answer = event.open;
  answer["known"] = false;
  answer["dropped_columns"] = TextsJson(staged.dropped_columns);
  answer["oddities"] = TextsJson(staged.oddities);
  if (!staged.quarantine.empty()) answer["quarantine"] = staged.quarantine.string();
  answer["index"] = PROVISO_TRY(context.Record("", std::move(event)));
  return answer;
}

// A person reads rows: only in a case, of the named customer, and the log says so.
Result<Json> ReadRecords(const Context& context) {
  const SourceRecord& source = *PROVISO_TRY(FindSource(context));
  const Json& args = context.request.args;
  review::ReadRecord command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.evidence_class = records::SourceClassName(source.source.cls);
  command.what = source.source.id;
  command.purpose = PROVISO_TRY(args.StringAt("purpose"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const RegisterRecord* newest = NewestOf(context.state(), source.source.id);
  if (newest == nullptr) {
    return Fail(ErrorCode::kNotFound, "nothing of source `" + source.source.id +
                                          "` was imported yet: proviso records import");
  }
  records::RowFilter filter;
  filter.customer = PROVISO_TRY(args.StringAt("customer"));
  if (!context.state().customers ||
      context.state().customers->FindCustomer(filter.customer) == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no customer `" + filter.customer + "`");
  }
  filter.capability_class = args.StringOr("class", "");
  filter.region = args.StringOr("region", "");
  const records::RegisterRows found = PROVISO_TRY(context.core.registers->Rows(
      {.sha256 = newest->sha256, .kept_sha256 = newest->kept_sha256, .months = {}}, filter,
      kRowsShown));
  event.sealed["details"] = Json::Of({{"customer", filter.customer},
                                      {"class", filter.capability_class},
                                      {"region", filter.region}});
  const std::uint64_t index = PROVISO_TRY(context.Record(command.case_id, std::move(event)));
  return Json::Of({{"source", command.what},
                   {"columns", TextsJson(found.columns)},
                   {"rows", RowsJson(found)},
                   {"matching", found.matching},
                   {"index", index}});
}

}  // namespace proviso::service
