#include "service/closed_log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>

#include "crypto/note.h"
#include "enforcement/decision_table.h"
#include "io/files/lock.h"
#include "ledger/appender_seat.h"
#include "ledger/checkpoint.h"
#include "ledger/opening.h"
#include "ledger/prove.h"
#include "service/internal/log_comparison.h"

namespace proviso::service {
namespace {

constexpr std::uint64_t kCheckpointBytesMax = 1U << 20U;
constexpr std::uint64_t kTableBytesMax = std::uint64_t{1} << 32U;
constexpr std::uint64_t kEntriesOfInit = 1;
constexpr std::size_t kNamesTold = 5;
// What stands in a log's own folder.
constexpr std::array<std::string_view, 3> kNamesOfLog = {"addenda.v1", "checkpoint", "tile"};

ledger::LedgerOptions ReadingOptions(const std::filesystem::path& directory,
                                     const DataConfig& config, const Environment& environment) {
  ledger::LedgerOptions options;
  options.directory = std::filesystem::absolute(directory).lexically_normal();
  options.origin = config.origin;
  options.postgres = config.store;
  options.files = environment.files;
  options.random = environment.random;
  return options;
}

// What keeps others from appending meanwhile, as far as it can be had.
struct Seat {
  std::optional<io::FileLock> lock;
  std::unique_ptr<ledger::AppenderSeat> seat;
  bool is_taken = false;  // by somebody else
};

Seat TakeSeat(const std::filesystem::path& directory, const DataConfig& config) {
  Seat seat;
  std::optional<Error> failure;
  if (config.store.empty()) {
    auto lock = io::FileLock::Acquire(directory / "lock");
    if (lock) seat.lock.emplace(*std::move(lock));
    if (!lock) failure = lock.error();
  } else {
    auto taken = ledger::AppenderSeat::Take(config.store, std::chrono::milliseconds(0));
    if (taken) seat.seat = *std::move(taken);
    if (!taken) failure = taken.error();
  }
  seat.is_taken = failure && failure->message().find("in use") != std::string::npos;
  return seat;
}

// The size of the log in the database, which is `published` or more: what a process had stored that
// died before it could publish it.
std::uint64_t StoredSize(const ledger::LedgerOptions& reading, std::uint64_t published) {
  std::uint64_t size = published;
  while (size < published + reading.queue_entries_max && ledger::OpenEntry(reading, size)) ++size;
  return size;
}

Result<verifier::VerifyReport> VerifyFiles(const std::filesystem::path& directory,
                                           const Environment& environment, const DataConfig& config,
                                           verifier::VerifyOptions options) {
  verifier::VerifyReport report =
      PROVISO_TRY(verifier::VerifyLog(*environment.files, directory / "log", options));
  if (report.ok || report.size == 0) return report;
  options.unfinished_until =
      StoredSize(ReadingOptions(directory, config, environment), report.size);
  return verifier::VerifyLog(*environment.files, directory / "log", options);
}

// The confidential half. A database that does not answer says nothing against the log.
void AddDatabase(const ledger::LedgerOptions& reading, verifier::VerifyReport& report,
                 std::optional<Json>& addenda, Json& unchecked) {
  if (report.size == 0) {
    unchecked.Append(
        "the database and the confidential parts in it: no checkpoint of this log says how many "
        "entries it has");
    return;
  }
  auto compared = CompareAddenda(reading, report.size, report);
  if (compared) {
    addenda = *std::move(compared);
    return;
  }
  const std::string& why = compared.error().message();
  if (!reading.postgres.empty() && compared.error().code() == ErrorCode::kUnavailable) {
    unchecked.Append("the database and the confidential parts in it: " + why);
    return;
  }
  const bool tells = why.find("from a backup") != std::string::npos;
  report.Add(
      {.text = "the database: " + why + (tells ? "" : "; restore the data directory from a backup"),
       .entry = {}});
}

std::string Quoted(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : std::span(names).first(std::min(names.size(), kNamesTold))) {
    text += (text.empty() ? "`" : ", `") + name + "`";
  }
  const std::size_t more = names.size() - std::min(names.size(), kNamesTold);
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

// What to do about damaged files. All but `strangers` are made from the database.
std::string RemedyFor(const verifier::VerifyReport& files,
                      const std::vector<std::string>& strangers, bool database_holds) {
  if (files.ok) return {};
  if (files.other_log) {
    return "put this log's own files back, or move `log` out of the data directory to where they "
           "belong; `proviso log rebuild` then writes those of this log from the database";
  }
  std::string remedy;
  if (!strangers.empty()) {
    remedy = "move what is no file of a log out of `log`: " + Quoted(strangers) +
             "; no command removes it";
  }
  if (!database_holds || files.problem_count == strangers.size()) return remedy;
  const bool is_pin = std::ranges::any_of(files.problems, [](const std::string& problem) {
    return problem.find("expected the first roster `") != std::string::npos;
  });
  if (is_pin) {
    return "compare the first roster that you pinned with whom you have it from: if it is right, "
           "this is another history than theirs; change nothing, keep a copy and ask";
  }
  if (!remedy.empty()) remedy += ". As to the rest, ";
  return remedy +
         "the database has all these entries: `proviso log rebuild` removes the published files "
         "and writes them again from it; keep a copy, if you want to know what happened";
}

struct Looked {
  DataConfig config;
  verifier::VerifyReport files;
  std::vector<std::string> strangers;  // in the log's folder
};

Result<Looked> LookAtFiles(const std::filesystem::path& directory, const Environment& environment,
                           const Json& args) {
  Looked looked;
  looked.config = PROVISO_TRY(DataConfig::Read(*environment.files, directory));
  const verifier::VerifyOptions options = PROVISO_TRY(VerifyOptionsOf(args, looked.config));
  auto found = VerifyFiles(directory, environment, looked.config, options);
  if (!found && found.error().code() == ErrorCode::kNotFound) {
    looked.files.origin = looked.config.origin;
    looked.files.ok = true;
    looked.files.Add({.text = "`log`: missing", .entry = {}});
    return looked;
  }
  looked.files = PROVISO_TRY(std::move(found));
  looked.strangers = PROVISO_TRY(StrangersInLog(*environment.files, directory));
  return looked;
}

Json ClosedAnswer(const std::filesystem::path& directory, const Environment& environment,
                  const Looked& looked, const std::optional<Error>& why) {
  verifier::VerifyReport report = looked.files;
  std::optional<Json> addenda;
  Json unchecked = Json::MakeArray();
  AddDatabase(ReadingOptions(directory, looked.config, environment), report, addenda, unchecked);
  const bool database_holds = addenda && report.problem_count == looked.files.problem_count;
  // A disk that takes nothing, and a key that is not there, say nothing against the log.
  const bool is_damage = why && why->code() == ErrorCode::kDataLoss;
  if (is_damage) {
    report.Add({.text = "the data directory does not open: " + why->message(), .entry = {}});
  }
  const std::string remedy =
      RemedyFor(looked.files, looked.strangers, database_holds || report.size == 0);
  Json answer = report.ToJson();
  if (why && !is_damage) answer["closed"] = why->message();
  if (addenda) answer["addenda"] = *std::move(addenda);
  if (!remedy.empty()) answer["remedy"] = remedy;
  unchecked.Append(
      "what lies beside the log: the directory was not opened; `proviso files check` looks at it");
  answer["unchecked"] = std::move(unchecked);
  if (const std::string fault = FaultOfTable(*environment.files, directory); !fault.empty()) {
    answer["table"] = fault;
  }
  return answer;
}

// Whether the published checkpoint is this log's own and says that acts were stored, each of which
// published a table. `init` makes none.
bool MadeTables(io::FileSystem& files, const std::filesystem::path& directory) {
  const auto config = DataConfig::Read(files, directory);
  if (!config) return false;
  const auto verifier = crypto::NoteVerifier::FromText(config->vkey);
  const auto note = files.ReadFile(directory / "log" / "checkpoint", kCheckpointBytesMax);
  if (!verifier || !note) return false;
  const auto checkpoint = ledger::OpenCheckpoint(AsText(*note), *verifier);
  return checkpoint && checkpoint->size > kEntriesOfInit;
}

}  // namespace

bool MayBeClosed(const Error&) { return true; }

Result<std::vector<std::string>> StrangersInLog(io::FileSystem& files,
                                                const std::filesystem::path& directory) {
  std::vector<std::string> names = PROVISO_TRY(files.List(directory / "log"));
  std::erase_if(names, [](const std::string& name) {
    return std::ranges::find(kNamesOfLog, name) != kNamesOfLog.end() || io::IsTemporaryName(name);
  });
  return names;
}

std::string FaultOfTable(io::FileSystem& files, const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "table" / "current";
  const auto bytes = files.ReadFile(path, kTableBytesMax);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) {
    return MadeTables(files, directory) ? "`" + path.string() + "`: missing" : std::string();
  }
  if (!bytes) return bytes.error().message();
  const auto table = enforcement::DecisionTable::Open(*bytes);
  // One of another version is no damage, and whoever reads it says so.
  if (table || table.error().code() == ErrorCode::kUnimplemented) return {};
  return "`" + path.string() + "`: " + table.error().message();
}

Result<std::optional<Json>> VerifyDamagedLog(const std::filesystem::path& directory,
                                             const Environment& environment, const Json& args) {
  const DataConfig config = PROVISO_TRY(DataConfig::Read(*environment.files, directory));
  const Seat seat = TakeSeat(directory, config);
  if (seat.is_taken) return std::optional<Json>();
  const Looked looked = PROVISO_TRY(LookAtFiles(directory, environment, args));
  const bool whole = looked.files.ok && FaultOfTable(*environment.files, directory).empty();
  if (whole) return std::optional<Json>();
  return ClosedAnswer(directory, environment, looked, {});
}

Result<Json> VerifyClosedLog(const std::filesystem::path& directory, const Environment& environment,
                             const Json& args, const Error& why) {
  const Looked looked = PROVISO_TRY(LookAtFiles(directory, environment, args));
  return ClosedAnswer(directory, environment, looked, why);
}

Result<Json> OpenEntryOfClosedLog(const std::filesystem::path& directory,
                                  const Environment& environment, const Json& args,
                                  const Error& why) {
  const DataConfig config = PROVISO_TRY(DataConfig::Read(*environment.files, directory));
  const ledger::LedgerOptions reading = ReadingOptions(directory, config, environment);
  const auto index = static_cast<std::uint64_t>(args.IntegerOr("index", 0));
  Json answer = ComparedEntry(PROVISO_TRY(ledger::OpenEntry(reading, index)));
  answer["closed"] = why.message();
  return answer;
}

Result<Json> CheckpointOfClosedLog(const std::filesystem::path& directory,
                                   const Environment& environment, const Error& why) {
  const DataConfig config = PROVISO_TRY(DataConfig::Read(*environment.files, directory));
  const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(config.vkey));
  const std::filesystem::path path = directory / "log" / "checkpoint";
  const Bytes note = PROVISO_TRY(environment.files->ReadFile(path, kCheckpointBytesMax));
  const ledger::Checkpoint checkpoint =
      PROVISO_TRY_DOING(ledger::OpenCheckpoint(AsText(note), verifier), path.string());
  return Json::Of({{"closed", why.message()},
                   {"note", AsText(note)},
                   {"size", checkpoint.size},
                   {"vkey", config.vkey}});
}

Result<Json> ProveEntryOfClosedLog(const std::filesystem::path& directory,
                                   const Environment& environment, const Json& args,
                                   const Error& why) {
  const DataConfig config = PROVISO_TRY(DataConfig::Read(*environment.files, directory));
  const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(config.vkey));
  const ledger::Proof proof =
      PROVISO_TRY(ledger::ProveEntry(*environment.files, directory / "log", verifier,
                                     static_cast<std::uint64_t>(args.IntegerOr("index", 0))));
  Json answer = proof.ToJson();
  answer["closed"] = why.message();
  return answer;
}

}  // namespace proviso::service
