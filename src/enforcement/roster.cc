#include "enforcement/roster.h"

#include <algorithm>
#include <array>

#include "catalogue/yaml_map.h"

namespace proviso::enforcement {
namespace {

constexpr int kQuorumFloor = 2;
constexpr int kPeopleMax = 1000;
constexpr std::string_view kPseudonymPrefix = "p-";
constexpr std::size_t kPseudonymDigits = 12;

constexpr std::array<std::string_view, 7> kRoleNames = {
    "intake", "reviewer", "decider", "enforcer", "liaison", "auditor", "administrator"};

bool IsPseudonym(std::string_view text) {
  if (!text.starts_with(kPseudonymPrefix)) return false;
  const std::string_view digits = text.substr(kPseudonymPrefix.size());
  return digits.size() == kPseudonymDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Json OpenPerson(const Person& person) {
  std::vector<std::string> names;
  for (const Role role : person.roles) names.emplace_back(RoleName(role));
  std::sort(names.begin(), names.end());
  Json roles = Json::MakeArray();
  for (const std::string& name : names) roles.Append(name);
  return Json::Of(
      {{"key", person.key.ToText()}, {"pseudonym", person.pseudonym}, {"roles", std::move(roles)}});
}

Result<Person> PersonFromJson(const Json& open, const Json* sealed) {
  Person person;
  person.pseudonym = PROVISO_TRY(open.StringAt("pseudonym"));
  if (!IsPseudonym(person.pseudonym)) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "expected a pseudonym of `p-` and 12 hexadecimal digits, found `" + person.pseudonym + "`");
  }
  const std::string key = PROVISO_TRY(open.StringAt("key"));
  person.key = PROVISO_TRY(crypto::PublicKey::FromText(key));
  for (const std::string& name : PROVISO_TRY(open.StringsAt("roles"))) {
    person.roles.insert(PROVISO_TRY(ParseRole(name)));
  }
  const Json* names = sealed == nullptr ? nullptr : sealed->Find(person.pseudonym);
  if (names != nullptr) {
    person.id = PROVISO_TRY(names->StringAt("id"));
    person.name = PROVISO_TRY(names->StringAt("name"));
  }
  return person;
}

Person PersonFromYaml(const catalogue::YamlNode& node, ByteView pseudonym_key,
                      catalogue::Faults& faults) {
  catalogue::YamlMap map(node, "person", faults);
  Person person;
  person.id = map.Id("id");
  map.Name(person.id);
  person.name = map.Label("name");
  const std::string key = map.Text("key");
  if (auto parsed = crypto::PublicKey::FromText(key)) {
    person.key = *parsed;
  } else if (!key.empty()) {
    map.AddFault("key", parsed.error().message() +
                            "; give the public key as `ed25519:` and 44 base64 characters");
  }
  for (const std::string& name : map.Texts("roles")) {
    if (const auto role = ParseRole(name)) {
      person.roles.insert(*role);
    } else {
      map.AddFault("roles",
                   "unknown role `" + name + "`" +
                       catalogue::DidYouMean(name, {kRoleNames.begin(), kRoleNames.end()}));
    }
  }
  map.Finish();
  person.pseudonym = PseudonymOf(person.id, pseudonym_key);
  return person;
}

// Two people with one key would be one person with two votes.
void AddDuplicates(const std::vector<Person>& people, const std::vector<int>& lines,
                   catalogue::Faults& faults) {
  std::map<std::string_view, int> ids;
  std::map<crypto::PublicKey, std::string_view> keys;
  for (std::size_t i = 0; i < people.size(); ++i) {
    const Person& person = people[i];
    if (person.id.empty()) continue;
    if (const auto [first, fresh] = ids.emplace(person.id, lines[i]); !fresh) {
      faults.Add(lines[i], "person `" + person.id + "` stands in line " +
                               std::to_string(first->second) + " already; remove one");
    }
    if (person.key == crypto::PublicKey{}) continue;
    if (const auto [first, fresh] = keys.emplace(person.key, person.id); !fresh) {
      faults.Add(lines[i], "person `" + person.id + "` has the key of `" +
                               std::string(first->second) +
                               "`; give each person a key of their own");
    }
  }
}

}  // namespace

std::string PseudonymOf(std::string_view id, ByteView key) {
  const std::string message = "person:" + std::string(id);
  return std::string(kPseudonymPrefix) +
         crypto::HmacSha256(key, AsBytes(message)).Hex().substr(0, kPseudonymDigits);
}

std::string_view RoleName(Role role) { return kRoleNames.at(static_cast<std::size_t>(role)); }

Result<Role> ParseRole(std::string_view name) {
  const auto* found = std::find(kRoleNames.begin(), kRoleNames.end(), name);
  if (found == kRoleNames.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                "unknown role `" + std::string(name) +
                    "`; expected intake, reviewer, decider, enforcer, liaison, auditor or "
                    "administrator");
  }
  return static_cast<Role>(found - kRoleNames.begin());
}

crypto::Hash Roster::ComputeHash() const { return crypto::Sha256(OpenJson().Canonical()); }

const Person* Roster::FindByKey(const crypto::PublicKey& key) const {
  const auto found = std::find_if(people.begin(), people.end(),
                                  [&](const Person& person) { return person.key == key; });
  return found == people.end() ? nullptr : &*found;
}

std::string Person::Called() const {
  const std::string& known = name.empty() ? id : name;
  return known.empty() ? pseudonym : known + " (" + pseudonym + ")";
}

const Person* Roster::FindByPseudonym(std::string_view pseudonym) const {
  const auto found = std::find_if(people.begin(), people.end(), [&](const Person& person) {
    return person.pseudonym == pseudonym;
  });
  return found == people.end() ? nullptr : &*found;
}

Json Roster::OpenJson() const {
  std::vector<const Person*> sorted;
  for (const Person& person : people) sorted.push_back(&person);
  std::sort(sorted.begin(), sorted.end(),
            [](const Person* a, const Person* b) { return a->pseudonym < b->pseudonym; });
  Json list = Json::MakeArray();
  for (const Person* person : sorted) list.Append(OpenPerson(*person));
  return Json::Of({{"people", std::move(list)},
                   {"previous", previous ? Json(previous->Hex()) : Json()},
                   {"quorum", quorum},
                   {"version", version}});
}

Json Roster::SealedJson() const {
  Json names = Json::MakeObject();
  for (const Person& person : people) {
    if (person.id.empty() && person.name.empty()) continue;  // erased
    names[person.pseudonym] = Json::Of({{"id", person.id}, {"name", person.name}});
  }
  return names;
}

Result<Roster> Roster::FromJson(const Json& open, const Json* sealed) {
  Roster roster;
  const std::int64_t version = PROVISO_TRY(open.IntegerAt("version"));
  const std::int64_t quorum = PROVISO_TRY(open.IntegerAt("quorum"));
  if (version < 1 || version > INT32_MAX || quorum < 0 || quorum > kPeopleMax) {
    return Fail(ErrorCode::kInvalidArgument, "the roster's version or quorum is out of range");
  }
  roster.version = static_cast<int>(version);
  roster.quorum = static_cast<int>(quorum);
  const Json* previous = open.Find("previous");
  if (previous != nullptr && !previous->IsNull()) {
    const std::string hex = PROVISO_TRY(open.StringAt("previous"));
    roster.previous = PROVISO_TRY(crypto::Hash::FromHex(hex));
  }
  const Json::Array* people = PROVISO_TRY(open.ArrayAt("people"));
  if (people->size() > kPeopleMax) {
    return Fail(ErrorCode::kResourceExhausted,
                "expected at most 1000 people, found " + std::to_string(people->size()));
  }
  for (const Json& person : *people) {
    roster.people.push_back(PROVISO_TRY(PersonFromJson(person, sealed)));
  }
  // The hash is taken over what was read: anything that reading dropped must not have been there.
  if (roster.OpenJson() != open) {
    return Fail(ErrorCode::kInvalidArgument,
                "the roster is not in its one form: unknown members, or not in order");
  }
  return roster;
}

Result<Roster> Roster::FromYaml(std::string_view text, std::string_view file_name,
                                ByteView pseudonym_key) {
  const catalogue::YamlNode root = PROVISO_TRY(catalogue::ReadYaml(text, file_name));
  catalogue::Faults faults(file_name);
  catalogue::YamlMap map(root, "roster", faults);
  Roster roster;
  roster.quorum = static_cast<int>(map.Integer("quorum", kQuorumFloor, kPeopleMax));
  std::vector<int> lines;
  for (const catalogue::YamlNode& item : map.Items("people")) {
    roster.people.push_back(PersonFromYaml(item, pseudonym_key, faults));
    lines.push_back(item.line());
  }
  AddDuplicates(roster.people, lines, faults);
  if (!roster.people.empty() && static_cast<std::size_t>(roster.quorum) > roster.people.size()) {
    map.AddFault("quorum", "a quorum of " + std::to_string(roster.quorum) +
                               " needs as many people, found " +
                               std::to_string(roster.people.size()) + "; add people or lower it");
  }
  if (roster.people.size() > kPeopleMax) {
    map.AddFault("people",
                 "expected at most 1000 people, found " + std::to_string(roster.people.size()));
  }
  map.Finish();
  if (Status status = faults.ToStatus(); !status) return tl::unexpected(status.error());
  return roster;
}

}  // namespace proviso::enforcement
