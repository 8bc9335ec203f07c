#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "catalogue/faults.h"
#include "enforcement/internal/plan_parts.h"
#include "enforcement/plan.h"

namespace proviso::enforcement {
namespace {

constexpr std::string_view kAllRegions = "*";
constexpr std::size_t kTargetsMax = 1'000'000;  // of one restriction

template <typename Range>
bool Contains(const Range& range, std::string_view value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

std::string Quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

// What speaks against a plan: all of it, so that its author sees everything at once.
class Reasons {
 public:
  // The restriction that the next reasons are about, counted from 1; 0 for the decision itself.
  void About(std::size_t restriction) { restriction_ = restriction; }
  void Add(std::string reason) { Put(std::move(reason)); }
  void Missing(std::string_view kind, std::string_view name, std::string_view remedy) {
    missing_ = true;
    Put(std::string(kind) + " " + Quoted(name) + " does not exist; " + std::string(remedy));
  }
  bool empty() const { return lines_.empty(); }

  Error ToError(std::string_view heading) const {
    std::string text(heading);
    for (const std::string& line : lines_) text += "\n" + line;
    return {missing_ ? ErrorCode::kNotFound : ErrorCode::kFailedPrecondition, std::move(text)};
  }

 private:
  void Put(std::string reason) {
    if (restriction_ > 0) {
      reason.insert(0, "restriction " + std::to_string(restriction_) + ": ");
    }
    if (!Contains(lines_, reason)) lines_.push_back(std::move(reason));
  }
  std::size_t restriction_ = 0;
  bool missing_ = false;
  std::vector<std::string> lines_;
};

Json ToJsonArray(const std::vector<std::string>& texts) {
  Json array = Json::MakeArray();
  for (const std::string& text : texts) array.Append(text);
  return array;
}

Json TimeOrNull(const std::optional<Time>& time) { return time ? Json(FormatTime(*time)) : Json(); }

bool Narrows(const Restriction& restriction) { return restriction.operations != kAllOperations; }

std::set<std::string> SubscriptionsIn(const std::vector<Restriction>& restrictions) {
  std::set<std::string> subscriptions;
  for (const Restriction& restriction : restrictions) {
    for (const Target& target : restriction.targets) subscriptions.insert(target.subscription);
  }
  return subscriptions;
}

// Expands one decision. Lives for one call of ExpandRestriction.
class Expansion {
 public:
  explicit Expansion(const PlanInputs& inputs)
      : in_(inputs), clause_(inputs.terms->FindClause(inputs.clause)) {}

  Result<Plan> Run();
  Status CheckNamed();

 private:
  struct Requested {
    const RequestedRestriction* request = nullptr;
    Restriction restriction;
  };

  void CheckDecision();
  void CheckPlaces(const RequestedRestriction& request);
  void MissingOfCatalogue(std::string_view kind, const std::string& name, std::string_view remedy);
  Restriction ExpandOne(std::size_t index);
  void CheckWindow(const RequestedRestriction& request);
  std::set<std::string> Subscriptions(const RequestedRestriction& request);
  std::set<std::string> SubscriptionsOfUnit(const std::string& name);
  std::set<std::string> SubscriptionsOfCustomer(const std::string& id);
  void CheckSubscription(const std::string& subscription);
  // Service and region: where the restriction takes hold of each of its subscriptions.
  std::set<std::pair<std::string, std::string>> Places(const RequestedRestriction& request);
  std::vector<std::string> Regions(const RequestedRestriction& request);
  void CheckService(const catalogue::Service& service, terms::Stage stage);

  // "terms", "decision", or empty: who keeps `service` on.
  std::string_view KeptBy(const catalogue::Service& service) const;
  Json TargetJson(const Target& target, const Restriction& restriction) const;
  Json RestrictionsJson(const std::vector<Restriction>& restrictions) const;
  // What is ended must be the customer's whom this plan is about: it alone gets the statement.
  void CheckSuperseded(const std::set<std::string>& restricted);
  void CheckSuperseded(const Superseded& superseded,
                       const std::set<const catalogue::Customer*>& customers);
  // Whoever ends a decision needs as many as a lift of it does.
  int Quorum() const;
  Json SupersedesJson() const;
  Json KeptJson(const std::set<std::string>& subscriptions) const;
  Json AffectsJson(const std::vector<Restriction>& restrictions) const;

  const PlanInputs& in_;
  const terms::Clause* clause_;
  Reasons reasons_;
};

Result<Plan> Expansion::Run() {
  CheckDecision();
  Plan plan;
  for (std::size_t i = 0; i < in_.restrictions.size(); ++i)
    plan.restrictions.push_back(ExpandOne(i));
  reasons_.About(0);
  const std::set<std::string> subscriptions = SubscriptionsIn(plan.restrictions);
  CheckSuperseded(subscriptions);
  if (!reasons_.empty()) {
    return tl::unexpected(reasons_.ToError("the plan cannot be formed:"));
  }

  plan.quorum = Quorum();
  const bool narrows = std::any_of(plan.restrictions.begin(), plan.restrictions.end(), Narrows);
  const bool later = narrows || !in_.supersedes.empty();
  plan.json = Json::Of({{"v", later ? internal::kLaterVersion : internal::kPlanVersion},
                        {"kind", "restrict"},
                        {"decision", in_.decision},
                        {"nonce", in_.nonce},
                        {"record", RecordDigest(in_.record, in_.nonce)},
                        {"terms", internal::TermsName(*in_.terms)},
                        {"clause", in_.clause},
                        {"quorum", plan.quorum},
                        {"restrictions", RestrictionsJson(plan.restrictions)},
                        {"kept", KeptJson(subscriptions)},
                        {"affects", AffectsJson(plan.restrictions)}});
  // A plan that has none of this stays, byte for byte, what it was before there was a way to.
  if (!in_.supersedes.empty()) plan.json["supersedes"] = SupersedesJson();
  plan.hash = crypto::Sha256(plan.json.Canonical()).Hex();
  return plan;
}

Status Expansion::CheckNamed() {
  CheckDecision();
  std::set<std::string> restricted;
  for (std::size_t i = 0; i < in_.restrictions.size(); ++i) {
    reasons_.About(i + 1);
    const std::set<std::string> subscriptions = Subscriptions(in_.restrictions[i]);
    for (const std::string& subscription : subscriptions) CheckSubscription(subscription);
    restricted.insert(subscriptions.begin(), subscriptions.end());
    CheckPlaces(in_.restrictions[i]);
  }
  reasons_.About(0);
  CheckSuperseded(restricted);
  if (reasons_.empty()) return {};
  return tl::unexpected(reasons_.ToError("the decision cannot be proposed:"));
}

// Names that the catalogue lacks. What a service or a class may suffer waits for the expansion.
void Expansion::CheckPlaces(const RequestedRestriction& request) {
  for (const std::string& id : request.regions) {
    if (id != kAllRegions && in_.catalogue->FindRegion(id) == nullptr) {
      MissingOfCatalogue("region", id, "name one of the catalogue, or `*`");
    }
  }
  for (const std::string& id : request.services) {
    if (in_.catalogue->FindService(id) == nullptr) {
      MissingOfCatalogue("service", id, "name one of the catalogue");
    }
  }
  for (const std::string& id : request.classes) {
    if (in_.catalogue->FindClass(id) == nullptr) {
      MissingOfCatalogue("class", id, "name one of the catalogue");
    }
  }
}

void Expansion::MissingOfCatalogue(std::string_view kind, const std::string& name,
                                   std::string_view remedy) {
  std::vector<std::string> known;
  const auto take = [&](const auto& items) {
    for (const auto& item : items) known.push_back(item.id);
  };
  if (kind == "region") take(in_.catalogue->regions());
  if (kind == "service") take(in_.catalogue->services());
  if (kind == "class") take(in_.catalogue->classes());
  reasons_.Missing(kind, name, std::string(remedy) + catalogue::DidYouMean(name, known));
}

void Expansion::CheckDecision() {
  reasons_.About(0);
  if (!in_.terms_named.empty() && in_.terms_named != internal::TermsName(*in_.terms)) {
    reasons_.Add("it names terms " + Quoted(in_.terms_named) + ", but the contract says " +
                 Quoted(internal::TermsName(*in_.terms)) + "; decide under the terms that bind");
  }
  if (clause_ == nullptr) {
    reasons_.Missing("clause", in_.clause,
                     "name one of the terms " + internal::TermsName(*in_.terms));
  }
  // A keep-on list that names nothing would keep nothing on.
  for (const std::string& id : in_.keep_on_classes) {
    if (in_.catalogue->FindClass(id) == nullptr) {
      MissingOfCatalogue("class", id, "name one of the catalogue in `keep_on`");
    }
  }
  for (const std::string& id : in_.keep_on_services) {
    if (in_.catalogue->FindService(id) == nullptr) {
      MissingOfCatalogue("service", id, "name one of the catalogue in `keep_on`");
    }
  }
  if (in_.restrictions.empty()) reasons_.Add("the decision has no restriction; add one");
}

Restriction Expansion::ExpandOne(std::size_t index) {
  const RequestedRestriction& request = in_.restrictions[index];
  reasons_.About(index + 1);
  Restriction restriction{.id = in_.decision + "/" + std::to_string(index + 1),
                          .clause = in_.clause,
                          .stage = request.stage,
                          .operations = request.operations,
                          .from = request.from.value_or(Time{}),
                          .until = request.until,
                          .targets = {}};
  CheckWindow(request);
  const Status narrowed = CheckOperations(request.stage, request.operations);
  if (!narrowed) reasons_.Add(narrowed.error().message());
  const std::set<std::string> subscriptions = Subscriptions(request);
  const auto places = Places(request);
  if (subscriptions.size() * places.size() > kTargetsMax) {
    reasons_.Add("expected at most 1000000 targets, found " +
                 std::to_string(subscriptions.size() * places.size()) + "; split the restriction");
    return restriction;
  }
  for (const std::string& subscription : subscriptions) {
    CheckSubscription(subscription);
    for (const auto& [service, region] : places) {
      restriction.targets.push_back({subscription, service, region});
    }
  }
  if (restriction.targets.empty() && reasons_.empty()) {
    reasons_.Add("it covers nothing; name subscriptions, and services sold in its regions");
  }
  return restriction;
}

void Expansion::CheckWindow(const RequestedRestriction& request) {
  if (request.from && request.until && *request.until <= *request.from) {
    reasons_.Add("expected `until` after `from` " + Quoted(FormatTime(*request.from)) + ", found " +
                 Quoted(FormatTime(*request.until)));
  }
}

std::set<std::string> Expansion::Subscriptions(const RequestedRestriction& request) {
  const int ways = (request.subscriptions.empty() ? 0 : 1) + (request.unit.empty() ? 0 : 1) +
                   (request.customer.empty() ? 0 : 1);
  if (ways != 1) {
    reasons_.Add("expected one of `subscriptions`, `unit` and `customer`, found " +
                 std::to_string(ways));
    return {};
  }
  if (!request.unit.empty()) return SubscriptionsOfUnit(request.unit);
  if (!request.customer.empty()) return SubscriptionsOfCustomer(request.customer);
  return {request.subscriptions.begin(), request.subscriptions.end()};
}

std::set<std::string> Expansion::SubscriptionsOfUnit(const std::string& name) {
  const catalogue::Unit* unit = in_.customers->FindUnit(name);
  if (unit == nullptr) {
    reasons_.Missing("unit", name, "name one by id, or by a name that only one has");
    return {};
  }
  std::set<std::string> subscriptions;
  for (const auto& [subscription, attributed] : in_.attributed_units) {
    if (attributed == unit->id) subscriptions.insert(subscription);
  }
  if (subscriptions.empty()) {
    reasons_.Add("no subscription is attributed to unit " + Quoted(unit->id) +
                 "; record an attribution first");
  }
  return subscriptions;
}

std::set<std::string> Expansion::SubscriptionsOfCustomer(const std::string& id) {
  const catalogue::Customer* customer = in_.customers->FindCustomer(id);
  if (customer == nullptr) {
    reasons_.Missing("customer", id, "name one of the imported customers");
    return {};
  }
  std::set<std::string> subscriptions;
  for (const catalogue::Subscription& subscription : customer->subscriptions) {
    subscriptions.insert(subscription.id);
  }
  if (subscriptions.empty()) reasons_.Add("customer " + Quoted(id) + " has no subscription");
  return subscriptions;
}

void Expansion::CheckSubscription(const std::string& subscription) {
  const catalogue::Customer* customer = in_.customers->CustomerOfSubscription(subscription);
  if (customer == nullptr) {
    reasons_.Missing("subscription", subscription, "name one of the imported customers'");
    return;
  }
  const catalogue::Contract& contract = customer->contract;
  if (contract.terms != in_.terms->id || contract.version != in_.terms->version) {
    reasons_.Add("subscription " + Quoted(subscription) + " is bound by terms " +
                 Quoted(contract.terms + "@" + contract.version) + ", not by " +
                 Quoted(internal::TermsName(*in_.terms)) + "; decide under the terms that bind it");
  }
  if (!in_.attributions.contains(subscription)) {
    reasons_.Add("subscription " + Quoted(subscription) +
                 " has no attribution finding; record one first");
  }
}

std::vector<std::string> Expansion::Regions(const RequestedRestriction& request) {
  if (request.regions.empty()) reasons_.Add("expected one or more regions, or `*`, found none");
  std::vector<std::string> regions;
  for (const std::string& id : request.regions) {
    if (id == kAllRegions || in_.catalogue->FindRegion(id) != nullptr) regions.push_back(id);
  }
  return regions;
}

std::set<std::pair<std::string, std::string>> Expansion::Places(
    const RequestedRestriction& request) {
  std::set<std::pair<std::string, std::string>> places;
  CheckPlaces(request);
  const std::vector<std::string> regions = Regions(request);
  if (request.classes.empty() && request.services.empty()) {
    reasons_.Add("expected `classes` or `services`, found neither");
  }
  const auto take = [&](const catalogue::Service& service, const std::string& region) {
    bool sold = false;
    for (const std::string& where : service.regions) {
      if (region != kAllRegions && region != where) continue;
      places.emplace(service.id, where);
      sold = true;
    }
    return sold;
  };
  for (const std::string& id : request.services) {
    const catalogue::Service* service = in_.catalogue->FindService(id);
    if (service == nullptr) continue;
    CheckService(*service, request.stage);
    for (const std::string& region : regions) {
      if (take(*service, region)) continue;
      reasons_.Add("service " + Quoted(id) + " is not sold in region " + Quoted(region) +
                   "; leave the region or the service out");
    }
  }
  for (const std::string& id : request.classes) {
    if (in_.catalogue->FindClass(id) == nullptr) continue;
    for (const std::string& region : regions) {
      bool sold = false;
      for (const catalogue::Service& service : in_.catalogue->services()) {
        if (service.capability_class != id || !take(service, region)) continue;
        CheckService(service, request.stage);
        sold = true;
      }
      if (sold) continue;
      reasons_.Add("no service of class " + Quoted(id) + " is sold in region " + Quoted(region) +
                   "; leave the region or the class out");
    }
  }
  return places;
}

void Expansion::CheckService(const catalogue::Service& service, terms::Stage stage) {
  if (const std::string_view keeper = KeptBy(service); !keeper.empty()) {
    reasons_.Add("service " + Quoted(service.id) + " of class " + Quoted(service.capability_class) +
                 " is kept on by the " + std::string(keeper) +
                 "; leave it out, naming the other services one by one");
  }
  if (clause_ != nullptr && !terms::Permits(*clause_, service.capability_class, stage)) {
    reasons_.Add("clause " + Quoted(clause_->id) + " does not permit " +
                 Quoted(terms::StageName(stage)) + " for services of class " +
                 Quoted(service.capability_class) + "; choose what it permits");
  }
}

std::string_view Expansion::KeptBy(const catalogue::Service& service) const {
  if (Contains(in_.terms->keep_on_classes, service.capability_class)) return "terms";
  if (Contains(in_.keep_on_classes, service.capability_class) ||
      Contains(in_.keep_on_services, service.id)) {
    return "decision";
  }
  return "";
}

Json Expansion::TargetJson(const Target& target, const Restriction& restriction) const {
  const catalogue::Subscription* subscription =
      in_.customers->FindSubscription(target.subscription);
  std::vector<std::string> dependents = subscription->depended_on_by;
  std::sort(dependents.begin(), dependents.end());
  return Json::Of(
      {{"subscription", target.subscription},
       {"service", target.service},
       {"region", target.region},
       {"attribution", in_.attributions.at(target.subscription)},
       {"loses", internal::OperationsJson(Denied(restriction.stage, restriction.operations))},
       {"depended_on_by", ToJsonArray(dependents)},
       {"inverse", Json::Of({{"action", "lift"}, {"restriction", restriction.id}})}});
}

Json Expansion::RestrictionsJson(const std::vector<Restriction>& restrictions) const {
  Json list = Json::MakeArray();
  for (std::size_t i = 0; i < restrictions.size(); ++i) {
    const Restriction& restriction = restrictions[i];
    Json targets = Json::MakeArray();
    for (const Target& target : restriction.targets) {
      targets.Append(TargetJson(target, restriction));
    }
    Json json = Json::Of({{"id", restriction.id},
                          {"stage", terms::StageName(restriction.stage)},
                          {"from", TimeOrNull(in_.restrictions[i].from)},
                          {"until", TimeOrNull(restriction.until)},
                          {"customer_wide", !in_.restrictions[i].customer.empty()},
                          {"targets", std::move(targets)}});
    if (Narrows(restriction)) json["operations"] = internal::OperationsJson(restriction.operations);
    list.Append(std::move(json));
  }
  return list;
}

void Expansion::CheckSuperseded(const std::set<std::string>& restricted) {
  std::set<const catalogue::Customer*> customers;
  for (const std::string& id : restricted) {
    customers.insert(in_.customers->CustomerOfSubscription(id));
  }
  for (const Superseded& superseded : in_.supersedes) CheckSuperseded(superseded, customers);
}

void Expansion::CheckSuperseded(const Superseded& superseded,
                                const std::set<const catalogue::Customer*>& customers) {
  for (const std::string& id : SubscriptionsIn(*superseded.restrictions)) {
    const catalogue::Customer* owner = in_.customers->CustomerOfSubscription(id);
    if (owner == nullptr || customers.contains(owner)) continue;
    reasons_.Add("it supersedes " + Quoted(superseded.decision) +
                 ", which restricts subscription " + Quoted(id) + " of customer " +
                 Quoted(owner->id) + "; restrict something of that customer, or lift " +
                 Quoted(superseded.decision) + " by a decision of its own");
  }
}

int Expansion::Quorum() const {
  int quorum = in_.terms->quorum.decision;
  for (const Superseded& superseded : in_.supersedes) {
    quorum = std::max(quorum, superseded.lift_quorum);
  }
  return quorum;
}

Json Expansion::SupersedesJson() const {
  Json list = Json::MakeArray();
  for (const Superseded& superseded : in_.supersedes) {
    list.Append(Json::Of({{"decision", superseded.decision},
                          {"restores", internal::RestoresJson(*superseded.restrictions)}}));
  }
  return list;
}

Json Expansion::KeptJson(const std::set<std::string>& subscriptions) const {
  std::map<std::string_view, std::string_view> keepers;  // by service: in the order of ids
  for (const catalogue::Service& service : in_.catalogue->services()) {
    const std::string_view keeper = KeptBy(service);
    if (!keeper.empty()) keepers.emplace(service.id, keeper);
  }
  Json kept = Json::MakeArray();
  for (const std::string& subscription : subscriptions) {
    for (const auto& [service, keeper] : keepers) {
      kept.Append(
          Json::Of({{"subscription", subscription}, {"service", service}, {"reason", keeper}}));
    }
  }
  return kept;
}

Json Expansion::AffectsJson(const std::vector<Restriction>& restrictions) const {
  std::set<std::string> subscriptions;
  std::set<std::string> services;
  std::set<std::string> regions;
  for (const Restriction& restriction : restrictions) {
    for (const Target& target : restriction.targets) {
      subscriptions.insert(target.subscription);
      services.insert(target.service);
      regions.insert(target.region);
    }
  }
  std::set<std::string> dependents;  // third parties: whoever is no target
  for (const std::string& id : subscriptions) {
    for (const std::string& other : in_.customers->FindSubscription(id)->depended_on_by) {
      if (!subscriptions.contains(other)) dependents.insert(other);
    }
  }
  return Json::Of({{"subscriptions", subscriptions.size()},
                   {"services", services.size()},
                   {"regions", regions.size()},
                   {"dependents", ToJsonArray({dependents.begin(), dependents.end()})}});
}

}  // namespace

Status CheckOperations(terms::Stage stage, OperationSet operations) {
  if (operations == kAllOperations) return {};
  const OperationSet denied = Denied(stage, kAllOperations);
  const auto listed = [](OperationSet set) {
    std::string names;
    for (const std::string& name : OperationNames(set)) {
      names += (names.empty() ? "" : ", ") + Quoted(name);
    }
    return names.empty() ? std::string("none") : names;
  };
  const std::string expected =
      denied == 0
          ? "no `operations`, for " + Quoted(terms::StageName(stage)) + " denies nothing"
          : "operations that " + Quoted(terms::StageName(stage)) + " denies, " + listed(denied);
  const auto foreign = static_cast<OperationSet>(operations & ~denied);
  if (operations != 0 && foreign == 0) return {};
  return Fail(ErrorCode::kInvalidArgument, "expected " + expected + ", found " + listed(foreign));
}

Result<Plan> ExpandRestriction(const PlanInputs& inputs) {
  PROVISO_CHECK(
      inputs.catalogue != nullptr && inputs.customers != nullptr && inputs.terms != nullptr,
      "an expansion reads catalogue, customers and terms");
  return Expansion(inputs).Run();
}

Status CheckProposable(const PlanInputs& inputs) {
  PROVISO_CHECK(
      inputs.catalogue != nullptr && inputs.customers != nullptr && inputs.terms != nullptr,
      "what a proposal names is looked up in catalogue, customers and terms");
  return Expansion(inputs).CheckNamed();
}

}  // namespace proviso::enforcement
