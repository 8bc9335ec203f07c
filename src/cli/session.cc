#include "cli/session.h"

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "cli/terminal.h"
#include "enforcement/act.h"
#include "io/local_socket.h"

namespace proviso::cli {
namespace {

constexpr std::chrono::milliseconds kRetryEvery{50};

Result<Json> AskServer(io::LocalConnection& connection, const service::Request& request,
                       const service::Progress& progress) {
  PROVISO_TRY(connection.Send(AsBytes(request.ToJson().Canonical())));
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
      progress(*report);
      continue;
    }
    return service::AnswerFromJson(answer);
  }
}

// The key file, and whether the environment names it: then nobody has written it on this command.
struct KeyFile {
  std::string path;
  bool from_environment = false;
};

KeyFile KeyFileOf(const Invocation& invocation) {
  if (!invocation.key_file.empty()) return {.path = invocation.key_file};
  const char* value = std::getenv("PROVISO_KEY");
  if (value == nullptr || *value == '\0') return {};
  return {.path = value, .from_environment = true};
}

// Whether another process holds what this one would need.
bool IsInUse(const Result<Json>& answer) {
  return !answer && answer.error().code() == ErrorCode::kUnavailable &&
         answer.error().message().find("in use") != std::string::npos;
}

}  // namespace

Status Session::Sign(bool required, service::Request& request) {
  const KeyFile file = KeyFileOf(invocation_);
  if (file.path.empty()) {
    if (!required) return {};
    return Fail(ErrorCode::kPermissionDenied,
                "`" + request.use_case + "` is a person's act: sign it with --key FILE");
  }
  if (!signer_) {
    const service::DataConfig* config = PROVISO_TRY(Config());
    crypto::PrivateKey key = PROVISO_TRY(LoadPersonKey(invocation_, file.path));
    signer_.emplace(Signer{std::move(key), config->origin});
  }
  request.act =
      enforcement::SignAct(request.use_case, request.args, invocation_.environment.clock->Now(),
                           signer_->origin, signer_->key, *invocation_.environment.random);
  return {};
}

// Says once as whom an act is signed where only the environment names the key; all else is the
// terminal's.
service::Progress Session::Progress() {
  const bool tell = KeyFileOf(invocation_).from_environment;
  return [this, tell, terminal = TerminalProgress()](const Json& report) {
    const Json* who = report.Find("acting_as");
    if (who == nullptr) {
      if (terminal) terminal(report);
      return;
    }
    if (!tell || told_who_) return;
    told_who_ = true;
    std::fprintf(stderr, "acting as %s (%s)\n", who->StringOr("name", "").c_str(),
                 Joined(who->Find("roles")).c_str());
  };
}

Result<Json> Session::AskHere(const service::Request& request) {
  if (!instance_) {
    // A rebuild must not stumble over the very files that it makes again.
    instance_ =
        PROVISO_TRY(service::Instance::Open(invocation_.data, invocation_.environment,
                                            {.rewrite_files = request.use_case == "log rebuild"}));
  }
  return instance_->Perform(request, Progress());
}

Result<const service::DataConfig*> Session::Config() {
  if (!config_) {
    config_ =
        PROVISO_TRY(service::DataConfig::Read(*invocation_.environment.files, invocation_.data));
  }
  return &*config_;
}

Result<Json> Session::Ask(const service::Request& request) {
  const service::DataConfig* config = PROVISO_TRY(Config());
  return config->store.empty() ? AskAlone(request) : AskShared(config->store, request);
}

Result<Json> Session::AskShared(const std::string& store, const service::Request& request) {
  Result<Json> here = AskHere(request);
  if (instance_ || !IsInUse(here)) return here;
  if (!shared_) {
    shared_ = std::make_unique<SharedSession>(store, *invocation_.environment.random);
  }
  const auto is_mine = [this]() -> Result<bool> {
    auto opened = service::Instance::Open(invocation_.data, invocation_.environment);
    if (opened) instance_ = std::move(*opened);
    return instance_ != nullptr;
  };
  const std::optional<Json> answer = PROVISO_TRY(shared_->Ask(request, patience_, is_mine));
  if (!answer) return AskHere(request);
  if (const Json* told = answer->Find("told")) Progress()(*told);
  return service::AnswerFromJson(*answer);
}

Result<Json> Session::AskAlone(const service::Request& request) {
  const auto give_up = std::chrono::steady_clock::now() + patience_;
  while (true) {
    if (!instance_) {
      // A running server first: it holds the directory. Without one, this process takes it.
      Result<io::LocalConnection> connection =
          io::LocalConnection::Connect(invocation_.data, "proviso.sock");
      if (connection) return AskServer(*connection, request, Progress());
    }
    Result<Json> answer = AskHere(request);
    const bool busy = !instance_ && IsInUse(answer);
    if (!busy || std::chrono::steady_clock::now() >= give_up) return answer;
    std::this_thread::sleep_for(kRetryEvery);  // tidy: waits for another process, has no other sign
  }
}

Status Session::Close() {
  if (!instance_) return {};
  const Status closed = instance_->Close();
  instance_.reset();
  return closed;
}

}  // namespace proviso::cli
