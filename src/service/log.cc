// The log: checkpoint, entries, verification, and making derived files again.
#include <algorithm>

#include "ledger/addenda_check.h"
#include "ledger/opening.h"
#include "ledger/prove.h"
#include "service/closed_log.h"
#include "service/internal/core.h"
#include "service/internal/damaged_parts.h"
#include "service/internal/kept_files.h"
#include "service/internal/log_comparison.h"
#include "service/internal/subject.h"
#include "verifier/verify.h"

namespace proviso::service {
namespace {

constexpr std::int64_t kEntriesMax = 10'000;

Json EntryJson(const RecordedEvent& event, bool in_its_case) {
  Json subject = Json::MakeArray();
  for (const std::string& name : SubjectOf(event.event, in_its_case)) subject.Append(name);
  Json says = Json::MakeArray();
  for (const std::string& word : SaidOf(event.event, in_its_case)) says.Append(word);
  Json entry = Json::Of({{"index", event.index},
                         {"time", FormatTime(event.time)},
                         {"actor", event.actor},
                         {"type", event.event.type},
                         {"subject", std::move(subject)},
                         {"says", std::move(says)},
                         {"data", event.event.open}});
  if (!event.case_id.empty()) entry["case"] = event.case_id;
  return entry;
}

}  // namespace

Result<Json> ShowOrigin(const Context& context) {
  return Json::Of({{"origin", context.core.config.origin}, {"vkey", context.core.config.vkey}});
}

Result<Json> ShowCheckpoint(const Context& context) {
  const Bytes note = PROVISO_TRY(context.core.environment.files->ReadFile(
      context.core.directory / "log" / "checkpoint", 1U << 20U));
  return Json::Of({{"note", AsText(note)},
                   {"size", context.state().next_index},
                   {"vkey", context.core.config.vkey}});
}

Result<Json> ShowLog(const Context& context) {
  const Json& args = context.request.args;
  const std::int64_t from = args.IntegerOr("from", 0);
  const std::int64_t limit = args.IntegerOr("limit", 1000);
  const std::string case_id = args.StringOr("case", "");
  if (from < 0 || limit < 1 || limit > kEntriesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected from >= 0 and 1 <= limit <= " + std::to_string(kEntriesMax));
  }
  if (!case_id.empty() && context.state().review.FindCase(case_id) == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case `" + case_id + "`");
  }
  Json entries = Json::MakeArray();
  std::int64_t left = limit;
  const auto show = [&](const RecordedEvent& event) -> Status {
    if (!case_id.empty() && event.case_id != case_id) return {};
    if (left-- > 0) entries.Append(EntryJson(event, !case_id.empty()));
    return {};
  };
  PROVISO_TRY(context.core.ledger->Replay(static_cast<std::uint64_t>(from), show));
  Json names = NamesIn(context.state(), entries);
  return Json::Of({{"entries", entries}, {"names", names}, {"size", context.state().next_index}});
}

Result<Json> CompareAddenda(const ledger::LedgerOptions& options, std::uint64_t size,
                            verifier::VerifyReport& report) {
  const ledger::AddendaReport found = PROVISO_TRY(ledger::CheckAddenda(options, size));
  for (const ledger::UnreadPart& part : found.listed) {
    report.Add({.text = "entry " + std::to_string(part.entry) + ": its confidential part `" +
                        part.name + "` is damaged (" + part.fault + "); " + WayBack(options),
                .entry = part.entry});
  }
  if (!report.root_base64.empty() && Base64Encode(found.root.bytes) != report.root_base64) {
    report.Add({.text = "the database: expected the entries of the root `" + report.root_base64 +
                        "`, as published, found those of `" + Base64Encode(found.root.bytes) + "`",
                .entry = {},
                .expected = report.root_base64,
                .found = Base64Encode(found.root.bytes)});
  }
  return Json::Of({{"absent", found.absent},
                   {"damaged", found.damaged},
                   {"erased", found.erased},
                   {"held", found.held}});
}

Result<verifier::VerifyOptions> VerifyOptionsOf(const Json& args, const DataConfig& config) {
  const std::string vkey = args.StringOr("vkey", "");
  const std::string first_roster = args.StringOr("first_roster", "");
  const std::string seen = args.StringOr("seen", "");
  verifier::VerifyOptions options;
  options.vkey = vkey.empty() ? config.vkey : vkey;
  if (!first_roster.empty()) options.first_roster_hash = first_roster;
  if (!seen.empty()) options.seen_checkpoint = seen;
  const std::string policy = args.StringOr("policy", "");
  if (!policy.empty()) options.policy = PROVISO_TRY(verifier::Policy::Read(policy));
  return options;
}

namespace {

// Parts whose key is gone look erased to who knows only the entries they are of.
Status AddPartsWithoutKey(const Context& context, verifier::VerifyReport& report, Json& addenda) {
  const ledger::LedgerOptions& options = context.core.ledger->options();
  for (const DamagedPart& part : DamagedNow(context.state())) {
    const ledger::OpenedEntry opened = PROVISO_TRY(ledger::OpenEntry(options, part.entry));
    const auto is = std::ranges::find(opened.parts, part.name, &ledger::OpenedPart::name);
    if (is == opened.parts.end() || is->state != ledger::PartState::kErased) continue;
    addenda["erased"] = addenda.IntegerOr("erased", 0) - 1;
    addenda["damaged"] = addenda.IntegerOr("damaged", 0) + 1;
    report.Add({.text = "entry " + std::to_string(part.entry) + ": its confidential part `" +
                        part.name + "` is damaged (" + part.fault + "); " + WayBack(options),
                .entry = part.entry});
  }
  return {};
}

}  // namespace

Result<Json> VerifyLog(const Context& context) {
  const verifier::VerifyOptions options =
      PROVISO_TRY(VerifyOptionsOf(context.request.args, context.core.config));
  verifier::VerifyReport report = PROVISO_TRY(verifier::VerifyLog(
      *context.core.environment.files, context.core.directory / "log", options));
  const std::uint64_t size = std::min(report.size, context.core.ledger->latest().size);
  Json addenda = PROVISO_TRY(CompareAddenda(context.core.ledger->options(), size, report));
  PROVISO_TRY(AddPartsWithoutKey(context, report, addenda));
  Json answer = report.ToJson();
  answer["addenda"] = std::move(addenda);
  answer["files_beside"] = PROVISO_TRY(MissingFiles(context.core));
  Json witnesses = context.core.cosigner->Describe();
  if (!witnesses.IsNull()) answer["witnesses"] = std::move(witnesses);
  return answer;
}

Result<Json> ProveEntry(const Context& context) {
  const std::int64_t index = context.request.args.IntegerOr("index", -1);
  if (index < 0) return Fail(ErrorCode::kInvalidArgument, "expected the index of an entry");
  io::FileSystem& files = *context.core.environment.files;
  const std::filesystem::path folder = context.core.directory / "log";
  const crypto::NoteVerifier log = context.core.ledger->verifier();
  const auto entry = static_cast<std::uint64_t>(index);
  const std::string cosigned = context.core.cosigner->NoteForProof(entry);
  if (cosigned.empty()) return PROVISO_TRY(ledger::ProveEntry(files, folder, log, entry)).ToJson();
  return PROVISO_TRY(ledger::ProveEntryTo(files, folder, log, entry, cosigned)).ToJson();
}

Result<Json> RebuildProjections(const Context& context) {
  const auto tell = [&](std::string_view phase, std::uint64_t thousandths) {
    context.Report(Json::Of({{"phase", phase}, {"share", thousandths}}));
  };
  tell("log files", 0);
  PROVISO_TRY(context.core.ledger->Rebuild());
  const std::uint64_t size = context.core.ledger->latest().size;
  const std::uint64_t step = std::max<std::uint64_t>(size / 100, 1);
  State rebuilt = PROVISO_TRY(ReplayLog(context.core, [&](const RecordedEvent& event) -> Status {
    if (event.index % step == 0) tell("projections", event.index * 1000 / size);
    return {};
  }));
  tell("projections", 1000);
  Bytes table = PROVISO_TRY(Instance::Core::CompileTable(rebuilt));
  context.state() = std::move(rebuilt);
  context.core.table_is_old = false;
  PROVISO_TRY(context.core.PublishCompiledTable(std::move(table)));
  Json left = Json::MakeArray();
  for (std::string& name :
       PROVISO_TRY(StrangersInLog(*context.core.environment.files, context.core.directory))) {
    left.Append(std::move(name));
  }
  return Json::Of({{"left", std::move(left)},
                   {"size", context.state().next_index},
                   {"table", context.state().table_number}});
}

}  // namespace proviso::service
