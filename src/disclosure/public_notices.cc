// The notices to staff and the public. What is confidential reaches them through a View only.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "disclosure/internal/collateral.h"
#include "disclosure/internal/standing.h"
#include "disclosure/internal/subject.h"
#include "disclosure/internal/view.h"
#include "disclosure/notices.h"

namespace proviso::disclosure {
namespace {

using enforcement::Restriction;

// Whether the records answer a claim, either way.
bool IsFound(const View::Published& claim) {
  return claim.outcome && *claim.outcome != checks::Outcome::kUndeterminable &&
         *claim.outcome != checks::Outcome::kRecordsMissing;
}

// What is said of a decision that restricts, by how it stands.
struct Words {
  std::string_view title;
  std::string_view restrict;  // "We restrict"
  std::string_view stops;
  std::string_view covers;
};
Words WordsFor(const Standing& standing) {
  constexpr std::string_view kCovers =
      "This covers a part of what the customer has with us, and only in some places. The same "
      "services of the customer go on elsewhere.";
  constexpr std::string_view kCovered =
      "This covered a part of what the customer has with us, and only in some places. The same "
      "services of the customer went on elsewhere.";
  if (!standing.begun && standing.stand == Stand::kSuperseded) {
    return {"another decision took the place of a restriction before it began",
            "We were to restrict", "was to stop",
            "This was to cover a part of what the customer has with us, and only in some places."};
  }
  if (!standing.begun) {
    return {"a restriction of a customer's services was lifted before it began",
            "We were to restrict", "was to stop",
            "This was to cover a part of what the customer has with us, and only in some places."};
  }
  switch (standing.stand) {
    case Stand::kPending:
    case Stand::kInForce:
      break;
    case Stand::kNotYet:
      return {"services of a customer will be restricted", "We will restrict", "will stop",
              kCovers};
    case Stand::kPartlyEnded:
      return {"a restriction of a customer's services has ended in part", "We restrict", "stops",
              kCovers};
    case Stand::kEnded:
      return {"a restriction of a customer's services has ended", "We restricted", "stopped",
              kCovered};
    case Stand::kReplaced:
      return {"services of a customer are restricted by a later decision too", "We restrict",
              "stops", kCovers};
    case Stand::kSuperseded:
      return {"another decision took the place of a restriction of a customer's services",
              "We restricted", "stopped", kCovered};
    case Stand::kLifted:
      return {"a restriction of a customer's services was lifted", "We restricted", "stopped",
              kCovered};
  }
  return {"services of a customer are restricted", "We restrict", "stops", kCovers};
}

// A document about a decision for readers who are not the customer.
class Report {
 public:
  Report(const StatementInputs& inputs, const Subject& subject, Audience audience)
      : in_(inputs),
        about_(subject),
        view_(inputs, *subject.of, audience),
        standing_(subject.file ? StandingOf(*inputs.state, *subject.decision, inputs.now)
                               : LiftedStanding(inputs, subject)),
        words_(WordsFor(standing_)) {}
  Document& document() { return doc_; }

  // `reader` begins the title: "To staff: ".
  void Head(const std::string& reader) {
    doc_.kind = AudienceName(view_.audience());
    doc_.audience = view_.audience();
    doc_.title =
        reader + (about_.file ? std::string(words_.title) : std::string("a restriction is lifted"));
    std::vector<Text> items{"About: " + about_.decision->id + " of " + about_.decision->case_id};
    if (in_.day) items.emplace_back("Given out on: " + DateInWords(*in_.day));
    doc_.Itemise(std::move(items));
    const std::string name = view_.Of(Field::kCustomerName, about_.customer->name);
    doc_.data = Json::Of({{"case", about_.decision->case_id},
                          {"decision", about_.decision->id},
                          {"decision_kind", review::DecisionKindName(about_.decision->kind)},
                          {"customer", name.empty() ? Json() : Json(name)},
                          {"day", in_.day ? Json(FormatDate(*in_.day)) : Json()}});
  }

  void Body() {
    Decided();
    if (about_.file) {
      Ground();
      Claims();
      StaysOn();
    } else {
      WhyLifted();
      Ground();
    }
    Process();
  }

 private:
  void Decided() {
    doc_.Section("What was decided");
    const review::Decision& decision = *about_.decision;
    const std::string name = view_.Of(Field::kCustomerName, about_.customer->name);
    const Text whom = name.empty() ? Text("one customer") : Text(name);
    doc_.Say(about_.file ? FirstSentence(whom) : LiftSentence(whom));
    Restrictions();
    if (about_.file && !CoversWholeCustomer()) doc_.Say(words_.covers);
    const std::string earlier = PredecessorsInWords(*in_.state, decision);
    if (!earlier.empty()) {
      doc_.Say("It took the place of " + earlier + ", which ended at that moment.");
    }
    if (about_.file) AlsoHit();
    if (about_.file) doc_.data["supersedes"] = PredecessorsJson(*in_.state, decision);
    doc_.data["adopted_at"] = FormatTime(*decision.adopted_at);
    doc_.data["lifted_at"] = decision.lifted_at ? Json(FormatTime(*decision.lifted_at)) : Json();
    doc_.data["successor"] =
        standing_.successor == nullptr ? Json() : Json(standing_.successor->id);
    Json::Array overlapping;
    for (const review::Decision* other : standing_.overlapping) overlapping.emplace_back(other->id);
    doc_.data["overlapping"] = std::move(overlapping);
    if (about_.file) doc_.data["standing"] = StandName(standing_.stand);
  }

  // What restricted stands lifted; another decision may restrict the same.
  static Standing LiftedStanding(const StatementInputs& inputs, const Subject& subject) {
    const review::Decision* lifted = inputs.state->FindDecision(subject.decision->lifts);
    return lifted == nullptr ? Standing{} : StandingOf(*inputs.state, *lifted, inputs.now);
  }

  Text LiftSentence(const Text& whom) const {
    const review::Decision& lift = *about_.decision;
    return "On " + TimeInWords(*lift.adopted_at) + " we lifted what " + lift.lifts +
           (standing_.begun ? " restricted" : " was to restrict") + " for " + whom + ". " +
           OpensInWords(standing_) + ":";
  }

  Text FirstSentence(const Text& whom) const {
    const review::Decision& decision = *about_.decision;
    const bool interim = decision.kind == review::DecisionKind::kInterim;
    const bool now = standing_.holds() && standing_.stand != Stand::kReplaced;
    const Text by = Text(words_.restrict) + " services of " + whom + " by " +
                    (interim ? (now && about_.of->open() ? "an interim decision; the review goes on"
                                                         : "an interim decision")
                             : "a final decision") +
                    ". It was adopted on " + TimeInWords(*decision.adopted_at);
    const std::string when = TimeInWords(standing_.at);
    switch (standing_.stand) {
      case Stand::kPending:
      case Stand::kInForce:
        break;
      case Stand::kNotYet:
        return by + ", and begins on " + when + ":";
      case Stand::kPartlyEnded:
        return by + ". A part of it has ended" +
               (standing_.resumes ? "; the rest begins on " + TimeInWords(*standing_.resumes)
                                  : "") +
               ":";
      case Stand::kReplaced:
        return by + ". Since " + when + ", " + standing_.successor->id +
               " restricts the same, at least as strictly; both are in force:";
      case Stand::kEnded:
        return by + ", and ended on " + when + ". Nothing of it is in force" + Overlapping();
      case Stand::kLifted:
        return by + ", and lifted on " + when + ". Nothing of it is in force" + Overlapping();
      case Stand::kSuperseded:
        return by + ", and ended on " + when + ", when " + SuccessorInWords(standing_) +
               " took its place. Nothing of it is in force" + Overlapping();
    }
    return by + ":";
  }
  std::string Overlapping() const {
    const std::string others = OverlapInWords(standing_);
    return others.empty() ? ":" : "; " + others + ":";
  }

  // Whose it is, nobody else is told; staff learn of the classes, since they meet those who are
  // hit.
  void AlsoHit() {
    const Collateral hit = CollateralOf(about_.decision->plan, *in_.customers, *about_.customer);
    const bool told = !hit.empty() && !standing_.over() && view_.Shows(Field::kAlsoHit);
    doc_.data["also_hit"] = told;
    if (!told) return;
    std::set<std::string> classes;
    for (const std::string& id : hit.services) {
      const catalogue::Service* service = in_.catalogue->FindService(id);
      if (service != nullptr) classes.insert(service->capability_class);
    }
    std::vector<Text> names;
    names.reserve(classes.size());
    for (const std::string& id : classes) names.push_back(view_.Class(id));
    if (view_.audience() == Audience::kStaff && !names.empty()) {
      doc_.Say("Work that is not restricted may be hit too, where it needs " + Listed(names) + ".");
    } else {
      doc_.Say("Other work may be hit too, where it needs what is restricted.");
    }
  }

  // Where and what is the customer's to know; that it is a part is not.
  bool CoversWholeCustomer() const {
    return std::any_of(about_.file->restrictions.begin(), about_.file->restrictions.end(),
                       [](const auto& asked) { return !asked.customer.empty(); });
  }

  void Ground() {
    doc_.Section(about_.file ? "Under which clause" : "Under which clause it was restricted");
    const std::string id = view_.Of(Field::kClause, about_.restrictions.front().clause);
    const terms::Clause* clause = in_.terms->FindClause(id);
    const std::string title = view_.Of(Field::kClause, clause == nullptr ? "" : clause->title);
    const std::string text = view_.Of(Field::kClause, clause == nullptr ? "" : clause->text);
    doc_.Say("Clause " + Text(id) + (title.empty() ? Text() : ", " + Text(title)) + ", of " +
             view_.Of(Field::kTerms, in_.terms->title) + ", version " +
             view_.Of(Field::kTerms, in_.terms->version) + ":");
    doc_.Quote(text);
    doc_.data["clause"] = Json::Of({{"id", id}, {"title", title}, {"text", text}});
  }

  // What was found, what is alleged, what was not reviewed: apart, for they are not the same.
  void Claims() {
    const std::vector<View::Published> claims = view_.PublishedClaims();
    Json::Array found;
    Json::Array alleged;
    std::vector<std::vector<Text>> rows;
    std::vector<Text> open;
    for (const View::Published& claim : claims) {
      Json said = Json::Of({{"said", claim.sentence}, {"denial", claim.denial}});
      if (!IsFound(claim)) {
        open.emplace_back(claim.sentence);
        said["outcome"] = claim.outcome ? Json(checks::OutcomeName(*claim.outcome)) : Json();
        alleged.push_back(std::move(said));
        continue;
      }
      rows.push_back({claim.sentence, claim.denial ? "a denial" : "an allegation",
                      std::string(OutcomeInWords(*claim.outcome))});
      said["outcome"] = checks::OutcomeName(*claim.outcome);
      found.push_back(std::move(said));
    }
    doc_.Section("What was found");
    doc_.Say(rows.empty() ? "The decision rests on findings from our business records. What they "
                            "answer was not said in public, and is not repeated here."
                          : "The decision rests on findings from our business records. Of what was "
                            "said in published reports, these were answered:");
    if (!rows.empty()) {
      doc_.blocks.emplace_back(Table{{"Said in public", "As", "Finding"}, std::move(rows)});
    }
    doc_.Section("What is alleged");
    doc_.Say(open.empty() ? "Nothing that we took up from published reports is left without a "
                            "finding."
                          : "This was said in published reports. Our records do not answer it, or "
                            "not yet; we neither confirm nor deny it:");
    doc_.Itemise(std::move(open));
    doc_.Section("What was not reviewed");
    doc_.Say(
        "The content of any customer's data. Nobody read or searched it, so nothing here says "
        "what it holds. What people or organisations did outside of our services was not "
        "reviewed either.");
    doc_.data["found"] = std::move(found);
    doc_.data["alleged"] = std::move(alleged);
  }

  // Why a restriction was lifted, without the reason itself. What was said of the customer is not
  // said again.
  void WhyLifted() {
    doc_.Section("Why");
    const review::Appeal* appeal = in_.state->FindAppeal(about_.decision->appeal);
    const bool appealed = appeal != nullptr && view_.Shows(Field::kAppealOutcome);
    doc_.Say(appealed ? "The customer appealed, and the lift carries out the answer: the decision "
                        "is undone or changed."
                      : "The reason was given to the customer.");
    doc_.data["appeal"] =
        appealed && appeal->outcome ? Json(review::AppealOutcomeName(*appeal->outcome)) : Json();
  }

  void StaysOn() {
    doc_.Section(standing_.over() ? "What stayed on" : "What stays on");
    std::vector<Text> kept;
    for (const std::string& id : in_.terms->keep_on_classes) kept.push_back(view_.Class(id));
    std::vector<Text> items;
    if (!kept.empty()) items.push_back("By the terms, whatever is decided: " + Listed(kept));
    items.emplace_back("The customer's account, notices, billing and appeals");
    items.emplace_back("Every service that the decision does not name, and every other customer's");
    items.emplace_back(standing_.over()
                           ? "All data: nothing was deleted"
                           : "All data: nothing is deleted, and a lift opens again what no "
                             "other decision restricts");
    doc_.Itemise(std::move(items));
  }

  void Process() {
    doc_.Section("How it was decided");
    const review::Decision& decision = *about_.decision;
    const std::size_t signers = decision.signatures.size();
    std::vector<Text> items;
    items.emplace_back(
        "People reviewed business records, such as metering, invoices and "
        "contracts. Figures were computed by a program; people made the findings "
        "and the decision");
    items.emplace_back(Counted(signers, "person", "people") +
                       " who did not prepare the decision signed it, each with a key of their own");
    if (about_.file) items.emplace_back(Heard());
    if (!decision.statement_sha256.empty()) {
      items.emplace_back("The customer got a statement of reasons before it took effect");
    }
    if (about_.file) items.emplace_back(Appeals());
    items.emplace_back("The plan, by its SHA-256: ");
    items.back() += Text::Code(view_.Of(Field::kPlanHash, decision.plan_hash));
    doc_.Itemise(std::move(items));
    doc_.data["signers"] = signers;
    doc_.data["plan_hash"] = view_.Of(Field::kPlanHash, decision.plan_hash);
  }

  // Classes, not services, subscriptions or places.
  void Restrictions() {
    std::vector<Text> items;
    Json::Array all;
    for (const Restriction& restriction : about_.restrictions) {
      std::set<std::string> classes;
      for (const enforcement::Target& target : restriction.targets) {
        const catalogue::Service* service = in_.catalogue->FindService(target.service);
        if (service != nullptr) classes.insert(service->capability_class);
      }
      std::vector<Text> names;
      Json::Array ids;
      for (const std::string& id : classes) {
        names.push_back(view_.Class(id));
        ids.emplace_back(view_.Of(Field::kCapabilityClasses, id));
      }
      Text line = Listed(names);
      if (about_.file) {
        const std::string stopped = OperationsInWords(StoppedBy(restriction));
        line += ": " + StageInWords(restriction) + ", which " + std::string(words_.stops) + " " +
                (stopped.empty() ? "nothing" : stopped) + ". " + Window(restriction);
      }
      items.push_back(std::move(line));
      all.push_back(
          Json::Of({{"stage", terms::StageName(restriction.stage)},
                    {"operations", OperationsJson(restriction)},
                    {"classes", std::move(ids)},
                    {"from", FormatTime(restriction.from)},
                    {"until", restriction.until ? Json(FormatTime(*restriction.until)) : Json()}}));
    }
    doc_.Itemise(std::move(items));
    doc_.data["restrictions"] = std::move(all);
  }

  std::string Window(const Restriction& restriction) const {
    const std::string from = TimeInWords(restriction.from);
    const auto& ended = about_.decision->ended_at();
    const bool ran_out = restriction.until && in_.now && *restriction.until <= *in_.now;
    if (ran_out && (!ended || *restriction.until <= *ended)) {
      return "From " + from + " until " + TimeInWords(*restriction.until) + "; it has ended";
    }
    if (ended) {
      return *ended < restriction.from ? "It never began: it was to begin on " + from
                                       : "From " + from + " until " + TimeInWords(*ended);
    }
    const bool begun = !in_.now || restriction.from <= *in_.now;
    return (begun ? "Since " : "From ") + from + ", until " +
           (restriction.until ? TimeInWords(*restriction.until) : "it is lifted");
  }

  std::string Heard() {
    doc_.data["heard"] = about_.file->hearing.held;
    return about_.file->hearing.held
               ? "The customer was heard before"
               : "The customer was not heard before; those who signed took the reason for that "
                 "upon themselves, and the customer was given it";
  }

  std::string Appeals() {
    std::string said = "The customer may appeal; somebody who had no part in the case hears it";
    Json outcome;
    for (const std::string& id : about_.of->appeals) {
      const review::Appeal& appeal = *in_.state->FindAppeal(id);
      if (appeal.decision != about_.decision->id || !view_.Shows(Field::kAppealOutcome)) continue;
      said = appeal.outcome ? "The customer appealed; the decision was " +
                                  std::string(review::AppealOutcomeName(*appeal.outcome))
                            : std::string("The customer appealed, and the appeal is being heard");
      outcome = appeal.outcome ? Json(review::AppealOutcomeName(*appeal.outcome)) : Json("pending");
    }
    doc_.data["appeal"] = std::move(outcome);
    return said;
  }

  const StatementInputs& in_;
  const Subject& about_;
  View view_;
  Standing standing_;
  Words words_;
  Document doc_;
};

Result<Subject> FindAdopted(const StatementInputs& inputs, std::string_view decision) {
  Subject about = PROVISO_TRY(FindSubject(inputs, decision));
  if (!about.decision->adopted()) {
    return Fail(ErrorCode::kFailedPrecondition,
                "nobody but the customer is told before a decision is adopted; expected an adopted "
                "one, found `" +
                    about.decision->id + "`, which is " +
                    std::string(review::StatusName(*about.decision)));
  }
  return about;
}

}  // namespace

Result<Document> RenderStaff(const StatementInputs& inputs, std::string_view decision,
                             std::string_view ask_at) {
  const Subject about = PROVISO_TRY(FindAdopted(inputs, decision));
  Report report(inputs, about, Audience::kStaff);
  report.Head("To staff: ");
  report.Body();
  Document& doc = report.document();
  doc.Section("If you spoke up, or want to");
  doc.Say(
      "Nobody may be put at a disadvantage for a report made in good faith, inside or outside "
      "of the company, or for a question. Retaliation is forbidden, and so is trying to find "
      "out who reported. Tell us if it happens to you or to somebody else; you need not give "
      "your name.");
  doc.Section("Where to ask");
  doc.Say(ask_at.empty() ? Text("Ask the people who do the reviews, or use the channel for staff "
                                "reports. Do not look into the customer's accounts or data.")
                         : "Ask here: " + Text(ask_at) +
                               ". Do not look into the customer's accounts or data.");
  return doc;
}

Result<Document> RenderPublic(const StatementInputs& inputs, std::string_view decision) {
  const Subject about = PROVISO_TRY(FindAdopted(inputs, decision));
  Report report(inputs, about, Audience::kPublic);
  report.Head("Public update: ");
  report.Body();
  return report.document();
}

}  // namespace proviso::disclosure
