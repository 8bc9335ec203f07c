#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <utility>

#include "cli/invocation.h"

namespace proviso::cli {

// What a command is called and how it explains itself.
struct CommandText {
  std::string name;
  std::string description;
  std::string examples;  // without "Examples:"; one a line
};

// A group such as `case`, which only holds commands.
inline CLI::App& AddGroup(CLI::App& parent, const std::string& name,
                          const std::string& description) {
  CLI::App& group = *parent.add_subcommand(name, description);
  group.require_subcommand(1);
  group.fallthrough();
  group.footer("`proviso " + name + " COMMAND --help` says more, with examples.");
  return group;
}

// A command that runs `run` when the arguments choose it. Options are added to what it returns.
inline CLI::App& AddCommand(CLI::App& parent, Invocation& invocation, const CommandText& text,
                            std::function<Result<int>()> run) {
  CLI::App& command = *parent.add_subcommand(text.name, text.description);
  command.fallthrough();
  command.footer("Examples:\n" + text.examples);
  command.callback([&invocation, run = std::move(run)] { invocation.command = run; });
  return command;
}

// A request that a person signs, asked and printed.
inline Result<int> ActAndPrint(const Invocation& invocation, service::Request request,
                               const Printer& print) {
  PROVISO_TRY(SignRequest(invocation, true, request));
  return AskAndPrint(invocation, request, print);
}

}  // namespace proviso::cli
