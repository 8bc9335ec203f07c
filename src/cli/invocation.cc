#include "cli/invocation.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "cli/internal/visible.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "crypto/key_file.h"

namespace proviso::cli {
namespace {

constexpr std::uint64_t kTextFileMax = 16U << 20U;

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

// A file that others may read is as good as its passphrase, which they can guess at leisure. What
// is no file, such as a pipe, is nobody else's to open.
Status CheckPersonKeyMode(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;
  if (failure || !fs::is_regular_file(status)) return {};  // reading it says more
  if ((status.permissions() & kOthers) == fs::perms::none) return {};
  return Fail(ErrorCode::kPermissionDenied, "others may read or change the key `" + path.string() +
                                                "`, which is to be its owner's alone; run: chmod "
                                                "600 " +
                                                path.string());
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

Result<Json> Ask(const Invocation& invocation, const service::Request& request) {
  Session session(invocation);
  Result<Json> answer = session.Ask(request);
  PROVISO_TRY(session.Close());
  return answer;
}

Result<crypto::PrivateKey> LoadPersonKey(const Invocation& invocation,
                                         const std::filesystem::path& path) {
  PROVISO_TRY(CheckPersonKeyMode(path));
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
  return Session(invocation).Sign(required, request);
}

Result<std::string> ReadTextFile(const Invocation& invocation, const std::filesystem::path& path) {
  const Result<Bytes> bytes = invocation.environment.files->ReadFile(path, kTextFileMax);
  if (!bytes && bytes.error().code() == ErrorCode::kResourceExhausted) {
    return Fail(ErrorCode::kInvalidArgument, path.string() + ": " + bytes.error().message());
  }
  return std::string(AsText(PROVISO_TRY(bytes)));
}

void PrintJson(const Json& json) { std::printf("%s\n", VisiblePretty(json).c_str()); }

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
