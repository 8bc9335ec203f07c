#include "review/statement.h"

#include <algorithm>
#include <map>
#include <set>

#include "enforcement/plan.h"
#include "review/decision_file.h"
#include "review/internal/statement_words.h"

namespace proviso::review {
namespace {

using enforcement::Restriction;

// Writes one statement. Everything that it needs was looked up before.
class Writer {
 public:
  Writer(const StatementInputs& inputs, const Decision& decision,
         const catalogue::Customer& customer)
      : in_(inputs), decision_(decision), customer_(customer) {}

  std::string Restriction(const DecisionFile& file,
                          const std::vector<enforcement::Restriction>& restrictions) {
    file_ = &file;
    Head("Statement of reasons");
    Section("What we decided");
    out_ +=
        "This is " +
        std::string(file.kind == DecisionKind::kInterim ? "an interim decision: the review goes on"
                                                        : "a final decision") +
        ".\n\n" + Quotation(file.summary);
    Restricted(restrictions);
    StaysOn(restrictions);
    KeptData();
    Ground();
    Facts();
    Means();
    Heard();
    Appeal();
    References();
    return std::move(out_);
  }

  std::string Lift(const std::vector<enforcement::Restriction>& restrictions) {
    Head("Statement: a restriction is lifted");
    Section("What we decided");
    out_ += "We lift what " + decision_.lifts + " restricts, for this reason:\n\n" +
            Quotation(decision_.reason);
    Section("What is restored");
    out_ +=
        "Once the lift is adopted, these are open to you again as before. Other decisions, "
        "if any, stay as they are.\n\n";
    for (const enforcement::Restriction& restriction : restrictions) Coverage(restriction);
    References();
    return std::move(out_);
  }

 private:
  void Section(std::string_view title) { out_ += "\n## " + std::string(title) + "\n\n"; }
  // The operations hold commas of their own.
  static std::string Joined(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) out += (out.empty() ? "" : "; ") + item;
    return out;
  }
  void Item(const std::string& text) { out_ += "- " + text + "\n"; }

  void Head(std::string_view title) {
    const terms::Terms& terms = *in_.terms;
    out_ = "# " + std::string(title) + "\n\n";
    Item("To: " + Named(customer_.name, customer_.id));
    Item("About: " + decision_.id + " of " + decision_.case_id);
    Item("Under: " + Inline(terms.title) + ", version " + Inline(terms.version) +
         ", which binds you since " + DateInWords(customer_.contract.since));
  }

  std::string SubscriptionName(const std::string& id) const {
    const catalogue::Subscription* found = in_.customers->FindSubscription(id);
    return Named(found == nullptr ? "" : found->name, id);
  }
  std::string ServiceName(const std::string& id) const {
    const catalogue::Service* found = in_.catalogue->FindService(id);
    return Named(found == nullptr ? "" : found->name, id);
  }
  std::string RegionName(const std::string& id) const {
    const catalogue::Region* found = in_.catalogue->FindRegion(id);
    return Named(found == nullptr ? "" : found->name, id);
  }

  // Subscriptions, services and regions of one restriction.
  void Coverage(const enforcement::Restriction& restriction) {
    std::set<std::string> subscriptions;
    std::map<std::string, std::set<std::string>> services;  // service -> regions
    for (const enforcement::Target& target : restriction.targets) {
      subscriptions.insert(target.subscription);
      services[target.service].insert(target.region);
    }
    std::vector<std::string> names;
    for (const std::string& id : subscriptions) names.push_back(SubscriptionName(id));
    Item("Subscriptions: " + Listed(names));
    std::map<std::set<std::string>, std::vector<std::string>> by_regions;
    for (const auto& [service, regions] : services) {
      by_regions[regions].push_back(ServiceName(service));
    }
    for (const auto& [regions, covered] : by_regions) {
      std::vector<std::string> places;
      for (const std::string& region : regions) places.push_back(RegionName(region));
      Item("Services: " + Listed(covered) + ", in " + Listed(places));
    }
  }

  void Restricted(const std::vector<enforcement::Restriction>& restrictions) {
    Section("What is restricted");
    for (std::size_t i = 0; i < restrictions.size(); ++i) {
      const enforcement::Restriction& restriction = restrictions[i];
      const enforcement::RequestedRestriction& asked = file_->restrictions[i];
      out_ += "### " + restriction.id + ": " + std::string(terms::StageName(restriction.stage)) +
              "\n\n";
      if (!asked.customer.empty()) Item("This covers all of your subscriptions.");
      Coverage(restriction);
      const auto stopped = OperationsInWords(restriction.stage, true);
      Item(stopped.empty() ? "Stops: nothing; this is a notice" : "Stops: " + Joined(stopped));
      Item("Goes on: " + Joined(OperationsInWords(restriction.stage, false)));
      Item("From: " + (asked.from ? TimeInWords(*asked.from) +
                                        ", or the moment of adoption where that is later"
                                  : std::string("the moment of adoption")));
      Item("Until: " +
           (restriction.until ? TimeInWords(*restriction.until) : std::string("it is lifted")));
      out_ += "\n";
    }
    out_ += "The restriction holds in the regions named here, and nowhere else.\n";
  }

  void StaysOn(const std::vector<enforcement::Restriction>& restrictions) {
    Section("What stays on");
    std::vector<std::string> kept;
    for (const catalogue::Service& service : in_.catalogue->services()) {
      const auto listed = [](const std::vector<std::string>& ids, const std::string& id) {
        return std::find(ids.begin(), ids.end(), id) != ids.end();
      };
      if (listed(in_.terms->keep_on_classes, service.capability_class) ||
          listed(file_->keep_on_classes, service.capability_class) ||
          listed(file_->keep_on_services, service.id)) {
        kept.push_back(ServiceName(service.id));
      }
    }
    if (!kept.empty()) Item("Kept on for you everywhere, whatever is decided: " + Listed(kept));
    Item("Your account, notices, billing and appeals, always");
    std::set<std::string> hit;
    for (const enforcement::Restriction& restriction : restrictions) {
      for (const enforcement::Target& target : restriction.targets) hit.insert(target.subscription);
    }
    Item(hit.size() < customer_.subscriptions.size()
             ? "Your other subscriptions, and every service and region not named above"
             : "Every service and region not named above");
  }

  void KeptData() {
    Section("Your data");
    out_ +=
        "Your data is kept as it is. Nothing is deleted. When the restriction is lifted, "
        "everything it stopped works again as before.\n";
  }

  void Ground() {
    Section("The clause");
    const terms::Clause* clause = in_.terms->FindClause(file_->clause);
    out_ += "Clause " + Inline(file_->clause);
    if (clause != nullptr && !clause->title.empty()) out_ += ", " + Inline(clause->title);
    out_ += ":\n\n" + Quotation(clause == nullptr ? "" : clause->text);
  }

  void Facts() {
    Section("What we found, and what it rests on");
    for (const std::string& id : file_->facts) {
      const Finding* finding = in_.state->FindFinding(id);
      if (finding == nullptr) continue;
      const Claim& claim = *in_.state->FindClaim(finding->claim);
      out_ += std::string(claim.denial ? "It is said against the claims:" : "It is claimed:") +
              "\n\n" + Quotation(claim.text) + "\n";
      Item("Finding (" + finding->id + "): " + std::string(OutcomeInWords(finding->outcome)));
      Item("Reason: " + Inline(finding->reason));
      for (const Json& result : claim.results) Computed(result);
      out_ += "\n";
    }
    out_ += "Which subscription belongs to the part of your organisation that the claims name:\n\n";
    const Attributions attributions = in_.state->AttributionsOf(decision_.case_id);
    for (const auto& [subscription, id] : attributions.ids) {
      if (!IsOurs(subscription)) continue;
      const Attribution& attribution = *in_.state->FindAttribution(id);
      const catalogue::Unit* unit = in_.customers->FindUnit(attribution.unit);
      std::string line = SubscriptionName(subscription) + " belongs to " +
                         Named(unit == nullptr ? "" : unit->name, attribution.unit) +
                         ", shown by " + std::string(EvidenceInWords(attribution.evidence_class));
      // What correspondence says can show who wrote it; the class is enough here.
      if (attribution.evidence_class != EvidenceClass::kCorrespondence) {
        line += ": " + Inline(attribution.reason);
      }
      Item(line);
    }
  }

  // A result speaks of the subscriptions that it sums over; one that touches another customer's is
  // left out.
  void Computed(const Json& result) {
    const auto subscriptions = result.StringsAt("subscriptions");
    if (!subscriptions || !std::all_of(subscriptions->begin(), subscriptions->end(),
                                       [&](const std::string& id) { return IsOurs(id); })) {
      return;
    }
    const std::string outcome = result.StringOr("result", "");
    // What the program put in backticks reads better in quotes, and is no code here.
    std::string why = result.StringOr("why", "");
    std::replace(why.begin(), why.end(), '`', '"');
    Item("Computed: " + Code(result.StringOr("check", "")) + " " +
         (outcome == "records_missing" ? "has no answer" : outcome) + ": " + Inline(why));
  }

  bool IsOurs(const std::string& subscription) const {
    return in_.customers->CustomerOfSubscription(subscription) == &customer_;
  }

  void Means() {
    Section("How this was decided");
    out_ +=
        "The figures above were computed automatically from metering records, by checks that "
        "are written out here. People made the findings and this decision; no automated means "
        "decided it. It takes effect only when at least " +
        std::to_string(decision_.quorum) +
        " people who did not prepare it have signed this very plan. Nobody read or searched "
        "the content of your data.\n";
  }

  void Heard() {
    Section("Whether you were heard");
    out_ += file_->hearing.held ? "You were heard before this decision:\n\n"
                                : "You were not heard before this decision, for this reason:\n\n";
    out_ += Quotation(file_->hearing.text);
  }

  void Appeal() {
    Section("How to appeal");
    out_ += in_.terms->appeal.empty() ? "You may contest this decision in writing.\n"
                                      : Quotation(in_.terms->appeal);
    out_ += "\nA decision that is undone is undone in full. The courts are open to you.\n";
  }

  void References() {
    Section("References");
    Item("Decision: " + decision_.id + " of " + decision_.case_id);
    Item("Terms: " + Inline(decision_.terms));
    Item("Plan, by its SHA-256: `" + decision_.plan_hash + "`");
  }

  const StatementInputs& in_;
  const Decision& decision_;
  const catalogue::Customer& customer_;
  const DecisionFile* file_ = nullptr;
  std::string out_;
};

// The one customer that all targets belong to.
Result<const catalogue::Customer*> CustomerOf(const std::vector<Restriction>& restrictions,
                                              const catalogue::Customers& customers) {
  const catalogue::Customer* only = nullptr;
  for (const Restriction& restriction : restrictions) {
    for (const enforcement::Target& target : restriction.targets) {
      const catalogue::Customer* owner = customers.CustomerOfSubscription(target.subscription);
      if (owner == nullptr) {
        return Fail(ErrorCode::kNotFound, "subscription `" + target.subscription +
                                              "` of the plan belongs to no customer any more");
      }
      if (only != nullptr && only != owner) {
        return Fail(ErrorCode::kFailedPrecondition,
                    "a statement speaks to one customer; expected targets of `" + only->id +
                        "` only, found those of `" + owner->id +
                        "` too: propose a decision for each");
      }
      only = owner;
    }
  }
  if (only != nullptr) return only;
  return Fail(ErrorCode::kFailedPrecondition, "the plan has no targets to make a statement about");
}

}  // namespace

Result<std::string> RenderStatement(const StatementInputs& inputs, std::string_view decision) {
  const Decision* found = inputs.state->FindDecision(decision);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + std::string(decision) + "`");
  }
  if (found->plan.IsNull()) {
    return Fail(ErrorCode::kFailedPrecondition,
                found->id + " has no plan yet; a statement is about a plan");
  }
  const std::string terms = inputs.terms->id + "@" + inputs.terms->version;
  if (found->terms != terms) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected the terms `" + found->terms + "` of the plan, found `" + terms + "`");
  }
  if (found->kind == DecisionKind::kLift) {
    const Decision* lifted = inputs.state->FindDecision(found->lifts);
    const auto restrictions = lifted->restrictions.value_or(std::vector<Restriction>());
    const auto* customer = PROVISO_TRY(CustomerOf(restrictions, *inputs.customers));
    return Writer(inputs, *found, *customer).Lift(restrictions);
  }
  const DecisionFile file = PROVISO_TRY(DecisionFile::FromJson(found->file));
  // The moment of adoption is not known yet; windows are told from the decision file.
  const auto restrictions = PROVISO_TRY(enforcement::RestrictionsOfPlan(found->plan, Time{}));
  if (restrictions.size() != file.restrictions.size()) {
    return Fail(ErrorCode::kDataLoss, "expected " + std::to_string(file.restrictions.size()) +
                                          " restrictions in the plan of " + found->id + ", found " +
                                          std::to_string(restrictions.size()));
  }
  const auto* customer = PROVISO_TRY(CustomerOf(restrictions, *inputs.customers));
  return Writer(inputs, *found, *customer).Restriction(file, restrictions);
}

}  // namespace proviso::review
