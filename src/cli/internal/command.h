#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/invocation.h"

namespace proviso::cli {

// What a command is called and how it explains itself.
struct CommandText {
  std::string name;
  std::string description;
  std::string examples;                // without "Examples:"; one a line
  std::vector<std::string> acts = {};  // of docs/formats/acts.md that it does
};

// A group such as `case`, which only holds commands. Its help ends with an example of each.
CLI::App& AddGroup(CLI::App& parent, const std::string& name, const std::string& description);

// A command that runs `run` when the arguments choose it. Options are added to what it returns. Its
// help says which roles may do its acts.
CLI::App& AddCommand(CLI::App& parent, Invocation& invocation, const CommandText& text,
                     std::function<Result<int>()> run);

// Says on standard error why a data directory does not open, where something is answered without.
void SayClosed(const Error& why);

// INDEX, an entry of the log.
void AddEntryIndex(CLI::App& command, std::int64_t& index);

// A request that a person signs, asked and printed.
Result<int> ActAndPrint(const Invocation& invocation, service::Request request,
                        const Printer& print);

}  // namespace proviso::cli
