#include "cli/invocation.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "cli/terminal.h"
#include "crypto/key_file.h"
#include "enforcement/act.h"
#include "io/local_socket.h"
#include "service/instance.h"

namespace proviso::cli {
namespace {

constexpr std::chrono::seconds kWaitForDirectory{30};
constexpr std::chrono::milliseconds kRetryEvery{50};
constexpr std::uint64_t kTextFileMax = 16U << 20U;

Result<Json> AskServer(io::LocalConnection& connection, const service::Request& request) {
  PROVISO_TRY(connection.Send(AsBytes(request.ToJson().Canonical())));
  const service::Progress progress = TerminalProgress();
  while (true) {
    const std::optional<Bytes> frame =
        PROVISO_TRY_DOING(connection.Receive(), "the server of this directory");
    if (!frame) {
      return Fail(
          ErrorCode::kUnavailable,
          "the server of this directory went away before it answered; look with `proviso log "
          "show` whether the command was done");
    }
    const Json answer = PROVISO_TRY(ParseJson(AsText(*frame)));
    if (const Json* report = answer.Find("progress")) {
      if (progress) progress(*report);
      continue;
    }
    return service::AnswerFromJson(answer);
  }
}

Result<Json> AskHere(const Invocation& invocation, const service::Request& request) {
  // A rebuild must not stumble over the very files that it makes again.
  auto instance =
      PROVISO_TRY(service::Instance::Open(invocation.data, invocation.environment,
                                          {.rewrite_files = request.use_case == "log rebuild"}));
  Result<Json> answer = instance->Perform(request, TerminalProgress());
  PROVISO_TRY(instance->Close());
  return answer;
}

Result<std::string> ReadPassphraseFd(int descriptor) {
  std::string passphrase;
  char character = 0;
  while (passphrase.size() < 1024) {
    const ssize_t count = ::read(descriptor, &character, 1);
    if (count < 0) {
      return Fail(ErrorCode::kInvalidArgument,
                  "cannot read the passphrase from descriptor " + std::to_string(descriptor));
    }
    if (count == 0 || character == '\n') break;
    passphrase += character;
  }
  return passphrase;
}

Result<std::string> Passphrase(const Invocation& invocation, const std::string& prompt) {
  if (invocation.passphrase_fd >= 0) return ReadPassphraseFd(invocation.passphrase_fd);
  if (const char* value = std::getenv("PROVISO_PASSPHRASE")) return std::string(value);
  return AskSecret(prompt);
}

}  // namespace

int ExitCodeFor(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kPermissionDenied:
    case ErrorCode::kFailedPrecondition:
    case ErrorCode::kUnimplemented:
      return kExitRefused;
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kUnavailable:
    case ErrorCode::kDataLoss:
    case ErrorCode::kInternal:
      return kExitFailure;
  }
  return kExitFailure;
}

Result<Json> Ask(const Invocation& invocation, service::Request request) {
  const auto give_up = std::chrono::steady_clock::now() + kWaitForDirectory;
  while (true) {
    // A running server first: it holds the directory. Without one, this process takes it.
    Result<io::LocalConnection> connection =
        io::LocalConnection::Connect(invocation.data, "proviso.sock");
    if (connection) return AskServer(*connection, request);
    Result<Json> answer = AskHere(invocation, request);
    const bool busy = !answer && answer.error().code() == ErrorCode::kUnavailable &&
                      answer.error().message().find("in use") != std::string::npos;
    if (!busy || std::chrono::steady_clock::now() >= give_up) return answer;
    std::this_thread::sleep_for(kRetryEvery);  // tidy: waits for another process, has no other sign
  }
}

Result<crypto::PrivateKey> LoadPersonKey(const Invocation& invocation,
                                         const std::filesystem::path& path) {
  const std::string text = PROVISO_TRY(ReadTextFile(invocation, path));
  PROVISO_TRY_DOING(crypto::KeyFilePublicKey(text), path.string());
  const std::string passphrase =
      PROVISO_TRY(Passphrase(invocation, "passphrase of " + path.string() + ": "));
  return PROVISO_TRY_DOING(crypto::OpenKeyFile(text, passphrase), path.string());
}

Result<std::string> ChoosePassphrase(const Invocation& invocation) {
  const bool at_prompt =
      invocation.passphrase_fd < 0 && std::getenv("PROVISO_PASSPHRASE") == nullptr;
  const std::string first = PROVISO_TRY(Passphrase(invocation, "new passphrase: "));
  if (first.empty()) return Fail(ErrorCode::kInvalidArgument, "the passphrase is empty");
  if (at_prompt && PROVISO_TRY(AskSecret("the same again: ")) != first) {
    return Fail(ErrorCode::kInvalidArgument, "the two passphrases differ");
  }
  return first;
}

Status SignRequest(const Invocation& invocation, bool required, service::Request& request) {
  std::string path = invocation.key_file;
  if (path.empty()) {
    if (const char* value = std::getenv("PROVISO_KEY")) path = value;
  }
  if (path.empty()) {
    if (!required) return {};
    return Fail(ErrorCode::kPermissionDenied,
                "`" + request.use_case + "` is a person's act: sign it with --key FILE");
  }
  const service::DataConfig config =
      PROVISO_TRY(service::DataConfig::Read(*invocation.environment.files, invocation.data));
  const crypto::PrivateKey key = PROVISO_TRY(LoadPersonKey(invocation, path));
  request.act =
      enforcement::SignAct(request.use_case, request.args, invocation.environment.clock->Now(),
                           config.origin, key, *invocation.environment.random);
  return {};
}

Result<std::string> ReadTextFile(const Invocation& invocation, const std::filesystem::path& path) {
  const Result<Bytes> bytes = invocation.environment.files->ReadFile(path, kTextFileMax);
  if (!bytes && bytes.error().code() == ErrorCode::kResourceExhausted) {
    return Fail(ErrorCode::kInvalidArgument, path.string() + ": " + bytes.error().message());
  }
  return std::string(AsText(PROVISO_TRY(bytes)));
}

void PrintJson(const Json& json) { std::printf("%s\n", json.Pretty().c_str()); }

Result<int> AskAndPrint(const Invocation& invocation, const service::Request& request,
                        const Printer& print) {
  const Json answer = PROVISO_TRY(Ask(invocation, request));
  if (invocation.json) {
    PrintJson(answer);
  } else {
    print(answer);
  }
  return kExitOk;
}

}  // namespace proviso::cli
