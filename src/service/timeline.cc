// A case as it is shown: with its stories, who its people are, and what happened when.
#include <algorithm>
#include <array>
#include <set>

#include "review/case_json.h"
#include "service/internal/answers.h"
#include "service/internal/core.h"
#include "service/internal/stories.h"

namespace proviso::service {
namespace {

constexpr std::size_t kTimelineEntriesMax = 5'000;

// What an event of a case is called for people; `{key}` stands for a member of its open data.
constexpr std::array<std::pair<std::string_view, std::string_view>, 36> kSentences{{
    {"case.opened", "opened the case"},
    {"case.closed", "closed the case"},
    {"case.reopened", "reopened the case, for new evidence of class {class}"},
    {"case.linked", "linked the case to {to}"},
    {"case.evaluated", "ran the checks: {results} results"},
    {"report.joined", "joined {report} to the case"},
    {"claim.added", "added {claim}"},
    {"claim.edited", "edited {claim}"},
    {"claim.dropped", "dropped {claim}"},
    {"finding.recorded", "found {claim} {outcome}"},
    {"attribution.recorded", "recorded {attribution}, by evidence of class {class}"},
    {"record.read", "read {what} (class {class}) for the {purpose}"},
    {"conflict.declared", "declared a conflict of interest"},
    {"step.agreed", "recorded {step}, agreed with the customer"},
    {"step.recorded", "recorded that {step} was {outcome}"},
    {"decision.proposed", "proposed {decision}: {kind}"},
    {"decision.planned", "planned {decision}"},
    {"decision.signed", "signed {decision}"},
    {"decision.withdrawn", "withdrew {decision}"},
    {"statement.issued", "issued the statement of {decision} to the customer"},
    {"decision.adopted", "adopted {decision}: in force"},
    {"decision.lifted_in_emergency", "lifted {decision} in an emergency"},
    {"decision.lift_reviewed", "reviewed the emergency lift of {decision}: {outcome}"},
    {"hearing.opened", "opened {hearing} about {decision}, until {until}"},
    {"hearing.answered", "answered in {hearing}"},
    {"code.renewed", "gave out a new code for {hearing}{decision}"},
    {"hearing.acknowledged", "acknowledged the answer in {hearing}"},
    {"notice.issued", "issued a notice: {kind}"},
    {"update.scheduled", "scheduled {update} for {audience}, due {due}"},
    {"appeal.filed", "filed {appeal} against {decision}"},
    {"appeal.decided", "decided {appeal}: {outcome}"},
    {"cessation.checked", "compared use before and after {decision}"},
    {"erasure.proposed", "proposed {erasure}: of entry {entry}, on the basis {basis}"},
    {"erasure.withdrawn", "withdrew {erasure}"},
    {"part.erased",
     "approved {erasure}: parts of entry {entry} are destroyed, on the basis {basis}"},
    {"part.disclosed", "handed out {part} of entry {entry}, for: {purpose}"},
}};

std::string MemberText(const Json& open, std::string_view key) {
  const Json* value = open.Find(key);
  if (value == nullptr) return "";
  if (const std::string* text = value->AsString()) {
    std::string words = *text;
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
  }
  return value->AsInteger() == nullptr ? "" : std::to_string(*value->AsInteger());
}

// ", in the place of decision-1, decision-2"
std::string SupersededNote(const RecordedEvent& event) {
  const Result<std::vector<std::string>> ids = event.event.open.StringsAt("supersedes");
  if (!ids || ids->empty()) return "";
  std::string note;
  for (const std::string& id : *ids) note += (note.empty() ? ", in the place of " : ", ") + id;
  return note;
}

// Whether the event ends a decision of the case by one of another case.
bool Supersedes(const State& state, const RecordedEvent& event, const std::string& case_id) {
  if (event.event.type != "decision.adopted") return false;
  const Result<std::vector<std::string>> ids = event.event.open.StringsAt("supersedes");
  return ids && std::any_of(ids->begin(), ids->end(), [&](const std::string& id) {
           const review::Decision* ended = state.review.FindDecision(id);
           return ended != nullptr && ended->case_id == case_id;
         });
}

std::string Sentence(const RecordedEvent& event) {
  std::string_view sentence = event.event.type;
  for (const auto& [type, words] : kSentences) {
    if (type == event.event.type) sentence = words;
  }
  std::string text;
  while (!sentence.empty()) {
    const std::size_t open = sentence.find('{');
    const std::size_t close = sentence.find('}');
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    text += sentence.substr(0, open);
    text += MemberText(event.event.open, sentence.substr(open + 1, close - open - 1));
    sentence.remove_prefix(close + 1);
  }
  text.append(sentence);
  const auto details = event.event.sealed.find("details");
  if (event.event.type == "claim.added" && details != event.event.sealed.end() &&
      details->second.BoolOr("denial", false)) {
    text += ", a denial";
  }
  if (event.event.type == "decision.adopted") text += SupersededNote(event);
  const std::string corrects = MemberText(event.event.open, "corrects");
  if (!corrects.empty()) text += "; it had been recorded as " + corrects;
  const std::string about = MemberText(event.event.open, "decision");
  if (event.event.type == "notice.issued" && !about.empty()) text += ", about " + about;
  const std::string drafted = MemberText(event.event.open, "drafted");
  if (!drafted.empty() && drafted != MemberText(event.event.open, "outcome")) {
    text += ", against the draft of its checks: " + drafted;
  }
  return text;
}

// "; erased on 2026-11-22, on the basis mistake: `details`" of an entry that lost parts.
std::string ErasedNote(const State& state, const RecordedEvent& event) {
  std::string note;
  for (const review::Erasure& erasure : state.review.erasures()) {
    if (!erasure.done() || erasure.entry != event.index) continue;
    note += "; erased on " + FormatTime(*erasure.erased_at).substr(0, 10) + ", on the basis " +
            std::string(review::ErasureBasisName(erasure.basis)) + ":";
    for (const review::PartName& part : erasure.parts) note += " " + part.name;
  }
  return note;
}

// What happened in the case, oldest first; the newest kTimelineEntriesMax of it.
Result<Json> Timeline(const Context& context, const std::string& case_id,
                      std::set<std::string>& actors) {
  Json::Array timeline;
  PROVISO_TRY(context.core.ledger->Replay(0, [&](const RecordedEvent& event) -> Status {
    const bool ends = Supersedes(context.state(), event, case_id);
    if (event.case_id != case_id && !ends) return {};
    actors.insert(event.actor);
    timeline.push_back(Json::Of({{"index", event.index},
                                 {"at", FormatTime(event.time)},
                                 {"actor", event.actor},
                                 {"type", event.event.type},
                                 {"text", Sentence(event) + ErasedNote(context.state(), event)}}));
    return {};
  }));
  if (timeline.size() > kTimelineEntriesMax) {
    timeline.erase(timeline.begin(),
                   timeline.end() - static_cast<std::ptrdiff_t>(kTimelineEntriesMax));
  }
  return Json(std::move(timeline));
}

// The names behind the pseudonyms, as far as the roster in force tells.
Json People(const State& state, const std::set<std::string>& actors) {
  Json people = Json::MakeObject();
  const enforcement::Roster* roster = state.roster.current();
  if (roster == nullptr) return people;
  for (const std::string& actor : actors) {
    const enforcement::Person* person = roster->FindByPseudonym(actor);
    if (person != nullptr && !person->name.empty()) people[actor] = person->name;
  }
  return people;
}

// Ids into names, for what the case may speak of: the catalogue, and the customers it touches.
Json Names(const State& state, const review::Case& shown) {
  Json names = Json::MakeObject();
  Json services = Json::MakeObject();
  Json regions = Json::MakeObject();
  Json subscriptions = Json::MakeObject();
  Json units = Json::MakeObject();
  if (state.catalogue) {
    for (const auto& service : state.catalogue->services()) services[service.id] = service.name;
    for (const auto& region : state.catalogue->regions()) regions[region.id] = region.name;
  }
  std::set<const catalogue::Customer*> touched;
  if (state.customers) {
    for (const std::string& id : shown.attributions) {
      const auto& subscription = state.review.FindAttribution(id)->subscription;
      touched.insert(state.customers->CustomerOfSubscription(subscription));
    }
  }
  touched.erase(nullptr);
  Json customers = Json::MakeObject();
  for (const catalogue::Customer* customer : touched) {
    customers[customer->id] = customer->name;
    for (const auto& item : customer->subscriptions) subscriptions[item.id] = item.name;
    for (const auto& unit : customer->units) units[unit.id] = unit.name;
  }
  return Json::Of({{"services", std::move(services)},
                   {"regions", std::move(regions)},
                   {"customers", std::move(customers)},
                   {"subscriptions", std::move(subscriptions)},
                   {"units", std::move(units)}});
}

// What each class is measured in, for the axes of plots.
Json ClassUnits(const State& state) {
  Json units = Json::MakeObject();
  if (!state.catalogue) return units;
  for (const auto& item : state.catalogue->classes()) units[item.id] = item.unit;
  return units;
}

// The stories that have a report in the case, and for each report of the case its story.
Status AddStories(const Context& context, const review::Case& shown, Json& json) {
  const State& state = context.state();
  const std::set<std::string> ours(shown.reports.begin(), shown.reports.end());
  Json stories = Json::MakeArray();
  std::map<std::string, std::string> story_of;
  if (!ours.empty()) {
    const Json all = PROVISO_TRY(StoriesJson(context));
    for (const Json& story : *all.AsArray()) {
      const std::vector<std::string> members = PROVISO_TRY(story.StringsAt("reports"));
      const bool touches = std::any_of(members.begin(), members.end(),
                                       [&](const std::string& id) { return ours.contains(id); });
      if (!touches) continue;
      for (const std::string& id : members) story_of[id] = story.StringOr("id", "");
      stories.Append(story);
    }
  }
  json["stories"] = std::move(stories);
  Json reports = Json::MakeArray();
  for (const std::string& id : shown.reports) {
    Json report = review::ReportJson(*state.review.FindReport(id));
    const auto story = story_of.find(id);
    report["story"] = story == story_of.end() ? Json() : Json(story->second);
    reports.Append(std::move(report));
  }
  json["reports"] = std::move(reports);
  return {};
}

}  // namespace

Result<Json> FullCase(const Context& context, const std::string& case_id) {
  const State& state = context.state();
  Json json = PROVISO_TRY(review::CaseJson(state.review, case_id, context.now()));
  const review::Case& shown = *state.review.FindCase(case_id);
  PROVISO_TRY(AddStories(context, shown, json));
  std::set<std::string> actors;
  json["timeline"] = PROVISO_TRY(Timeline(context, case_id, actors));
  json["people"] = People(state, actors);
  json["names"] = Names(state, shown);
  json["class_units"] = ClassUnits(state);
  const ledger::Checkpoint checkpoint = context.core.ledger->latest();
  json["verify"] = Json::Of({{"size", checkpoint.size},
                             {"root", Base64Encode(checkpoint.root.bytes)},
                             {"origin", context.core.config.origin},
                             {"vkey", context.core.config.vkey}});
  return json;
}

}  // namespace proviso::service
