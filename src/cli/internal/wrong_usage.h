#pragma once

#include <string>

#include "cli/internal/command.h"

namespace proviso::cli {

// Every option below `command` that takes a value refuses an empty one: a variable that a script
// left empty must not switch off what it was to check.
void RefuseEmptyValues(CLI::App& command);

// Says what went wrong: on standard error, and as JSON where that is wanted.
void ReportError(const Invocation& invocation, const Error& error);
// The same for a command line that is wrong in a way that only the command itself sees.
int WrongUsage(const Invocation& invocation, const std::string& message);

// That `log` names a data directory, where the folder of a log in it was meant; empty when it does
// not.
std::string DataInsteadOfLog(const Invocation& invocation, const std::string& log);
// That `vkey` is no public key of a log; empty when it is one, or was left out.
std::string NoVerifierKey(const std::string& vkey);
// Digits as people write them: the library would take 0x10 and 010 for other numbers.
CLI::Validator WholeNumber(const std::string& meaning, const std::string& remedy = {});

// What to do about a decision table that is damaged.
inline constexpr const char* kTableRemedy =
    "`proviso log rebuild` writes the table anew, and so does `proviso serve` when it starts";

// What a command says that reads another log than that of the data directory.
inline constexpr const char* kLogNeedsKey =
    "--log needs --vkey: the public key that the log must be signed with";

}  // namespace proviso::cli
