#include "cli/internal/act_command.h"

#include <cstdio>

namespace proviso::cli {

void AddOptionalText(CLI::App& command, const SharedFields& fields, const OptionText& option) {
  command.add_option_function<std::string>(
      option.flag,
      [fields, key = option.key](const std::string& value) { fields->args[key] = value; },
      option.description);
}

void AddText(CLI::App& command, const SharedFields& fields, const OptionText& option) {
  AddOptionalText(command, fields, option);
  command.get_options().back()->required();
}

void AddChecks(CLI::App& command, const SharedFields& fields, bool always) {
  if (always) fields->args["checks"] = Json::MakeArray();
  command
      .add_option_function<std::vector<std::string>>(
          "--check",
          [fields](const std::vector<std::string>& checks) {
            fields->args["checks"] = Json::MakeArray();
            for (const std::string& check : checks) fields->args["checks"].Append(check);
          },
          "A check (docs/formats/checks.md); may be given several times")
      ->take_all();
}

void AddCase(CLI::App& command, const SharedFields& fields) {
  AddText(command, fields, {"--case", "case", "Case, such as case-1"});
}

CLI::App& AddAct(CLI::App& parent, Invocation& invocation, const CommandText& text,
                 const SharedFields& fields, const Printer& print) {
  const std::string use_case = parent.get_name() + " " + text.name;
  CommandText told = text;
  told.acts = {use_case};
  return AddCommand(parent, invocation, told, [&invocation, fields, use_case, print] {
    service::Request request;
    request.use_case = use_case;
    request.args = fields->args;
    return ActAndPrint(invocation, std::move(request), print);
  });
}

CLI::App& AddAsk(CLI::App& parent, Invocation& invocation, const CommandText& text,
                 const SharedFields& fields, const Printer& print) {
  const std::string use_case = parent.get_name() + " " + text.name;
  return AddCommand(parent, invocation, text, [&invocation, fields, use_case, print] {
    service::Request request;
    request.use_case = use_case;
    request.args = fields->args;
    return AskAndPrint(invocation, request, print);
  });
}

Printer Recorded(const std::string& what) {
  return [what](const Json& answer) {
    std::printf("%s %s recorded (log entry %s)\n", what.c_str(), answer.StringOr("id", "").c_str(),
                std::to_string(answer.IntegerOr("index", 0)).c_str());
  };
}

const Json::Array& ItemsOf(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json* found = json.Find(key);
  return found == nullptr || found->AsArray() == nullptr ? kNone : *found->AsArray();
}

}  // namespace proviso::cli
