// Everything that the log says, written out: the projected state as canonical JSON, the public log
// as it is, and the decision table. Confidential parts are in it.
#include "review/case_json.h"
#include "service/internal/core.h"
#include "service/internal/kept_files.h"
#include "service/internal/places.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

// Writes below `to` and counts.
class Exporter {
 public:
  Exporter(io::FileSystem& files, fs::path to) : files_(files), to_(std::move(to)) {}

  Status Write(const fs::path& name, ByteView bytes) {
    const fs::path path = to_ / name;
    PROVISO_TRY(files_.CreateDirectories(path.parent_path()));
    PROVISO_TRY(files_.WriteFile(path, bytes));
    ++count_;
    return {};
  }
  Status WriteJson(const fs::path& name, const Json& json) {
    return Write(name, AsBytes(json.Pretty() + "\n"));
  }
  // Copies the files below `from`.
  Status CopyTree(const fs::path& from, const fs::path& name) {
    std::error_code failure;
    std::vector<fs::path> found;
    for (fs::recursive_directory_iterator it(from, failure), end; !failure && it != end;
         it.increment(failure)) {
      if (it->is_regular_file()) found.push_back(it->path());
    }
    if (failure) {
      return Fail(ErrorCode::kUnavailable, "list `" + from.string() + "`: " + failure.message());
    }
    for (const fs::path& path : found) {
      PROVISO_TRY(CopyFile(path, name / path.lexically_relative(from)));
    }
    return {};
  }
  Status CopyFile(const fs::path& from, const fs::path& name) {
    return Write(name, PROVISO_TRY(files_.ReadFile(from, std::uint64_t{1} << 32U)));
  }
  std::uint64_t count() const { return count_; }

 private:
  io::FileSystem& files_;
  fs::path to_;
  std::uint64_t count_ = 0;
};

Json DeliveriesJson(const State& state) {
  Json deliveries = Json::MakeArray();
  for (const DeliveryRecord& record : state.deliveries) {
    Json periods = Json::MakeArray();
    for (const Date period : record.periods) periods.Append(FormatDate(period));
    deliveries.Append(Json::Of({{"id", record.id},
                                {"index", record.index},
                                {"report", record.report},
                                {"periods_in_force", periods}}));
  }
  return deliveries;
}

Status WriteState(const State& state, Exporter& out) {
  if (state.catalogue)
    PROVISO_TRY(out.WriteJson("state/catalogue.json", state.catalogue->ToJson()));
  if (state.customers)
    PROVISO_TRY(out.WriteJson("state/customers.json", state.customers->ToJson()));
  Json terms = Json::MakeArray();
  for (const auto& [key, value] : state.terms) terms.Append(value.ToJson());
  PROVISO_TRY(out.WriteJson("state/terms.json", terms));
  PROVISO_TRY(out.WriteJson("state/deliveries.json", DeliveriesJson(state)));
  const enforcement::Roster* roster = state.roster.current();
  PROVISO_TRY(out.WriteJson("state/roster.json", roster == nullptr ? Json() : roster->OpenJson()));
  for (const review::Case& item : state.review.cases()) {
    const Json json = PROVISO_TRY(review::CaseJson(state.review, item.id, state.last_time));
    PROVISO_TRY(out.WriteJson("state/cases/" + item.id + ".json", json));
  }
  for (const review::Decision& decision : state.review.decisions()) {
    const Json json = PROVISO_TRY(review::DecisionJson(state.review, decision.id, state.last_time));
    PROVISO_TRY(out.WriteJson("state/decisions/" + decision.id + ".json", json));
    if (!decision.statement.empty()) {
      PROVISO_TRY(out.Write("state/decisions/" + decision.id + ".statement.md",
                            AsBytes(decision.statement)));
    }
  }
  return {};
}

// Writes all of it, as it is while nothing else is done; how many files. First the log says so: who
// takes everything away is not seen by anything else.
Result<std::uint64_t> WriteExport(const Context& context, const fs::path& folder) {
  io::FileSystem& files = *context.core.environment.files;
  const MutexLock lock(context.core.mutex);
  PROVISO_TRY(
      context.Record("", Event{.type = "export.begun", .open = Json::MakeObject(), .sealed = {}}));
  // Written beside and renamed, so that a folder of this name is a whole export.
  Bytes random(4);
  context.core.environment.random->Fill(random);
  const fs::path partial = folder.string() + ".partial-" + HexEncode(random);
  Exporter out(files, partial);
  PROVISO_TRY(WriteState(context.state(), out));
  PROVISO_TRY(out.CopyTree(context.core.directory / "log", "log"));
  // The table alone: beside it stands the heartbeat of whoever serves it.
  PROVISO_TRY(out.CopyFile(context.core.directory / "table" / "current", "table/current"));
  PROVISO_TRY(files.Rename(partial, folder));
  return out.count();
}

}  // namespace

Result<Json> Export(const Context& context) {
  const fs::path folder = PROVISO_TRY(context.request.args.StringAt("folder"));
  if (PROVISO_TRY(context.core.environment.files->Exists(folder))) {
    return Fail(ErrorCode::kAlreadyExists,
                "`" + folder.string() + "` exists; export to a folder that does not");
  }
  if (IsInside(folder, context.core.directory)) {
    return Fail(ErrorCode::kInvalidArgument,
                "an export holds confidential data and does not belong into the data directory; "
                "give another folder");
  }
  const std::uint64_t count = PROVISO_TRY(WriteExport(context, folder));
  // What cases rest on lies beside the log and is not exported. That it is gone is said all the
  // same: an export may be the last thing that is done with a directory.
  Json checked = PROVISO_TRY(CheckFiles(context));
  return Json::Of(
      {{"faults", std::move(checked["faults"])}, {"files", count}, {"folder", folder.string()}});
}

}  // namespace proviso::service
