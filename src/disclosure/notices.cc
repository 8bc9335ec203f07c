// The notices to the customer.
#include "disclosure/notices.h"

#include <string>

#include "disclosure/internal/letter.h"
#include "disclosure/internal/standing.h"

namespace proviso::disclosure {
namespace {

void HowToAnswer(Letter& letter, Date until) {
  Document& doc = letter.document();
  doc.Section("How to answer");
  doc.Say("Answer until the end of " + DateInWords(until) +
          " (UTC), with the code that came with this letter; no account is needed. Say what is "
          "wrong or left out, send records of your own, or offer steps that you would take and by "
          "when.");
  doc.Say(
      "Your answer is acknowledged before anybody signs, and lies before those who decide. If you "
      "do not answer, that is neither consent nor an admission; the decision may then be made "
      "without it.");
  doc.data["answer_until"] = FormatDate(until);
}

void WhatComesOfIt(Document& doc, const review::Appeal& appeal, const StatementInputs& inputs) {
  const review::Decision& decision = *inputs.state->FindDecision(appeal.decision);
  const review::Decision* lift = inputs.state->FindDecision(appeal.lift);
  const Standing standing = StandingOf(*inputs.state, decision, inputs.now);
  doc.Section("What happens now");
  // What has happened comes before what is planned, which it may have overtaken.
  if (decision.lifted_at) {
    const bool carried_out = lift != nullptr && lift->adopted() && decision.lifted_by == lift->id;
    doc.Say((carried_out ? "This was carried out: what " : "What ") + decision.id +
            (standing.begun ? " restricted" : " was to restrict") + " was lifted" +
            (decision.lifted_by.empty() ? "" : " by " + decision.lifted_by) + " on " +
            TimeInWords(*decision.lifted_at) + ". " + OpensInWords(standing) + ".");
  } else if (standing.stand == Stand::kSuperseded) {
    doc.Say("What " + decision.id + (standing.begun ? " restricted" : " was to restrict") +
            " ended on " + TimeInWords(standing.at) + ", when " + SuccessorInWords(standing) +
            " took its place. " + OpensInWords(standing) +
            ". That decision has a statement of reasons of its own, and you may appeal against it "
            "with the code that came with that.");
    if (lift != nullptr) {
      doc.Say(lift->adopted() ? "This was carried out: " + lift->id + " lifted " + lift->lifts +
                                    ", which had taken its place."
                              : lift->id + ", which is to lift " + lift->lifts +
                                    ", would carry this out; you get a statement then.");
    }
  } else if (standing.stand == Stand::kEnded) {
    doc.Say("What " + decision.id + " restricted ended on " + TimeInWords(standing.at) + ". " +
            OpensInWords(standing) + ".");
  } else if (lift != nullptr) {
    const std::string signers =
        lift->plan_hash.empty() ? "enough" : "at least " + std::to_string(lift->quorum);
    doc.Say("What " + decision.id + " restricts is to be lifted by " + lift->id +
            ", and goes on until then. The lift takes effect when " + signers +
            " people who did not prepare it have signed its plan; you get a statement then.");
  } else if (*appeal.outcome == review::AppealOutcome::kUpheld) {
    doc.Say(
        "The decision stands for the reason given above. What it restricts stays as the "
        "statement of reasons says, and as long as it says. Nothing is deleted.");
  } else {
    doc.Say(
        "A lift that carries this out follows, by a plan that people sign. Until it is adopted, "
        "what "
        "the decision restricts goes on. You get a statement of the lift.");
  }
}

std::string_view OutcomeOfAppeal(review::AppealOutcome outcome) {
  switch (outcome) {
    case review::AppealOutcome::kUpheld:
      return "The decision stands.";
    case review::AppealOutcome::kChanged:
      return "It was ruled that the decision is to be changed.";
    case review::AppealOutcome::kReversed:
      return "It was ruled that the decision is to be undone in full.";
  }
  return "";
}

}  // namespace

Result<Document> RenderIntent(const StatementInputs& inputs, std::string_view decision,
                              Date until) {
  const Subject about = PROVISO_TRY(FindSubject(inputs, decision));
  if (about.decision->kind == review::DecisionKind::kLift) {
    return Fail(ErrorCode::kFailedPrecondition,
                "expected a decision that restricts, found the lift `" + about.decision->id +
                    "`; a lift needs no hearing");
  }
  if (about.decision->adopted()) {
    return Fail(
        ErrorCode::kFailedPrecondition,
        "expected a decision that is only intended, found `" + about.decision->id + "` adopted");
  }
  Letter letter(inputs, about, Letter::Mood::kIntended);
  letter.Head("intent", "Notice of intent: your answer is asked for");
  Document& doc = letter.document();
  doc.Section("What we intend");
  doc.Say("Nothing is decided yet. We intend " +
          std::string(about.file->kind == review::DecisionKind::kInterim ? "an interim decision"
                                                                         : "a final decision") +
          " as written here, and ask you to answer before anybody signs it:");
  const std::string summary = letter.view().Of(Field::kSummary, about.file->summary);
  doc.Quote(summary);
  doc.data["summary"] = summary;
  letter.Restricted();
  letter.TakesThePlaceOf();
  letter.AlsoHit();
  letter.StaysOn();
  letter.KeptData();
  letter.Ground();
  letter.Origin();
  letter.Facts();
  letter.Incompatible();
  HowToAnswer(letter, until);
  letter.References();
  return doc;
}

Result<Document> RenderAcknowledgement(const StatementInputs& inputs, std::string_view hearing) {
  const review::Hearing* found = inputs.state->FindHearing(hearing);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no hearing `" + std::string(hearing) + "`");
  }
  if (!found->answered_at) {
    return Fail(ErrorCode::kFailedPrecondition,
                "expected a hearing with an answer, found `" + found->id + "` without one");
  }
  const Subject about = PROVISO_TRY(FindSubject(inputs, found->decision));
  Letter letter(inputs, about, Letter::Mood::kIntended);
  letter.Head("acknowledgement", "We received your answer");
  Document& doc = letter.document();
  doc.Section("What we received");
  doc.Say("Your answer to our notice of intent came in on " + TimeInWords(*found->answered_at) +
          ". The last day for it is " + DateInWords(found->until) + ".");
  // Who took it down is a person of the provider, whose name does not matter here.
  doc.Say(found->answered_by == "customer"
              ? "It was given with the code that came with the notice."
              : "A person of ours took it down. Tell us at once if it is not what you said.");
  doc.Section("What happens next");
  doc.Say(
      "It lies before those who decide, and was acknowledged before anybody signs. If we decide, "
      "you get a statement of reasons that says what is decided, why, and how to appeal. Until "
      "then nothing is "
      "restricted by " +
      about.decision->id + "; other decisions, if any, stay as they are.");
  doc.Section("Your answer, in full");
  const std::string answer = letter.view().Of(Field::kCustomerAnswer, found->answer);
  if (answer.empty()) doc.Say("Its text was erased.");
  doc.Quote(answer);
  letter.References();
  doc.data["hearing"] = Json::Of({{"id", found->id},
                                  {"until", FormatDate(found->until)},
                                  {"answered_at", FormatTime(*found->answered_at)},
                                  {"answer", answer}});
  return doc;
}

Result<Document> RenderAppealAnswer(const StatementInputs& inputs, std::string_view appeal) {
  const review::Appeal* found = inputs.state->FindAppeal(appeal);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no appeal `" + std::string(appeal) + "`");
  }
  if (!found->outcome || !found->decided_at) {
    return Fail(ErrorCode::kFailedPrecondition,
                "expected an appeal that is decided, found `" + found->id + "` pending");
  }
  const Subject about = PROVISO_TRY(FindSubject(inputs, found->decision));
  Letter letter(inputs, about, Letter::Mood::kDecided);
  letter.Head("appeal-answer", "Answer to your appeal");
  Document& doc = letter.document();
  doc.Section("Outcome");
  doc.Say("Your appeal of " + TimeInWords(found->filed_at) + " against " + about.decision->id +
          " was decided on " + TimeInWords(*found->decided_at) + ". " +
          std::string(OutcomeOfAppeal(*found->outcome)));
  doc.Section("Why");
  const std::string reason = letter.view().Of(Field::kAppealReason, found->reason);
  doc.Quote(reason);
  WhatComesOfIt(doc, *found, inputs);
  doc.Section("How this was decided");
  doc.Say(
      "Somebody who had no part in the case before heard your appeal. No automated means "
      "decided it.");
  doc.Section("Where you can turn");
  doc.Say(
      "You may bring the dispute before a body for settling disputes out of court. The courts "
      "are open to you.");
  doc.Section("Your appeal, in full");
  const std::string text = letter.view().Of(Field::kAppealText, found->text);
  if (text.empty()) doc.Say("Its text was erased.");
  doc.Quote(text);
  letter.References();
  doc.data["appeal"] = Json::Of({{"id", found->id},
                                 {"filed_at", FormatTime(found->filed_at)},
                                 {"decided_at", FormatTime(*found->decided_at)},
                                 {"outcome", review::AppealOutcomeName(*found->outcome)},
                                 {"reason", reason},
                                 {"text", text},
                                 {"lift", found->lift.empty() ? Json() : Json(found->lift)}});
  return doc;
}

}  // namespace proviso::disclosure
