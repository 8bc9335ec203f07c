#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/mutex.h"
#include "io/files/lock.h"
#include "ledger/appender_seat.h"
#include "ledger/ledger.h"
#include "records/register_store.h"
#include "service/data_directory.h"
#include "service/instance.h"
#include "service/internal/cosigner.h"
#include "service/request.h"
#include "service/state.h"
#include "usage/lake.h"

namespace proviso::service {

// The parts of an opened data directory. Guarded by `mutex`, except what says otherwise.
class Instance::Core {
 public:
  std::filesystem::path directory;
  DataConfig config;
  Environment environment;
  std::optional<io::FileLock> lock;                // with proviso.db
  std::unique_ptr<ledger::AppenderSeat> own_seat;  // with PostgreSQL, unless it was brought along
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<Cosigner> cosigner;               // thread-safe
  std::optional<usage::Lake> lake;                  // thread-safe
  std::optional<records::RegisterStore> registers;  // thread-safe
  State state;
  std::set<std::string, std::less<>> refused_acts;     // body hashes: a refused act is used up too
  Bytes table;                                         // the one in force
  std::optional<std::uint64_t> table_catalogue_index;  // of the one that `table` was compiled with
  // The stories of the reports whose ids stand beside them: made anew when those change.
  std::vector<std::string> grouped_reports;
  Json stories = Json::MakeArray();
  std::atomic<bool> table_file_is_old = false;   // being written, or that failed: to be tried again
  std::atomic<bool> table_is_old = false;        // the log knows better; it could not be compiled
  std::atomic<std::uint64_t> damaged_parts = 0;  // of `state`, that nobody erased since
  Mutex mutex;
  Mutex import_mutex;  // one import at a time, so that its memory bound holds; taken before `mutex`
  std::function<void(ByteView)> table_listener;

  // The table of the restrictions that are in force in `of`, after a last check of keep-on.
  static Result<Bytes> CompileTable(const State& of);
  // The same bytes, made from the table in force where that can be done.
  Result<Bytes> CompileNextTable(const State& next) const;
  // Hands the table to the listener, and writes DATA/table/current.
  Status PublishTable(Bytes bytes);
  // The same for one that was compiled from `state`.
  Status PublishCompiledTable(Bytes compiled);
  // The same, after entry `index` made it. An error says that the entry stands all the same.
  Status PublishTableOf(std::uint64_t index, std::optional<Bytes> compiled);
  // Publishes the table of the state as it was opened; the last good one when there is none.
  Status PublishOldTable();
};

// The key that the log is signed with; refused when others may read it (instance.cc).
Result<crypto::PrivateKey> ReadLogKey(const Instance::Core& core);
// The state that all entries of the log come to; `visited` sees each before it is applied
// (damaged_parts.cc).
Result<State> ReplayLog(const Instance::Core& core, const ledger::Ledger::Visit& visited = {});

// Events that are committed together with the answer, and the state before them.
struct Held {
  std::vector<ledger::Draft> drafts;
  std::optional<State> before;
  std::optional<Bytes> compiled;  // the table that follows from them
};

// One request being done: who asks, and what it may touch.
struct Context {
  Instance::Core& core;
  const Request& request;
  const enforcement::Person* person;  // whose act it is; nullptr for the operator
  const Progress& progress;
  Held* held = nullptr;  // where Record puts events; absent: they are appended at once

  State& state() const { return core.state; }
  std::string actor() const { return person == nullptr ? "operator" : person->pseudonym; }
  void Report(const Json& progress_report) const {
    if (progress) progress(progress_report);
  }

  Time now() const { return core.environment.clock->Now(); }

  // Appends `event` for `case_id` (may be empty), applies it, and answers its index. Durable when
  // it returns, unless events are held. kPermissionDenied when the person declared a conflict in
  // that case.
  Result<std::uint64_t> Record(const std::string& case_id, Event event) const;
  // The same, for who has a code and no key.
  Result<std::uint64_t> RecordForCustomer(const std::string& case_id, Event event) const;

 private:
  Result<std::uint64_t> RecordAs(const std::string& actor, const std::string& case_id,
                                 Event event) const;
};

using UseCase = Result<Json> (*)(const Context&);

// What may be asked, and by whom.
struct UseCaseRow {
  std::string_view name;
  UseCase perform;
  // kNever: the operator of the machine may ask; kAlways: only a person's act; kWithRoster: the
  // operator may until a roster is in force, a person after that.
  enum class NeedsAct { kNever, kAlways, kWithRoster } needs_act = NeedsAct::kNever;
  bool takes_locks_itself = false;
};
const UseCaseRow* FindUseCase(std::string_view name);

// {"p-...": "Anna Example"} of everybody in `answer` whom a roster here knows by name.
Json NamesIn(const State& state, const Json& answer);

// The use cases, by file.
// master_data.cc
Result<Json> ImportCatalogue(const Context& context);
Result<Json> ImportCustomers(const Context& context);
Result<Json> ImportTerms(const Context& context);
Result<Json> FindSubscription(const Context& context);
// metering.cc
Result<Json> ImportUsage(const Context& context);
Result<Json> ListUsage(const Context& context);
Result<Json> ListUnmappedUsage(const Context& context);
Result<Json> RollUpUsage(const Context& context);
// people.cc
Result<Json> ShowRoster(const Context& context);
Result<Json> PrepareRoster(const Context& context);
Result<Json> ProposeRoster(const Context& context);
Result<Json> SignRoster(const Context& context);
// cases.cc
Result<Json> OpenCase(const Context& context);
Result<Json> ListCases(const Context& context);
Result<Json> ShowCase(const Context& context);
Result<Json> CloseCase(const Context& context);
Result<Json> AddClaim(const Context& context);
Result<Json> ListClaims(const Context& context);
Result<Json> RecordFinding(const Context& context);
Result<Json> RecordAttribution(const Context& context);
// story.cc
Result<Json> EditClaim(const Context& context);
Result<Json> DropClaim(const Context& context);
Result<Json> ReopenCase(const Context& context);
Result<Json> LinkCase(const Context& context);
Result<Json> DeclareConflict(const Context& context);
Result<Json> AgreeStep(const Context& context);
Result<Json> RecordStep(const Context& context);
Result<Json> ScheduleUpdate(const Context& context);
// reports.cc
Result<Json> AddReport(const Context& context);
Result<Json> ListReports(const Context& context);
Result<Json> JoinReport(const Context& context);
Result<Json> ShowReport(const Context& context);
Result<Json> DraftClaims(const Context& context);
// hearings.cc
Result<Json> ShowIntent(const Context& context);
Result<Json> ShowAcknowledgement(const Context& context);
Result<Json> OpenHearing(const Context& context);
Result<Json> AnswerHearing(const Context& context);
Result<Json> AcknowledgeAnswer(const Context& context);
Result<Json> ShowNotice(const Context& context);
Result<Json> IssueNotice(const Context& context);
Result<Json> FileAppeal(const Context& context);
Result<Json> DecideAppeal(const Context& context);
// customer_letters.cc
Result<Json> ShowHearing(const Context& context);
Result<Json> ShowAppeal(const Context& context);
// code_renewal.cc
Result<Json> RenewCode(const Context& context);
// records.cc
Result<Json> RegisterSource(const Context& context);
Result<Json> ListSources(const Context& context);
Result<Json> ImportRecords(const Context& context);
Result<Json> ReadRecords(const Context& context);
// cessation.cc
Result<Json> CheckCessation(const Context& context);
// evaluation.cc
Result<Json> RunCase(const Context& context);
// decisions.cc
Result<Json> ProposeDecision(const Context& context);
Result<Json> PlanDecision(const Context& context);
Result<Json> WithdrawDecision(const Context& context);
Result<Json> SignDecision(const Context& context);
Result<Json> ShowStatement(const Context& context);
Result<Json> IssueStatement(const Context& context);
Result<Json> AdoptDecision(const Context& context);
Result<Json> LiftDecision(const Context& context);
Result<Json> LiftInEmergency(const Context& context);
Result<Json> ReviewEmergencyLift(const Context& context);
Result<Json> ShowDecision(const Context& context);
// log.cc
Result<Json> ShowOrigin(const Context& context);
Result<Json> ShowCheckpoint(const Context& context);
Result<Json> ShowLog(const Context& context);
Result<Json> VerifyLog(const Context& context);
Result<Json> ProveEntry(const Context& context);
Result<Json> RebuildProjections(const Context& context);
// cosigning.cc
Result<Json> CosignCheckpoint(const Context& context);
Result<Json> SetPolicy(const Context& context);
// export.cc
Result<Json> Export(const Context& context);

}  // namespace proviso::service
