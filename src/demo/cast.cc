#include "demo/cast.h"

#include <array>

#include "base/check.h"
#include "crypto/key_file.h"

namespace proviso::demo {
namespace {

struct Role {
  const char* id;
  const char* name;
  const char* roles;
};

constexpr std::array kPeople = {
    Role{"anna", "Anna Example", "[reviewer]"}, Role{"ben", "Ben Example", "[decider]"},
    Role{"cara", "Cara Example", "[decider]"},  Role{"eva", "Eva Example", "[enforcer]"},
    Role{"lea", "Lea Example", "[liaison]"},    Role{"adam", "Adam Example", "[administrator]"},
    Role{"finn", "Finn Example", "[intake]"},   Role{"hana", "Hana Example", "[decider]"},
};

// Opening a demo key should take no time: it protects nothing.
constexpr crypto::ScryptCost kDemoCost{.n = 1U << 10U};

}  // namespace

Result<Cast> Cast::Assemble(const std::filesystem::path& folder,
                            const service::Environment& environment) {
  Cast cast(environment);
  PROVISO_TRY(environment.files->CreateDirectories(folder));
  cast.roster_yaml_ =
      "# The people of the demo. The passphrase of each key is: demo\nquorum: 2\npeople:\n";
  for (const Role& role : kPeople) {
    crypto::PrivateKey key = crypto::PrivateKey::Generate(*environment.random);
    cast.roster_yaml_ += std::string("  - {id: ") + role.id + ", name: " + role.name +
                         ", roles: " + role.roles + ", key: \"" + key.Public().ToText() + "\"}\n";
    const std::string file = crypto::SealKeyFile(key, "demo", *environment.random, kDemoCost);
    PROVISO_TRY(environment.files->WriteFile(folder / (std::string(role.id) + ".key"),
                                             AsBytes(file), 0600));
    cast.keys_.emplace(role.id, std::move(key));
  }
  PROVISO_TRY(environment.files->WriteFile(folder / "roster.yaml", AsBytes(cast.roster_yaml_)));
  return cast;
}

Result<Json> Cast::Act(service::Instance& instance, const std::string& person,
                       const std::string& use_case, Json args, Json attachments) const {
  const auto key = keys_.find(person);
  PROVISO_CHECK(key != keys_.end(), "somebody who is not in the cast");
  service::Request request;
  request.use_case = use_case;
  request.args = std::move(args);
  request.attachments = std::move(attachments);
  request.act = enforcement::SignAct(use_case, request.args, environment_.clock->Now(), origin_,
                                     key->second, *environment_.random);
  return instance.Perform(request, {});
}

Result<Json> Cast::Ask(service::Instance& instance, const std::string& use_case, Json args) const {
  service::Request request;
  request.use_case = use_case;
  request.args = std::move(args);
  return instance.Perform(request, {});
}

}  // namespace proviso::demo
