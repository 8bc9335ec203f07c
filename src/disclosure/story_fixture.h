#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "disclosure/notices.h"
#include "review/review_fixture.h"

namespace proviso::disclosure {

// A case that is told from the first report to the answer to an appeal. Every text that anybody
// typed, and every name, is a word of its own that begins with Q, so that a test can say where it
// shows. The names are those of the documents' inputs; the ids are those of ReviewTest.
class StoryFixture : public review::ReviewTest {
 protected:
  StatementInputs Inputs() const {
    return {.state = &state_,
            .catalogue = &shown_catalogue_,
            .customers = &shown_customers_,
            .terms = &shown_terms_,
            .day = ParseDate("2026-11-22").value(),
            .now = now_};
  }

  static Json Article(bool names) {
    return Json::Of({{"title", "Qarticletitle"},
                     {"text", std::string("It is said that Qsentence keeps calls. Nobody knows "
                                          "whether Qunanswered. Qarticlerest.") +
                                  (names ? " The Qministry and its Qunit." : "")},
                     {"author", "Qauthor"},
                     {"outlet", "Qoutlet"},
                     {"url", "https://example.org/Qurl"}});
  }
  void Receive(const std::string& kind, const Json& document, const std::string& report,
               const std::string& from_customer = "") {
    const std::string sha256 = crypto::Sha256(document.Canonical()).Hex();
    Do(review::ReceiveReport{.kind = kind,
                             .sha256 = sha256,
                             .document = document,
                             .original_key = "Qkey",
                             .from_customer = from_customer},
       "finn", "");
    Do(review::JoinReport{.case_id = "case-1", .report = report}, "anna");
  }
  void Claim(const std::string& text, const std::string& report, const std::string& sentence) {
    review::AddClaim claim{.case_id = "case-1", .text = text, .checks = {}};
    if (!report.empty()) {
      const std::string all = state_.FindReport(report)->document.StringOr("text", "");
      const auto begin = static_cast<std::int64_t>(all.find(sentence));
      claim.source = review::ClaimSource{.report = report,
                                         .begin = begin,
                                         .end = begin + static_cast<std::int64_t>(sentence.size()),
                                         .quote = {},
                                         .about = Json::MakeObject()};
    } else {
      claim.checks = {std::string(review::kTestCheck),
                      "usage(subscription: sub-other, class: speech-to-text) at 2026-07-15 > 1 h"};
    }
    Do(claim, "anna");
  }
  void Find(const std::string& claim, const std::string& outcome, const std::string& reason) {
    Do(
        review::RecordFinding{
            .case_id = "case-1", .claim = claim, .outcome = outcome, .reason = reason},
        "anna");
  }

  // Reports, claims, findings, attributions, an agreed step.
  void TellTheReview(bool article_names_them) {
    Do(review::OpenCase{.title = "Qcasetitle"}, "anna");
    Receive("article", Article(article_names_them), "report-1");
    Receive("letter",
            Json::Of({{"title", "Qlettertitle"},
                      {"text", "I saw that Qletterwords at night."},
                      {"author", "Qletterwriter"}}),
            "report-2");
    Receive("legal-notice",
            Json::Of({{"text", "Qnoticetext The Qministry did it."}, {"author", "Qnotifier"}}),
            "report-3");
    Receive("tip", Json::Of({{"text", "Qtip"}}), "report-4");
    Receive("letter",
            Json::Of({{"text", "All of our work rests on Qdenial agreements. Qdenialrest."},
                      {"author", "Qdenialwriter"}}),
            "report-5", "example-ministry");
    Claim("Qclaimtext.", "", "");
    Claim("Qreworded.", "report-1", "Qsentence keeps calls.");
    Claim("Qunansweredclaim.", "report-1", "whether Qunanswered.");
    Claim("I saw that Qletterwords at night.", "report-2", "Qletterwords at night.");
    Claim("Qdroppedclaim.", "report-1", "Qarticlerest.");
    Claim("All of our work rests on Qdenial agreements.", "report-5",
          "All of our work rests on Qdenial agreements.");
    Do(review::DropClaim{.case_id = "case-1", .claim = "claim-5", .reason = "Qdropreason"}, "anna");
    checks::CheckResult mine = CheckedResult();
    mine.why = "Qfigure of unit `signals`: 6.2 PB";
    checks::CheckResult other = CheckedResult();
    other.check = state_.FindClaim("claim-1")->checks[1];
    other.why = "Qotherfigure";
    other.subscriptions = {"sub-other"};
    Do(review::RecordEvaluation{.case_id = "case-1", .results = {{"claim-1", {mine, other}}}},
       "anna");
    Find("claim-1", "supported", "Qfindingreason");
    Find("claim-2", "partly_supported", "Qsecondreason");
    Find("claim-3", "undeterminable", "Qthirdreason");
    Find("claim-4", "not_supported", "Qfourthreason");
    Find("claim-6", "undeterminable", "Qsixthreason");
    Belongs("sub-archive", "contract", "Qattribution");
    Belongs("sub-language", "usage", "Qsecondattribution");
    Belongs("sub-college", "correspondence", "Qcorrespondence");
    Do(review::AgreeStep{.case_id = "case-1",
                         .text = "Qstep",
                         .due = ParseDate("2026-11-30").value(),
                         .checks = {}},
       "anna");
    Do(review::OpenCase{.title = "Qothercase"}, "anna", "case-2");
    Do(review::LinkCase{.case_id = "case-1", .to = "case-2", .reason = "Qlink"}, "anna");
    Do(review::DeclareConflict{.case_id = "case-1", .reason = "Qconflict"}, "finn");
  }
  void Belongs(const std::string& subscription, const std::string& evidence,
               const std::string& reason) {
    Do(review::RecordAttribution{.case_id = "case-1",
                                 .subscription = subscription,
                                 .unit = "signals",
                                 .evidence_class = evidence,
                                 .reason = reason,
                                 .customers = &customers_},
       "anna");
  }

  // A decision that is intended, and about which the customer is asked.
  void TellTheHearing() {
    Json file = ParseJson(review::kTestDecision).value();
    file["kind"] = "final";
    file["summary"] = "Qsummary";
    file["why_incompatible"] = "Qwhyincompatible";
    file["facts"] = Json(Json::Array{Json("finding-1"), Json("finding-2"), Json("finding-3"),
                                     Json("finding-4"), Json("finding-5")});
    file["hearing"] = Json::Of({{"held", "Qhearingtext"}});
    Propose(file.Canonical());
    Plan("decision-1");
    Do(review::OpenHearing{.decision = "decision-1",
                           .until = ParseDate("2026-11-25").value(),
                           .notice = "Qintent",
                           .notice_sha256 = crypto::Sha256("Qintent").Hex(),
                           .code_sha256 = crypto::Sha256("Qcode").Hex()},
       "anna");
  }
  void TellTheAnswer() {
    Do(review::AnswerHearing{.hearing = "hearing-1", .text = "Qanswer\nand more"}, "");
  }
  void TellTheDecision() {
    Do(review::AcknowledgeAnswer{.hearing = "hearing-1",
                                 .text = "Qacknowledgement",
                                 .sha256 = crypto::Sha256("Qacknowledgement").Hex()},
       "anna");
    Sign("decision-1", "cora");
    Sign("decision-1", "dirk");
    Issue("decision-1");
    Do(Adoption("decision-1"), "elif");
  }
  void TellTheAppeal(const std::string& outcome) {
    Do(review::FileAppeal{.decision = "decision-1", .text = "Qappealtext"}, "");
    Do(review::DecideAppeal{.appeal = "appeal-1", .outcome = outcome, .reason = "Qappealreason"},
       "bram");
  }
  void TellTheLift() {
    Do(review::ProposeLift{.decision = "decision-1", .reason = "Qliftreason", .appeal = "appeal-1"},
       "anna");
    Enforce("decision-2");
  }

  static std::string Renamed(std::string text,
                             const std::vector<std::pair<std::string, std::string>>& names) {
    for (const auto& [old_name, new_name] : names) {
      for (std::size_t at = text.find(old_name); at != std::string::npos;
           at = text.find(old_name, at + new_name.size())) {
        text.replace(at, old_name.size(), new_name);
      }
    }
    return text;
  }

  const catalogue::Catalogue shown_catalogue_ =
      catalogue::Catalogue::FromYaml(Renamed(std::string(review::kTestCatalogue),
                                             {{"name: Netherlands", "name: Qnetherlands"},
                                              {"name: Object storage", "name: Qobjectclass"},
                                              {"name: Security", "name: Qsecurityclass"},
                                              {"name: Blob Store,", "name: Qblobstore,"},
                                              {"name: Threat Guard,", "name: Qthreatguard,"}}),
                                     "catalogue.yaml")
          .value();
  const catalogue::Customers shown_customers_ =
      catalogue::Customers::FromYaml(Renamed(std::string(review::kTestCustomers),
                                             {{"name: Example Ministry", "name: Qministry"},
                                              {"name: Example Signals Unit", "name: Qunit"},
                                              {"name: archive", "name: Qarchive"},
                                              {"name: payroll", "name: Qpayroll"},
                                              {"name: Example Bakery", "name: Qbakery"},
                                              {"name: other", "name: Qother"}}),
                                     "customers.yaml")
          .value();
  const terms::Terms shown_terms_ =
      terms::Terms::FromYaml(
          Renamed(std::string(review::kTestTerms),
                  {{"title: Acceptable use of Example Cloud", "title: Qtermstitle"},
                   {"title: Mass surveillance of civilians", "title: Qclausetitle"},
                   {"text: The customer", "text: Qclausetext. The customer"},
                   {"appeal: You may", "appeal: Qappealterms. You may"}}),
          "terms.yaml")
          .value();
};

}  // namespace proviso::disclosure
