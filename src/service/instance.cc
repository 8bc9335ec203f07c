#include "service/instance.h"

#include <optional>
#include <utility>

#include "base/check.h"
#include "crypto/key_file.h"
#include "crypto/note.h"
#include "enforcement/decision_table.h"
#include "review/kept_on.h"
#include "service/internal/clocks.h"
#include "service/internal/core.h"
#include "service/internal/damaged_parts.h"
#include "service/internal/erasures.h"
#include "service/internal/places.h"
#include "service/internal/reports_kept.h"

namespace proviso::service {
namespace {

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
  PROVISO_TRY(CheckActTime(act, core.environment.clock->Now(), core.state));
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

// What everybody is told to verify the log with must be what it is signed with.
Status CheckPublicKey(const Instance::Core& core) {
  const std::string expected = core.ledger->verifier().ToText();
  if (core.config.vkey == expected) return {};
  return Fail(ErrorCode::kFailedPrecondition,
              "`vkey` in " + (core.directory / "proviso.json").string() + ": expected `" +
                  expected + "`, the public key of the log's own, found `" + core.config.vkey +
                  "`; put it back");
}

// What the log's database refused may be the key of another log, which was put in the place of this
// one's.
Error AboutKey(const Instance::Core& core, const crypto::NoteVerifier& own, const Error& refused) {
  const auto known = crypto::NoteVerifier::FromText(core.config.vkey);
  const bool is_other = known && known->key != own.key;
  if (refused.code() != ErrorCode::kFailedPrecondition || !is_other) return refused;
  return {ErrorCode::kFailedPrecondition,
          "the log key `" + core.config.log_key.string() +
              "` is the key of another log: expected that of `" + core.config.vkey +
              "`, found that of `" + own.ToText() +
              "`; put this log's own key back, or name it as `log_key` in proviso.json"};
}

// Opens the log, as the one that others know.
Status LoadLog(Instance::Core& core, crypto::PrivateKey key, ledger::AppenderSeat* seat,
               const Instance::OpenOptions& opening) {
  const crypto::NoteVerifier own{.name = core.config.origin, .key = key.Public()};
  ledger::LedgerOptions options;
  options.directory = core.directory;
  options.origin = core.config.origin;
  options.postgres = core.config.store;
  options.seat = seat;
  options.files = core.environment.files;
  options.random = core.environment.random;
  options.rewrite_files = opening.rewrite_files;
  options.must_exist = true;
  bool beside = false;
  auto ledger = ledger::Ledger::Open(options, std::move(key), &beside);
  if (beside && opening.reached != nullptr) *opening.reached = OpenStage::kContents;
  if (!ledger) return tl::unexpected<Error>(AboutKey(core, own, ledger.error()));
  core.ledger = *std::move(ledger);
  PROVISO_TRY(CheckPublicKey(core));
  core.cosigner = PROVISO_TRY(Cosigner::Open({.directory = core.directory,
                                              .policy = core.config.policy,
                                              .environment = core.environment,
                                              .ledger = core.ledger.get()}));
  return {};
}

Status LoadContents(Instance::Core& core) {
  core.state = PROVISO_TRY(ReplayLog(core));
  PROVISO_TRY(CarryOutErasures(core));
  core.damaged_parts = DamagedNow(core.state).size();
  core.lake.emplace(PROVISO_TRY(usage::Lake::Open(core.directory, *core.environment.files)));
  core.registers.emplace(
      PROVISO_TRY(records::RegisterStore::Open(core.directory, *core.environment.files)));
  std::set<std::string> recorded;
  for (const RegisterRecord& record : core.state.registers) recorded.insert(record.sha256);
  PROVISO_TRY(core.registers->RemoveUnrecorded(recorded));
  PROVISO_TRY(RemoveUnrecordedReports(core));
  return core.PublishOldTable();
}

// The database may be away before an act reaches it. What the log refused says so itself.
tl::unexpected<Error> SayingNotStored(const Error& why) {
  const bool says_so = why.message().find("stored") != std::string::npos;
  if (why.code() != ErrorCode::kUnavailable || says_so) return tl::unexpected<Error>(why);
  return Fail(why.code(), why.message() + "; this was not stored, and nothing was changed");
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
  const std::uint64_t before = core.state.next_index;
  Result<Json> answer = row.perform(context);
  const bool nothing_was_recorded = told.held != nullptr || core.state.next_index == before;
  if (!answer && request.act && nothing_was_recorded) answer = SayingNotStored(answer.error());
  core.damaged_parts = DamagedNow(core.state).size();
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

Result<crypto::PrivateKey> ReadLogKey(const Instance::Core& core) {
  PROVISO_TRY(CheckKeyMode(core.config.log_key));
  const Result<Bytes> text = core.environment.files->ReadFile(core.config.log_key, 1U << 20U);
  if (!text) {
    return Fail(text.error().code(), "read the log key: " + text.error().message() +
                                         "; proviso.json in the data directory says where it is");
  }
  return PROVISO_TRY_DOING(crypto::ParseServiceKey(AsText(*text)), core.config.log_key.string());
}

Instance::Instance(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Instance::~Instance() = default;

Result<std::unique_ptr<Instance>> Instance::Open(const std::filesystem::path& directory,
                                                 const Environment& environment,
                                                 OpenOptions options) {
  const auto reach = [&](OpenStage stage) {
    if (options.reached != nullptr) *options.reached = stage;
  };
  reach(OpenStage::kDirectory);
  auto core = std::make_unique<Core>();
  core->directory = std::filesystem::absolute(directory).lexically_normal();
  core->environment = environment;
  core->config = PROVISO_TRY(DataConfig::Read(*environment.files, core->directory));
  PROVISO_TRY(CheckDirectoryMode(core->directory));
  crypto::PrivateKey key = PROVISO_TRY(ReadLogKey(*core));
  reach(OpenStage::kLog);
  ledger::AppenderSeat* seat = options.seat;
  if (core->config.store.empty()) {
    core->lock.emplace(PROVISO_TRY(io::FileLock::Acquire(core->directory / "lock")));
  } else if (seat == nullptr) {
    core->own_seat =
        PROVISO_TRY(ledger::AppenderSeat::Take(core->config.store, std::chrono::milliseconds(0)));
    seat = core->own_seat.get();
  }
  PROVISO_TRY(LoadLog(*core, std::move(key), seat, options));
  reach(OpenStage::kContents);
  PROVISO_TRY(LoadContents(*core));
  return std::unique_ptr<Instance>(new Instance(std::move(core)));
}

std::optional<std::string> Instance::ClockWarning() const {
  const MutexLock lock(core_->mutex);
  return service::ClockWarning(core_->environment.clock->Now(), core_->state);
}

std::optional<std::string> Instance::DamageWarning() const {
  const MutexLock lock(core_->mutex);
  return service::DamageWarning(*core_);
}

std::uint64_t Instance::DamagedParts() const { return core_->damaged_parts; }

Result<Json> Instance::Perform(const Request& request, const Progress& progress) {
  const UseCaseRow* row = FindUseCase(request.use_case);
  if (row == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "this server does not know the use case `" + request.use_case + "`");
  }
  if (const auto warning = progress ? ClockWarning() : std::nullopt) {
    progress(Json::Of({{"warning", *warning}}));
  }
  if (const auto warning = progress ? DamageWarning() : std::nullopt) {
    progress(Json::Of({{"about", "parts"}, {"warning", *warning}}));
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

bool Instance::IsUsable() const { return !Stopped().has_value(); }

std::optional<ledger::Ledger::Stop> Instance::Stopped() const { return core_->ledger->Stopped(); }

std::optional<Error> Instance::Hindered() const { return core_->ledger->Hindered(); }

Newness Instance::Newness() const {
  if (!IsUsable() || core_->table_is_old) return service::Newness::kUnknown;
  return core_->table_file_is_old ? service::Newness::kServed : service::Newness::kWritten;
}

void Instance::ListenForTables(std::function<void(ByteView)> listener) {
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

namespace {

// The catalogue of `of`, in which nothing that is in force touches what is kept on.
Result<const catalogue::Catalogue*> CheckedCatalogue(const State& of) {
  static const catalogue::Catalogue kEmpty;
  if (!of.catalogue && !of.catalogue_digest.empty()) {
    return Fail(ErrorCode::kDataLoss, "the catalogue of log entry " +
                                          std::to_string(of.catalogue_index) +
                                          " is not here; import it again");
  }
  const catalogue::Catalogue& catalogue = of.catalogue ? *of.catalogue : kEmpty;
  // INVARIANT: keep-on wins; checked once more before a table can exist.
  PROVISO_TRY(review::CheckKeptOn(of.review, catalogue, of.terms));
  return &catalogue;
}

}  // namespace

Result<Bytes> Instance::Core::CompileTable(const State& of) {
  const catalogue::Catalogue* catalogue = PROVISO_TRY(CheckedCatalogue(of));
  const std::vector<enforcement::Restriction> in_force = PROVISO_TRY(of.review.InForce());
  return enforcement::DecisionTable::Compile(of.table_number, in_force, *catalogue, {});
}

Result<Bytes> Instance::Core::CompileNextTable(const State& next) const {
  if (table_catalogue_index != next.catalogue_index) return CompileTable(next);
  const catalogue::Catalogue* catalogue = PROVISO_TRY(CheckedCatalogue(next));
  const std::vector<const enforcement::Restriction*> in_force =
      PROVISO_TRY(next.review.InForceInPlace());
  const auto before = enforcement::DecisionTable::Open(table);
  if (!before) return CompileTable(next);
  std::optional<Bytes> compiled = PROVISO_TRY(enforcement::DecisionTable::CompileFrom(
      *before, next.table_number, before->ChangeTo(in_force), *catalogue, {}));
  return compiled ? std::move(*compiled) : CompileTable(next);
}

Status Instance::Core::PublishCompiledTable(Bytes compiled) {
  table_catalogue_index = state.catalogue_index;
  return PublishTable(std::move(compiled));
}

Status Instance::Core::PublishTable(Bytes bytes) {
  // Listeners first: what they answer must not wait for a disk.
  table = std::move(bytes);
  table_file_is_old = true;
  if (table_listener) table_listener(table);
  PROVISO_TRY(environment.files->CreateDirectories(directory / "table"));
  Status written = io::WriteFileDurably(*environment.files, directory / "table" / "current", table);
  table_file_is_old = !written;
  return written;
}

Status Instance::Core::PublishTableOf(std::uint64_t index, std::optional<Bytes> compiled) {
  if (!compiled && !table_file_is_old) return {};
  if (compiled) table_is_old = false;
  const Status published =
      compiled ? PublishCompiledTable(std::move(*compiled)) : PublishTable(table);
  if (published) return {};
  return Fail(published.error().code(),
              "recorded as log entry " + std::to_string(index) +
                  " and in force at this server's listeners, but the decision table file could "
                  "not be written (" +
                  published.error().message() + "); the next act tries again");
}

Status Instance::Core::PublishOldTable() {
  Result<Bytes> compiled = CompileTable(state);
  if (compiled) return PublishCompiledTable(std::move(*compiled));
  // The last good table stays: enforcement goes on, and lifts stay possible.
  Result<Bytes> last = environment.files->ReadFile(directory / "table" / "current", kTableBytesMax);
  if (!last)
    return tl::unexpected(std::move(compiled).error().Context("compile the decision table"));
  table = std::move(*last);
  const auto opened = enforcement::DecisionTable::Open(table);
  // What cannot be read here was readable when this very table was compiled.
  table_is_old = !opened || opened->number() != state.table_number;
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
    compiled = PROVISO_TRY(core.CompileNextTable(next));
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
