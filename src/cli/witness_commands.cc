// proviso log cosign, and proviso log witness: both sides of cosignatures.
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/internal/signals.h"
#include "cli/internal/visible.h"
#include "cli/terminal.h"
#include "crypto/key_file.h"
#include "http_server/http_server.h"
#include "witness/add_checkpoint.h"
#include "witness/http.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

struct CosignArguments {
  std::string set_policy;
};

Result<int> SetPolicy(const Invocation& invocation, const std::string& path) {
  PROVISO_TRY(ReadPolicyFile(invocation, path));
  service::Request request;
  request.use_case = "log set-policy";
  request.args = Json::Of({{"path", fs::absolute(path).lexically_normal().string()}});
  return AskAndPrint(invocation, request, [](const Json& answer) {
    std::printf("%s: %s witnesses, of which %s have an address and will be asked\n",
                answer.StringOr("path", "").c_str(),
                std::to_string(answer.IntegerOr("witnesses", 0)).c_str(),
                std::to_string(answer.IntegerOr("asked", 0)).c_str());
  });
}

Result<int> Cosign(const Invocation& invocation, const CosignArguments& arguments) {
  if (!arguments.set_policy.empty()) return SetPolicy(invocation, arguments.set_policy);
  const Json answer = PROVISO_TRY(Ask(invocation, {.use_case = "log cosign"}));
  const bool met = answer.BoolOr("met", false);
  if (invocation.json) {
    PrintJson(answer);
    return met ? kExitOk : kExitRefused;
  }
  std::printf("checkpoint of %s entries: %s\n", std::to_string(answer.IntegerOr("size", 0)).c_str(),
              met ? Green("the policy is met").c_str() : Red("the policy is not met").c_str());
  if (!met) std::printf("  %s\n", answer.StringOr("missing", "").c_str());
  PrintWitnesses(*answer.Find("witnesses"));
  if (!answer.BoolOr("published", false)) {
    std::printf("The log grew meanwhile: a newer checkpoint is published; ask again.\n");
  }
  return met ? kExitOk : kExitRefused;
}

// What an ML-DSA cosignature can carry (C2SP tlog-cosignature).
constexpr std::size_t kNameBytesMax = 255;

struct WitnessArguments {
  std::string listen = "127.0.0.1:7380";
  std::string state;
  std::string new_key;
  std::string name;
  std::vector<std::string> logs;
};

Status CheckPrivate(const std::string& path) {
  std::error_code failure;
  const fs::perms mode = fs::status(path, failure).permissions();
  if (!failure && (mode & (fs::perms::others_all | fs::perms::group_write)) != fs::perms::none) {
    return Fail(ErrorCode::kPermissionDenied,
                "others may read or change the key `" + path + "`; run: chmod 600 " + path);
  }
  return {};
}

Result<int> MakeWitness(const Invocation& invocation, const WitnessArguments& arguments) {
  io::FileSystem& files = *invocation.environment.files;
  if (!crypto::IsNoteName(arguments.name) || arguments.name.size() > kNameBytesMax) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected --name, such as witness.example.org/w1, without spaces and plus signs, "
                "of at most " +
                    std::to_string(kNameBytesMax) + " bytes");
  }
  if (PROVISO_TRY(files.Exists(arguments.new_key))) {
    return Fail(ErrorCode::kAlreadyExists, "the key `" + arguments.new_key + "` exists");
  }
  const auto key = crypto::PrivateKey::Generate(*invocation.environment.random);
  const crypto::Cosigner cosigner{.name = arguments.name, .key = key.Public()};
  PROVISO_TRY(witness::Witness::Create(files, arguments.state, cosigner));
  PROVISO_TRY(
      io::WriteFileDurably(files, arguments.new_key, AsBytes(crypto::FormatServiceKey(key)), 0600));
  if (invocation.json) {
    PrintJson(Json::Of({{"key", arguments.new_key}, {"vkey", cosigner.ToText()}}));
  } else {
    std::printf("%s\nGive this line to the logs that you will cosign.\n",
                cosigner.ToText().c_str());
  }
  return kExitOk;
}

Result<std::unique_ptr<witness::Witness>> OpenWitness(const Invocation& invocation,
                                                      const WitnessArguments& arguments) {
  io::FileSystem& files = *invocation.environment.files;
  if (invocation.key_file.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected --key, the witness's key file, or --new-key to make one");
  }
  witness::WitnessOptions options{
      .state = arguments.state,
      .logs = {},
      .files = &files,
      .clock = invocation.environment.clock,
      .on_stop = [](const Error& error) {
        std::fprintf(stderr, "proviso: this witness has stopped: %s; start it anew\n",
                     error.message().c_str());
      }};
  for (const std::string& log : arguments.logs) {
    options.logs.push_back(PROVISO_TRY(crypto::NoteVerifier::FromText(log)));
  }
  if (options.logs.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "expected --log, the public key of a log to cosign");
  }
  PROVISO_TRY(CheckPrivate(invocation.key_file));
  const std::string text = PROVISO_TRY(ReadTextFile(invocation, invocation.key_file));
  auto key = PROVISO_TRY_DOING(crypto::ParseServiceKey(text), invocation.key_file);
  return witness::Witness::Open(std::move(options), std::move(key));
}

Result<int> Witness(const Invocation& invocation, const WitnessArguments& arguments) {
  if (!arguments.new_key.empty()) return MakeWitness(invocation, arguments);
  const auto witness = PROVISO_TRY(OpenWitness(invocation, arguments));
  BlockEndSignals();
  http_server::HttpServerOptions options;
  options.address = arguments.listen;
  options.body_bytes_max = witness::kAddCheckpointBytesMax;
  options.access_log = [](const http_server::AccessRecord& record) {
    const std::string refusal = record.refusal.empty() ? "" : " " + std::string(record.refusal);
    std::fprintf(stderr, "proviso: %s %s: %d%s\n", Visible(record.method).c_str(),
                 Visible(record.path).c_str(), record.status, refusal.c_str());
  };
  const auto server = PROVISO_TRY(http_server::HttpServer::Start(options, [&witness] {
    return [&witness](const http_server::Request& request) {
      return witness::AnswerHttp(*witness, request);
    };
  }));
  const std::string vkey = witness->cosigner().ToText();
  if (invocation.json) {
    std::printf("%s\n", Json::Of({{"port", server->port()}, {"vkey", vkey}}).Canonical().c_str());
  } else {
    std::printf("witness %s\nat %s/\nCtrl-C ends it.\n", vkey.c_str(),
                http_server::UrlOf(arguments.listen, server->port()).c_str());
  }
  std::fflush(stdout);
  WaitForEnd();
  server->Stop();
  return kExitOk;
}

void AddWitness(CLI::App& log, Invocation& invocation) {
  auto arguments = std::make_shared<WitnessArguments>();
  CLI::App& command = AddCommand(
      log, invocation,
      {"witness",
       "Be a witness: cosign the checkpoints of other people's logs while they only grow",
       "  proviso log witness --new-key witness.key --state witness.json --name "
       "witness.example.org/w1\n"
       "  proviso log witness --key witness.key --state witness.json --listen 127.0.0.1:7380 \\\n"
       "      --log 'example.org/log+1234+A...'"},
      [&invocation, arguments] { return Witness(invocation, *arguments); });
  command.add_option("--state", arguments->state, "File of what was cosigned: never to be lost")
      ->required();
  command.add_option("--log", arguments->logs, "Public key of a log; may be given several times");
  command.add_option("--listen", arguments->listen, "Loopback address and port; port 0: any")
      ->capture_default_str();
  command.add_option("--new-key", arguments->new_key,
                     "Make this key file and the state file, and end");
  command.add_option("--name", arguments->name, "Name of the new witness");
}

}  // namespace

Result<PolicyFile> ReadPolicyFile(const Invocation& invocation, const std::string& path) {
  const Bytes text =
      PROVISO_TRY(invocation.environment.files->ReadFile(path, verifier::kPolicyBytesMax));
  auto policy = PROVISO_TRY_DOING(verifier::Policy::Read(AsText(text)), path);
  return PolicyFile{.text = std::string(AsText(text)), .policy = std::move(policy)};
}

Result<std::string> LogKeyOf(const std::string& vkey, const verifier::Policy& policy) {
  if (!vkey.empty()) return vkey;
  if (policy.logs().size() == 1) return policy.logs().front().key.ToText();
  return Fail(ErrorCode::kInvalidArgument, "the policy names " +
                                               std::to_string(policy.logs().size()) +
                                               " logs; say with --vkey which one is meant");
}

void PrintPolicy(const Json& report) {
  const bool met = report.BoolOr("met", false);
  std::printf("policy: %s%s%s\n", met ? Green("met").c_str() : Red("not met").c_str(),
              met ? "" : ": ", report.StringOr("missing", "").c_str());
  for (const Json& witness : *report.Find("witnesses")->AsArray()) {
    const bool cosigned = witness.BoolOr("cosigned", false);
    std::printf("  %s (%s): %s%s\n", witness.StringOr("name", "").c_str(),
                witness.StringOr("key_name", "").c_str(),
                cosigned ? ("cosigned at " + witness.StringOr("time", "")).c_str() : "missing",
                witness.BoolOr("counts", false) ? "" : ", not part of the quorum");
  }
}

void PrintWitnesses(const Json& witnesses) {
  if (witnesses.AsArray() == nullptr) {
    std::printf("witnesses: %s\n", Red(witnesses.StringOr("problem", "unknown")).c_str());
    return;
  }
  for (const Json& witness : *witnesses.AsArray()) {
    const std::string said = witness.StringOr("said", "");
    const std::string message = witness.StringOr("message", "");
    const bool alarm = said == "ahead" || said == "split";
    std::printf("  witness %s: %s%s%s%s\n", witness.StringOr("name", "").c_str(),
                alarm ? Red(said).c_str() : said.c_str(),
                said == "cosigned" ? (" " + witness.StringOr("knows", "") + " entries at " +
                                      witness.StringOr("at", ""))
                                         .c_str()
                                   : "",
                message.empty() ? "" : ": ", message.c_str());
  }
}

void AddWitnessCommands(CLI::App& log, Invocation& invocation) {
  auto arguments = std::make_shared<CosignArguments>();
  CLI::App& cosign =
      AddCommand(log, invocation,
                 {"cosign", "Ask the log's witnesses to cosign its newest checkpoint",
                  "  proviso log cosign --set-policy witnesses.txt\n  proviso log cosign"},
                 [&invocation, arguments] { return Cosign(invocation, *arguments); });
  cosign.add_option("--set-policy", arguments->set_policy,
                    "Take the witnesses from this file (C2SP tlog-policy) from now on");
  AddWitness(log, invocation);
}

}  // namespace proviso::cli
