// proviso log ...
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/terminal.h"
#include "verifier/http_source.h"
#include "verifier/verify.h"

namespace proviso::cli {
namespace {

constexpr std::uint64_t kCheckpointBytesMax = 1U << 20U;

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
  std::printf("  first bad entry: %s\n", entry != nullptr && entry->AsInteger() != nullptr
                                             ? std::to_string(*entry->AsInteger()).c_str()
                                             : "none in particular");
  const std::string expected = first.StringOr("expected", "");
  if (expected.empty()) return;
  std::printf("    expected: %s\n    found:    %s\n", expected.c_str(),
              first.StringOr("found", "").c_str());
}

void PrintVerification(const Json& report) {
  const bool ok = report.BoolOr("ok", false);
  std::printf(
      "%s: %s entries, root %s\n", ok ? Green("the log holds").c_str() : Red("DAMAGED").c_str(),
      std::to_string(report.IntegerOr("size", 0)).c_str(), report.StringOr("root", "").c_str());
  if (const Json* problems = report.Find("problems");
      problems != nullptr && problems->AsArray() != nullptr) {
    for (const Json& problem : *problems->AsArray()) {
      if (problem.AsString() != nullptr) std::printf("  %s\n", problem.AsString()->c_str());
    }
  }
  if (const Json* first = report.Find("first"); first != nullptr && !first->IsNull()) {
    PrintFirst(*first);
  }
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
  if (note) return std::string(AsText(*note));
  if (note.error().code() == ErrorCode::kNotFound) return std::string();
  return tl::unexpected(note.error());
}

Result<Json> VerifyElsewhere(const Invocation& invocation, const VerifyArguments& arguments,
                             const std::string& seen) {
  verifier::VerifyOptions options;
  options.vkey = arguments.vkey;
  if (!arguments.policy.empty()) {
    options.policy = PROVISO_TRY(ReadPolicyFile(invocation, arguments.policy)).policy;
    options.vkey = PROVISO_TRY(LogKeyOf(arguments.vkey, *options.policy));
  }
  if (options.vkey.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--log needs --vkey: the public key that the log must be signed with");
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

// Another folder, or one behind a URL, is verified here; the one of a data directory where its
// entries are appended, so that it does not grow meanwhile.
Result<int> Verify(const Invocation& invocation, const VerifyArguments& arguments) {
  io::FileSystem& files = *invocation.environment.files;
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
    report = PROVISO_TRY(Ask(invocation, request));
  }
  const bool ok = report.BoolOr("ok", false);
  if (ok && !arguments.seen.empty()) {
    const std::string checkpoint = report.StringOr("checkpoint", "");
    PROVISO_TRY(io::WriteFileDurably(files, arguments.seen, AsBytes(checkpoint)));
  }
  if (invocation.json) {
    PrintJson(report);
  } else {
    PrintVerification(report);
  }
  return ok ? kExitOk : kExitRefused;
}

// "hearing-1, decision-1", "decision-4 (public)", or "update" where no id says more.
std::string AboutOf(const Json& entry) {
  std::string about = Joined(entry.Find("subject"));
  const std::string says = Joined(entry.Find("says"));
  if (says.empty()) return about;
  return about.empty() ? says : about + " (" + says + ")";
}

void PrintEntries(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : *answer.Find("entries")->AsArray()) {
    rows.push_back({std::to_string(entry.IntegerOr("index", 0)), entry.StringOr("time", ""),
                    Called(answer, entry.StringOr("actor", "")), entry.StringOr("case", ""),
                    entry.StringOr("type", ""), AboutOf(entry)});
  }
  std::printf("%s", FormatTable({"INDEX", "TIME", "ACTOR", "CASE", "TYPE", "ABOUT"}, rows).c_str());
}

}  // namespace

void AddLogCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "log", "The tamper-evident log");
  AddCommand(group, invocation,
             {"checkpoint", "Print the newest signed checkpoint", "  proviso log checkpoint"},
             [&invocation] {
               return AskAndPrint(invocation, {.use_case = "log checkpoint"},
                                  [](const Json& answer) {
                                    std::printf("%s", answer.StringOr("note", "").c_str());
                                  });
             });
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
                   return AskAndPrint(invocation, request, PrintEntries);
                 });
  show.add_option("--from", *from, "First index")->capture_default_str();
  show.add_option("--limit", *limit, "At most so many")->capture_default_str();
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
      [&invocation] {
        return AskAndPrint(invocation, {.use_case = "log rebuild"}, [](const Json& answer) {
          std::printf("rebuilt tiles, checkpoint and decision table of %s entries\n",
                      std::to_string(answer.IntegerOr("size", 0)).c_str());
        });
      });
}

}  // namespace proviso::cli
