// proviso files ...
#include <cstdio>

#include "cli/internal/act_command.h"
#include "cli/internal/command.h"
#include "cli/internal/file_faults.h"
#include "cli/internal/visible.h"
#include "cli/terminal.h"
#include "service/closed_log.h"

namespace proviso::cli {
namespace {

constexpr std::size_t kFaultsShown = 20;

void PrintCheck(const Json& answer) {
  const std::string files = WithThousands(std::to_string(answer.IntegerOr("files", 0)));
  const auto& faults = ItemsOf(answer, "faults");
  if (const std::string table = answer.StringOr("table", ""); !table.empty()) {
    std::printf("%s: %s; written anew\n", Red("damaged").c_str(), Visible(table).c_str());
  }
  if (faults.empty()) {
    std::printf("%s: all %s files that the log refers to are there, as it knows them\n",
                Green("whole").c_str(), files.c_str());
    return;
  }
  std::printf("%s of %s files that the log refers to are missing or damaged\n",
              Red(WithThousands(std::to_string(faults.size()))).c_str(), files.c_str());
  PrintFileFaults(Json(faults));
  PrintFileRemedy();
}

Result<int> Check(const Invocation& invocation) {
  // Before the directory is opened, or its server is asked: both write the table anew.
  const std::string table = service::FaultOfTable(*invocation.environment.files, invocation.data);
  Json answer = PROVISO_TRY(Ask(invocation, {.use_case = "files check"}));
  if (!table.empty()) answer["table"] = table;
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintCheck(answer);
  }
  return ItemsOf(answer, "faults").empty() && table.empty() ? kExitOk : kExitRefused;
}

}  // namespace

void PrintFileFaults(const Json& list, const std::function<std::string(const Json&)>& more) {
  if (list.AsArray() == nullptr) return;
  const Json::Array& faults = *list.AsArray();
  for (std::size_t i = 0; i < faults.size() && i < kFaultsShown; ++i) {
    const Json& fault = faults[i];
    std::printf("%s: %s (log entry %s): %s%s\n", Red(fault.StringOr("what", "")).c_str(),
                fault.StringOr("path", "").c_str(),
                std::to_string(fault.IntegerOr("entry", 0)).c_str(),
                fault.StringOr("why", "").c_str(), more ? more(fault).c_str() : "");
  }
  if (faults.size() > kFaultsShown) {
    std::printf("and %s more\n", std::to_string(faults.size() - kFaultsShown).c_str());
  }
}

void PrintFileRemedy() {
  std::printf(
      "Copy them back from a backup (`proviso backup` names those that it has), and look after the "
      "disk.\n");
}

void AddFilesCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group =
      AddGroup(app, "files", "What lies beside the log: metering, registers, reports");
  AddCommand(group, invocation,
             {"check", "Hold every file that the log refers to against what the log says of it",
              "  proviso files check\n  proviso files check --json"},
             [&invocation] { return Check(invocation); });
}

}  // namespace proviso::cli
