#include "service/instance.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "crypto/key_file.h"
#include "enforcement/decision_table.h"
#include "review/kept_on.h"
#include "service/internal/core.h"
#include "service/internal/erasures.h"
#include "service/internal/reports_kept.h"

namespace proviso::service {
namespace {

// How old an act may be, so that one that was refused cannot be sent again later; and how far its
// signer's clock may go wrong.
constexpr std::chrono::minutes kActAgeMax{10};
constexpr std::chrono::minutes kActAheadMax{2};
constexpr std::size_t kRefusedActsMax = 100'000;
constexpr std::uint64_t kTableBytesMax = std::uint64_t{1} << 32U;

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

// What everybody is told to verify the log with must be what it is signed with.
Status CheckPublicKey(const Instance::Core& core) {
  const std::string expected = core.ledger->verifier().ToText();
  if (core.config.vkey == expected) return {};
  return Fail(ErrorCode::kFailedPrecondition,
              "`vkey` in " + (core.directory / "proviso.json").string() + ": expected `" +
                  expected + "`, the public key of the log's own, found `" + core.config.vkey +
                  "`; put it back");
}

Status Load(Instance::Core& core, ledger::AppenderSeat* seat, bool rewrite_files) {
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
  options.postgres = core.config.store;
  options.seat = seat;
  options.files = core.environment.files;
  options.random = core.environment.random;
  options.rewrite_files = rewrite_files;
  core.ledger = PROVISO_TRY(ledger::Ledger::Open(options, std::move(key)));
  PROVISO_TRY(CheckPublicKey(core));
  core.cosigner = PROVISO_TRY(Cosigner::Open({.directory = core.directory,
                                              .policy = core.config.policy,
                                              .environment = core.environment,
                                              .ledger = core.ledger.get()}));
  core.state = PROVISO_TRY(Replay(core));
  PROVISO_TRY(CarryOutErasures(core));
  core.lake.emplace(PROVISO_TRY(usage::Lake::Open(core.directory, *core.environment.files)));
  core.registers.emplace(
      PROVISO_TRY(records::RegisterStore::Open(core.directory, *core.environment.files)));
  std::set<std::string> recorded;
  for (const RegisterRecord& record : core.state.registers) recorded.insert(record.sha256);
  PROVISO_TRY(core.registers->RemoveUnrecorded(recorded));
  PROVISO_TRY(RemoveUnrecordedReports(core));
  return core.PublishOldTable();
}

// What a request is done with, besides itself.
struct Told {
  std::optional<Json>* acting_as;  // whose act it is, as soon as that is known
  Held* held = nullptr;
};

// Does a request, whose use case exists, while the caller keeps all others away.
Result<Json> PerformAlone(Instance::Core& core, const Request& request, const Progress& progress,
                          Told told) {
  const UseCaseRow& row = *FindUseCase(request.use_case);
  PROVISO_TRY(CheckNeedsAct(core, row, request));
  const enforcement::Person* person = nullptr;
  if (request.act) person = PROVISO_TRY(Authorise(core, request, *told.acting_as));
  const Context context{core, request, person, progress, told.held};
  Result<Json> answer = row.perform(context);
  if (!answer && request.act && core.refused_acts.size() < kRefusedActsMax) {
    core.refused_acts.insert(request.act->BodyHash());
  }
  return answer;
}

// An answer as the mailbox holds it: with whose act it was.
Bytes AnswerBytes(const Result<Json>& answer, const std::optional<Json>& acting_as) {
  Json json = AnswerToJson(answer);
  if (acting_as) json["told"] = *acting_as;
  const std::string text = json.Canonical();
  return {AsBytes(text).begin(), AsBytes(text).end()};
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
  ledger::AppenderSeat* seat = options.seat;
  if (core->config.store.empty()) {
    core->lock.emplace(PROVISO_TRY(io::FileLock::Acquire(core->directory / "lock")));
  } else if (seat == nullptr) {
    core->own_seat =
        PROVISO_TRY(ledger::AppenderSeat::Take(core->config.store, std::chrono::milliseconds(0)));
    seat = core->own_seat.get();
  }
  PROVISO_TRY(Load(*core, seat, options.rewrite_files));
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
  Result<Json> answer = [&] {
    const MutexLock lock(core_->mutex);
    return PerformAlone(*core_, request, progress, {.acting_as = &acting_as});
  }();
  // Only now: who does not read what it is sent must not hold the others up.
  if (acting_as && progress) progress(*acting_as);
  return answer;
}

Result<Instance::Delivery> Instance::Deliver(const std::string& id, const Request& request) {
  const UseCaseRow* row = FindUseCase(request.use_case);
  if (row == nullptr || row->takes_locks_itself) {
    // An import of metering may be done twice: the second time, the file is known.
    const Result<Json> answer = Perform(request, {});
    if (!answer && !IsUsable()) return tl::unexpected(answer.error());
    return Delivery{.answer = AnswerBytes(answer, {})};
  }
  const MutexLock lock(core_->mutex);
  std::optional<Json> acting_as;
  Held held;
  const Result<Json> answer =
      PerformAlone(*core_, request, {}, {.acting_as = &acting_as, .held = &held});
  Delivery delivery{.answer = AnswerBytes(answer, acting_as)};
  if (held.drafts.empty() && IsUsable()) return delivery;
  const Result<std::uint64_t> first =
      !answer ? Result<std::uint64_t>(tl::unexpected(answer.error()))
              : core_->ledger->Append(held.drafts, ledger::Receipt{id, delivery.answer});
  if (!first) {
    if (held.before) core_->state = std::move(*held.before);
    if (!IsUsable()) return tl::unexpected(first.error());
    delivery.answer = AnswerBytes(tl::unexpected(first.error()), acting_as);
    return delivery;
  }
  PROVISO_CHECK(*first + held.drafts.size() == core_->state.next_index,
                "somebody else appended to the log");
  delivery.is_committed = true;
  // A table file that could not be written is tried again: Tend().
  static_cast<void>(core_->PublishTableOf(*first, std::move(held.compiled)));
  return delivery;
}

Status Instance::Tend() {
  const MutexLock lock(core_->mutex);
  PROVISO_TRY(core_->ledger->Tend());
  if (core_->table.empty()) return {};
  const Result<Bytes> file =
      core_->environment.files->ReadFile(core_->directory / "table" / "current", kTableBytesMax);
  if (file && *file == core_->table) return {};
  return core_->PublishTable(core_->table);
}

bool Instance::IsUsable() const { return !core_->ledger->Stopped().has_value(); }

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
  core_->own_seat.reset();
  return {};
}

Result<Bytes> Instance::Core::CompileTable(const State& of) {
  static const catalogue::Catalogue kEmpty;
  if (!of.catalogue && !of.catalogue_digest.empty()) {
    return Fail(ErrorCode::kDataLoss, "the catalogue of log entry " +
                                          std::to_string(of.catalogue_index) +
                                          " is not here; import it again");
  }
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

Status Instance::Core::PublishTableOf(std::uint64_t index, std::optional<Bytes> compiled) {
  if (!compiled && !table_file_is_old) return {};
  const Status published = PublishTable(compiled ? std::move(*compiled) : table);
  if (published) return {};
  return Fail(published.error().code(),
              "recorded as log entry " + std::to_string(index) +
                  " and in force at this server's listeners, but the decision table file could "
                  "not be written (" +
                  published.error().message() + "); the next act tries again");
}

Status Instance::Core::PublishOldTable() {
  Result<Bytes> compiled = CompileTable(state);
  if (compiled) return PublishTable(std::move(*compiled));
  // The last good table stays: enforcement goes on, and lifts stay possible.
  Result<Bytes> last = environment.files->ReadFile(directory / "table" / "current", kTableBytesMax);
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
  ledger::Draft draft{recorded.time, recorded.case_id, recorded.actor, recorded.act,
                      recorded.event};
  if (held != nullptr) {
    held->drafts.push_back(std::move(draft));
    if (!held->before) held->before = std::move(state());
    state() = std::move(next);
    if (compiled) held->compiled = std::move(compiled);
    return recorded.index;
  }
  const std::uint64_t index = PROVISO_TRY(core.ledger->Append({std::move(draft)}));
  PROVISO_CHECK(index == recorded.index, "somebody else appended to the log");
  state() = std::move(next);
  PROVISO_TRY(core.PublishTableOf(index, std::move(compiled)));
  return index;
}

}  // namespace proviso::service
