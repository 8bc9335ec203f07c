#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "crypto/ed25519.h"
#include "service/data_directory.h"
#include "service/instance.h"

namespace proviso::demo {

// The invented people of the demo with their keys, and the one way they act: by signed requests.
class Cast {
 public:
  // Makes the people's key files in `folder` (passphrase "demo") and the roster file beside them.
  static Result<Cast> Assemble(const std::filesystem::path& folder,
                               const service::Environment& environment);

  // `person` does `use_case`. Attachments are not signed.
  Result<Json> Act(service::Instance& instance, const std::string& person,
                   const std::string& use_case, Json args,
                   Json attachments = Json::MakeObject()) const;
  // What needs no person.
  Result<Json> Ask(service::Instance& instance, const std::string& use_case,
                   Json args = Json::MakeObject()) const;

  void SetOrigin(std::string origin) { origin_ = std::move(origin); }
  const std::string& roster_yaml() const { return roster_yaml_; }

 private:
  explicit Cast(const service::Environment& environment) : environment_(environment) {}

  service::Environment environment_;
  std::string origin_;
  std::string roster_yaml_;
  std::map<std::string, crypto::PrivateKey, std::less<>> keys_;
};

}  // namespace proviso::demo
