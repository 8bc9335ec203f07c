// Updates about a case, for each audience.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "disclosure/internal/standing.h"
#include "disclosure/internal/view.h"
#include "disclosure/notices.h"
#include "review/decision_file.h"

namespace proviso::disclosure {
namespace {

// The customer that a case has to do with, by what is or was restricted and what was attributed.
Result<const catalogue::Customer*> CustomerOf(const StatementInputs& inputs,
                                              const review::Case& of) {
  const catalogue::Customer* only = nullptr;
  for (const auto& [subscription, id] : inputs.state->AttributionsOf(of.id).ids) {
    const catalogue::Customer* owner = inputs.customers->CustomerOfSubscription(subscription);
    if (owner == nullptr || owner == only) continue;
    if (only != nullptr) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "an update speaks to one customer; expected attributions of `" + only->id +
                      "` only, found those of `" + owner->id + "` too");
    }
    only = owner;
  }
  if (only != nullptr) return only;
  return Fail(
      ErrorCode::kFailedPrecondition,
      "an update speaks to one customer; expected attributions in `" + of.id + "`, found none");
}

class Update {
 public:
  Update(const StatementInputs& inputs, const review::Case& of, const UpdateRequest& request)
      : in_(inputs), case_(of), request_(request), view_(inputs, of, request.audience) {}
  Document& document() { return doc_; }

  void Head(const catalogue::Customer* customer) {
    doc_.kind = "update";
    doc_.audience = request_.audience;
    doc_.title = "Update on " + case_.id;
    std::vector<Text> items;
    if (IsCustomers() && customer != nullptr) {
      items.push_back("To: " + view_.Customer(*customer));
    }
    items.emplace_back("As of: " +
                       DateInWords(std::chrono::floor<std::chrono::days>(request_.now)));
    doc_.Itemise(std::move(items));
    doc_.data =
        Json::Of({{"case", case_.id},
                  {"as_of", FormatDate(std::chrono::floor<std::chrono::days>(request_.now))}});
    if (IsCustomers()) {
      doc_.data["customer"] = Json::Of({{"id", view_.Of(Field::kCustomerId, customer->id)},
                                        {"name", view_.Of(Field::kCustomerName, customer->name)}});
    }
  }

  void HowItStands() {
    doc_.Section("How it stands");
    std::vector<Text> items;
    items.emplace_back(case_.open() ? std::string("The review goes on")
                                    : "The review was closed on " + TimeInWords(*case_.closed_at));
    doc_.data["open"] = case_.open();
    Hearings(items);
    Decisions(items);
    Appeals(items);
    doc_.Itemise(std::move(items));
  }

  void Steps() {
    if (!view_.Shows(Field::kAgreedSteps) || case_.steps.empty()) return;
    doc_.Section("What was agreed");
    std::vector<Text> items;
    Json::Array all;
    for (const std::string& id : case_.steps) {
      const review::AgreedStep& step = *in_.state->FindStep(id);
      const std::string text = view_.Of(Field::kAgreedSteps, step.text);
      const std::string status(review::StatusName(step, request_.now));
      items.emplace_back(step.id + ", due on " + DateInWords(step.due) + ", " + status + ": " +
                         text);
      all.push_back(Json::Of(
          {{"id", step.id}, {"due", FormatDate(step.due)}, {"status", status}, {"text", text}}));
    }
    doc_.Itemise(std::move(items));
    doc_.data["steps"] = std::move(all);
  }

  void Next() {
    doc_.Section("What comes next");
    const Date today = std::chrono::floor<std::chrono::days>(request_.now);
    const bool late = request_.promised && *request_.promised < today;
    if (request_.promised) {
      doc_.Say("This is the update that was promised for " + DateInWords(*request_.promised) +
               (late ? "; it is late." : "."));
    }
    if (request_.next) {
      doc_.Say("The next update is due on " + DateInWords(*request_.next) + ".");
    } else if (request_.promised) {
      doc_.Say("No day is set for one after it. You are told when something changes.");
    } else {
      doc_.Say("There is no day for another update. You are told when something changes.");
    }
    doc_.Say(
        "The review rests on business records. Nobody reads or searches the content of "
        "customers' data.");
    doc_.data["promised"] = request_.promised ? Json(FormatDate(*request_.promised)) : Json();
    doc_.data["next"] = request_.next ? Json(FormatDate(*request_.next)) : Json();
  }

 private:
  bool IsCustomers() const { return request_.audience == Audience::kCustomer; }
  std::string They() const { return IsCustomers() ? "you" : "the customer"; }

  // Once there is a decision, it says itself how the customer was heard. One that was withdrawn, or
  // whose case is closed, cannot be made any more.
  bool IsIntended(const review::Decision* decision) const {
    return decision != nullptr && !decision->adopted() && !decision->withdrawal && case_.open();
  }

  void Hearings(std::vector<Text>& items) {
    Json::Array all;
    for (const std::string& id : case_.hearings) {
      const review::Hearing& hearing = *in_.state->FindHearing(id);
      const std::string status(review::StatusName(hearing, request_.now));
      const review::Decision* decision = in_.state->FindDecision(hearing.decision);
      if (!view_.Shows(Field::kHearingDates) || !IsIntended(decision)) continue;
      if (status == "open") {
        items.emplace_back("A decision is intended and not made: " + They() +
                           " may answer until the end of " + DateInWords(hearing.until));
      } else if (status == "lapsed") {
        items.emplace_back("A decision is intended and not made: no answer came until the end of " +
                           DateInWords(hearing.until));
      } else {
        items.emplace_back("A decision is intended and not made: " + They() +
                           " answered, which lies before those who decide");
      }
      all.push_back(Json::Of({{"status", status}, {"until", FormatDate(hearing.until)}}));
    }
    doc_.data["hearings"] = std::move(all);
  }

  void Decisions(std::vector<Text>& items) {
    Json::Array all;
    bool any = false;
    for (const std::string& id : case_.decisions) {
      const review::Decision& decision = *in_.state->FindDecision(id);
      // A lift shows in what it lifts; what is only prepared is nobody's to know.
      if (decision.kind == review::DecisionKind::kLift || !decision.adopted()) continue;
      const Standing standing = StandingOf(*in_.state, decision, request_.now);
      any = any || standing.holds();
      items.push_back(DecisionInWords(decision, standing));
      Windows(decision, standing, items);
      all.push_back(Json::Of({{"id", id},
                              {"kind", review::DecisionKindName(decision.kind)},
                              {"in_force", standing.holds()},
                              {"standing", StandName(standing.stand)},
                              {"adopted_at", FormatTime(*decision.adopted_at)}}));
    }
    if (!any) items.emplace_back("No decision is in force");
    doc_.data["decisions"] = std::move(all);
  }

  Text DecisionInWords(const review::Decision& decision, const Standing& standing) const {
    const std::string the =
        "The " + std::string(review::DecisionKindName(decision.kind)) + " decision " + decision.id;
    const std::string adopted = TimeInWords(*decision.adopted_at);
    const std::string at = TimeInWords(standing.at);
    switch (standing.stand) {
      case Stand::kPending:
      case Stand::kInForce:
        break;
      case Stand::kNotYet:
        return the + " was adopted on " + adopted + ", and begins on " + at +
               Restricts(decision, standing.at);
      case Stand::kPartlyEnded:
        if (standing.resumes) {
          return the + " was adopted on " + adopted + "; a part of it has ended, and the rest " +
                 "begins on " + TimeInWords(*standing.resumes) +
                 Restricts(decision, *standing.resumes);
        }
        return the + " is in force in part, adopted on " + adopted +
               Restricts(decision, request_.now);
      case Stand::kReplaced:
        return the + " was adopted on " + adopted + "; since " + at + ", " +
               standing.successor->id +
               " restricts the same, at least as strictly; both are in force";
      case Stand::kEnded:
        return the + " ended on " + at;
      case Stand::kLifted:
        return the + " was lifted on " + at;
      case Stand::kSuperseded:
        return the + " ended on " + at + ", when " + SuccessorInWords(standing) + " took its place";
    }
    return the + " is in force, adopted on " + adopted + Restricts(decision, request_.now);
  }

  // To the customer: from which very moment each restriction holds, which no statement could name.
  void Windows(const review::Decision& decision, const Standing& standing,
               std::vector<Text>& items) const {
    if (!IsCustomers() || standing.over() || !decision.restrictions) return;
    for (const enforcement::Restriction& restriction : *decision.restrictions) {
      const bool begun = restriction.from <= request_.now;
      const bool ended = restriction.until && *restriction.until <= request_.now;
      items.emplace_back(restriction.id + ", " + StageInWords(restriction) + ": " +
                         (ended   ? "from "
                          : begun ? "since "
                                  : "begins on ") +
                         TimeInWords(restriction.from) + ", " + (ended ? "ended on " : "until ") +
                         (restriction.until ? TimeInWords(*restriction.until) : "it is lifted"));
    }
  }

  // What it restricts and has not ended, from the plan that was adopted: ": read-only for Object
  // storage". What begins after `at` is told with its day.
  Text Restricts(const review::Decision& decision, Time at) const {
    if (!decision.restrictions || !view_.Shows(Field::kStage)) return {};
    std::map<std::tuple<Time, terms::Stage, std::string>, std::set<std::string>> classes;
    for (const enforcement::Restriction& restriction : *decision.restrictions) {
      if (restriction.until && *restriction.until <= request_.now) continue;
      const std::string stage = StageInWords(restriction);
      for (const enforcement::Target& target : restriction.targets) {
        const catalogue::Service* service = in_.catalogue->FindService(target.service);
        if (service == nullptr) continue;
        classes[{std::max(restriction.from, at), restriction.stage, stage}].insert(
            service->capability_class);
      }
    }
    Text words;
    for (const auto& [when, ids] : classes) {
      const auto& [from, strictness, stage] = when;
      std::vector<Text> names;
      for (const std::string& id : ids) names.push_back(view_.Class(id));
      words += (words.empty() ? ": " : "; ") + stage + " for " + Listed(names) +
               (from > at ? " from " + TimeInWords(from) : std::string());
    }
    return words;
  }

  void Appeals(std::vector<Text>& items) {
    Json::Array all;
    for (const std::string& id : case_.appeals) {
      const review::Appeal& appeal = *in_.state->FindAppeal(id);
      if (!view_.Shows(Field::kAppealOutcome)) continue;
      items.emplace_back(appeal.outcome
                             ? "An appeal against " + appeal.decision +
                                   " was decided: the decision was " +
                                   std::string(review::AppealOutcomeName(*appeal.outcome))
                             : "An appeal against " + appeal.decision + " is being heard");
      all.push_back(
          Json::Of({{"decision", appeal.decision},
                    {"outcome",
                     appeal.outcome ? Json(review::AppealOutcomeName(*appeal.outcome)) : Json()}}));
    }
    doc_.data["appeals"] = std::move(all);
  }

  const StatementInputs& in_;
  const review::Case& case_;
  const UpdateRequest& request_;
  View view_;
  Document doc_;
};

}  // namespace

Result<Document> RenderUpdate(const StatementInputs& inputs, const UpdateRequest& request) {
  const review::Case* of = inputs.state->FindCase(request.case_id);
  if (of == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case `" + std::string(request.case_id) + "`");
  }
  const catalogue::Customer* customer = nullptr;
  if (request.audience == Audience::kCustomer) {
    customer = PROVISO_TRY(CustomerOf(inputs, *of));
  }
  Update update(inputs, *of, request);
  update.Head(customer);
  update.HowItStands();
  update.Steps();
  update.Next();
  return update.document();
}

}  // namespace proviso::disclosure
