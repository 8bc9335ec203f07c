#include "cli/internal/command.h"

#include <cstdio>
#include <utility>

#include "base/unseen.h"
#include "cli/internal/visible.h"
#include "cli/internal/wrong_usage.h"
#include "enforcement/roster.h"

namespace proviso::cli {
namespace {

// "Roles for `report add`: intake, reviewer", from the table that enforces it.
std::string RolesLine(const std::string& act) {
  std::string names;
  for (const enforcement::Role role : enforcement::RolesFor(act)) {
    names += (names.empty() ? "" : ", ") + std::string(enforcement::RoleName(role));
  }
  if (names.empty()) names = "anybody in the roster that must sign";
  return "Roles for `" + act + "`: " + names + "\n";
}

// The first example: a line, and those that continue it.
std::string FirstExample(const std::string& examples) {
  std::size_t end = examples.find('\n');
  while (end != std::string::npos && end > 0 && examples[end - 1] == '\\') {
    end = examples.find('\n', end + 1);
  }
  return examples.substr(0, end);
}

}  // namespace

CLI::App& AddGroup(CLI::App& parent, const std::string& name, const std::string& description) {
  CLI::App& group = *parent.add_subcommand(name, description);
  group.require_subcommand(1);
  group.fallthrough();
  group.footer("`proviso " + name + " COMMAND --help` says more, with the roles that may do it.\n" +
               "Examples:");
  return group;
}

CLI::App& AddCommand(CLI::App& parent, Invocation& invocation, const CommandText& text,
                     std::function<Result<int>()> run) {
  CLI::App& command = *parent.add_subcommand(text.name, text.description);
  command.fallthrough();
  std::string roles;
  for (const std::string& act : text.acts) roles += RolesLine(act);
  command.footer(roles + "Examples:\n" + text.examples);
  if (parent.get_parent() != nullptr) {
    parent.footer(parent.get_footer() + "\n" + FirstExample(text.examples));
  }
  command.callback([&invocation, run = std::move(run)] { invocation.command = run; });
  return command;
}

void SayClosed(const Error& why) {
  std::fprintf(stderr, "proviso: the data directory does not open: %s\n",
               Visible(why.message(), LineFeeds::kKept).c_str());
}

void AddEntryIndex(CLI::App& command, std::int64_t& index) {
  command.add_option("INDEX", index, "The entry, as `log show` counts")
      ->required()
      ->check(WholeNumber("the number of an entry, counted from 0, such as 12",
                          "`proviso log show` lists them"));
}

Result<int> ActAndPrint(const Invocation& invocation, service::Request request,
                        const Printer& print) {
  PROVISO_TRY(SignRequest(invocation, true, request));
  return AskAndPrint(invocation, request, print);
}

}  // namespace proviso::cli
