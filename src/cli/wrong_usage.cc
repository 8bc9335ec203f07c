#include "cli/internal/wrong_usage.h"

#include <cstdio>

#include "base/unseen.h"
#include "crypto/note.h"

namespace proviso::cli {
namespace {

// As many digits as surely fit a std::int64_t.
constexpr std::size_t kDigitsMax = 18;

}  // namespace

void RefuseEmptyValues(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_type_size() == 0) continue;
    // Options that another command of the group can do without are required there as well.
    const bool can_leave_out = !option->get_required() && !option->get_positional();
    const std::string text = std::string("expected a value, found none") +
                             (can_leave_out ? "; give one, or leave the option out where the "
                                              "command can do without"
                                            : "; give one");
    // Without a description, which the help would repeat at each option.
    option->check(CLI::Validator(
        [text](const std::string& value) { return value.empty() ? text : std::string(); }, ""));
  }
  for (CLI::App* below : command.get_subcommands({})) RefuseEmptyValues(*below);
}

int WrongUsage(const Invocation& invocation, const std::string& message) {
  ReportError(invocation, Error(ErrorCode::kInvalidArgument, message));
  return kExitUsage;
}

std::string DataInsteadOfLog(const Invocation& invocation, const std::string& log) {
  if (log.empty()) return {};
  const auto found =
      invocation.environment.files->Exists(std::filesystem::path(log) / "proviso.json");
  if (!found || !*found) return {};
  return "--log: `" + Visible(log) + "` is a data directory; the folder of its log is `" +
         Visible((std::filesystem::path(log) / "log").lexically_normal().string()) +
         "`: give that one";
}

std::string NoVerifierKey(const std::string& vkey) {
  if (vkey.empty()) return {};
  const auto key = crypto::NoteVerifier::FromText(vkey);
  return key ? std::string() : "--vkey: " + key.error().message();
}

CLI::Validator WholeNumber(const std::string& meaning, const std::string& remedy) {
  return CLI::Validator(
      [meaning, remedy](const std::string& text) {
        const bool leads_on = text.size() > 1 && text.front() == '0';
        const bool is_number = !text.empty() && text.size() <= kDigitsMax && !leads_on &&
                               text.find_first_not_of("0123456789") == std::string::npos;
        if (is_number) return std::string();
        return "expected " + meaning + ", found `" + Visible(text) + "`" +
               (remedy.empty() ? "" : "; " + remedy);
      },
      "");
}

namespace {

// What the system says of a full disk names no remedy.
Error WithRoom(const Error& error) {
  const std::string& text = error.message();
  const auto has = [&](const char* words) { return text.find(words) != std::string::npos; };
  const bool is_full = has("No space left on device") || has("disk is full");
  if (!is_full || has("free some space")) return error;
  return {error.code(), text + "; free some space there, and do it again"};
}

}  // namespace

void ReportError(const Invocation& invocation, const Error& refused) {
  const Error error = WithRoom(refused);
  if (invocation.json) {
    PrintJson(Json::Of({{"error", Json::Of({{"code", ErrorCodeName(error.code())},
                                            {"message", error.message()}})}}));
  }
  std::fprintf(stderr, "proviso: %s\n", Visible(error.message(), LineFeeds::kKept).c_str());
}

}  // namespace proviso::cli
