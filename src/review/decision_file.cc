#include "review/decision_file.h"

#include <algorithm>

#include "review/commands.h"
#include "review/internal/refusal.h"
#include "review/internal/supersession.h"
#include "review/state.h"

namespace proviso::review {
namespace {

constexpr std::size_t kRestrictionsMax = 100;
constexpr std::size_t kNamesMax = 10'000;
constexpr std::size_t kSupersededMax = 100;

// Reads members and notes every fault, so that an author sees all of them at once.
class FileReader {
 public:
  void Fault(const std::string& place, const std::string& what) {
    faults_ += (faults_.empty() ? "" : "\n") + (place.empty() ? "" : place + ": ") + what;
  }
  const std::string& faults() const { return faults_; }

  void CheckKeys(const Json& object, const std::string& place,
                 const std::vector<std::string>& known) {
    std::string listed;
    for (const std::string& key : known) listed += (listed.empty() ? "`" : ", `") + key + "`";
    for (const auto& [key, value] : *object.AsObject()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      Fault(Inside(place, key), "unknown; expected " + listed);
    }
  }

  std::string Text(const Json& object, const std::string& place, const std::string& key,
                   Layout layout = Layout::kOneLine) {
    const Json* member = object.Find(key);
    const std::string* text = member == nullptr ? nullptr : member->AsString();
    const bool blank = text == nullptr || text->find_first_not_of(" \t\r\n") == std::string::npos;
    if (blank || text->size() > kTextBytesMax) {
      Fault(Inside(place, key), "expected a text of 1 to " + std::to_string(kTextBytesMax) +
                                    " bytes, found " + Shown(member));
      return "";
    }
    return Shows(*text, Inside(place, key), layout) ? *text : "";
  }

  bool Shows(const std::string& text, const std::string& place, Layout layout) {
    const std::string deceptive = FindDeceptive(text, layout);
    if (deceptive.empty()) return true;
    Fault(place, "expected no control characters, found " + deceptive);
    return false;
  }

  std::string OptionalText(const Json& object, const std::string& place, const std::string& key,
                           Layout layout = Layout::kOneLine) {
    const Json* member = object.Find(key);
    return member == nullptr || member->IsNull() ? "" : Text(object, place, key, layout);
  }

  std::vector<std::string> Names(const Json& object, const std::string& place,
                                 const std::string& key) {
    Result<std::vector<std::string>> names = object.StringsAt(key);
    if (!names) {
      Fault(Inside(place, key), "expected a list of names, found " + Shown(object.Find(key)));
      return {};
    }
    if (names->size() > kNamesMax) {
      Fault(Inside(place, key), "expected at most " + std::to_string(kNamesMax) + " names, found " +
                                    std::to_string(names->size()));
      return {};
    }
    for (const std::string& name : *names) Shows(name, Inside(place, key), Layout::kOneLine);
    for (std::size_t i = 0; i < names->size(); ++i) {
      const auto end = names->begin() + static_cast<std::ptrdiff_t>(i);
      if (std::find(names->begin(), end, (*names)[i]) == end) continue;
      Fault(Inside(place, key), "`" + (*names)[i] + "` is given twice; keep one");
    }
    return std::move(*names);
  }

  std::optional<Time> OptionalTime(const Json& object, const std::string& place,
                                   const std::string& key) {
    const Json* member = object.Find(key);
    if (member == nullptr || member->IsNull()) return std::nullopt;
    const std::string* text = member->AsString();
    const Result<Time> time =
        text == nullptr ? Result<Time>(Fail(ErrorCode::kInvalidArgument, "")) : ParseTime(*text);
    if (time) return *time;
    Fault(Inside(place, key),
          "expected a time such as `2026-11-22T09:30:00Z`, found " + Shown(member));
    return std::nullopt;
  }

  // The member as an object; an empty one, and a fault, when it is none.
  const Json& Object(const Json& object, const std::string& place, const std::string& key) {
    static const Json kEmpty = Json::MakeObject();
    const Json* member = object.Find(key);
    if (member != nullptr && member->AsObject() != nullptr) return *member;
    Fault(Inside(place, key), "expected an object, found " + Shown(member));
    return kEmpty;
  }

  static std::string Inside(const std::string& place, const std::string& key) {
    return place.empty() ? key : place + "." + key;
  }
  static std::string Shown(const Json* member) {
    if (member == nullptr || member->IsNull()) return "nothing";
    if (const std::string* text = member->AsString()) return "`" + text->substr(0, 60) + "`";
    if (member->AsArray() != nullptr) return "a list";
    return member->AsObject() != nullptr ? "an object" : "another value";
  }

 private:
  std::string faults_;
};

// What of the stage is denied; absent: all of it.
enforcement::OperationSet ReadOperations(const Json& json, const std::string& place,
                                         terms::Stage stage, FileReader& reader) {
  const std::string inside = FileReader::Inside(place, "operations");
  if (json.Find("operations") == nullptr) return enforcement::kAllOperations;
  const std::string before = reader.faults();
  enforcement::OperationSet operations = 0;
  for (const std::string& name : reader.Names(json, place, "operations")) {
    const Result<enforcement::Operation> operation = enforcement::ParseOperation(name);
    if (!operation) {
      reader.Fault(inside, operation.error().message());
      continue;
    }
    operations =
        static_cast<enforcement::OperationSet>(operations | enforcement::SetOf(*operation));
  }
  const Status fits = enforcement::CheckOperations(stage, operations);
  if (!fits && reader.faults() == before) reader.Fault(inside, fits.error().message());
  return operations;
}

enforcement::RequestedRestriction ReadRestriction(const Json& json, const std::string& place,
                                                  FileReader& reader) {
  enforcement::RequestedRestriction restriction;
  if (json.AsObject() == nullptr) {
    reader.Fault(place, "expected an object, found " + FileReader::Shown(&json));
    return restriction;
  }
  reader.CheckKeys(json, place,
                   {"subscriptions", "unit", "customer", "classes", "services", "regions", "stage",
                    "operations", "from", "until"});
  restriction.subscriptions = reader.Names(json, place, "subscriptions");
  restriction.unit = reader.OptionalText(json, place, "unit");
  restriction.customer = reader.OptionalText(json, place, "customer");
  const int scopes = (restriction.subscriptions.empty() ? 0 : 1) +
                     (restriction.unit.empty() ? 0 : 1) + (restriction.customer.empty() ? 0 : 1);
  if (scopes != 1) {
    reader.Fault(place, "expected exactly one of `subscriptions`, `unit`, `customer`, found " +
                            std::to_string(scopes));
  }
  restriction.classes = reader.Names(json, place, "classes");
  restriction.services = reader.Names(json, place, "services");
  if (restriction.classes.empty() && restriction.services.empty()) {
    reader.Fault(place, "expected `classes` or `services`, found neither");
  }
  restriction.regions = reader.Names(json, place, "regions");
  if (restriction.regions.empty()) {
    reader.Fault(place + ".regions", "expected one or more regions, or `\"*\"` for all");
  }
  const std::string stage = reader.Text(json, place, "stage");
  if (const Result<terms::Stage> parsed = terms::ParseStage(stage)) {
    restriction.stage = *parsed;
    restriction.operations = ReadOperations(json, place, *parsed, reader);
  } else if (!stage.empty()) {
    reader.Fault(place + ".stage", parsed.error().message());
  }
  restriction.from = reader.OptionalTime(json, place, "from");
  restriction.until = reader.OptionalTime(json, place, "until");
  if (restriction.from && restriction.until && *restriction.until <= *restriction.from) {
    reader.Fault(place + ".until",
                 "expected a time after `from`, found " + FormatTime(*restriction.until));
  }
  return restriction;
}

// INVARIANT: the customer is heard before signing, or the signers sign why not.
HeardOrWaived ReadHearing(const Json& json, FileReader& reader) {
  const Json* member = json.Find("hearing");
  if (member == nullptr || member->AsObject() == nullptr) {
    reader.Fault("hearing",
                 "expected how the customer was heard, {\"held\": how}, or why not, "
                 "{\"waived\": reason}, found " +
                     FileReader::Shown(member));
    return {};
  }
  reader.CheckKeys(*member, "hearing", {"held", "waived"});
  const bool held = member->Find("held") != nullptr;
  if (held == (member->Find("waived") != nullptr)) {
    reader.Fault("hearing", std::string("expected exactly one of `held`, `waived`, found ") +
                                (held ? "both" : "neither"));
    return {};
  }
  return {.held = held,
          .text = reader.Text(*member, "hearing", held ? "held" : "waived", Layout::kLines)};
}

// A decision ends as a whole: what of it shall stay is restricted by the new one.
std::vector<std::string> ReadSupersedes(const Json& json, FileReader& reader) {
  std::vector<std::string> ids = reader.Names(json, "", "supersedes");
  if (ids.size() > kSupersededMax) {
    reader.Fault("supersedes", "expected at most " + std::to_string(kSupersededMax) +
                                   " decisions, found " + std::to_string(ids.size()));
  }
  for (const std::string& id : ids) {
    const std::string decision = id.substr(0, id.find('/'));
    if (decision == id) continue;
    reader.Fault("supersedes", "expected decisions, found the restriction `" + id + "`; name `" +
                                   decision +
                                   "`, which ends as a whole, and restrict again what "
                                   "of it shall stay");
  }
  return ids;
}

void ReadRestrictions(const Json& json, FileReader& reader, DecisionFile& file) {
  const Json* list = json.Find("restrictions");
  const std::size_t count =
      list == nullptr || list->AsArray() == nullptr ? 0 : list->AsArray()->size();
  if (count == 0 || count > kRestrictionsMax) {
    reader.Fault("restrictions",
                 "expected a list of 1 to " + std::to_string(kRestrictionsMax) +
                     " restrictions, found " +
                     (count == 0 ? FileReader::Shown(list) : std::to_string(count)));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::string place = "restrictions[" + std::to_string(i) + "]";
    file.restrictions.push_back(ReadRestriction((*list->AsArray())[i], place, reader));
  }
}

}  // namespace

Result<DecisionFile> DecisionFile::FromJson(const Json& json) {
  if (json.AsObject() == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "decision file: expected an object, found " + FileReader::Shown(&json));
  }
  FileReader reader;
  DecisionFile file;
  reader.CheckKeys(json, "",
                   {"kind", "clause", "terms", "summary", "why_incompatible", "facts", "supersedes",
                    "hearing", "restrictions", "keep_on"});
  const std::string kind = reader.Text(json, "", "kind");
  if (kind == "interim" || kind == "final") {
    file.kind = kind == "final" ? DecisionKind::kFinal : DecisionKind::kInterim;
  } else if (!kind.empty()) {
    reader.Fault("kind", "expected `interim` or `final`, found `" + kind + "`");
  }
  file.clause = reader.Text(json, "", "clause");
  file.terms = reader.OptionalText(json, "", "terms");
  file.summary = reader.Text(json, "", "summary", Layout::kLines);
  file.why_incompatible = reader.OptionalText(json, "", "why_incompatible", Layout::kLines);
  file.facts = reader.Names(json, "", "facts");
  if (file.facts.empty()) {
    reader.Fault("facts", "expected the findings that it rests on, as in [\"finding-1\"]");
  }
  file.supersedes = ReadSupersedes(json, reader);
  file.hearing = ReadHearing(json, reader);
  ReadRestrictions(json, reader, file);
  if (json.Find("keep_on") != nullptr) {
    const Json& keep_on = reader.Object(json, "", "keep_on");
    reader.CheckKeys(keep_on, "keep_on", {"classes", "services"});
    file.keep_on_classes = reader.Names(keep_on, "keep_on", "classes");
    file.keep_on_services = reader.Names(keep_on, "keep_on", "services");
  }
  if (reader.faults().empty()) return file;
  return Fail(ErrorCode::kInvalidArgument, "decision file:\n" + reader.faults());
}

Json RecordOf(const Decision& decision) {
  return decision.kind == DecisionKind::kLift ? Json::Of({{"reason", decision.reason}})
                                              : Json::Of({{"file", decision.file}});
}

Result<enforcement::PlanInputs> PlanInputsOf(const ReviewState& state, std::string_view decision) {
  const Decision* found = state.FindDecision(decision);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + std::string(decision) + "`");
  }
  if (found->kind == DecisionKind::kLift) {
    return Fail(ErrorCode::kFailedPrecondition,
                found->id + " lifts " + found->lifts + " and asks for no restriction");
  }
  enforcement::PlanInputs inputs =
      PROVISO_TRY(PlanInputsOfFile(state, found->case_id, found->file));
  inputs.decision = found->id;
  inputs.record = RecordOf(*found);
  return inputs;
}

Result<enforcement::PlanInputs> PlanInputsOfFile(const ReviewState& state, std::string_view case_id,
                                                 const Json& json) {
  const DecisionFile file = PROVISO_TRY(DecisionFile::FromJson(json));
  Attributions attributions = state.AttributionsOf(case_id);
  enforcement::PlanInputs inputs;
  inputs.clause = file.clause;
  inputs.terms_named = file.terms;
  inputs.keep_on_classes = file.keep_on_classes;
  inputs.keep_on_services = file.keep_on_services;
  inputs.attributions = std::move(attributions.ids);
  inputs.attributed_units = std::move(attributions.units);
  inputs.restrictions = file.restrictions;
  PROVISO_TRY(CheckSupersedable(state, file.supersedes, std::nullopt));
  for (const std::string& id : file.supersedes) {
    const Decision& superseded = *state.FindDecision(id);
    inputs.supersedes.push_back({.decision = id, .restrictions = &*superseded.restrictions});
  }
  return inputs;
}

}  // namespace proviso::review
