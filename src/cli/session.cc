#include "cli/session.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "cli/terminal.h"
#include "enforcement/act.h"
#include "io/local_socket.h"

namespace proviso::cli {
namespace {

constexpr std::chrono::milliseconds kRetryEvery{50};

// The answer to what was sent.
Result<Json> HearServer(io::LocalConnection& connection, const service::Progress& progress) {
  while (true) {
    Result<std::optional<Bytes>> frame = connection.Receive();
    if (!frame && frame.error().code() == ErrorCode::kResourceExhausted) {
      return tl::unexpected<Error>(
          std::move(frame).error().Context("the server of this directory"));
    }
    if (!frame || !*frame) {
      const std::string why = frame ? "" : " (" + frame.error().message() + ")";
      return Fail(ErrorCode::kUnavailable,
                  "the server of this directory went away before it answered" + why +
                      "; look with `proviso log show` whether the command was done");
    }
    const Json answer = PROVISO_TRY(ParseJson(AsText(**frame)));
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
bool SaysInUse(const Error& error) {
  return error.code() == ErrorCode::kUnavailable &&
         error.message().find("in use") != std::string::npos;
}
bool IsInUse(const Result<Json>& answer) { return !answer && SaysInUse(answer.error()); }

// What a directory that takes nothing is still good for, and what became of an act.
tl::unexpected<Error> WhileClosed(const Error& why, const service::Request& request) {
  const bool is_away = why.code() == ErrorCode::kUnavailable && !SaysInUse(why);
  if (is_away && request.act) {
    return Fail(why.code(), why.message() + "; this was not stored, and nothing was changed");
  }
  constexpr std::array kDoWithout = {"log verify", "log checkpoint", "log prove", "log open"};
  const bool takes_nothing =
      why.code() == ErrorCode::kPermissionDenied || why.code() == ErrorCode::kResourceExhausted;
  if (!takes_nothing || std::ranges::find(kDoWithout, request.use_case) != kDoWithout.end()) {
    return tl::unexpected<Error>(why);
  }
  return Fail(why.code(),
              why.message() +
                  (request.act ? "; the log would tell of this act, also of one that "
                                 "only reads, so it was not done"
                               : "; nothing was done") +
                  "; `proviso log verify`, `log checkpoint`, `log prove` and `log open` write "
                  "nothing and work meanwhile");
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

// Says once as whom an act is signed where only the environment names the key, and once that the
// clock is behind, or that parts are damaged; all else is the terminal's.
service::Progress Session::Progress() {
  const bool tell = KeyFileOf(invocation_).from_environment;
  return [this, tell, terminal = TerminalProgress()](const Json& report) {
    if (const std::string warning = report.StringOr("warning", ""); !warning.empty()) {
      if (warned_.insert(report.StringOr("about", "")).second) {
        std::fprintf(stderr, "proviso: warning: %s\n", warning.c_str());
      }
      return;
    }
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
    auto opened = service::Instance::Open(invocation_.data, invocation_.environment,
                                          {.rewrite_files = request.use_case == "log rebuild"});
    if (!opened) return WhileClosed(opened.error(), request);
    instance_ = std::move(*opened);
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
      if (connection) {
        const Status sent = connection->Send(AsBytes(request.ToJson().Canonical()));
        if (sent) return HearServer(*connection, Progress());
        // A server that ends has not taken the whole of it, and so has done nothing.
        if (sent.error().code() != ErrorCode::kUnavailable) {
          return tl::unexpected<Error>(sent.error());
        }
      }
    }
    Result<Json> answer = AskHere(request);
    const bool busy = !instance_ && IsInUse(answer);
    if (!busy || std::chrono::steady_clock::now() >= give_up) return answer;
    std::this_thread::sleep_for(kRetryEvery);  // tidy: waits for another process, has no other sign
  }
}

Status Session::Close() {
  if (!instance_) return {};
  Status closed = instance_->Close();
  instance_.reset();
  return closed;
}

}  // namespace proviso::cli
