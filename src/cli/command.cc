#include "cli/internal/command.h"

#include <utility>

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

Result<int> ActAndPrint(const Invocation& invocation, service::Request request,
                        const Printer& print) {
  PROVISO_TRY(SignRequest(invocation, true, request));
  return AskAndPrint(invocation, request, print);
}

}  // namespace proviso::cli
