#include "service/state.h"

#include <algorithm>

#include "enforcement/act.h"

namespace proviso::service {
namespace {

tl::unexpected<Error> Damaged(const RecordedEvent& event, std::string_view why) {
  return Fail(ErrorCode::kDataLoss, "log entry " + std::to_string(event.index) + " (" +
                                        event.event.type + "): " + std::string(why));
}

// The sealed part `name`; kDataLoss when it was erased, for these parts cannot be done without.
Result<Json> Sealed(const RecordedEvent& event, std::string_view name) {
  const auto found = event.event.sealed.find(std::string(name));
  if (found == event.event.sealed.end()) {
    return Damaged(event, "its part `" + std::string(name) + "` is missing");
  }
  return found->second;
}

// INVARIANT (design, section 3, "only what was signed"): an act that anybody must be able to check
// is checked again at each replay, so that a changed database cannot add one.
Status CheckOpenAct(const State& state, const RecordedEvent& event) {
  if (event.act.IsNull() || !enforcement::IsOpenAct(event.act.StringOr("name", ""))) return {};
  const enforcement::Act act = PROVISO_TRY(enforcement::Act::FromJson(event.act));
  if (Status valid = act.VerifySignature(state.origin); !valid) {
    return Damaged(event, valid.error().message());
  }
  const enforcement::Roster* roster = state.roster.current();
  if (roster == nullptr) roster = state.roster.proposed();
  if (roster == nullptr) return {};
  const enforcement::Person* person = roster->FindByKey(act.key);
  if (person == nullptr || person->pseudonym != event.actor) {
    return Damaged(event, "its act is not signed by its actor " + event.actor);
  }
  return {};
}

// INVARIANT: an adoption in the log counts only with the signatures of its quorum.
Status CheckQuorum(const State& state, const RecordedEvent& event) {
  if (event.event.type != "decision.adopted") return {};
  const std::string id = PROVISO_TRY(event.event.open.StringAt("decision"));
  const review::Decision* decision = state.review.FindDecision(id);
  if (decision == nullptr) return Damaged(event, "decision `" + id + "` does not exist");
  const auto need = static_cast<std::size_t>(std::max(decision->quorum, terms::Quorum::kFloor));
  if (decision->signatures.size() < need) {
    return Damaged(event, "it has " + std::to_string(decision->signatures.size()) + " of " +
                              std::to_string(need) + " signatures");
  }
  return {};
}

Status ApplyMasterData(const RecordedEvent& event, State& state) {
  const std::string& type = event.event.type;
  if (type == "log.initialised") {
    state.origin = PROVISO_TRY(event.event.open.StringAt("origin"));
    const Json key = PROVISO_TRY(Sealed(event, "pseudonym_key"));
    if (key.AsString() == nullptr) return Damaged(event, "its pseudonym key is no text");
    state.pseudonym_key = PROVISO_TRY(HexDecode(*key.AsString()));
  } else if (type == "catalogue.imported") {
    state.catalogue =
        PROVISO_TRY(catalogue::Catalogue::FromJson(PROVISO_TRY(Sealed(event, "catalogue"))));
    state.catalogue_digest = PROVISO_TRY(event.event.open.StringAt("digest"));
    state.table_number = event.index;
  } else if (type == "customers.imported") {
    state.customers =
        PROVISO_TRY(catalogue::Customers::FromJson(PROVISO_TRY(Sealed(event, "customers"))));
    state.customers_digest = PROVISO_TRY(event.event.open.StringAt("digest"));
  } else if (type == "terms.imported") {
    terms::Terms terms = PROVISO_TRY(terms::Terms::FromJson(PROVISO_TRY(Sealed(event, "terms"))));
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

}  // namespace

Status State::Apply(const RecordedEvent& event) {
  if (event.index != next_index) {
    return Damaged(event, "expected entry " + std::to_string(next_index));
  }
  PROVISO_TRY(CheckOpenAct(*this, event));
  PROVISO_TRY(CheckQuorum(*this, event));
  PROVISO_TRY(ApplyMasterData(event, *this));
  PROVISO_TRY(ApplyDelivery(event, *this));
  PROVISO_TRY(roster.Apply(event));
  PROVISO_TRY(review.Apply(event));
  if (event.event.type == "decision.adopted" ||
      event.event.type == "decision.lifted_in_emergency") {
    table_number = event.index;
  }
  if (!event.act.IsNull()) acts_seen.insert(event.act.StringOr("body", ""));
  next_index = event.index + 1;
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
