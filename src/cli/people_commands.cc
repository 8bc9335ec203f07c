// proviso key ..., proviso roster ...
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/terminal.h"
#include "crypto/hash.h"
#include "crypto/key_file.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

Result<int> NewKey(const Invocation& invocation, const std::string& path, int cost) {
  if (PROVISO_TRY(invocation.environment.files->Exists(path))) {
    return Fail(ErrorCode::kAlreadyExists, "`" + path + "` exists; a key is never overwritten");
  }
  const fs::path data = fs::weakly_canonical(invocation.data);
  const std::string relative = fs::weakly_canonical(path).lexically_relative(data).string();
  if (!relative.empty() && !relative.starts_with("..")) {
    return Fail(ErrorCode::kInvalidArgument,
                "people's keys do not belong into the data directory `" + data.string() + "`");
  }
  const std::string passphrase = PROVISO_TRY(ChoosePassphrase(invocation));
  const crypto::PrivateKey key = crypto::PrivateKey::Generate(*invocation.environment.random);
  const std::string text =
      crypto::SealKeyFile(key, passphrase, *invocation.environment.random,
                          {.n = std::uint64_t{1} << static_cast<unsigned>(cost)});
  if (const fs::path folder = fs::path(path).parent_path(); !folder.empty()) {
    PROVISO_TRY(invocation.environment.files->CreateDirectories(folder));
  }
  PROVISO_TRY(io::WriteFileDurably(*invocation.environment.files, path, AsBytes(text), 0600));
  if (invocation.json) {
    PrintJson(Json::Of({{"file", path}, {"key", key.Public().ToText()}}));
  } else {
    std::printf("%s\n%s\n", path.c_str(), key.Public().ToText().c_str());
    std::printf("Put the line that begins with ed25519: into the roster.\n");
  }
  return kExitOk;
}

Result<int> ListKeys(const Invocation& invocation, const std::string& folder) {
  io::FileSystem& files = *invocation.environment.files;
  Json keys = Json::MakeArray();
  std::vector<std::vector<std::string>> rows;
  for (const std::string& name : PROVISO_TRY(files.List(folder))) {
    const fs::path path = fs::path(folder) / name;
    const Result<Bytes> bytes = files.ReadFile(path, 1U << 20U);
    if (!bytes) continue;
    const Result<crypto::PublicKey> key = crypto::KeyFilePublicKey(AsText(*bytes));
    if (!key) continue;  // other files may lie beside keys
    keys.Append(Json::Of({{"file", path.string()}, {"key", key->ToText()}}));
    rows.push_back({path.string(), key->ToText()});
  }
  if (invocation.json) {
    PrintJson(Json::Of({{"keys", keys}}));
  } else if (rows.empty()) {
    std::printf("no key files in %s; make one with: proviso key new FILE\n", folder.c_str());
  } else {
    std::printf("%s", FormatTable({"FILE", "PUBLIC KEY"}, rows).c_str());
  }
  return kExitOk;
}

// The table of the roster `which` ("current" or "proposed"), if there is one.
void PrintPeople(const Json& answer, const std::string& which) {
  const Json* roster = answer.Find(which);
  if (roster == nullptr || roster->IsNull()) return;
  std::printf(
      "%s roster: version %s, quorum %s\n  hash %s\n", which == "current" ? "Current" : "Proposed",
      std::to_string(roster->IntegerOr("version", 0)).c_str(),
      std::to_string(roster->IntegerOr("quorum", 0)).c_str(), roster->StringOr("hash", "").c_str());
  std::vector<std::vector<std::string>> rows;
  for (const Json& person : *roster->Find("people")->AsArray()) {
    std::string roles;
    for (const Json& role : *person.Find("roles")->AsArray()) {
      roles += (roles.empty() ? "" : ", ") + *role.AsString();
    }
    rows.push_back({person.StringOr("id", ""), person.StringOr("name", ""),
                    person.StringOr("person", ""), roles, person.StringOr("key", ""),
                    person.BoolOr("signed", false) ? "signed" : ""});
  }
  std::printf("%s", FormatTable({"ID", "NAME", "IN THE LOG", "ROLES", "KEY", ""}, rows).c_str());
}

// What is in force, what is proposed, who signed it, and what to do next.
void PrintStanding(const Json& answer) {
  const Json* current = answer.Find("current");
  const Json* proposed = answer.Find("proposed");
  const bool in_force = current != nullptr && !current->IsNull();
  if (in_force) {
    std::printf("Roster version %s is in force.\n",
                std::to_string(current->IntegerOr("version", 0)).c_str());
  }
  if (proposed == nullptr || proposed->IsNull()) {
    if (!in_force) {
      std::printf("No roster is in force. Propose one: proviso roster propose FILE --key KEY\n");
    }
    return;
  }
  std::string people;
  std::int64_t signatures = 0;
  for (const Json& person : *proposed->Find("signed_by")->AsArray()) {
    people += (people.empty() ? ": " : ", ") + Called(answer, *person.AsString());
    ++signatures;
  }
  const std::int64_t needed = proposed->IntegerOr("signatures_needed", 0);
  std::printf(
      "Roster version %s is proposed, not in force: %s, %s needed%s\n",
      std::to_string(proposed->IntegerOr("version", 0)).c_str(),
      (std::to_string(signatures) + (signatures == 1 ? " signature" : " signatures")).c_str(),
      std::to_string(needed).c_str(), people.c_str());
  std::printf("%s more of the people of %s must sign it: proviso roster sign --key KEY\n",
              std::to_string(needed - signatures).c_str(),
              in_force ? "the roster in force" : "this roster");
}

void PrintRoster(const Json& answer) {
  PrintPeople(answer, "current");
  PrintPeople(answer, "proposed");
  PrintStanding(answer);
}

void PrintProposed(const Json& answer) {
  PrintPeople(answer, "proposed");
  PrintStanding(answer);
}

// People sign what they see: the proposed roster, shown with its keys, and the hash of just that.
Result<int> SignRoster(const Invocation& invocation, const std::string& expected_hash) {
  const Json answer = PROVISO_TRY(Ask(invocation, {.use_case = "roster show"}));
  const Json* proposed = answer.Find("proposed");
  if (proposed == nullptr || proposed->IsNull()) {
    return Fail(ErrorCode::kFailedPrecondition, "no roster is proposed");
  }
  // The hash is computed here, over what is shown.
  const Json* open = proposed->Find("open");
  const std::string hash = open == nullptr ? "" : crypto::Sha256(open->Canonical()).Hex();
  if (!invocation.json) {
    PrintPeople(answer, "current");
    PrintPeople(answer, "proposed");
  }
  if (!expected_hash.empty() && expected_hash != hash) {
    return Fail(ErrorCode::kFailedPrecondition,
                "the proposed roster has the hash " + hash + ", not " + expected_hash);
  }
  service::Request request;
  request.use_case = "roster sign";
  request.args = Json::Of({{"version", proposed->IntegerOr("version", 0)}, {"hash", hash}});
  return ActAndPrint(invocation, std::move(request), PrintStanding);
}

}  // namespace

void AddPeopleCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& key = AddGroup(app, "key", "Keys of people");
  auto path = std::make_shared<std::string>();
  auto cost = std::make_shared<int>(17);
  CLI::App& making =
      AddCommand(key, invocation,
                 {"new", "Make a key file, sealed under a passphrase",
                  "  proviso key new ~/keys/anna.key\n"
                  "  PROVISO_PASSPHRASE=... proviso key new anna.key --json"},
                 [&invocation, path, cost] { return NewKey(invocation, *path, *cost); });
  making.add_option("FILE", *path, "Where the key file goes: outside of the data directory")
      ->required();
  making.add_option("--cost", *cost, "Work to open it: 2 to the power of this (scrypt N)")
      ->check(CLI::Range(10, 18))
      ->capture_default_str();
  auto folder = std::make_shared<std::string>(".");
  AddCommand(key, invocation,
             {"list", "List the key files in a folder", "  proviso key list ~/keys"},
             [&invocation, folder] { return ListKeys(invocation, *folder); })
      .add_option("FOLDER", *folder, "Where to look")
      ->capture_default_str();

  CLI::App& roster = AddGroup(app, "roster", "People, their keys and roles");
  AddCommand(
      roster, invocation,
      {"show", "Show the roster in force and the proposed one", "  proviso roster show"},
      [&invocation] { return AskAndPrint(invocation, {.use_case = "roster show"}, PrintRoster); });
  auto file = std::make_shared<std::string>();
  AddCommand(roster, invocation,
             {"propose",
              "Propose the next version of the roster",
              "  proviso roster propose roster.yaml --key anna.key",
              {"roster propose"}},
             [&invocation, file]() -> Result<int> {
               const std::string text = PROVISO_TRY(ReadTextFile(invocation, *file));
               service::Request prepare;
               prepare.use_case = "roster prepare";
               prepare.attachments = Json::Of({{"text", text}, {"file", *file}});
               const Json prepared = PROVISO_TRY(Ask(invocation, prepare));
               service::Request request;
               request.use_case = "roster propose";
               request.args = Json::Of({{"roster", *prepared.Find("roster")}});
               request.attachments = Json::Of({{"names", *prepared.Find("names")}});
               return ActAndPrint(invocation, std::move(request), PrintProposed);
             })
      .add_option("FILE", *file, "Roster file (docs/formats/roster.md)")
      ->required();
  auto hash = std::make_shared<std::string>();
  AddCommand(
      roster, invocation,
      {"sign",
       "Sign the proposed roster",
       "  proviso roster sign --key ben.key\n  proviso roster sign --hash 3f... --key ben.key",
       {"roster sign"}},
      [&invocation, hash] { return SignRoster(invocation, *hash); })
      .add_option("--hash", *hash, "Sign only when the proposed roster has this hash");
}

}  // namespace proviso::cli
