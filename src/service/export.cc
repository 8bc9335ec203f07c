// Everything that the log says, written out: the projected state as canonical JSON, the public log
// as it is, and the decision table. Confidential parts are in it.
#include "review/case_json.h"
#include "service/internal/core.h"

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
      const Bytes bytes = PROVISO_TRY(files_.ReadFile(path, std::uint64_t{1} << 32U));
      PROVISO_TRY(Write(name / path.lexically_relative(from), bytes));
    }
    return {};
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

}  // namespace

Result<Json> Export(const Context& context) {
  const fs::path folder = PROVISO_TRY(context.request.args.StringAt("folder"));
  io::FileSystem& files = *context.core.environment.files;
  if (PROVISO_TRY(files.Exists(folder))) {
    return Fail(ErrorCode::kAlreadyExists,
                "`" + folder.string() + "` exists; export to a folder that does not");
  }
  const std::string inside = folder.lexically_relative(context.core.directory).string();
  if (!inside.empty() && !inside.starts_with("..")) {
    return Fail(ErrorCode::kInvalidArgument,
                "an export holds confidential data and does not belong into the data directory; "
                "give another folder");
  }
  // Written beside and renamed, so that a folder of this name is a whole export.
  Bytes random(4);
  context.core.environment.random->Fill(random);
  const fs::path partial = folder.string() + ".partial-" + HexEncode(random);
  Exporter out(files, partial);
  PROVISO_TRY(WriteState(context.state(), out));
  PROVISO_TRY(out.CopyTree(context.core.directory / "log", "log"));
  PROVISO_TRY(out.CopyTree(context.core.directory / "table", "table"));
  PROVISO_TRY(files.Rename(partial, folder));
  return Json::Of({{"folder", folder.string()}, {"files", out.count()}});
}

}  // namespace proviso::service
