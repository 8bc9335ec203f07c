#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/internal/command.h"

namespace proviso::cli {

// The members of a request that options fill.
struct Fields {
  Json args = Json::MakeObject();
};
using SharedFields = std::shared_ptr<Fields>;

// Where an option's value goes, and what it is.
struct OptionText {
  std::string flag;  // "--case", or "CASE" for a place without a flag
  std::string key;   // member of the arguments
  std::string description;
};
void AddText(CLI::App& command, const SharedFields& fields, const OptionText& option);
void AddOptionalText(CLI::App& command, const SharedFields& fields, const OptionText& option);
// --check, given once or several times. Nothing is set when none is given, unless `always`.
void AddChecks(CLI::App& command, const SharedFields& fields, bool always);
void AddCase(CLI::App& command, const SharedFields& fields);  // --case

// A command whose options all go into the signed arguments of the use case "GROUP NAME".
CLI::App& AddAct(CLI::App& parent, Invocation& invocation, const CommandText& text,
                 const SharedFields& fields, const Printer& print);
// The same, and nobody signs.
CLI::App& AddAsk(CLI::App& parent, Invocation& invocation, const CommandText& text,
                 const SharedFields& fields, const Printer& print);

// "claim claim-3 recorded (log entry 17)".
Printer Recorded(const std::string& what);

// The members of the array `key` of `json`; none when there is no such array.
const Json::Array& ItemsOf(const Json& json, std::string_view key);

}  // namespace proviso::cli
