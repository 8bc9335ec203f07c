#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "crypto/ed25519.h"
#include "service/data_directory.h"
#include "service/request.h"
#include "verifier/policy.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library is called so.
class App;
}

namespace proviso::cli {

// What every command gets: the options before the command, and the world outside.
struct Invocation {
  std::filesystem::path data = "proviso-data";
  bool json = false;
  std::string key_file;
  int passphrase_fd = -1;
  service::Environment environment;

  // The command that the arguments chose; sets what main() returns.
  std::function<Result<int>()> command;
};

// Exit codes of every command.
inline constexpr int kExitOk = 0;       // done
inline constexpr int kExitRefused = 1;  // refused, or found wanting
inline constexpr int kExitUsage = 2;    // the command line itself is wrong
inline constexpr int kExitFailure = 3;  // disk, process, damage
int ExitCodeFor(ErrorCode code);

// Sends a request to the running server of the data directory, or does it in this process.
Result<Json> Ask(const Invocation& invocation, const service::Request& request);

// Signs `request` with the key of --key (or PROVISO_KEY) where one was given. kInvalidArgument when
// `required` and there is none.
Status SignRequest(const Invocation& invocation, bool required, service::Request& request);

// The private key in `path`, with its passphrase by --passphrase-fd, PROVISO_PASSPHRASE or prompt.
Result<crypto::PrivateKey> LoadPersonKey(const Invocation& invocation,
                                         const std::filesystem::path& path);
// The passphrase for a new key: as above, asked twice at the prompt.
Result<std::string> ChoosePassphrase(const Invocation& invocation);

// A whole small text file; kInvalidArgument when it is no UTF-8 text, kNotFound when missing.
Result<std::string> ReadTextFile(const Invocation& invocation, const std::filesystem::path& path);

// Writes a case, as `case show` answers it, as one page that loads nothing else.
Status WriteCasePage(const Invocation& invocation, const Json& shown, const std::string& path);

// Writes a plot for each check that was run: claim-2-check-1.svg and so on. How many.
Result<std::size_t> WriteCasePlots(const Invocation& invocation, const Json& shown,
                                   const std::filesystem::path& folder);

// Adds the commands of a group. `invocation` outlives `app`.
void AddDataCommands(CLI::App& app, Invocation& invocation);    // init import usage export simulate
void AddCaseCommands(CLI::App& app, Invocation& invocation);    // case claim finding attribution
void AddReportCommands(CLI::App& app, Invocation& invocation);  // report
void AddDraftCommands(CLI::App& claims, Invocation& invocation);  // claim drafts adopt edit drop
void AddHearingCommands(CLI::App& app, Invocation& invocation);   // step hearing notice appeal ...
void AddRecordsCommands(CLI::App& app, Invocation& invocation);   // records cessation
void AddDecisionCommands(CLI::App& app, Invocation& invocation);  // decision
void AddPeopleCommands(CLI::App& app, Invocation& invocation);    // key roster
void AddLogCommands(CLI::App& app, Invocation& invocation);       // log
void AddBackupCommands(CLI::App& app, Invocation& invocation);    // backup restore
void AddFilesCommands(CLI::App& app, Invocation& invocation);     // files
void AddErasureCommands(CLI::App& app, Invocation& invocation);   // erasure
void AddLogProofCommands(CLI::App& log, Invocation& invocation);  // log prove ... open
void AddWitnessCommands(CLI::App& log, Invocation& invocation);   // log cosign, log witness

// The policy in the file `path`, and its text.
struct PolicyFile {
  std::string text;
  verifier::Policy policy;
};
Result<PolicyFile> ReadPolicyFile(const Invocation& invocation, const std::string& path);
// `vkey`, or when it is empty the one log that the policy names.
Result<std::string> LogKeyOf(const std::string& vkey, const verifier::Policy& policy);
// Prints what a policy asks for, what was found, and which witness is missing.
void PrintPolicy(const Json& report);
// Prints what each witness of a data directory last said.
void PrintWitnesses(const Json& witnesses);
void AddServingCommands(CLI::App& app, Invocation& invocation);  // serve decide demo
void AddPointCommand(CLI::App& app, Invocation& invocation);     // point

// Asks, and prints the answer: as JSON, or by `print` for people. kExitOk, unless `print` says
// otherwise.
using Printer = std::function<void(const Json&)>;
Result<int> AskAndPrint(const Invocation& invocation, const service::Request& request,
                        const Printer& print);
void PrintJson(const Json& json);

}  // namespace proviso::cli
