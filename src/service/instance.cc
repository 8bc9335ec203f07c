#include "service/instance.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "crypto/key_file.h"
#include "enforcement/decision_table.h"
#include "review/kept_on.h"
#include "service/internal/core.h"
#include "service/internal/stories.h"

namespace proviso::service {
namespace {

// How old an act may be, so that one that was refused cannot be sent again later; and how far its
// signer's clock may go wrong.
constexpr std::chrono::minutes kActAgeMax{10};
constexpr std::chrono::minutes kActAheadMax{2};
constexpr std::size_t kRefusedActsMax = 100'000;

Json ActingAs(const enforcement::Person& person) {
  Json roles = Json::MakeArray();
  for (const enforcement::Role role : person.roles) roles.Append(enforcement::RoleName(role));
  const std::string& known = person.name.empty() ? person.id : person.name;
  return Json::Of(
      {{"name", known.empty() ? person.pseudonym : known}, {"roles", std::move(roles)}});
}

// The person whose act this is: signed, fresh, about this very request, in the roster, allowed.
Result<const enforcement::Person*> Authorise(const Instance::Core& core, const Request& request,
                                             std::optional<Json>& acting_as) {
  const enforcement::Act& act = *request.act;
  PROVISO_TRY(act.VerifySignature(core.config.origin));
  if (act.name != request.use_case || act.args != request.args) {
    return Fail(ErrorCode::kPermissionDenied, "the signed act is not about this request");
  }
  const Time now = core.environment.clock->Now();
  if (act.at < now - kActAgeMax || act.at > now + kActAheadMax) {
    return Fail(ErrorCode::kPermissionDenied,
                "expected an act signed within the last ten minutes, found one of " +
                    FormatTime(act.at) + "; sign it again");
  }
  if (core.state.acts_seen.contains(act.BodyHash()) || core.refused_acts.contains(act.BodyHash())) {
    return Fail(ErrorCode::kAlreadyExists, "this act was sent before; sign a new one");
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
                "the key `" + act.key.ToText() + "` is not in the roster in force");
  }
  // Before a refusal too: who was taken for somebody else is told as whom.
  acting_as = Json::Of({{"acting_as", ActingAs(*person)}});
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

// The log's key must not be everybody's: who has it can sign checkpoints.
Status CheckKeyMode(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::perms mode = fs::status(path, failure).permissions();
  constexpr fs::perms kTooMuch = fs::perms::others_all | fs::perms::group_write;
  if (!failure && (mode & kTooMuch) != fs::perms::none) {
    return Fail(ErrorCode::kPermissionDenied, "others may read or change the log key `" +
                                                  path.string() + "`; run: chmod 600 " +
                                                  path.string());
  }
  return {};
}

Result<State> Replay(const Instance::Core& core) {
  State state;
  PROVISO_TRY(
      core.ledger->Replay(0, [&](const RecordedEvent& event) { return state.Apply(event); }));
  return state;
}

// Originals that a refused or dead `report add` left, and those whose key was erased.
Status RemoveUnrecordedReports(const Instance::Core& core) {
  std::set<std::string> recorded;
  for (const review::ReceivedReport& report : core.state.review.reports()) {
    const Bytes key = PROVISO_TRY(HexDecode(report.original_key));
    recorded.insert(SealedReportName(key));
  }
  io::FileSystem& files = *core.environment.files;
  const std::filesystem::path folder = core.directory / "reports";
  if (!PROVISO_TRY(files.Exists(folder))) return {};
  const std::vector<std::string> names = PROVISO_TRY(files.List(folder));
  for (const std::string& name : names) {
    const bool ours = name.ends_with(".sealed") || io::IsTemporaryName(name);
    if (ours && !recorded.contains(name)) PROVISO_TRY(files.Remove(folder / name));
  }
  return {};
}

Status Load(Instance::Core& core, bool rewrite_files) {
  PROVISO_TRY(CheckKeyMode(core.config.log_key));
  const Result<Bytes> key_text = core.environment.files->ReadFile(core.config.log_key, 1U << 20U);
  if (!key_text) {
    return Fail(key_text.error().code(),
                "read the log key: " + key_text.error().message() +
                    "; proviso.json in the data directory says where it is");
  }
  crypto::PrivateKey key =
      PROVISO_TRY_DOING(crypto::ParseServiceKey(AsText(*key_text)), core.config.log_key.string());
  ledger::LedgerOptions options;
  options.directory = core.directory;
  options.origin = core.config.origin;
  options.files = core.environment.files;
  options.random = core.environment.random;
  options.rewrite_files = rewrite_files;
  core.ledger = PROVISO_TRY(ledger::Ledger::Open(options, std::move(key)));
  core.cosigner = PROVISO_TRY(Cosigner::Open({.directory = core.directory,
                                              .policy = core.config.policy,
                                              .environment = core.environment,
                                              .ledger = core.ledger.get()}));
  core.state = PROVISO_TRY(Replay(core));
  core.lake.emplace(PROVISO_TRY(usage::Lake::Open(core.directory, *core.environment.files)));
  core.registers.emplace(
      PROVISO_TRY(records::RegisterStore::Open(core.directory, *core.environment.files)));
  std::set<std::string> recorded;
  for (const RegisterRecord& record : core.state.registers) recorded.insert(record.sha256);
  PROVISO_TRY(core.registers->RemoveUnrecorded(recorded));
  PROVISO_TRY(RemoveUnrecordedReports(core));
  return core.PublishOldTable();
}

// Does a request while no other one is done. `acting_as`: whose act it is, as soon as that is
// known.
Result<Json> PerformAlone(Instance::Core& core, const UseCaseRow& row, const Request& request,
                          const Progress& progress, std::optional<Json>& acting_as) {
  const MutexLock lock(core.mutex);
  PROVISO_TRY(CheckNeedsAct(core, row, request));
  const enforcement::Person* person = nullptr;
  if (request.act) person = PROVISO_TRY(Authorise(core, request, acting_as));
  const Context context{core, request, person, progress};
  Result<Json> answer = row.perform(context);
  if (!answer && request.act && core.refused_acts.size() < kRefusedActsMax) {
    core.refused_acts.insert(request.act->BodyHash());
  }
  return answer;
}

}  // namespace

Instance::Instance(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Instance::~Instance() = default;

Result<std::unique_ptr<Instance>> Instance::Open(const std::filesystem::path& directory,
                                                 const Environment& environment,
                                                 OpenOptions options) {
  auto core = std::make_unique<Core>();
  core->directory = std::filesystem::absolute(directory).lexically_normal();
  core->environment = environment;
  core->config = PROVISO_TRY(DataConfig::Read(*environment.files, core->directory));
  core->lock.emplace(PROVISO_TRY(io::FileLock::Acquire(core->directory / "lock")));
  PROVISO_TRY(Load(*core, options.rewrite_files));
  return std::unique_ptr<Instance>(new Instance(std::move(core)));
}

Result<Json> Instance::Perform(const Request& request, const Progress& progress) {
  const UseCaseRow* row = FindUseCase(request.use_case);
  if (row == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "this server does not know the use case `" + request.use_case + "`");
  }
  if (row->takes_locks_itself) {
    if (request.act) {
      return Fail(
          ErrorCode::kInvalidArgument,
          "`" + request.use_case + "` is the machine's own act; send it without a signature");
    }
    const Context context{*core_, request, nullptr, progress};
    return row->perform(context);
  }
  std::optional<Json> acting_as;
  Result<Json> answer = PerformAlone(*core_, *row, request, progress, acting_as);
  // Only now: who does not read what it is sent must not hold the others up.
  if (acting_as && progress) progress(*acting_as);
  return answer;
}

void Instance::ListenForTables(std::function<void(Bytes)> listener) {
  const MutexLock lock(core_->mutex);
  core_->table_listener = std::move(listener);
  if (!core_->table.empty()) core_->table_listener(core_->table);
}

Result<std::vector<std::string>> Instance::Cosign(bool due_only) {
  const auto round = core_->cosigner->Round(due_only);
  std::vector<std::string> news = core_->cosigner->TakeNews();
  if (!round && round.error().code() != ErrorCode::kFailedPrecondition) {
    return tl::unexpected<Error>(round.error());
  }
  return news;
}

void Instance::StopCosigning() { core_->cosigner->Stop(); }

Status Instance::Close() {
  const MutexLock lock(core_->mutex);
  PROVISO_TRY(core_->ledger->Close());
  core_->lock.reset();
  return {};
}

Result<Bytes> Instance::Core::CompileTable(const State& of) {
  static const catalogue::Catalogue kEmpty;
  const catalogue::Catalogue& catalogue = of.catalogue ? *of.catalogue : kEmpty;
  // INVARIANT: keep-on wins; checked once more before a table can exist.
  PROVISO_TRY(review::CheckKeptOn(of.review, catalogue, of.terms));
  const std::vector<enforcement::Restriction> in_force = PROVISO_TRY(of.review.InForce());
  return enforcement::DecisionTable::Compile(of.table_number, in_force, catalogue, {});
}

Status Instance::Core::PublishTable(Bytes compiled) {
  // Listeners first: what they answer must not wait for a disk.
  table = std::move(compiled);
  if (table_listener) table_listener(table);
  PROVISO_TRY(environment.files->CreateDirectories(directory / "table"));
  Status written = io::WriteFileDurably(*environment.files, directory / "table" / "current", table);
  table_file_is_old = !written;
  return written;
}

Status Instance::Core::PublishOldTable() {
  Result<Bytes> compiled = CompileTable(state);
  if (compiled) return PublishTable(std::move(*compiled));
  // The last good table stays: enforcement goes on, and lifts stay possible.
  Result<Bytes> last =
      environment.files->ReadFile(directory / "table" / "current", std::uint64_t{1} << 32U);
  if (!last)
    return tl::unexpected(std::move(compiled).error().Context("compile the decision table"));
  table = std::move(*last);
  return {};
}

Result<std::uint64_t> Context::Record(const std::string& case_id, Event event) const {
  if (person != nullptr && event.type != "conflict.declared") {
    PROVISO_TRY(state().review.CheckNoConflict(case_id, person->pseudonym));
  }
  return RecordAs(actor(), case_id, std::move(event));
}

Result<std::uint64_t> Context::RecordForCustomer(const std::string& case_id, Event event) const {
  return RecordAs("customer", case_id, std::move(event));
}

Result<std::uint64_t> Context::RecordAs(const std::string& who, const std::string& case_id,
                                        Event event) const {
  RecordedEvent recorded;
  recorded.index = state().next_index;
  recorded.time = core.environment.clock->Now();
  recorded.case_id = case_id;
  recorded.actor = who;
  if (request.act) {
    recorded.act = request.act->ToLogJson();
    if (!enforcement::IsOpenAct(request.act->name)) {
      // With this part, the act's signature can be checked; without it, only its body hash.
      event.sealed["act"] = Json::Of({{"args", request.act->args}, {"nonce", request.act->nonce}});
    }
  }
  recorded.event = std::move(event);
  // Nothing is recorded that could not be applied, or that would leave no table.
  State next = state();
  PROVISO_TRY(next.Apply(recorded));
  std::optional<Bytes> compiled;
  if (next.table_number != state().table_number) {
    compiled = PROVISO_TRY(Instance::Core::CompileTable(next));
  }
  const std::uint64_t index = PROVISO_TRY(core.ledger->Append({ledger::Draft{
      recorded.time, recorded.case_id, recorded.actor, recorded.act, recorded.event}}));
  PROVISO_CHECK(index == recorded.index, "somebody else appended to the log");
  state() = std::move(next);
  if (compiled || core.table_file_is_old) {
    const Status published = core.PublishTable(compiled ? std::move(*compiled) : core.table);
    if (!published) {
      return Fail(published.error().code(),
                  "recorded as log entry " + std::to_string(index) +
                      " and in force at this server's listeners, but the decision table file could "
                      "not be written (" +
                      published.error().message() + "); the next act tries again");
    }
  }
  return index;
}

}  // namespace proviso::service
