#include "disclosure/statement.h"

#include <string>

#include "disclosure/internal/letter.h"
#include "disclosure/internal/standing.h"
#include "review/commands.h"

namespace proviso::disclosure {
namespace {

std::string Voters(const review::Decision& decision) {
  return "at least " + std::to_string(decision.quorum) +
         " people who did not prepare it have signed this very plan";
}

void Means(Letter& letter, const StatementInputs& inputs, const Subject& about) {
  Document& doc = letter.document();
  doc.Section("How this was decided");
  doc.Say(
      "The figures above were computed automatically from business records, by checks that are "
      "written out here. People made the findings and this decision; no automated means decided "
      "it. It takes effect only when " +
      Voters(*about.decision) + ". Nobody read or searched the content of your data.");
  bool drafted = false;
  for (const std::string& id : about.of->claims) {
    drafted = drafted || inputs.state->FindClaim(id)->source.has_value();
  }
  doc.Say(drafted
              ? "What was to be reviewed was picked with the help of a program that reads reports "
                "sentence by sentence; people chose the claims and how to check them."
              : "No automated means picked what was to be reviewed.");
  doc.data["means"] = Json::Of({{"automated_detection", drafted},
                                {"automated_computation", true},
                                {"automated_decision", false},
                                {"signatures_needed", about.decision->quorum}});
}

void Heard(Letter& letter, const StatementInputs& inputs, const Subject& about) {
  Document& doc = letter.document();
  doc.Section("Whether you were heard");
  doc.Say(about.file->hearing.held ? "You were heard before this decision:"
                                   : "You were not heard before this decision, for this reason:");
  const std::string text = letter.view().Of(Field::kHearingText, about.file->hearing.text);
  doc.Quote(text);
  std::vector<Text> items;
  for (const std::string& id : about.of->hearings) {
    const review::Hearing& hearing = *inputs.state->FindHearing(id);
    // Also one about what was intended first, which the decision then took up.
    if (hearing.decision != about.decision->id && !about.file->hearing.held) continue;
    items.emplace_back("We told you what we intend on " + TimeInWords(hearing.opened_at) +
                       ", and asked for an answer until " + DateInWords(hearing.until));
    items.emplace_back(hearing.answered_at
                           ? "Your answer came on " + TimeInWords(*hearing.answered_at) +
                                 ", before anybody signed"
                           : std::string("No answer came; that is not held against you"));
  }
  doc.Itemise(std::move(items));
  doc.data["heard"] = Json::Of({{"held", about.file->hearing.held}, {"text", text}});
}

void Appeal(Letter& letter, const StatementInputs& inputs) {
  Document& doc = letter.document();
  doc.Section("How to appeal");
  const std::string until =
      inputs.day ? "until the end of " + DateInWords(review::LastDayForAppeal(*inputs.day))
                 : "for six months from the day on which this statement was given out to you";
  doc.Say("You may appeal to us " + until +
          ", free of charge and without an account, with the code that came with this letter. "
          "Somebody who had no part in this case hears the appeal and answers it with reasons.");
  if (inputs.terms->appeal.empty()) {
    doc.Say("You may contest this decision in writing.");
  } else {
    doc.Say("The terms say about appeals:");
    doc.Quote(inputs.terms->appeal);
    doc.Say("Where the terms name a shorter time, the longer one counts.");
  }
  doc.Say(
      "If the answer is that the decision is to be changed or undone, a lift follows by a plan "
      "that "
      "people sign, and you are told when it was carried out. You may also bring the dispute "
      "before "
      "a body for settling disputes out of court. The courts are open to you.");
  doc.data["appeal"] = Json::Of(
      {{"until", inputs.day ? Json(FormatDate(review::LastDayForAppeal(*inputs.day))) : Json()},
       {"months", review::kAppealMonths},
       {"terms", inputs.terms->appeal}});
}

// Whether it holds yet, or still, comes first.
std::string FirstSentence(const Subject& about, const Standing& standing) {
  const bool interim = about.file->kind == review::DecisionKind::kInterim;
  const std::string a = interim ? "an interim decision" : "a final decision";
  const std::string at = TimeInWords(standing.at);
  const std::string overlap = OverlapInWords(standing);
  const std::string others = overlap.empty() ? "." : "; " + overlap + ".";
  switch (standing.stand) {
    case Stand::kPending:
    case Stand::kInForce:
      break;
    case Stand::kNotYet:
      return "This is " + a + ". It was adopted, and begins on " + at + ".";
    case Stand::kPartlyEnded:
      return "This is " + a + ". A part of it has ended" +
             (standing.resumes ? "; the rest begins on " + TimeInWords(*standing.resumes) : "") +
             ".";
    case Stand::kReplaced:
      return "This is " + a + ". Since " + at + ", " + standing.successor->id +
             " restricts the same, at least as strictly; both are in force.";
    case Stand::kEnded:
      return "This was " + a + ". It ended on " + at + "; nothing of it is in force" + others;
    case Stand::kLifted:
      return "This was " + a + ". It was lifted on " + at + "; nothing of it " +
             (standing.begun ? "is in force" : "had begun") + others;
    case Stand::kSuperseded:
      return "This was " + a + ". On " + at + ", " + SuccessorInWords(standing) +
             " took its place; nothing of it " + (standing.begun ? "is in force" : "had begun") +
             others;
  }
  return "This is " + a + (interim ? ": the review goes on." : ".");
}

Document Restriction(const StatementInputs& inputs, const Subject& about) {
  Letter letter(inputs, about, Letter::Mood::kDecided);
  letter.Head("statement", "Statement of reasons");
  const Standing standing = StandingOf(*inputs.state, *about.decision, inputs.now);
  Document& doc = letter.document();
  doc.Section("What we decided");
  doc.Say(FirstSentence(about, standing));
  const std::string summary = letter.view().Of(Field::kSummary, about.file->summary);
  doc.Quote(summary);
  doc.data["summary"] = summary;
  letter.Restricted();
  if (standing.stand == Stand::kPending) {
    doc.Say("It is adopted, and begins, after this statement was given out to you and not before.");
  }
  letter.TakesThePlaceOf();
  letter.AlsoHit();
  letter.StaysOn();
  letter.KeptData();
  letter.Ground();
  letter.Origin();
  letter.Facts();
  letter.Incompatible();
  Means(letter, inputs, about);
  Heard(letter, inputs, about);
  Appeal(letter, inputs);
  letter.References();
  return doc;
}

// What a lift of this standing opens, or will.
std::string Opened(bool adopted, const Standing& standing) {
  const bool begun = standing.begun && standing.stand != Stand::kNotYet;
  const std::string overlap = OverlapInWords(standing);
  return std::string(!adopted ? "Once the lift is adopted, these "
                     : begun  ? "These "
                              : "Nothing of it had begun; these ") +
         (begun ? "are open to you again as before" : "stay open to you") +
         " where no other decision restricts them. Other decisions, if any, stay as they are" +
         (overlap.empty() ? "." : ": " + overlap + ".");
}

Document Lift(const StatementInputs& inputs, const Subject& about) {
  Letter letter(inputs, about, Letter::Mood::kDecided);
  const bool adopted = about.decision->adopted();
  letter.Head("statement", adopted ? "Statement: a restriction was lifted"
                                   : "Statement: a restriction is lifted");
  Document& doc = letter.document();
  const review::Decision& lift = *about.decision;
  const review::Decision* lifted = inputs.state->FindDecision(lift.lifts);
  const Standing standing =
      lifted == nullptr ? Standing{} : StandingOf(*inputs.state, *lifted, inputs.now);
  doc.Section("What we decided");
  doc.Say((adopted ? "On " + TimeInWords(*lift.adopted_at) + " we lifted what " + lift.lifts +
                         (standing.begun ? " restricted" : " was to restrict")
                   : "We lift what " + lift.lifts +
                         (standing.stand == Stand::kNotYet ? " is to restrict" : " restricts")) +
          ", for this reason:");
  const std::string reason = letter.view().Of(Field::kLiftReason, lift.reason);
  doc.Quote(reason);
  if (!lift.appeal.empty())
    doc.Say("This carries out the answer to your appeal, " + lift.appeal + ".");
  doc.Section("What is restored");
  doc.Say(Opened(adopted, standing));
  std::vector<Text> items;
  for (const enforcement::Restriction& restriction : about.restrictions) {
    for (Text& line : letter.Coverage(restriction)) items.push_back(std::move(line));
  }
  doc.Itemise(std::move(items));
  doc.Section("How this was decided");
  doc.Say("People decided it; no automated means did. It takes effect only when " + Voters(lift) +
          ".");
  letter.References();
  doc.data["lifts"] = lift.lifts;
  doc.data["appeal"] = lift.appeal.empty() ? Json() : Json(lift.appeal);
  doc.data["reason"] = reason;
  return doc;
}

}  // namespace

std::string StatementNote(const review::Decision& decision) {
  const bool issued = !decision.statement_sha256.empty();
  std::string note = !issued                 ? "PREVIEW, NOT ISSUED: nobody was given this text."
                     : decision.statement_at ? "Issued on " + TimeInWords(*decision.statement_at) +
                                                   ", as it stands here."
                                             : "Issued as it stands here.";
  if (decision.withdrawal) {
    return note + " " + decision.id + " was withdrawn on " + TimeInWords(decision.withdrawal->at) +
           ": it is no decision, and never will be.";
  }
  if (!decision.adopted()) return note + " " + decision.id + " is not adopted.";
  note += " " + decision.id + " was adopted on " + TimeInWords(*decision.adopted_at);
  if (decision.superseded_at) {
    note += ", and " + decision.superseded_by + " took its place on " +
            TimeInWords(*decision.superseded_at);
  }
  if (decision.lifted_at) note += ", and lifted on " + TimeInWords(*decision.lifted_at);
  return note + ".";
}

Result<Document> RenderStatement(const StatementInputs& inputs, std::string_view decision) {
  const Subject about = PROVISO_TRY(FindSubject(inputs, decision));
  return about.decision->kind == review::DecisionKind::kLift ? Lift(inputs, about)
                                                             : Restriction(inputs, about);
}

}  // namespace proviso::disclosure
