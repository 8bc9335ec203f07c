#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "cli/invocation.h"
#include "cli/shared_session.h"
#include "service/instance.h"

namespace proviso::cli {

// Several requests of one command: the data directory is opened once and the key is read once,
// whatever their number. A running server is asked request by request; without one, this process
// holds the directory from the first request until Close(). `invocation` outlives it.
class Session {
 public:
  // How long it waits for another process that holds the directory.
  static constexpr std::chrono::seconds kPatience{30};

  explicit Session(const Invocation& invocation, std::chrono::seconds patience = kPatience)
      : invocation_(invocation), patience_(patience) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Signs `request` with the key of --key (or PROVISO_KEY) where one was given. kPermissionDenied
  // when `required` and there is none.
  Status Sign(bool required, service::Request& request);
  // Sends it to the running server of the data directory, or does it here. With several servers,
  // the one that appends does it.
  Result<Json> Ask(const service::Request& request);
  // Lets go of the directory. What Ask() answered is durable without it.
  Status Close();

 private:
  struct Signer {
    crypto::PrivateKey key;
    std::string origin;
  };
  Result<Json> AskHere(const service::Request& request);
  Result<Json> AskAlone(const service::Request& request);
  Result<Json> AskShared(const std::string& store, const service::Request& request);
  Result<const service::DataConfig*> Config();
  service::Progress Progress();

  const Invocation& invocation_;
  const std::chrono::seconds patience_;
  std::optional<service::DataConfig> config_;
  std::optional<Signer> signer_;
  std::unique_ptr<SharedSession> shared_;
  std::unique_ptr<service::Instance> instance_;
  bool told_who_ = false;
  std::set<std::string> warned_;  // of what
};

}  // namespace proviso::cli
