// Updates about a case, for each audience.
#include <string>

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
    if (IsCustomers()) items.push_back("To: " + view_.Customer(*customer));
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

  void Standing() {
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
      items.push_back(step.id + ", due on " + DateInWords(step.due) + ", " + status + ": " + text);
      all.push_back(Json::Of(
          {{"id", step.id}, {"due", FormatDate(step.due)}, {"status", status}, {"text", text}}));
    }
    doc_.Itemise(std::move(items));
    doc_.data["steps"] = std::move(all);
  }

  void Next() {
    doc_.Section("What comes next");
    doc_.Say(request_.next ? "The next update is due on " + DateInWords(*request_.next) + "."
                           : std::string("There is no day for another update. You are told when "
                                         "something changes."));
    doc_.Say(
        "The review rests on business records. Nobody reads or searches the content of "
        "customers' data.");
    doc_.data["next"] = request_.next ? Json(FormatDate(*request_.next)) : Json();
  }

 private:
  bool IsCustomers() const { return request_.audience == Audience::kCustomer; }
  std::string They() const { return IsCustomers() ? "you" : "the customer"; }

  void Hearings(std::vector<Text>& items) {
    Json::Array all;
    for (const std::string& id : case_.hearings) {
      const review::Hearing& hearing = *in_.state->FindHearing(id);
      const std::string status(review::StatusName(hearing, request_.now));
      // Once there is a decision, it says itself how the customer was heard.
      const review::Decision* decision = in_.state->FindDecision(hearing.decision);
      if (!view_.Shows(Field::kHearingDates) || decision == nullptr || decision->adopted()) {
        continue;
      }
      if (status == "open") {
        items.emplace_back("A decision is intended and not made: " + They() +
                           " may answer until the end of " + DateInWords(hearing.until));
      } else if (status == "lapsed") {
        items.emplace_back("A decision is intended and not made: no answer came until the end of " +
                           DateInWords(hearing.until));
      } else {
        items.emplace_back("A decision is intended and not made: " + They() +
                           " answered, and those who decide read it before they sign");
      }
      all.push_back(Json::Of({{"status", status}, {"until", FormatDate(hearing.until)}}));
    }
    doc_.data["hearings"] = std::move(all);
  }

  void Decisions(std::vector<Text>& items) {
    Json::Array all;
    for (const std::string& id : case_.decisions) {
      const review::Decision& decision = *in_.state->FindDecision(id);
      // A lift shows in what it lifts; what is only prepared is nobody's to know.
      if (decision.kind == review::DecisionKind::kLift || !decision.adopted()) continue;
      const std::string kind(review::DecisionKindName(decision.kind));
      items.emplace_back(decision.in_force()
                             ? "The " + kind + " decision " + id + " is in force, adopted on " +
                                   TimeInWords(*decision.adopted_at)
                             : "The " + kind + " decision " + id + " was lifted on " +
                                   TimeInWords(*decision.lifted_at));
      all.push_back(Json::Of({{"id", id},
                              {"kind", kind},
                              {"in_force", decision.in_force()},
                              {"adopted_at", FormatTime(*decision.adopted_at)}}));
    }
    if (all.empty()) items.emplace_back("No decision is in force");
    doc_.data["decisions"] = std::move(all);
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
  update.Standing();
  update.Steps();
  update.Next();
  return update.document();
}

}  // namespace proviso::disclosure
