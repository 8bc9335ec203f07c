#include "disclosure/internal/letter.h"

#include <algorithm>
#include <map>
#include <set>

#include "disclosure/internal/collateral.h"

namespace proviso::disclosure {
namespace {

Json Strings(const std::set<std::string>& values) {
  Json::Array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

bool Holds(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::string DayInWords(Time time) {
  return DateInWords(std::chrono::floor<std::chrono::days>(time));
}

Json TimeOrNull(const std::optional<Time>& time) { return time ? Json(FormatTime(*time)) : Json(); }

// What the program put in backticks reads better in quotes, and is no code here.
std::string WithQuotes(std::string text) {
  std::replace(text.begin(), text.end(), '`', '"');
  return text;
}

constexpr std::string_view kLegalNotice = "legal-notice";

Date DayOf(Time time) { return std::chrono::floor<std::chrono::days>(time); }

// Whole days: what came in on the day on which a review was opened counts as what it began with.
std::vector<Letter::Arrivals> ArrivalsOf(const review::ReviewState& state, const review::Case& of) {
  std::vector<Letter::Arrivals> all{
      {.when = "By " + DayInWords(of.opened_at) + ", when it was opened",
       .until = DayOf(of.opened_at),
       .counts = {}}};
  for (const review::Reopening& again : of.reopenings) {
    all.push_back({.when = "After that, by " + DayInWords(again.at) + ", when it was opened again",
                   .until = DayOf(again.at),
                   .counts = {}});
  }
  all.push_back({.when = "Later", .until = std::nullopt, .counts = {}});
  for (const std::string& id : of.reports) {
    const review::ReceivedReport* report = state.FindReport(id);
    // A tip is not even counted: that there was one points at those who could have given it.
    if (report == nullptr || ReportsInWords(report->kind, true).empty()) continue;
    const auto there = std::find_if(all.begin(), all.end(), [&](const Letter::Arrivals& arrivals) {
      return !arrivals.until || DayOf(report->received_at) <= *arrivals.until;
    });
    ++there->counts[report->kind];
  }
  return all;
}

std::size_t CountOf(const Letter::Arrivals& arrivals, std::string_view kind) {
  const auto found = arrivals.counts.find(std::string(kind));
  return found == arrivals.counts.end() ? 0 : found->second;
}

std::string NoticesInWords(std::size_t count) {
  if (count == 0) return "no legal notice about it had been submitted to us";
  return Counted(count, "legal notice about it had", "legal notices about it had") +
         " been submitted to us";
}

}  // namespace

Letter::Letter(const StatementInputs& inputs, const Subject& subject, Mood mood)
    : in_(inputs),
      about_(subject),
      view_(inputs, *subject.of, Audience::kCustomer, subject.customer),
      mood_(mood),
      standing_(StandingOf(*inputs.state, *subject.decision, inputs.now)) {}

void Letter::Head(std::string_view kind, std::string_view title) {
  const terms::Terms& terms = *in_.terms;
  const catalogue::Customer& customer = *about_.customer;
  doc_.kind = kind;
  doc_.audience = Audience::kCustomer;
  doc_.title = title;
  std::vector<Text> items{
      "To: " + view_.Customer(customer),
      "About: " + about_.decision->id + " of " + about_.decision->case_id,
      "Under: " + Text(terms.title) + ", version " + Text(terms.version) +
          "; your contract is in force since " + DateInWords(customer.contract.since),
  };
  if (in_.day) items.emplace_back("Given out on: " + DateInWords(*in_.day));
  doc_.Itemise(std::move(items));
  doc_.data =
      Json::Of({{"case", about_.decision->case_id},
                {"decision", about_.decision->id},
                {"decision_kind", review::DecisionKindName(about_.decision->kind)},
                {"customer", Json::Of({{"id", view_.Of(Field::kCustomerId, customer.id)},
                                       {"name", view_.Of(Field::kCustomerName, customer.name)}})},
                {"terms", Json::Of({{"id", terms.id},
                                    {"version", terms.version},
                                    {"title", terms.title},
                                    {"since", FormatDate(customer.contract.since)}})},
                {"day", in_.day ? Json(FormatDate(*in_.day)) : Json()}});
}

std::vector<Text> Letter::Coverage(const enforcement::Restriction& restriction) const {
  std::set<std::string> subscriptions;
  std::map<std::string, std::set<std::string>> services;  // service -> regions
  for (const enforcement::Target& target : restriction.targets) {
    subscriptions.insert(target.subscription);
    services[target.service].insert(target.region);
  }
  std::vector<Text> names;
  names.reserve(subscriptions.size());
  for (const std::string& id : subscriptions) names.push_back(view_.Subscription(id));
  std::vector<Text> items{"Subscriptions: " + Listed(names)};
  std::map<std::set<std::string>, std::vector<Text>> by_regions;
  for (const auto& [service, regions] : services) {
    by_regions[regions].push_back(view_.Service(service));
  }
  for (const auto& [regions, covered] : by_regions) {
    std::vector<Text> places;
    for (const std::string& region : regions) places.push_back(view_.Region(region));
    items.push_back("Services: " + Listed(covered) + ", in " + Listed(places));
  }
  return items;
}

// The customer has the statement of each, which names it, also where it is of another case.
void Letter::TakesThePlaceOf() {
  const review::Decision& decision = *about_.decision;
  std::vector<Text> ids;
  Json list = Json::MakeArray();
  for (const std::string& id : decision.supersedes) {
    ids.emplace_back(id);
    list.Append(id);
  }
  doc_.data["supersedes"] = std::move(list);
  if (ids.empty()) return;
  doc_.Section("What this takes the place of");
  const bool one = ids.size() == 1;
  const std::string all = one ? " all that it restricted " : " all that they restricted ";
  if (decision.adopted()) {
    doc_.Say("It took the place of " + Listed(ids) + ": on " + TimeInWords(*decision.adopted_at) +
             all + "ended, for good.");
  } else {
    doc_.Say((intended() ? "It is to take the place of " : "It takes the place of ") + Listed(ids) +
             ": at the moment of its adoption," + all + "ends, for good.");
  }
  doc_.Say(
      "What is not restricted here works again from then on as before, where no other decision "
      "restricts it. An end of this decision does not bring " +
      std::string(one ? "it" : "them") + " back.");
}

std::string Letter::Until(const enforcement::Restriction& restriction) const {
  const auto& ended_at = about_.decision->ended_at();
  if (ended_at && (!restriction.until || *ended_at < *restriction.until)) {
    return standing_.stand == Stand::kSuperseded
               ? SuccessorInWords(standing_) + " took its place on " + TimeInWords(*ended_at)
               : "it was lifted on " + TimeInWords(*ended_at);
  }
  if (!restriction.until) return "it is lifted";
  const bool ended = !intended() && in_.now && *restriction.until <= *in_.now;
  return TimeInWords(*restriction.until) + (ended ? "; it has ended" : "");
}

// What other restrictions of this decision stop of what goes on where this one stands alone.
std::string Letter::StoppedBeside(std::size_t index, enforcement::OperationSet goes_on) const {
  const auto& targets = about_.restrictions[index].targets;
  const std::set<enforcement::Target> own(targets.begin(), targets.end());
  std::string text;
  for (std::size_t i = 0; i < about_.restrictions.size(); ++i) {
    const enforcement::Restriction& other = about_.restrictions[i];
    const auto stops = static_cast<enforcement::OperationSet>(StoppedBy(other) & goes_on);
    const bool meets = std::ranges::any_of(
        other.targets, [&](const enforcement::Target& target) { return own.contains(target); });
    if (i == index || stops == 0 || !meets) continue;
    text += "; but " + other.id + (standing_.over() ? " stopped " : " stops ") +
            OperationsInWords(stops);
  }
  return text;
}

std::vector<Text> Letter::Terms(std::size_t index) const {
  const enforcement::Restriction& restriction = about_.restrictions[index];
  const enforcement::RequestedRestriction& asked = about_.file->restrictions[index];
  const bool over = standing_.over();
  std::vector<Text> items;
  if (!asked.customer.empty()) {
    items.emplace_back("This " + std::string(over ? "covered" : "covers") +
                       " all the subscriptions that you had when it was planned, and none that "
                       "you get later.");
  }
  for (Text& line : Coverage(restriction)) items.push_back(std::move(line));
  const std::string stops = !over ? "Stops: " : standing_.begun ? "Stopped: " : "Was to stop: ";
  const enforcement::OperationSet stops_what = StoppedBy(restriction);
  const std::string stopped = OperationsInWords(stops_what);
  items.emplace_back(stops + (stopped.empty() ? "nothing; this is a notice" : stopped));
  const auto goes_on =
      static_cast<enforcement::OperationSet>(enforcement::kAllOperations & ~stops_what);
  items.emplace_back((over ? "Went on: " : "Goes on: ") + OperationsInWords(goes_on) +
                     StoppedBeside(index, goes_on));
  items.emplace_back("From: " + Since(restriction, asked.from));
  items.emplace_back("Until: " + Until(restriction));
  return items;
}

// Before adoption its moment is nobody's to know; where it is named then, the letter says.
std::string Letter::Since(const enforcement::Restriction& restriction,
                          const std::optional<Time>& asked) const {
  if (about_.decision->adopted()) return TimeInWords(restriction.from);
  const std::string named = asked ? TimeInWords(*asked) + ", or " : "";
  const std::string later = asked ? " where that is later" : "";
  if (intended()) return named + "the moment of adoption" + later;
  return named + "the moment at which the last needed person adopts it" + later +
         ", which the log shows and which the update to you names" +
         (in_.day && !asked ? "; not before " + DateInWords(*in_.day) : "");
}

void Letter::Restricted() {
  const bool over = standing_.over();
  doc_.Section(intended()        ? "What would be restricted"
               : !over           ? "What is restricted"
               : standing_.begun ? "What was restricted"
                                 : "What was to be restricted");
  Json::Array all;
  for (std::size_t i = 0; i < about_.restrictions.size(); ++i) {
    const enforcement::Restriction& restriction = about_.restrictions[i];
    const enforcement::RequestedRestriction& asked = about_.file->restrictions[i];
    doc_.blocks.emplace_back(Heading{3, restriction.id + ": " + StageInWords(restriction)});
    doc_.Itemise(Terms(i));
    std::set<std::string> subscriptions;
    std::set<std::string> services;
    std::set<std::string> regions;
    for (const enforcement::Target& target : restriction.targets) {
      subscriptions.insert(target.subscription);
      services.insert(target.service);
      regions.insert(target.region);
    }
    all.push_back(
        Json::Of({{"id", restriction.id},
                  {"stage", terms::StageName(restriction.stage)},
                  {"operations", OperationsJson(restriction)},
                  {"subscriptions", Strings(subscriptions)},
                  {"services", Strings(services)},
                  {"regions", Strings(regions)},
                  {"from", TimeOrNull(about_.decision->adopted() ? restriction.from : asked.from)},
                  {"until", TimeOrNull(restriction.until)}}));
  }
  doc_.Say(over ? "The restriction held in the regions named here, and nowhere else."
                : "The restriction holds in the regions named here, and nowhere else.");
  doc_.data["restrictions"] = std::move(all);
}

void Letter::AlsoHit() {
  const bool over = standing_.over();
  doc_.Section(intended() ? "What else this would hit"
               : over     ? "What else this hit"
                          : "What else this hits");
  const Collateral hit = CollateralOf(about_.decision->plan, *in_.customers, *about_.customer);
  std::vector<Text> items;
  Json::Array all;
  for (const auto& [subscription, needed] : hit.own) {
    std::vector<Text> names;
    for (const std::string& id : needed) names.push_back(view_.Subscription(id));
    items.push_back(view_.Subscription(subscription) + " needs " + Listed(names));
    all.push_back(Json::Of({{"subscription", subscription}, {"needs", Strings(needed)}}));
  }
  const std::string is = over ? "was" : "is";
  const std::string hits = over ? "may have been hit too" : "may be hit too";
  const bool never = !standing_.begun;
  if (never) {
    doc_.Say("It hit nothing, for nothing of it had begun.");
  } else if (!items.empty()) {
    doc_.Say("These subscriptions of yours " + std::string(over ? "were" : "are") +
             " not restricted. They need what " + is + ", so their work " + hits + ":");
  } else {
    doc_.Say("Nothing " + (hit.others ? "else of yours" : "that " + is + " not restricted") +
             " needs what " + is + ", as far as we know.");
  }
  if (!never) doc_.Itemise(std::move(items));
  if (hit.others && !never) {
    doc_.Say("Work that is not yours " + hits + "; whose it is, is not said here.");
  }
  doc_.data["also_hit"] = Json::Of({{"subscriptions", std::move(all)}, {"others", hit.others}});
}

void Letter::StaysOn() {
  doc_.Section(intended()         ? "What would stay on"
               : standing_.over() ? "What stayed on"
                                  : "What stays on");
  std::vector<Text> kept;
  std::set<std::string> ids;
  for (const catalogue::Service& service : in_.catalogue->services()) {
    if (Holds(in_.terms->keep_on_classes, service.capability_class) ||
        Holds(about_.file->keep_on_classes, service.capability_class) ||
        Holds(about_.file->keep_on_services, service.id)) {
      kept.push_back(view_.Service(service.id));
      ids.insert(service.id);
    }
  }
  std::vector<Text> items;
  if (!kept.empty()) {
    items.push_back("Kept on for you everywhere, whatever is decided: " + Listed(kept));
  }
  items.emplace_back("Your account, notices, billing and appeals, always");
  std::set<std::string> hit;
  for (const enforcement::Restriction& restriction : about_.restrictions) {
    for (const enforcement::Target& target : restriction.targets) hit.insert(target.subscription);
  }
  items.emplace_back(hit.size() < about_.customer->subscriptions.size()
                         ? "Your other subscriptions, and every service and region not named above"
                         : "Every service and region not named above");
  doc_.Itemise(std::move(items));
  doc_.data["kept_on"] = Strings(ids);
}

void Letter::KeptData() {
  doc_.Section("Your data");
  if (intended()) {
    doc_.Say("Your data would be kept as it is. Nothing is deleted.");
  } else if (!standing_.over()) {
    doc_.Say(
        "Your data is kept as it is. Nothing is deleted. When the restriction is lifted, "
        "everything it stopped works again as before where no other decision restricts it.");
  } else {
    doc_.Say("Your data was kept as it is. Nothing was deleted. The restriction is over. " +
             OpensInWords(standing_) + ".");
  }
}

void Letter::Ground() {
  doc_.Section("The clause");
  const terms::Clause* clause = in_.terms->FindClause(about_.file->clause);
  const std::string title = clause == nullptr ? "" : clause->title;
  const std::string text = clause == nullptr ? "" : clause->text;
  doc_.Say("Clause " + Text(about_.file->clause) + (title.empty() ? Text() : ", " + Text(title)) +
           ":");
  doc_.Quote(text);
  doc_.data["clause"] = Json::Of({{"id", about_.file->clause}, {"title", title}, {"text", text}});
}

void Letter::Origin() {
  doc_.Section("How this came to us");
  const std::vector<Arrivals> all = ArrivalsOf(*in_.state, *about_.of);
  const std::size_t notices = CountOf(all.front(), kLegalNotice);
  const std::string opened =
      "A person of ours opened this review on " + DayInWords(about_.of->opened_at);
  doc_.Say(notices > 0 ? opened + ". By then " + NoticesInWords(notices) + "."
                       : opened +
                             ", on our own initiative: no legal notice about it had been "
                             "submitted to us by then.");
  std::size_t so_far = notices;
  for (std::size_t i = 0; i < about_.of->reopenings.size(); ++i) {
    so_far += CountOf(all[i + 1], kLegalNotice);
    doc_.Say("It was opened again on " + DayInWords(about_.of->reopenings[i].at) +
             ", for what was new. By then " + NoticesInWords(so_far) + ".");
  }
  Arrived(all);
  doc_.Say("Who sent, wrote or told us something is not said here, and is no ground of what is " +
           std::string(intended() ? "intended." : "decided."));
  doc_.data["origin"]["own_initiative"] = notices == 0;
  doc_.data["origin"]["opened_at"] = FormatTime(about_.of->opened_at);
}

// The documents of the review by the turn of it at which they were there.
void Letter::Arrived(const std::vector<Arrivals>& all) {
  Json total = Json::MakeObject();
  Json::Array by_time;
  std::vector<Text> items;
  for (const Arrivals& arrivals : all) {
    if (arrivals.counts.empty() || !view_.Shows(Field::kReportCounts)) continue;
    Json shown = Json::MakeObject();
    std::vector<Text> listed;
    for (const auto& [kind, count] : arrivals.counts) {
      listed.emplace_back(Counted(count, ReportsInWords(kind, true), ReportsInWords(kind, false)));
      shown[kind] = count;
      total[kind] = total.IntegerOr(kind, 0) + static_cast<std::int64_t>(count);
    }
    items.push_back(Text(arrivals.when) + ": " + Listed(listed));
    by_time.push_back(
        Json::Of({{"until", arrivals.until ? Json(FormatDate(*arrivals.until)) : Json()},
                  {"reports", std::move(shown)}}));
  }
  if (!items.empty()) {
    doc_.Say("Documents that belong to the review, by the day on which they came in to us:");
    doc_.Itemise(std::move(items));
    doc_.Say(
        "Each is counted by itself, also where one repeats another. Their number changed no "
        "finding.");
  }
  doc_.data["origin"] = Json::Of({{"reports", std::move(total)}, {"by_time", std::move(by_time)}});
}

bool Letter::IsOurs(const std::string& subscription) const {
  return in_.customers->CustomerOfSubscription(subscription) == about_.customer;
}

// A result speaks of the subscriptions that it sums over; one that touches another customer's is
// left out.
Json::Array Letter::Computed(const review::Claim& claim, std::vector<Text>& items) const {
  Json::Array all;
  for (const Json& result : claim.results) {
    const auto subscriptions = result.StringsAt("subscriptions");
    if (!subscriptions || !std::all_of(subscriptions->begin(), subscriptions->end(),
                                       [&](const std::string& id) { return IsOurs(id); })) {
      continue;
    }
    const std::string customer = result.StringOr("customer", "");
    if (!customer.empty() && customer != about_.customer->id) continue;
    const std::string check = view_.Of(Field::kComputation, result.StringOr("check", ""));
    const std::string outcome = view_.Of(Field::kComputation, result.StringOr("result", ""));
    const std::string why = view_.Of(Field::kComputation, result.StringOr("why", ""));
    items.push_back("Computed: " + Text::Code(check) + " " +
                    (outcome == "records_missing" ? "has no answer" : outcome) + ": " +
                    WithQuotes(WithGroupedFigures(why)));
    all.push_back(Json::Of({{"check", check}, {"result", outcome}, {"why", why}}));
  }
  return all;
}

Json Letter::FactOf(const review::Finding& finding, const review::Claim& claim) {
  doc_.Say(claim.denial ? "It is said against the claims:" : "It is claimed:");
  const std::string text = view_.ClaimText(claim);
  if (text.empty()) {
    doc_.Say(std::string("The wording is not shown here, for it is not ours.") +
             (claim.checks.empty() ? "" : " The checks below say what was looked for."));
  }
  doc_.Quote(text);
  const std::string reason = view_.Of(Field::kFindingReason, finding.reason);
  std::vector<Text> items{
      "Finding (" + finding.id + "): " + std::string(OutcomeInWords(finding.outcome)),
      "Reason: " + Text(reason),
  };
  Json::Array computed = Computed(claim, items);
  doc_.Itemise(std::move(items));
  return Json::Of({{"finding", finding.id},
                   {"claim", claim.id},
                   {"text", text},
                   {"denial", claim.denial},
                   {"outcome", checks::OutcomeName(finding.outcome)},
                   {"reason", reason},
                   {"computed", std::move(computed)}});
}

void Letter::Attributed() {
  doc_.Say("Which subscription belongs to the part of your organisation that the claims name:");
  std::vector<Text> items;
  Json::Array all;
  const review::Attributions attributions = in_.state->AttributionsOf(about_.decision->case_id);
  for (const auto& [subscription, id] : attributions.ids) {
    if (!IsOurs(subscription)) continue;
    const review::Attribution& attribution = *in_.state->FindAttribution(id);
    // What correspondence says can show who wrote it; the class is enough here.
    const bool letters = attribution.evidence_class == review::EvidenceClass::kCorrespondence;
    const std::string reason =
        view_.Of(letters ? Field::kCorrespondence : Field::kAttribution, attribution.reason);
    items.push_back(view_.Subscription(subscription) + " belongs to " +
                    view_.Unit(attribution.unit) + ", shown by " +
                    EvidenceInWords(attribution.evidence_class) +
                    (reason.empty() ? Text() : ": " + Text(reason)));
    all.push_back(
        Json::Of({{"subscription", subscription},
                  {"unit", attribution.unit},
                  {"evidence_class", review::EvidenceClassName(attribution.evidence_class)},
                  {"reason", reason}}));
  }
  doc_.Itemise(std::move(items));
  doc_.data["attributions"] = std::move(all);
}

void Letter::Facts() {
  doc_.Section("What we found, and what it rests on");
  Json::Array facts;
  for (const std::string& id : about_.file->facts) {
    const review::Finding* finding = in_.state->FindFinding(id);
    if (finding == nullptr) continue;
    facts.push_back(FactOf(*finding, *in_.state->FindClaim(finding->claim)));
  }
  doc_.data["facts"] = std::move(facts);
  Attributed();
}

void Letter::Incompatible() {
  doc_.Section("Why this is incompatible with the clause");
  const std::string why = view_.Of(Field::kWhyIncompatible, about_.file->why_incompatible);
  doc_.Quote(why);
  doc_.data["why_incompatible"] = why.empty() ? Json() : Json(why);
  doc_.Say(why.empty()
               ? "The clause forbids what is quoted above. We hold what these findings show "
                 "to be such use:"
               : "It rests on these findings:");
  std::vector<Text> held;
  std::vector<Text> refuted;
  std::vector<Text> others;
  for (const std::string& id : about_.file->facts) {
    const review::Finding* finding = in_.state->FindFinding(id);
    if (finding == nullptr) continue;
    const review::Claim& claim = *in_.state->FindClaim(finding->claim);
    const bool shown = finding->outcome == checks::Outcome::kSupported ||
                       finding->outcome == checks::Outcome::kPartlySupported;
    if (claim.denial && finding->outcome == checks::Outcome::kContradicted) {
      refuted.emplace_back(finding->id);
      continue;
    }
    if (claim.denial || !shown) {
      others.emplace_back(finding->id);
      continue;
    }
    const std::string text = view_.ClaimText(claim);
    held.push_back(finding->id + ", " + std::string(OutcomeInWords(finding->outcome)) +
                   (text.empty() ? Text() : ": " + Text(text)));
  }
  if (held.empty()) held.emplace_back("none that the records support");
  doc_.Itemise(std::move(held));
  if (!refuted.empty()) {
    doc_.Say("What was said against this is contradicted by the records: " + Listed(refuted) + ".");
  }
  if (!others.empty()) {
    doc_.Say(
        "What speaks for you, or could not be shown, was weighed and is not held against "
        "you: " +
        Listed(others) + ".");
  }
}

void Letter::References() {
  doc_.Section("References");
  doc_.Itemise({"Decision: " + about_.decision->id + " of " + about_.decision->case_id,
                "Terms: " + Text(about_.decision->terms),
                "Plan, by its SHA-256: " + Text::Code(about_.decision->plan_hash)});
  doc_.data["plan_hash"] = about_.decision->plan_hash;
}

}  // namespace proviso::disclosure
