// proviso log ...
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/terminal.h"
#include "verifier/verify.h"

namespace proviso::cli {
namespace {

struct VerifyArguments {
  std::string folder;
  std::string vkey;
  std::string first_roster;
};

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
}

// A folder of its own, such as a copy, is verified here; the one of a data directory where its
// entries are appended, so that it does not grow meanwhile.
Result<int> Verify(const Invocation& invocation, const VerifyArguments& arguments) {
  Json report;
  if (!arguments.folder.empty()) {
    if (arguments.vkey.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--log needs --vkey: the public key that the log must be signed with");
    }
    verifier::VerifyOptions options;
    options.vkey = arguments.vkey;
    if (!arguments.first_roster.empty()) options.first_roster_hash = arguments.first_roster;
    report =
        PROVISO_TRY(verifier::VerifyLog(*invocation.environment.files, arguments.folder, options))
            .ToJson();
  } else {
    service::Request request;
    request.use_case = "log verify";
    request.args = Json::Of({{"vkey", arguments.vkey}, {"first_roster", arguments.first_roster}});
    report = PROVISO_TRY(Ask(invocation, request));
  }
  if (invocation.json) {
    PrintJson(report);
  } else {
    PrintVerification(report);
  }
  return report.BoolOr("ok", false) ? kExitOk : kExitRefused;
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
                  "  proviso log verify\n  proviso log verify --log copy/log --vkey "
                  "'example.org/log+1234+A...'"},
                 [&invocation, arguments] { return Verify(invocation, *arguments); });
  verify.add_option("--log", arguments->folder, "Folder of a log, such as a copy of DATA/log");
  verify.add_option("--vkey", arguments->vkey,
                    "Public key of the log; default: of the data directory");
  verify.add_option("--first-roster", arguments->first_roster,
                    "Hash that the first roster must have (pinned)");
  AddLogProofCommands(group, invocation);
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
