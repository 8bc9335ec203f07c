#include "service/state.h"

#include <algorithm>

#include "enforcement/act.h"

namespace proviso::service {
namespace {

tl::unexpected<Error> Damaged(const RecordedEvent& event, std::string_view why) {
  return Fail(ErrorCode::kDataLoss, "log entry " + std::to_string(event.index) + " (" +
                                        event.event.type + "): " + std::string(why));
}

// The sealed part `name`, or nullptr when nobody can read it here.
const Json* PartOf(const RecordedEvent& event, std::string_view name) {
  const auto found = event.event.sealed.find(std::string(name));
  return found == event.event.sealed.end() ? nullptr : &found->second;
}

// An event that counts only with a person's act, and that act. Its arguments stand in the log in
// clear and must say what the event says.
struct ActedEvent {
  std::string_view type;
  std::string_view act;
  std::vector<std::string_view> shared;  // members of the arguments that the event repeats
};

const std::vector<ActedEvent>& ActedEvents() {
  static const std::vector<ActedEvent> kEvents = {
      {"roster.proposed", "roster propose", {"roster"}},
      {"roster.signed", "roster sign", {"version", "hash"}},
      {"decision.signed", "decision sign", {"decision", "plan_hash"}},
      {"decision.adopted", "decision adopt", {"decision", "plan_hash"}},
      {"decision.lifted_in_emergency", "decision lift emergency", {"decision"}},
      {"erasure.proposed", "erasure propose", {"entry", "parts", "basis"}},
      {"part.erased", "erasure approve", {"erasure", "entry", "parts"}}};
  return kEvents;
}

bool SayTheSame(const Json& args, const Json& open, std::string_view key) {
  const Json* said = args.Find(key);
  const Json* stands = open.Find(key);
  return said != nullptr && stands != nullptr && *said == *stands;
}

// The person whose key signed `act`: of the roster in force, or of the first one proposed.
Status CheckActor(const State& state, const RecordedEvent& event, const enforcement::Act& act) {
  const enforcement::Roster* roster = state.roster.current();
  if (roster == nullptr) {
    if (event.event.type == "roster.proposed") return {};  // nobody is in a roster yet
    roster = state.roster.proposed();
  }
  const enforcement::Person* person = roster == nullptr ? nullptr : roster->FindByKey(act.key);
  if (person == nullptr || person->pseudonym != event.actor) {
    return Damaged(event, "expected an act signed by its actor `" + event.actor + "`");
  }
  if (act.name == "roster sign") return {};  // RosterState knows who must sign
  if (Status may = enforcement::MayPerform(*person, act.name); !may) {
    return Damaged(event, may.error().message());
  }
  return {};
}

// INVARIANT (design, section 3, "only what was signed"): what rosters and restrictions rest on is
// checked again at each replay, so that a changed database cannot add to it.
Status CheckAct(const State& state, const RecordedEvent& event) {
  const auto& all = ActedEvents();
  const auto acted = std::find_if(
      all.begin(), all.end(), [&](const ActedEvent& row) { return row.type == event.event.type; });
  if (!event.act.IsNull() && state.acts_seen.contains(event.act.StringOr("body", ""))) {
    return Damaged(event, "its act stands in the log before");
  }
  if (acted == all.end()) return {};
  if (event.act.StringOr("name", "") != acted->act) {
    return Damaged(event, "expected a signed act `" + std::string(acted->act) + "`");
  }
  const enforcement::Act act = PROVISO_TRY(enforcement::Act::FromJson(event.act));
  if (Status valid = act.VerifySignature(state.origin); !valid) {
    return Damaged(event, valid.error().message());
  }
  for (const std::string_view key : acted->shared) {
    if (!SayTheSame(act.args, event.event.open, key)) {
      return Damaged(event, "its act is about another `" + std::string(key) + "`");
    }
  }
  return CheckActor(state, event, act);
}

// INVARIANT: an adoption in the log counts only with the valid signatures of its quorum.
Status CheckQuorum(const State& state, const RecordedEvent& event) {
  if (event.event.type != "decision.adopted") return {};
  const std::string id = PROVISO_TRY(event.event.open.StringAt("decision"));
  const review::Decision* decision = state.review.FindDecision(id);
  const enforcement::Roster* roster = state.roster.current();
  if (decision == nullptr || roster == nullptr) {
    return Damaged(event, "expected decision `" + id + "` and a roster before it");
  }
  const int have = state.review.ValidSignatures(*decision, *roster);
  const int need = std::max(decision->quorum, terms::Quorum::kFloor);
  if (have < need) {
    return Damaged(event, "expected " + std::to_string(need) + " signatures of its plan, found " +
                              std::to_string(have));
  }
  return {};
}

Status ApplyMasterData(const RecordedEvent& event, State& state) {
  const std::string& type = event.event.type;
  if (type == "log.initialised") {
    if (event.index != 0) return Damaged(event, "expected at index 0 only");
    state.origin = PROVISO_TRY(event.event.open.StringAt("origin"));
    // Without it the log reads as before; a new pseudonym cannot be made (people.cc).
    if (const Json* key = PartOf(event, "pseudonym_key")) {
      if (key->AsString() == nullptr) return Damaged(event, "its pseudonym key is no text");
      state.pseudonym_key = PROVISO_TRY(HexDecode(*key->AsString()));
    }
  } else if (type == "catalogue.imported") {
    // Erased, as it may be when a later one is there: nothing is known until that one.
    state.catalogue.reset();
    if (const Json* part = PartOf(event, "catalogue")) {
      state.catalogue = PROVISO_TRY(catalogue::Catalogue::FromJson(*part));
    }
    state.catalogue_digest = PROVISO_TRY(event.event.open.StringAt("digest"));
    state.catalogue_index = event.index;
    state.table_number = event.index;
  } else if (type == "customers.imported") {
    state.customers.reset();
    if (const Json* part = PartOf(event, "customers")) {
      state.customers = PROVISO_TRY(catalogue::Customers::FromJson(*part));
    }
    state.customers_digest = PROVISO_TRY(event.event.open.StringAt("digest"));
    state.customers_index = event.index;
  } else if (type == "terms.imported") {
    state.terms_digests[event.event.open.StringOr("terms", "") + "@" +
                        event.event.open.StringOr("version", "")] =
        event.event.open.StringOr("digest", "");
    // Damaged, or not here after a restore that went on from the published log; then it is imported
    // again.
    const Json* part = PartOf(event, "terms");
    if (part == nullptr) return {};
    terms::Terms terms = PROVISO_TRY(terms::Terms::FromJson(*part));
    const std::string key = terms.id + "@" + terms.version;
    state.terms.insert_or_assign(key, std::move(terms));
  }
  return {};
}

Status ApplyDelivery(const RecordedEvent& event, State& state) {
  if (event.event.type != "usage.delivered") return {};
  const Json& open = event.event.open;
  DeliveryRecord record;
  record.id = PROVISO_TRY(open.StringAt("delivery"));
  record.sha256 = PROVISO_TRY(open.StringAt("sha256"));
  record.lake_sha256 = PROVISO_TRY(open.StringAt("lake_sha256"));
  record.index = event.index;
  record.report = open;
  for (const Json& period : *PROVISO_TRY(open.ArrayAt("periods"))) {
    record.periods.insert(PROVISO_TRY(ParseDate(PROVISO_TRY(period.StringAt("start")))));
  }
  for (const Json& replaced : *PROVISO_TRY(open.ArrayAt("replaces"))) {
    const std::string id = PROVISO_TRY(replaced.StringAt("delivery"));
    const Date start = PROVISO_TRY(ParseDate(PROVISO_TRY(replaced.StringAt("period"))));
    for (DeliveryRecord& earlier : state.deliveries) {
      if (earlier.id == id) earlier.periods.erase(start);
    }
  }
  state.deliveries.push_back(std::move(record));
  return {};
}

Status ApplySource(const RecordedEvent& event, State& state) {
  if (event.event.type != "source.registered") return {};
  SourceRecord record;
  record.source.id = PROVISO_TRY(event.event.open.StringAt("source"));
  const std::string name = PROVISO_TRY(event.event.open.StringAt("class"));
  record.source.cls = PROVISO_TRY(records::ParseSourceClass(name));
  const auto details = event.event.sealed.find("details");
  if (details != event.event.sealed.end()) {
    record.source.owner = details->second.StringOr("owner", "");
    record.source.purpose = details->second.StringOr("purpose", "");
  }
  record.registered_by = event.actor;
  record.index = event.index;
  if (!state.sources.emplace(record.source.id, record).second) {
    return Damaged(event, "source `" + record.source.id + "` is registered already");
  }
  return {};
}

// The newest register of a source speaks: of contracts as a whole, of invoices month by month.
Status ApplyRegister(const RecordedEvent& event, State& state) {
  if (event.event.type != "records.imported") return {};
  const Json& open = event.event.open;
  RegisterRecord record;
  record.source = PROVISO_TRY(open.StringAt("source"));
  record.sha256 = PROVISO_TRY(open.StringAt("sha256"));
  record.kept_sha256 = PROVISO_TRY(open.StringAt("kept_sha256"));
  record.index = event.index;
  record.report = open;
  if (!state.sources.contains(record.source)) {
    return Damaged(event, "source `" + record.source + "` is not registered");
  }
  const std::vector<std::string> months = PROVISO_TRY(open.StringsAt("months"));
  for (const std::string& month : months) {
    record.months.insert(PROVISO_TRY(ParseMonth(month)));
  }
  for (RegisterRecord& earlier : state.registers) {
    if (earlier.source != record.source) continue;
    earlier.in_force = false;
    for (const Month month : record.months) earlier.months.erase(month);
  }
  state.registers.push_back(std::move(record));
  return {};
}

}  // namespace

Status State::Apply(const RecordedEvent& event) {
  if (event.index != next_index) {
    return Damaged(event, "expected entry " + std::to_string(next_index));
  }
  PROVISO_TRY(CheckAct(*this, event));
  PROVISO_TRY(CheckQuorum(*this, event));
  PROVISO_TRY(ApplyMasterData(event, *this));
  PROVISO_TRY(ApplyDelivery(event, *this));
  PROVISO_TRY(ApplySource(event, *this));
  PROVISO_TRY(ApplyRegister(event, *this));
  PROVISO_TRY(roster.Apply(event));
  PROVISO_TRY(review.Apply(event));
  if (event.event.type == "decision.adopted" ||
      event.event.type == "decision.lifted_in_emergency") {
    table_number = event.index;
  }
  if (!event.act.IsNull()) acts_seen.insert(event.act.StringOr("body", ""));
  next_index = event.index + 1;
  last_time = event.time;
  return {};
}

const terms::Terms* State::FindTerms(std::string_view id, std::string_view version) const {
  const auto found = terms.find(std::string(id) + "@" + std::string(version));
  return found == terms.end() ? nullptr : &found->second;
}

const DeliveryRecord* State::FindDelivery(std::string_view sha256) const {
  const auto found =
      std::find_if(deliveries.begin(), deliveries.end(),
                   [&](const DeliveryRecord& record) { return record.sha256 == sha256; });
  return found == deliveries.end() ? nullptr : &*found;
}

}  // namespace proviso::service
