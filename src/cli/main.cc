// The command line: parses arguments, runs one command, prints, and maps errors to exit codes.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <ios>
#include <memory>

#include "catalogue/faults.h"
#include "cli/internal/wrong_usage.h"
#include "cli/invocation.h"
#include "cli/terminal.h"

namespace proviso::cli {
namespace {

// Help of a command ends with the options of the whole program: they apply there too.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_footer(const CLI::App* app) const override {
    const CLI::App* root = app;
    while (root->get_parent() != nullptr) root = root->get_parent();
    if (root == app) return CLI::Formatter::make_footer(app);
    const auto wanted = [](const CLI::Option* option) {
      return option->get_name() != "--help" && option->get_name() != "--version";
    };
    const std::string group =
        make_group("Options of every command", false, root->get_options(wanted));
    // A group begins with an empty line, and so does a footer.
    return group.substr(group.find_first_not_of('\n')) + "\n" + CLI::Formatter::make_footer(app);
  }
};

void AddGlobalOptions(CLI::App& app, Invocation& invocation) {
  app.add_option("-C,--data", invocation.data, "Data directory")->envname("PROVISO_DATA");
  app.add_flag("--json", invocation.json, "Print JSON instead of text");
  app.add_option("--key", invocation.key_file,
                 "Key file of the person who acts (or PROVISO_KEY); its passphrase comes from "
                 "--passphrase-fd, PROVISO_PASSPHRASE or a prompt");
  app.add_option("--passphrase-fd", invocation.passphrase_fd,
                 "Read the passphrase from this file descriptor");
}

// What is wrong with the first word that nobody took, where it is an option or stands where a
// command was expected; else nothing. CLI11 says only that a command, or a value, is missing.
std::string UnknownWord(const CLI::App& app) {
  const CLI::App* place = &app;
  std::string path = app.get_name();
  while (!place->get_subcommands().empty()) {
    place = place->get_subcommands().front();
    path += " " + place->get_name();
  }
  const std::vector<std::string> left = app.remaining(true);
  if (left.empty()) return "";
  const std::string& word = left.front();
  const std::string remedy = "\nRun `" + path + " --help` for more information.";
  if (word.starts_with("-")) return "`" + word + "` is no option of `" + path + "`" + remedy;
  if (place->get_require_subcommand_min() == 0) return "";
  std::vector<std::string> names;
  for (const CLI::App* command : place->get_subcommands({})) names.push_back(command->get_name());
  return "`" + word + "` is no command of `" + path + "`" + catalogue::DidYouMean(word, names) +
         remedy;
}

int Run(int argc, char** argv) {
  // What this program writes is for its user alone; what may be published is copied on purpose.
  ::umask(077);
  // A file that may not grow is a full disk, and no reason to die in the middle of something.
  std::signal(SIGXFSZ, SIG_IGN);
  std::ios::sync_with_stdio(false);
  io::PosixFileSystem files;
  SystemClock clock;
  SystemRandom random;
  Invocation invocation;
  invocation.environment = {.files = &files, .clock = &clock, .random = &random};

  CLI::App app{
      "Proviso: from a report that a customer breaks the terms of service to a signed, enforced,\n"
      "explained and provable restriction, on business records and never on content.",
      "proviso"};
  app.set_version_flag("--version", PROVISO_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.formatter(std::make_shared<HelpFormatter>());
  app.get_formatter()->column_width(34);
  app.footer(
      "Examples:\n  proviso demo\n  proviso -C data init\n"
      "  proviso -C data import usage 2026-07.parquet --json\n"
      "Exit codes: 0 done, 1 refused or found wanting, 2 wrong usage, 3 failure.");
  AddGlobalOptions(app, invocation);
  AddDataCommands(app, invocation);
  AddPeopleCommands(app, invocation);
  AddReportCommands(app, invocation);
  AddRecordsCommands(app, invocation);
  AddCaseCommands(app, invocation);
  AddHearingCommands(app, invocation);
  AddDecisionCommands(app, invocation);
  AddServingCommands(app, invocation);
  AddPointCommand(app, invocation);
  AddLogCommands(app, invocation);
  AddFilesCommands(app, invocation);
  AddErasureCommands(app, invocation);
  AddBackupCommands(app, invocation);
  for (const char* name : {"backup", "restore", "export", "erasure", "serve", "point"}) {
    RefuseEmptyValues(*app.get_subcommand(name));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string unknown = error.get_exit_code() == 0 ? "" : UnknownWord(app);
    if (unknown.empty()) return app.exit(error) == 0 ? kExitOk : kExitUsage;
    std::fprintf(stderr, "proviso: %s\n", unknown.c_str());
    return kExitUsage;
  }
  const Result<int> result = invocation.command();
  if (result) return *result;
  ReportError(invocation, result.error());
  return ExitCodeFor(result.error().code());
}

}  // namespace
}  // namespace proviso::cli

int main(int argc, char** argv) {
  try {
    return proviso::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "proviso: unexpected failure: %s\n", error.what());
    return proviso::cli::kExitFailure;
  }
}
