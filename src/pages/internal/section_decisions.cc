#include <algorithm>

#include "pages/case_page.h"
#include "pages/internal/figures.h"
#include "pages/internal/prose.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"

namespace proviso::pages {
namespace {

// Who signed, in a sentence.
void DrawSigners(const CaseView& view, const Json& decision, Markup& out) {
  const Json::Array& signatures = Items(decision, "signatures");
  if (signatures.empty()) return;
  out.Open("p").Text("The plan was signed by ");
  for (std::size_t i = 0; i < signatures.size() && i < kPageItemsMax; ++i) {
    if (i > 0) out.Text(i + 1 == signatures.size() ? " and " : ", ");
    out.Leaf("bdi", view.Person(TextOf(signatures[i], "by")));
  }
  const std::int64_t quorum = decision.IntegerOr("quorum", 0);
  if (quorum > 0) {
    out.Text("; " + Counted(static_cast<std::size_t>(quorum), "signature") +
             (quorum == 1 ? " was" : " were") + " needed, of people who did not prepare it");
  }
  out.Text(".").Close();
}

void DrawSignatures(const CaseView& view, const Json& decision, Markup& out) {
  const Json::Array& signatures = Items(decision, "signatures");
  if (signatures.empty()) return;
  OpenTable("Signatures over the plan", {"By", "When", "Log entry", "Key"}, out);
  for (std::size_t i = 0; i < signatures.size() && i < kPageItemsMax; ++i) {
    const Json& signature = signatures[i];
    out.Open("tr").Leaf("th", {{"scope", "row"}}, view.Person(TextOf(signature, "by")));
    out.Open("td");
    DrawTime(TextOf(signature, "at"), out);
    out.Close().Leaf("td", {{"class", "number"}}, std::to_string(signature.IntegerOr("index", 0)));
    out.Open("td");
    DrawHash(TextOf(Member(signature, "act"), "key"), out);
    out.Close(2);
  }
  CloseTable(out);
}

void DrawNotices(const CaseView& view, const std::string& decision, Markup& out) {
  const Json::Array& notices = Items(view.json(), "notices");
  const auto is_of = [&](const Json& notice) { return TextOf(notice, "decision") == decision; };
  if (std::none_of(notices.begin(), notices.end(), is_of)) return;
  out.Leaf("h4", "Notices").Open("ul", {{"class", "plain"}});
  std::size_t drawn = 0;
  for (const Json& notice : notices) {
    if (!is_of(notice) || ++drawn > kPageItemsMax) continue;
    const std::string kind = InWords(TextOf(notice, "kind"));
    out.Open("li").Leaf("strong", kind).Text(", ");
    DrawTime(TextOf(notice, "at"), out);
    out.Text(", by ").Leaf("bdi", view.Person(TextOf(notice, "by")));
    out.Text(", entry " + std::to_string(notice.IntegerOr("index", 0)) + " of the log");
    DrawFoldedDocument(TextOf(notice, "text"), TextOf(notice, "sha256"), "The text", out);
    out.Close();
  }
  out.Close();
}

void DrawMoment(std::string_view term, const std::string& at, const std::string& by, Markup& out) {
  if (at.empty()) return;
  OpenTerm(term, out);
  DrawTime(at, out);
  if (!by.empty()) out.Text(" by ").Leaf("bdi", by);
  out.Close(2);
}

// What it takes the place of, and what took its own.
void DrawSuperseding(const CaseView& view, const Json& decision, Markup& out) {
  const Json::Array& earlier = Items(decision, "supersedes");
  if (!earlier.empty()) {
    OpenTerm(TextOf(decision, "adopted_at").empty() ? "Takes the place of" : "Took the place of",
             out);
    for (std::size_t i = 0; i < earlier.size() && i < kPageItemsMax; ++i) {
      if (earlier[i].AsString() == nullptr) continue;
      if (i > 0) out.Text(", ");
      view.LinkId(*earlier[i].AsString(), out);
    }
    out.Close(2);
  }
  const std::string at = TextOf(decision, "superseded_at");
  if (at.empty()) return;
  OpenTerm("Superseded", out);
  DrawTime(at, out);
  out.Text(" by ");
  view.LinkId(TextOf(decision, "superseded_by"), out);
  out.Close(2);
}

void DrawHead(const CaseView& view, const Json& decision, Markup& out) {
  const Json& file = Member(decision, "file");
  out.Open("dl", {{"class", "facts"}});
  if (const std::string clause = TextOf(file, "clause"); !clause.empty()) {
    OpenTerm("Clause", out);
    const std::string terms = TextOf(decision, "terms");
    out.Leaf("bdi", clause + (terms.empty() ? "" : " of " + terms)).Close(2);
  }
  DrawMoment("Proposed", TextOf(decision, "proposed_at"),
             view.Person(TextOf(decision, "proposed_by")), out);
  DrawMoment("Statement issued", TextOf(decision, "statement_at"), "", out);
  DrawMoment("Adopted", TextOf(decision, "adopted_at"), view.Person(TextOf(decision, "adopted_by")),
             out);
  if (const std::string lifts = TextOf(decision, "lifts"); !lifts.empty()) {
    OpenTerm("Lifts", out);
    view.LinkId(lifts, out);
    out.Close(2);
  }
  DrawSuperseding(view, decision, out);
  if (const std::string at = TextOf(decision, "lifted_at"); !at.empty()) {
    OpenTerm("Lifted", out);
    DrawTime(at, out);
    if (const std::string by = TextOf(decision, "lifted_by"); !by.empty()) {
      out.Text(" by ");
      view.LinkId(by, out);
    }
    out.Close(2);
  }
  out.Close();
}

// The claim of a finding, by the id of the finding.
std::string ClaimOf(const CaseView& view, const std::string& finding) {
  for (const Json& claim : Items(view.json(), "claims")) {
    if (TextOf(Member(claim, "finding"), "id") == finding) return TextOf(claim, "text");
  }
  return {};
}

void DrawFacts(const CaseView& view, const Json& file, Markup& out) {
  const Json::Array& facts = Items(file, "facts");
  if (facts.empty()) return;
  out.Leaf("p", {{"class", "lead"}}, "It rests on").Open("ul", {{"class", "plain"}});
  for (std::size_t i = 0; i < facts.size() && i < kPageItemsMax; ++i) {
    if (facts[i].AsString() == nullptr) continue;
    out.Open("li");
    view.LinkId(*facts[i].AsString(), out);
    const std::string claim = ClaimOf(view, *facts[i].AsString());
    if (!claim.empty()) out.Text(": ").Leaf("bdi", claim);
    out.Close();
  }
  out.Close();
}

void DrawGrounds(const CaseView& view, const Json& decision, Markup& out) {
  const Json& file = Member(decision, "file");
  DrawFacts(view, file, out);
  if (const std::string why = TextOf(file, "why_incompatible"); !why.empty()) {
    out.Open("p", {{"dir", "auto"}}).Leaf("strong", "Why this is incompatible with the clause:");
    out.Text(" " + why).Close();
  }
  const std::string waived = TextOf(Member(file, "hearing"), "waived");
  if (!waived.empty()) {
    out.Open("p", {{"dir", "auto"}}).Leaf("strong", "Without a hearing before it, because:");
    out.Text(" " + waived).Close();
  }
  const Json& withdrawn = Member(decision, "withdrawn");
  if (withdrawn.AsObject() != nullptr) {
    out.Open("p", {{"class", "note"}}).Text("Withdrawn by ");
    out.Leaf("bdi", view.Person(TextOf(withdrawn, "by"))).Text(", ");
    DrawTime(TextOf(withdrawn, "at"), out);
    out.Text(": ").Leaf("bdi", TextOf(withdrawn, "reason")).Close();
  }
  const Json& emergency = Member(decision, "emergency_lift");
  if (emergency.AsObject() == nullptr) return;
  out.Open("p", {{"class", "note"}}).Text("Lifted in an emergency by ");
  out.Leaf("bdi", view.Person(TextOf(emergency, "by"))).Text(", ");
  DrawTime(TextOf(emergency, "at"), out);
  out.Text(": ").Leaf("bdi", TextOf(emergency, "reason"));
  const Json& review = Member(emergency, "review");
  if (review.AsObject() == nullptr) {
    out.Text(emergency.BoolOr("review_due", false) ? ". Nobody has reviewed it yet." : "").Close();
    return;
  }
  out.Text(". Reviewed by ").Leaf("bdi", view.Person(TextOf(review, "by"))).Text(", ");
  DrawTime(TextOf(review, "at"), out);
  const std::string restored = TextOf(review, "restored_by");
  out.Text(restored.empty() ? ", confirmed: " : ", restored by " + restored + ": ");
  out.Leaf("bdi", TextOf(review, "reason")).Close();
}

void DrawProof(const CaseView& view, const Json& decision, Markup& out) {
  const std::string plan = TextOf(decision, "plan_hash");
  if (plan.empty() && Items(decision, "signatures").empty()) return;
  OpenDetails("Signatures and hashes", out);
  if (!plan.empty()) {
    out.Open("p", {{"class", "quiet fine"}}).Text("SHA-256 of the plan, which was signed: ");
    DrawHash(plan, out);
    out.Close();
  }
  DrawSignatures(view, decision, out);
  out.Close();
}

// How a decision stands at the time of the page.
void DrawStatus(const CaseView& view, const Json& decision, Markup& out) {
  const std::string ran_out = decision.BoolOr("in_force", false) ? view.RanOut(decision) : "";
  out.Open("p");
  DrawSign(DecisionSign(TextOf(decision, "status")), out);
  if (view.InForce(decision)) out.Text(" ").Leaf("strong", "In force");
  if (!ran_out.empty()) {
    out.Text(" Ran out ");
    DrawDay(ran_out, out);
  }
  out.Close();
}

void DrawDecision(const CaseView& view, const Json& decision, std::size_t number, Markup& out) {
  const std::string id = TextOf(decision, "id");
  out.Open("article", {{"class", "decision"}, {"id", "decision-" + std::to_string(number)}});
  out.Open("header").Open("p", {{"class", "kicker"}}).Leaf("bdi", id);
  out.Text(", " + TextOf(decision, "kind")).Close();
  const std::string summary = TextOf(Member(decision, "file"), "summary");
  const std::string reason = TextOf(decision, "reason");
  const std::string lifts = TextOf(decision, "lifts");
  std::string title = summary.empty() ? reason : summary;
  if (title.empty()) title = lifts.empty() ? "Decision without a summary" : "Lifts " + lifts;
  out.Leaf("h3", {{"dir", "auto"}}, title);
  DrawStatus(view, decision, out);
  out.Close();
  DrawHead(view, decision, out);
  DrawGrounds(view, decision, out);
  DrawPlan(view, Member(decision, "plan"), out);
  DrawSigners(view, decision, out);
  DrawFoldedDocument(TextOf(decision, "statement"), TextOf(decision, "statement_sha256"),
                     "Statement of reasons to the customer", out);
  DrawNotices(view, id, out);
  DrawProof(view, decision, out);
  out.Close();
}

void DrawAppeal(const CaseView& view, const Json& appeal, std::size_t number, Markup& out) {
  out.Open("article", {{"class", "appeal"}, {"id", "appeal-" + std::to_string(number)}});
  out.Open("h3").Text("Against ").Leaf("bdi", TextOf(appeal, "decision")).Close();
  out.Open("p");
  DrawSign(AppealSign(TextOf(appeal, "outcome")), out);
  out.Close().Open("p", {{"class", "quiet"}}).Leaf("bdi", TextOf(appeal, "id")).Text(", filed ");
  DrawTime(TextOf(appeal, "filed_at"), out);
  out.Text(" against ");
  view.LinkId(TextOf(appeal, "decision"), out);
  out.Text(".").Close();
  const std::string decided = TextOf(appeal, "decided_at");
  if (!decided.empty()) {
    if (const std::string reason = TextOf(appeal, "reason"); !reason.empty()) {
      out.Leaf("p", {{"class", "reason"}, {"dir", "auto"}}, reason);
    }
    out.Open("p", {{"class", "quiet"}}).Text("Heard by ");
    out.Leaf("bdi", view.Person(TextOf(appeal, "heard_by"))).Text(", decided ");
    DrawTime(decided, out);
    out.Text(".");
    if (const std::string lift = TextOf(appeal, "lift"); !lift.empty()) {
      out.Text(" Carried out by ");
      view.LinkId(lift, out);
      out.Text(".");
    }
    out.Close();
  }
  OpenDetails("The appeal, as it was filed", out);
  out.Open("blockquote", {{"class", "letter"}, {"dir", "auto"}});
  DrawLetter(TextOf(appeal, "text"), out);
  out.Close(3);
}

}  // namespace

void DrawDecisions(const CaseView& view, Markup& out) {
  const Json::Array& decisions = Items(view.json(), "decisions");
  for (std::size_t i = 0; i < decisions.size() && i < kPageItemsMax; ++i) {
    DrawDecision(view, decisions[i], i + 1, out);
  }
  DrawMore(decisions.size(), "decisions", out);
}

void DrawAppeals(const CaseView& view, Markup& out) {
  const Json::Array& appeals = Items(view.json(), "appeals");
  for (std::size_t i = 0; i < appeals.size() && i < kPageItemsMax; ++i) {
    DrawAppeal(view, appeals[i], i + 1, out);
  }
  DrawMore(appeals.size(), "appeals", out);
}

}  // namespace proviso::pages
