// The roster: shown, prepared, proposed, signed.
#include <algorithm>
#include <set>

#include "service/internal/core.h"

namespace proviso::service {
namespace {

Json RosterJson(const enforcement::Roster* roster, const std::vector<std::string>& signed_by) {
  if (roster == nullptr) return Json();
  Json json = roster->OpenJson();
  json["open"] = roster->OpenJson();
  json["hash"] = roster->ComputeHash().Hex();
  Json people = Json::MakeArray();
  for (const enforcement::Person& person : roster->people) {
    Json roles = Json::MakeArray();
    for (const enforcement::Role role : person.roles) roles.Append(enforcement::RoleName(role));
    people.Append(Json::Of({{"person", person.pseudonym},
                            {"id", person.id},
                            {"name", person.name},
                            {"key", person.key.ToText()},
                            {"roles", roles},
                            {"signed", std::find(signed_by.begin(), signed_by.end(),
                                                 person.pseudonym) != signed_by.end()}}));
  }
  json["people"] = people;
  return json;
}

Result<Json> Shown(const Context& context) {
  const enforcement::RosterState& roster = context.state().roster;
  Json proposed = RosterJson(roster.proposed(), roster.signed_by());
  if (roster.proposed() != nullptr) {
    // Who signs a later version may not stand in it, so the table of its people does not say it
    // all.
    proposed["signed_by"] = Json::MakeArray();
    for (const std::string& pseudonym : roster.signed_by()) proposed["signed_by"].Append(pseudonym);
    proposed["signatures_needed"] = roster.electorate()->quorum;
  }
  Json answer = Json::Of({{"current", RosterJson(roster.current(), {})}, {"proposed", proposed}});
  answer["names"] = NamesIn(context.state(), answer);
  return answer;
}

void CollectPseudonyms(const Json& value, std::set<std::string>& found) {
  if (const std::string* text = value.AsString(); text != nullptr && text->starts_with("p-")) {
    found.insert(*text);
  } else if (const Json::Array* items = value.AsArray()) {
    for (const Json& item : *items) CollectPseudonyms(item, found);
  } else if (const Json::Object* members = value.AsObject()) {
    for (const auto& [key, member] : *members) CollectPseudonyms(member, found);
  }
}

// A pseudonym made with no key would be another one, and everybody could compute it.
Status CheckPseudonymKey(const State& state) {
  if (!state.pseudonym_key.empty()) return {};
  return Fail(ErrorCode::kDataLoss,
              "a new roster rests on part `pseudonym_key` of log entry 0, which cannot be read "
              "here; nothing was done, and the roster in force stays; put it back from a backup "
              "first");
}

// INVARIANT: one person has one pseudonym, so that nobody counts twice under two names.
Status CheckNames(const State& state, const enforcement::Roster& roster) {
  PROVISO_TRY(CheckPseudonymKey(state));
  for (const enforcement::Person& person : roster.people) {
    if (person.pseudonym != enforcement::PseudonymOf(person.id, state.pseudonym_key)) {
      return Fail(ErrorCode::kInvalidArgument, "the pseudonym `" + person.pseudonym +
                                                   "` is not that of `" + person.id +
                                                   "`; propose the roster from its file");
    }
  }
  return {};
}

}  // namespace

Json NamesIn(const State& state, const Json& answer) {
  std::set<std::string> pseudonyms;
  CollectPseudonyms(answer, pseudonyms);
  Json names = Json::MakeObject();
  for (const std::string& pseudonym : pseudonyms) {
    for (const enforcement::Roster* roster : {state.roster.current(), state.roster.proposed()}) {
      const auto* person = roster == nullptr ? nullptr : roster->FindByPseudonym(pseudonym);
      if (person == nullptr || (person->name.empty() && person->id.empty())) continue;
      names[pseudonym] = person->name.empty() ? person->id : person->name;
      break;
    }
  }
  return names;
}

Result<Json> ShowRoster(const Context& context) { return Shown(context); }

// Reads a roster file into the version that would follow, for its proposer to sign.
Result<Json> PrepareRoster(const Context& context) {
  const Json& attachments = context.request.attachments;
  PROVISO_TRY(CheckPseudonymKey(context.state()));
  enforcement::Roster next = PROVISO_TRY(enforcement::Roster::FromYaml(
      PROVISO_TRY(attachments.StringAt("text")), attachments.StringOr("file", "roster"),
      context.state().pseudonym_key));
  const enforcement::Roster* current = context.state().roster.current();
  next.version = current == nullptr ? 1 : current->version + 1;
  if (current != nullptr) next.previous = current->ComputeHash();
  return Json::Of({{"roster", next.OpenJson()},
                   {"names", next.SealedJson()},
                   {"hash", next.ComputeHash().Hex()}});
}

Result<Json> ProposeRoster(const Context& context) {
  const Json* names = context.request.attachments.Find("names");
  const Json* open = context.request.args.Find("roster");
  if (open == nullptr) return Fail(ErrorCode::kInvalidArgument, "expected `roster`");
  const enforcement::Roster next = PROVISO_TRY(enforcement::Roster::FromJson(*open, names));
  PROVISO_TRY(CheckNames(context.state(), next));
  Event event = PROVISO_TRY(context.state().roster.Propose(next, context.person));
  PROVISO_TRY(context.Record("", std::move(event)));
  return Shown(context);
}

Result<Json> SignRoster(const Context& context) {
  const std::string hash = PROVISO_TRY(context.request.args.StringAt("hash"));
  Event event = PROVISO_TRY(context.state().roster.Sign(hash, context.request.act->key));
  PROVISO_TRY(context.Record("", std::move(event)));
  return Shown(context);
}

}  // namespace proviso::service
