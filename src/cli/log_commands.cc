// proviso log ...
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/internal/file_faults.h"
#include "cli/internal/visible.h"
#include "cli/internal/wrong_usage.h"
#include "cli/terminal.h"
#include "crypto/hash.h"
#include "service/closed_log.h"
#include "verifier/http_source.h"
#include "verifier/verify.h"

namespace proviso::cli {
namespace {

constexpr std::uint64_t kCheckpointBytesMax = 1U << 20U;
constexpr std::size_t kProblemsShown = 20;

struct VerifyArguments {
  std::string log;  // a folder or a URL; empty: of the data directory
  std::string vkey;
  std::string first_roster;
  std::string seen;
  std::string policy;  // file
};

std::string Counted(const Json& report, const char* member, const std::string& what) {
  return WithThousands(std::to_string(report.IntegerOr(member, 0))) + " " + what;
}

void PrintFirst(const Json& first) {
  const Json* const entry = first.Find("entry");
  if (entry != nullptr && entry->AsInteger() != nullptr) {
    std::printf("  first bad entry: %s\n", std::to_string(*entry->AsInteger()).c_str());
  }
  const std::string expected = first.StringOr("expected", "");
  if (expected.empty()) return;
  std::printf("    expected: %s\n    found:    %s\n", expected.c_str(),
              first.StringOr("found", "").c_str());
}

// The log holds without them, and what it says of them can no longer be shown.
void PrintFilesBeside(const Json& files) {
  const Json* const missing = files.Find("missing");
  if (missing == nullptr || missing->AsArray() == nullptr || missing->AsArray()->empty()) return;
  std::printf("%s\n", Red("warning: files that the log refers to are gone:").c_str());
  PrintFileFaults(*missing);
  PrintFileRemedy();
  std::printf("`proviso files check` also finds those that are damaged.\n");
}

// No damage: clocks are corrected.
void PrintTimes(const Json& report) {
  const Json* const times = report.Find("times_backwards");
  if (times == nullptr || times->IntegerOr("count", 0) == 0) return;
  const Json& first = *times->Find("first");
  const std::int64_t count = times->IntegerOr("count", 0);
  const std::string often = count == 1 ? "once" : std::to_string(count) + " times";
  std::printf("%s times go backwards by more than ten minutes, %s\n", Red("warning:").c_str(),
              often.c_str());
  std::printf("  first at entry %s, of %s, after entry %s, of %s\n",
              std::to_string(first.IntegerOr("entry", 0)).c_str(),
              first.StringOr("time", "").c_str(),
              std::to_string(first.IntegerOr("after_entry", 0)).c_str(),
              first.StringOr("after_time", "").c_str());
  std::printf("  A clock was wrong, or was set right. The order of entries stands all the same.\n");
}

// One line for a file; the rest is counted.
void PrintProblems(const Json& report) {
  const Json* const problems = report.Find("problems");
  if (problems == nullptr || problems->AsArray() == nullptr) return;
  std::size_t shown = 0;
  for (const Json& problem : *problems->AsArray()) {
    if (problem.AsString() == nullptr || shown == kProblemsShown) continue;
    std::printf("  %s\n", problem.AsString()->c_str());
    ++shown;
  }
  const auto count = static_cast<std::size_t>(report.IntegerOr("problem_count", 0));
  if (count <= shown) return;
  std::printf("  and %s more, %s in all; --json lists the first %s\n",
              WithThousands(std::to_string(count - shown)).c_str(),
              WithThousands(std::to_string(count)).c_str(),
              std::to_string(problems->AsArray()->size()).c_str());
}

void PrintVerdict(const Json& report) {
  if (report.BoolOr("other_log", false)) {
    std::printf("%s: expected `%s`\n", Red("NOT THIS LOG").c_str(),
                report.StringOr("origin", "").c_str());
    return;
  }
  const bool ok = report.BoolOr("ok", false);
  std::printf(
      "%s: %s entries, root %s\n", ok ? Green("the log holds").c_str() : Red("DAMAGED").c_str(),
      std::to_string(report.IntegerOr("size", 0)).c_str(), report.StringOr("root", "").c_str());
}

// What stands beside the verdict on the log.
void PrintBesides(const Json& report) {
  if (const std::string remedy = report.StringOr("remedy", ""); !remedy.empty()) {
    std::printf("what to do: %s\n", remedy.c_str());
  }
  if (const std::string why = report.StringOr("closed", ""); !why.empty()) {
    std::printf("the data directory was read without being opened: %s\n", why.c_str());
  }
  if (const std::string table = report.StringOr("table", ""); !table.empty()) {
    std::printf("%s %s; nothing was written: %s\n", Red("warning:").c_str(), table.c_str(),
                kTableRemedy);
  }
  const Json* const unchecked = report.Find("unchecked");
  if (unchecked == nullptr || unchecked->AsArray() == nullptr) return;
  for (const Json& what : *unchecked->AsArray()) {
    if (what.AsString() != nullptr) std::printf("not checked: %s\n", what.AsString()->c_str());
  }
}

void PrintRebuilt(const Json& answer) {
  std::printf("rebuilt tiles, checkpoint and decision table of %s entries\n",
              std::to_string(answer.IntegerOr("size", 0)).c_str());
  const auto left = answer.StringsAt("left");
  if (!left) return;
  for (const std::string& name : *left) {
    std::printf(
        "left alone: `log/%s`, which is no file of a log; until you move it out, `proviso "
        "log verify` calls the log damaged\n",
        Visible(name).c_str());
  }
}

void PrintVerification(const Json& of_stranger) {
  const Json report = VisibleTexts(of_stranger);
  PrintVerdict(report);
  PrintProblems(report);
  if (const Json* first = report.Find("first"); first != nullptr && !first->IsNull()) {
    PrintFirst(*first);
  }
  PrintBesides(report);
  if (const Json* files = report.Find("files_beside"); files != nullptr) PrintFilesBeside(*files);
  PrintTimes(report);
  if (const Json* policy = report.Find("policy"); policy != nullptr) PrintPolicy(*policy);
  if (const Json* witnesses = report.Find("witnesses"); witnesses != nullptr) {
    PrintWitnesses(*witnesses);
  }
  std::printf("checked: %s, %s, %s; ", Counted(report, "files_checked", "files").c_str(),
              Counted(report, "acts_checked", "signed acts").c_str(),
              Counted(report, "decisions_checked", "adopted decisions and their quorums").c_str());
  if (const Json* addenda = report.Find("addenda"); addenda != nullptr) {
    std::printf("%s, %s, %s; ", Counted(*addenda, "held", "confidential parts held").c_str(),
                Counted(*addenda, "erased", "erased").c_str(),
                Counted(*addenda, "absent", "absent").c_str());
  }
  const std::int64_t roster = report.IntegerOr("roster_version", 0);
  if (roster == 0) {
    std::printf("no roster in force\n");
  } else {
    std::printf("roster %s in force, %s\n", std::to_string(roster).c_str(),
                report.StringOr("roster_hash", "").c_str());
  }
}

// The checkpoint that was seen the last time; empty before the first.
Result<std::string> ReadSeen(io::FileSystem& files, const std::string& file) {
  if (file.empty()) return std::string();
  const auto note = files.ReadFile(file, kCheckpointBytesMax);
  if (!note && note.error().code() == ErrorCode::kNotFound) return std::string();
  if (!note) return tl::unexpected(note.error());
  if (note->empty()) {
    // Not the first use: then there is no file.
    return Fail(ErrorCode::kInvalidArgument,
                "`" + file +
                    "`: expected the newest checkpoint seen so far, found an empty file; "
                    "restore it from a copy, or remove it to trust the log anew as it stands");
  }
  return std::string(AsText(*note));
}

Result<Json> VerifyElsewhere(const Invocation& invocation, const VerifyArguments& arguments,
                             const std::string& seen) {
  verifier::VerifyOptions options;
  options.vkey = arguments.vkey;
  if (!arguments.policy.empty()) {
    options.policy = PROVISO_TRY(ReadPolicyFile(invocation, arguments.policy)).policy;
    options.vkey = PROVISO_TRY(LogKeyOf(arguments.vkey, *options.policy));
  }
  if (!arguments.first_roster.empty()) options.first_roster_hash = arguments.first_roster;
  if (!seen.empty()) options.seen_checkpoint = seen;
  if (const service::Progress progress = TerminalProgress()) {
    options.progress = [progress](std::uint64_t entries, std::uint64_t size) {
      progress(Json::Of({{"phase", "entries of " + WithThousands(std::to_string(size))},
                         {"share", size == 0 ? 1000 : entries * 1000 / size}}));
    };
  }
  if (verifier::IsHttpUrl(arguments.log)) {
    verifier::HttpSource source(arguments.log);
    return PROVISO_TRY(verifier::VerifyLog(source, options)).ToJson();
  }
  return PROVISO_TRY(verifier::VerifyLog(*invocation.environment.files, arguments.log, options))
      .ToJson();
}

// The log of the data directory. What is damaged there is left as it is: to open the directory
// would write it anew. Where the directory does not open, as far as its log can be told without.
Result<Json> VerifyHere(const Invocation& invocation, const service::Request& request) {
  auto damaged = service::VerifyDamagedLog(invocation.data, invocation.environment, request.args);
  if (damaged && *damaged) return **std::move(damaged);
  Result<Json> report = Ask(invocation, request);
  if (!report && service::MayBeClosed(report.error())) {
    auto closed = service::VerifyClosedLog(invocation.data, invocation.environment, request.args,
                                           report.error());
    if (closed) return closed;
  }
  if (!report) return report;
  // Of a directory that is served: its server puts the table right, and says so in its journal.
  const std::string fault = service::FaultOfTable(*invocation.environment.files, invocation.data);
  if (!fault.empty()) (*report)["table"] = fault;
  return report;
}

// What is wrong with the options before anything is read; empty when nothing is.
std::string WrongLogArguments(const Invocation& invocation, const VerifyArguments& arguments) {
  if (std::string wrong = DataInsteadOfLog(invocation, arguments.log); !wrong.empty()) {
    return wrong;
  }
  if (std::string wrong = NoVerifierKey(arguments.vkey); !wrong.empty()) return wrong;
  if (arguments.first_roster.empty()) return {};
  const auto hash = crypto::Hash::FromHex(arguments.first_roster);
  if (hash) return {};
  return "--first-roster: expected a hash of 64 hexadecimal digits, found `" +
         Visible(arguments.first_roster) + "`; `proviso roster show` has it";
}

// Another folder, or one behind a URL, is verified here; the one of a data directory where its
// entries are appended, so that it does not grow meanwhile.
Result<int> Verify(const Invocation& invocation, const VerifyArguments& arguments) {
  io::FileSystem& files = *invocation.environment.files;
  if (!arguments.log.empty() && arguments.vkey.empty() && arguments.policy.empty()) {
    return WrongUsage(invocation, kLogNeedsKey);
  }
  if (const std::string wrong = WrongLogArguments(invocation, arguments); !wrong.empty()) {
    return WrongUsage(invocation, wrong);
  }
  const std::string seen = PROVISO_TRY(ReadSeen(files, arguments.seen));
  Json report;
  if (!arguments.log.empty()) {
    report = PROVISO_TRY(VerifyElsewhere(invocation, arguments, seen));
  } else {
    service::Request request;
    request.use_case = "log verify";
    request.args = Json::Of(
        {{"vkey", arguments.vkey}, {"first_roster", arguments.first_roster}, {"seen", seen}});
    if (!arguments.policy.empty()) {
      request.args["policy"] = PROVISO_TRY(ReadPolicyFile(invocation, arguments.policy)).text;
    }
    report = PROVISO_TRY(VerifyHere(invocation, request));
  }
  const bool ok = report.BoolOr("ok", false);
  if (ok && !arguments.seen.empty()) {
    const std::string checkpoint = report.StringOr("checkpoint", "");
    PROVISO_TRY(io::WriteFileDurably(files, arguments.seen, AsBytes(checkpoint), 0600));
  }
  if (invocation.json) {
    PrintJson(report);
  } else {
    PrintVerification(report);
  }
  return ok ? kExitOk : kExitRefused;
}

// Also of a data directory that does not open: then the newest that was published.
Result<int> ShowCheckpoint(const Invocation& invocation) {
  Result<Json> answer = Ask(invocation, {.use_case = "log checkpoint"});
  if (!answer && service::MayBeClosed(answer.error())) {
    auto closed =
        service::CheckpointOfClosedLog(invocation.data, invocation.environment, answer.error());
    if (closed) {
      SayClosed(answer.error());
      answer = std::move(closed);
    }
  }
  const Json shown = PROVISO_TRY(std::move(answer));
  if (invocation.json) {
    PrintJson(shown);
  } else {
    std::printf("%s", shown.StringOr("note", "").c_str());
  }
  return kExitOk;
}

// "hearing-1, decision-1", "decision-4 (public)", or "update" where no id says more.
std::string AboutOf(const Json& entry) {
  std::string about = Joined(entry.Find("subject"));
  const std::string says = Joined(entry.Find("says"));
  if (says.empty()) return about;
  return about.empty() ? says : about + " (" + says + ")";
}

void PrintEntries(const Json& answer, std::int64_t from) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : *answer.Find("entries")->AsArray()) {
    rows.push_back({std::to_string(entry.IntegerOr("index", 0)), entry.StringOr("time", ""),
                    Called(answer, entry.StringOr("actor", "")), entry.StringOr("case", ""),
                    entry.StringOr("type", ""), AboutOf(entry)});
  }
  std::printf("%s", FormatTable({"INDEX", "TIME", "ACTOR", "CASE", "TYPE", "ABOUT"}, rows).c_str());
  const std::int64_t size = answer.IntegerOr("size", 0);
  if (!rows.empty() || from < size) return;
  std::printf("the log has %s entries, counted from 0: there is none from %s on\n",
              std::to_string(size).c_str(), std::to_string(from).c_str());
}

}  // namespace

void AddLogCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "log", "The tamper-evident log");
  AddCommand(group, invocation,
             {"checkpoint", "Print the newest signed checkpoint", "  proviso log checkpoint"},
             [&invocation] { return ShowCheckpoint(invocation); });
  auto from = std::make_shared<std::int64_t>(0);
  auto limit = std::make_shared<std::int64_t>(1000);
  auto of_case = std::make_shared<std::string>();
  CLI::App& show =
      AddCommand(group, invocation,
                 {"show", "List entries, and what each is about",
                  "  proviso log show --from 10 --limit 5\n  proviso log show --case case-1\n"
                  "  proviso log show --json"},
                 [&invocation, from, limit, of_case] {
                   service::Request request;
                   request.use_case = "log show";
                   request.args = Json::Of({{"from", *from}, {"limit", *limit}});
                   if (!of_case->empty()) request.args["case"] = *of_case;
                   return AskAndPrint(invocation, request,
                                      [from](const Json& answer) { PrintEntries(answer, *from); });
                 });
  show.add_option("--from", *from, "First index")
      ->capture_default_str()
      ->check(WholeNumber("the number of an entry, counted from 0, such as 12"));
  show.add_option("--limit", *limit, "At most so many")
      ->capture_default_str()
      ->check(WholeNumber("how many entries at most, such as 100"));
  show.add_option("--case", *of_case, "Of this case alone, such as case-1");
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App& verify =
      AddCommand(group, invocation,
                 {"verify", "Verify every file, signature, roster and decision of the log",
                  "  proviso log verify\n"
                  "  proviso log verify --log copy/log --vkey 'example.org/log+1234+A...'\n"
                  "  proviso log verify --log https://example.org/log \\\n"
                  "      --vkey 'example.org/log+1234+A...' --seen example.checkpoint"},
                 [&invocation, arguments] { return Verify(invocation, *arguments); });
  verify.add_option("--log", arguments->log,
                    "Folder of a log, such as a copy of DATA/log, or the URL of a published one");
  verify.add_option("--vkey", arguments->vkey,
                    "Public key of the log; default: of the data directory");
  verify.add_option("--first-roster", arguments->first_roster,
                    "Hash that the first roster must have (pinned)");
  verify.add_option("--seen", arguments->seen,
                    "File with the newest checkpoint seen so far: the log must have grown from it; "
                    "written when the log holds");
  verify.add_option("--policy", arguments->policy,
                    "File that says which witnesses must have cosigned (C2SP tlog-policy); its log "
                    "line can take the place of --vkey");
  AddLogProofCommands(group, invocation);
  AddWitnessCommands(group, invocation);
  AddCommand(
      group, invocation,
      {"rebuild", "Drop what is derived from the log and make it again", "  proviso log rebuild"},
      [&invocation] { return AskAndPrint(invocation, {.use_case = "log rebuild"}, PrintRebuilt); });
  RefuseEmptyValues(group);
}

}  // namespace proviso::cli
