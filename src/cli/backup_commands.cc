// proviso backup, restore
#include <cstdio>
#include <memory>

#include "cli/internal/act_command.h"
#include "cli/internal/file_faults.h"
#include "cli/internal/unreached.h"
#include "cli/terminal.h"
#include "service/restore.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

void PrintBackup(const Json& answer) {
  const auto number = [&](const char* key) {
    return WithThousands(std::to_string(answer.IntegerOr(key, 0)));
  };
  std::printf("%s entries and %s files in %s; %s of them copied now\n", number("size").c_str(),
              number("files").c_str(), answer.StringOr("folder", "").c_str(),
              number("copied").c_str());
  std::printf(
      "The keys of confidential parts are in %s/part.keys: keep it apart, and no old copy "
      "of it.\n",
      answer.StringOr("keys", "").c_str());
  std::printf("The log's private key is in no backup. It is %s: without it nobody can write on.\n",
              answer.StringOr("log_key", "").c_str());
  PrintUnreached(answer);
  PrintFileFaults(*answer.Find("faults"), [](const Json& fault) -> std::string {
    if (fault.Find("part") != nullptr) {
      return fault.BoolOr("kept", false) ? "; the backup has it whole, from an earlier one"
                                         : "; no backup here has it whole, and the logs of earlier "
                                           "backups stay";
    }
    return fault.BoolOr("kept", false) ? "; the copy of an earlier backup is good and stays"
                                       : "; the backup does not have it";
  });
  if (!ItemsOf(answer, "faults").empty()) {
    std::printf("All else is saved. Copy back from %s what it has, and look after the disk.\n",
                answer.StringOr("folder", "").c_str());
  }
}

void PrintRestored(const Json& answer) {
  const auto number = [&](const char* key) {
    return WithThousands(std::to_string(answer.IntegerOr(key, 0)));
  };
  std::printf("%s: %s entries of `%s`, %s of them from the published log, and %s keys\n",
              answer.StringOr("data", "").c_str(), number("size").c_str(),
              answer.StringOr("origin", "").c_str(), number("brought_forward").c_str(),
              number("keys").c_str());
  for (const Json& part : ItemsOf(answer, "absent")) {
    std::printf("  not here: `%s` of entry %s (%s)\n", part.StringOr("part", "").c_str(),
                std::to_string(part.IntegerOr("entry", 0)).c_str(),
                part.StringOr("type", "").c_str());
  }
  if (const std::int64_t absent = answer.IntegerOr("absent_parts", 0); absent > 0) {
    std::printf(
        "%s confidential %s in no backup. Catalogue, customers and terms are imported again.\n",
        number("absent_parts").c_str(), absent == 1 ? "part was" : "parts were");
  }
  for (const Json& file : ItemsOf(answer, "absent_files")) {
    std::printf("  not here: %s of entry %s, which is later than the backup\n",
                file.StringOr("path", "").c_str(),
                std::to_string(file.IntegerOr("entry", 0)).c_str());
  }
  PrintFileFaults(*answer.Find("faults"), [](const Json&) -> std::string { return "; left out"; });
}

// Fails where something is lost, though the rest is saved: a timer looks at the exit code alone.
Result<int> BackUp(const Invocation& invocation, const service::Request& request) {
  const Json answer = PROVISO_TRY(Ask(invocation, request));
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintBackup(answer);
  }
  return ItemsOf(answer, "faults").empty() ? kExitOk : kExitFailure;
}

Result<int> Restore(const Invocation& invocation, const service::RestoreOptions& options) {
  const Json answer =
      PROVISO_TRY(service::Restore(options, invocation.environment, TerminalProgress()));
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintRestored(answer);
    if (options.published.empty()) {
      std::printf(
          "It does not know what was erased after the backup, %s: the keys in %s open it again, if "
          "they are as old.\n",
          answer.StringOr("made_at", "").c_str(), options.keys.c_str());
    }
  }
  return kExitOk;
}

void AddRestore(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<service::RestoreOptions>();
  CLI::App& restore = AddCommand(
      app, invocation,
      {"restore", "Make a data directory of a backup",
       "  proviso restore /backup/proviso --keys /safe/proviso --to data --published old/log\n"
       "  proviso restore /backup/proviso --keys /safe/proviso --to data --accept-fork-risk\n"
       "All is checked first, and DATA is whole or not there. Entries that were published after\n"
       "the backup are taken from the published log, so that there is one history."},
      [&invocation, options] { return Restore(invocation, *options); });
  restore.add_option("FOLDER", options->folder, "The backup")->required();
  restore.add_option("--keys", options->keys, "Folder of its part.keys")->required();
  restore.add_option("--to", options->to, "A data directory that does not exist yet")->required();
  restore.add_option("--published", options->published,
                     "Folder of the published log: DATA/log of before, or a copy of it");
  restore.add_option("--log-key", options->log_key,
                     "The log's private key; default: where it was before");
  restore.add_flag("--accept-fork-risk", options->accept_fork_risk,
                   "No entry after the backup was ever published");
  restore.add_flag("--accept-missing", options->accept_missing,
                   "Go on without files that the backup lacks; each is named");
}

}  // namespace

void AddBackupCommands(CLI::App& app, Invocation& invocation) {
  auto folder = std::make_shared<std::string>();
  auto keys = std::make_shared<std::string>();
  CLI::App& backup = AddCommand(
      app, invocation,
      {"backup", "Copy the data directory, while it is in use, and its keys to another place",
       "  proviso backup /backup/proviso --keys /safe/proviso"},
      [&invocation, folder, keys] {
        service::Request request;
        request.use_case = "backup";
        request.args = Json::Of({{"folder", fs::absolute(*folder).lexically_normal().string()},
                                 {"keys", fs::absolute(*keys).lexically_normal().string()}});
        return BackUp(invocation, request);
      });
  backup.add_option("FOLDER", *folder, "Folder for the backup; what it has is not copied again")
      ->required();
  backup
      .add_option("--keys", *keys,
                  "Folder for the keys of confidential parts; erasing a part erases it there too")
      ->required();
  AddRestore(app, invocation);
}

}  // namespace proviso::cli
