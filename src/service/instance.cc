#include "service/instance.h"

#include <utility>

#include "crypto/key_file.h"
#include "enforcement/decision_table.h"
#include "service/internal/core.h"

namespace proviso::service {
namespace {

constexpr std::chrono::hours kActAgeMax{24};

// The person whose act this is: signed, fresh, about this very request, in the roster, allowed.
Result<const enforcement::Person*> Authorise(const Instance::Core& core, const Request& request) {
  const enforcement::Act& act = *request.act;
  PROVISO_TRY(act.VerifySignature(core.config.origin));
  if (act.name != request.use_case || act.args != request.args) {
    return Fail(ErrorCode::kPermissionDenied, "the signed act is not about this request");
  }
  const Time now = core.environment.clock->Now();
  if (act.at < now - kActAgeMax || act.at > now + kActAgeMax) {
    return Fail(ErrorCode::kPermissionDenied, "the act was signed at " + FormatTime(act.at) +
                                                  ", more than a day from now; sign it again");
  }
  if (core.state.acts_seen.contains(act.BodyHash())) {
    return Fail(ErrorCode::kAlreadyExists, "this act is in the log already; sign a new one");
  }
  const bool about_roster = request.use_case.starts_with("roster ");
  const enforcement::Roster* roster = core.state.roster.current();
  if (roster == nullptr && about_roster) roster = core.state.roster.proposed();
  if (roster == nullptr) {
    if (about_roster) return nullptr;  // the very first proposal
    return Fail(ErrorCode::kFailedPrecondition,
                "no roster is in force; make one with `proviso roster propose` and `roster sign`");
  }
  const enforcement::Person* person = roster->FindByKey(act.key);
  if (person == nullptr) {
    return Fail(ErrorCode::kPermissionDenied,
                "the key " + act.key.ToText() + " is not in the roster in force");
  }
  if (request.use_case != "roster sign") {
    PROVISO_TRY(enforcement::MayPerform(*person, request.use_case));
  }
  return person;
}

Status CheckNeedsAct(const Instance::Core& core, const UseCaseRow& row, const Request& request) {
  using NeedsAct = UseCaseRow::NeedsAct;
  const bool needed =
      row.needs_act == NeedsAct::kAlways ||
      (row.needs_act == NeedsAct::kWithRoster && core.state.roster.current() != nullptr);
  if (needed && !request.act) {
    return Fail(ErrorCode::kPermissionDenied,
                "`" + request.use_case + "` is a person's act: sign it with --key FILE");
  }
  return {};
}

Status Load(Instance::Core& core) {
  const Bytes key_text = PROVISO_TRY_DOING(
      core.environment.files->ReadFile(core.config.log_key, 1U << 20U), "read the log key");
  crypto::PrivateKey key =
      PROVISO_TRY_DOING(crypto::ParseServiceKey(AsText(key_text)), core.config.log_key.string());
  core.ledger = PROVISO_TRY(ledger::Ledger::Open({.directory = core.directory,
                                                  .origin = core.config.origin,
                                                  .files = core.environment.files,
                                                  .random = core.environment.random},
                                                 std::move(key)));
  PROVISO_TRY(
      core.ledger->Replay(0, [&](const RecordedEvent& event) { return core.state.Apply(event); }));
  core.lake.emplace(PROVISO_TRY(usage::Lake::Open(core.directory, *core.environment.files)));
  return core.PublishTable();
}

}  // namespace

Instance::Instance(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Instance::~Instance() = default;

Result<std::unique_ptr<Instance>> Instance::Open(const std::filesystem::path& directory,
                                                 const Environment& environment) {
  auto core = std::make_unique<Core>();
  core->directory = std::filesystem::absolute(directory).lexically_normal();
  core->environment = environment;
  core->config = PROVISO_TRY(DataConfig::Read(*environment.files, core->directory));
  core->lock.emplace(PROVISO_TRY(io::FileLock::Acquire(core->directory / "lock")));
  PROVISO_TRY(Load(*core));
  return std::unique_ptr<Instance>(new Instance(std::move(core)));
}

Result<Json> Instance::Perform(const Request& request, const Progress& progress) {
  const UseCaseRow* row = FindUseCase(request.use_case);
  if (row == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "this server does not know the use case `" + request.use_case + "`");
  }
  if (row->takes_locks_itself) {
    const Context context{*core_, request, nullptr, progress};
    return row->perform(context);
  }
  const MutexLock lock(core_->mutex);
  PROVISO_TRY(CheckNeedsAct(*core_, *row, request));
  const enforcement::Person* person = nullptr;
  if (request.act) person = PROVISO_TRY(Authorise(*core_, request));
  const Context context{*core_, request, person, progress};
  return row->perform(context);
}

void Instance::ListenForTables(std::function<void(Bytes)> listener) {
  const MutexLock lock(core_->mutex);
  core_->table_listener = std::move(listener);
  // Compiling succeeded when the directory was opened, or the last good table is kept.
  if (Result<Bytes> table = core_->CompileTable()) core_->table_listener(std::move(*table));
}

Status Instance::Close() {
  const MutexLock lock(core_->mutex);
  PROVISO_TRY(core_->ledger->Close());
  core_->lock.reset();
  return {};
}

Result<Bytes> Instance::Core::CompileTable() const {
  // INVARIANT: keep-on wins. The classes that any terms in the log keep on are checked once more.
  std::vector<std::string> keep_on;
  for (const auto& [key, terms] : state.terms) {
    keep_on.insert(keep_on.end(), terms.keep_on_classes.begin(), terms.keep_on_classes.end());
  }
  static const catalogue::Catalogue kEmpty;
  const std::vector<enforcement::Restriction> in_force = PROVISO_TRY(state.review.InForce());
  return enforcement::DecisionTable::Compile(state.table_number, in_force,
                                             state.catalogue ? *state.catalogue : kEmpty, keep_on);
}

Status Instance::Core::PublishTable() {
  Bytes table = PROVISO_TRY_DOING(CompileTable(), "compile the decision table");
  PROVISO_TRY(environment.files->CreateDirectories(directory / "table"));
  PROVISO_TRY(io::WriteFileDurably(*environment.files, directory / "table" / "current", table));
  if (table_listener) table_listener(std::move(table));
  return {};
}

Result<std::uint64_t> Context::Record(const std::string& case_id, Event event) const {
  RecordedEvent recorded;
  recorded.time = core.environment.clock->Now();
  recorded.case_id = case_id;
  recorded.actor = actor();
  if (request.act) {
    recorded.act = request.act->ToLogJson();
    if (!enforcement::IsOpenAct(request.act->name)) {
      // With this part, the act's signature can be checked; without it, only its body hash.
      event.sealed["act"] = Json::Of({{"args", request.act->args}, {"nonce", request.act->nonce}});
    }
  }
  recorded.event = std::move(event);
  recorded.index = PROVISO_TRY(core.ledger->Append({ledger::Draft{.time = recorded.time,
                                                                  .case_id = recorded.case_id,
                                                                  .actor = recorded.actor,
                                                                  .act = recorded.act,
                                                                  .event = recorded.event}}));
  const std::uint64_t table_before = state().table_number;
  PROVISO_TRY(state().Apply(recorded));
  if (state().table_number != table_before) PROVISO_TRY(core.PublishTable());
  return recorded.index;
}

}  // namespace proviso::service
