// The review: a letter that came to nothing, nine documents, a case opened again, findings.
#include <array>

#include "crypto/hash.h"
#include "demo/storyteller.h"

namespace proviso::demo {
namespace {

constexpr const char* kUnit = "example-signals-unit";

// A claim of the story: where it stands, how it is tested, and what a reviewer found.
struct ClaimText {
  const char* name;
  const char* report;  // file
  const char* words;   // of the sentence in the report that claims it
  const char* text;
  bool denial;
  std::array<const char*, 3> checks;
  const char* outcome;
  const char* reason;
  const char* against_draft = "";
};

constexpr std::array kClaims = {
    ClaimText{"storage",
              "02-investigation.html",
              "11,500 terabytes",
              "The unit keeps 11,500 TB of recordings in object storage in the Netherlands.",
              false,
              {"usage(unit: example-signals-unit, class: object-storage, region: nl-1) at "
               "2026-07-15 >= 11.5 PB",
               "growth(unit: example-signals-unit, class: object-storage, region: nl-1) from "
               "2026-03 to 2026-07 >= 2x",
               nullptr},
              "supported",
              "Metering shows the amount on the day, and that it doubled in four months."},
    ClaimText{"speech",
              "02-investigation.html",
              "64-fold",
              "What the unit has transcribed by machine rose 64-fold between January and July.",
              false,
              {"growth(unit: example-signals-unit, class: speech-to-text, region: nl-1) from "
               "2026-01 to 2026-07 >= 64x",
               "growth(unit: example-signals-unit, class: speech-to-text, region: nl-1) from "
               "2026-03 to 2026-07 >= 8x",
               "billed(customer: ba-example-ministry, class: speech-to-text, region: nl-1) from "
               "2026-06 to 2026-07 >= 100000 EUR"},
              "supported",
              "Hours rose 66-fold; until June most of it was on the free preview, so only "
              "quantities show it."},
    ClaimText{"everything",
              "02-investigation.html",
              "everything that comes in",
              "By July everything that comes in is transcribed.",
              false,
              {"ratio(unit: example-signals-unit, class: ingress, per: speech-to-text, region: "
               "nl-1) from 2026-07 to 2026-07 <= 60 MB/h",
               "ratio(unit: example-signals-unit, class: ingress, per: speech-to-text, region: "
               "nl-1) from 2026-07 to 2026-07 >= 55 MB/h",
               "co-moves(unit: example-signals-unit, class: object-storage, with: speech-to-text, "
               "region: nl-1) from 2026-01 to 2026-07 >= 0.8"},
              "supported",
              "57.5 MB come in for each hour transcribed: telephone sound, and all of it."},
    ClaimText{"leaving",
              "05-bulletin.txt",
              "2,600",
              "More than 2,600 TB left the Netherlands on 7 and 8 August, for another provider.",
              false,
              {"usage(unit: example-signals-unit, class: egress, region: nl-1) at 2026-08-07 >= "
               "1300 TB",
               "usage(unit: example-signals-unit, class: egress, region: nl-1) at 2026-08-08 >= "
               "1300 TB",
               nullptr},
              "partly_supported",
              "That it left is metered; where it went is not in our records."},
    ClaimText{"beginning",
              "02-investigation.html",
              "November 2024",
              "The project began in November 2024.",
              false,
              {"usage(unit: example-signals-unit, class: object-storage, region: nl-1) at "
               "2024-11-30 > 0 TB",
               nullptr, nullptr},
              "records_missing",
              "Metering of that month was not delivered."},
    ClaimText{"civilians",
              "02-investigation.html",
              "suspicion",
              "The recordings are of people against whom there is no suspicion.",
              false,
              {nullptr, nullptr, nullptr},
              "undeterminable",
              "Who speaks on a recording cannot be known without listening."},
    ClaimText{
        "no-ai",
        "06-denial.txt",
        "artificial intelligence",
        "The unit uses no artificial intelligence services of Example Cloud.",
        true,
        {"absent(unit: example-signals-unit, class: speech-to-text) from 2025-08 to 2026-07",
         "absent(unit: example-signals-unit, class: translation) from 2025-08 to 2026-07", nullptr},
        "contradicted",
        "Metering shows speech to text and translation in every month.",
        "The checks can only say that it is not shown; metering shows the opposite."},
    ClaimText{"supervised",
              "06-denial.txt",
              "agreement",
              "All that the unit does with the services rests on supervised agreements.",
              true,
              {"contracted(subscription: sub-em-archive-01, class: object-storage, region: nl-1) "
               "at 2026-07-15",
               "contracted(subscription: sub-em-language-02, class: speech-to-text, region: nl-1) "
               "at 2026-07-15",
               nullptr},
              "partly_supported",
              "There is an agreement for the storage, and none for speech to text."},
};

constexpr std::array kUnitSubscriptions = {"sub-em-archive-01", "sub-em-language-02",
                                           "sub-em-compute-03"};

Json ChecksOf(const ClaimText& claim) {
  Json checks = Json::MakeArray();
  for (const char* check : claim.checks) {
    if (check != nullptr) checks.Append(check);
  }
  return checks;
}

// The draft whose sentence has `words`; empty when there is none.
std::string DraftWith(const Json& drafts, const std::string& report, const std::string& words) {
  for (const Json& draft : *drafts.Find("drafts")->AsArray()) {
    if (draft.StringOr("report", "") != report) continue;
    if (draft.StringOr("text", "").find(words) != std::string::npos) {
      return draft.StringOr("id", "");
    }
  }
  return "";
}

// The letter that the ministry itself gave to the provider.
constexpr std::string_view kDenial = "06-denial.txt";

}  // namespace

Result<std::string> Storyteller::AddReport(const std::string& file, const std::string& kind) {
  const Bytes bytes =
      PROVISO_TRY(environment_.files->ReadFile(options_.examples / "reports" / file, 20U << 20U));
  Json args = Json::Of({{"file", file}, {"sha256", crypto::Sha256(bytes).Hex()}});
  if (!kind.empty()) args["kind"] = kind;
  if (file == kDenial) args["from_customer"] = "ba-example-ministry";
  const Json answer = PROVISO_TRY(
      Act("finn", "report add", std::move(args), Json::Of({{"base64", Base64Encode(bytes)}})));
  std::string id = PROVISO_TRY(answer.StringAt("id"));
  reports_[file] = id;
  return id;
}

Status Storyteller::Find(const std::string& claim, const std::string& outcome,
                         const std::string& reason, const std::string& against_draft) {
  Json args = Json::Of(
      {{"case", case_id_}, {"claim", claims_.at(claim)}, {"outcome", outcome}, {"reason", reason}});
  if (!against_draft.empty()) args["against_draft"] = against_draft;
  const Json answer = PROVISO_TRY(Act("anna", "finding record", std::move(args)));
  findings_[claim] = answer.StringOr("id", "");
  Say(claims_.at(claim) + ": " + outcome + ". " + reason);
  if (!against_draft.empty()) {
    Say("its checks had drafted " + answer.StringOr("drafted", "") + ". " + against_draft);
  }
  return {};
}

Status Storyteller::CloseTheFirstCase() {
  Now("2026-05-18T09:00:00Z");
  const std::string report = PROVISO_TRY(AddReport("01-letter.txt", "letter"));
  case_id_ =
      PROVISO_TRY(Act("anna", "case open",
                      Json::Of({{"title", "Use of the services by the Example Signals Unit"}})))
          .StringOr("id", "");
  PROVISO_TRY(Act("anna", "report join", Json::Of({{"case", case_id_}, {"report", report}})));
  const Json checks = Json(Json::Array{
      "billed(customer: ba-example-ministry, class: face-recognition) from 2025-08 to 2026-04 > 0 "
      "EUR",
      "contracted(customer: ba-example-ministry, class: face-recognition) at 2026-05-18"});
  const Json claim = PROVISO_TRY(Act("anna", "claim add",
                                     Json::Of({{"case", case_id_},
                                               {"text", "The unit uses face recognition."},
                                               {"checks", checks},
                                               {"denial", false}})));
  claims_["faces"] = claim.StringOr("id", "");
  Now("2026-06-05T10:00:00Z");
  Show("case", PROVISO_TRY(Act("anna", "case run", Json::Of({{"case", case_id_}}))));
  PROVISO_TRY(
      Find("faces", "not_supported", "Nothing of it was billed, and no agreement covers it."));
  PROVISO_TRY(Act("anna", "case close",
                  Json::Of({{"case", case_id_}, {"reason", "No evidence to date."}})));
  Say(case_id_ + " is closed: no evidence to date");
  return {};
}

Status Storyteller::TakeReportsIn() {
  struct Document {
    const char* time;
    const char* file;
    const char* kind;
  };
  for (const Document& document :
       {Document{"2026-08-06T07:30:00Z", "02-investigation.html", ""},
        Document{"2026-08-07T09:10:00Z", "03-courier.html", ""},
        Document{"2026-08-09T11:00:00Z", "04-statement.html", ""},
        Document{"2026-08-09T16:20:00Z", "05-bulletin.txt", ""},
        Document{"2026-08-10T13:45:00Z", "06-denial.txt", "letter"},
        Document{"2026-08-11T08:05:00Z", "07-payroll.html", ""},
        Document{"2026-08-11T10:30:00Z", "08-abuse.json", ""},
        Document{"2026-08-12T15:00:00Z", "09-legal-notice.txt", "legal-notice"}}) {
    Now(document.time);
    PROVISO_TRY(AddReport(document.file, document.kind));
  }
  Show("reports", PROVISO_TRY(Ask("report list")));
  return {};
}

Status Storyteller::ReopenTheCase() {
  Now("2026-08-15T09:00:00Z");
  PROVISO_TRY(Act("anna", "case reopen",
                  Json::Of({{"case", case_id_},
                            {"evidence_class", "public"},
                            {"reason", "An investigation names figures that records can show."}})));
  for (const auto& [file, report] : reports_) {
    if (file == "01-letter.txt" || file == "07-payroll.html") continue;
    PROVISO_TRY(Act("anna", "report join", Json::Of({{"case", case_id_}, {"report", report}})));
  }
  const Json drafts = PROVISO_TRY(Ask("claim drafts", Json::Of({{"case", case_id_}})));
  std::size_t adopted = 0;
  for (const ClaimText& claim : kClaims) {
    Json args = Json::Of({{"case", case_id_},
                          {"text", claim.text},
                          {"checks", ChecksOf(claim)},
                          {"denial", claim.denial}});
    const std::string draft = DraftWith(drafts, reports_.at(claim.report), claim.words);
    if (!draft.empty()) {
      args["draft"] = draft;
      ++adopted;
    }
    const Json answer = PROVISO_TRY(Act("anna", "claim add", std::move(args)));
    claims_[claim.name] = answer.StringOr("id", "");
  }
  Say(std::to_string(drafts.Find("drafts")->AsArray()->size()) +
      " sentences could be checked; Anna took " + std::to_string(adopted) +
      " of them over in clearer words, and wrote " + std::to_string(kClaims.size() - adopted) +
      " claims herself");
  return {};
}

Status Storyteller::Attribute() {
  for (const char* subscription : kUnitSubscriptions) {
    PROVISO_TRY(Act("anna", "attribution record",
                    Json::Of({{"case", case_id_},
                              {"subscription", subscription},
                              {"unit", kUnit},
                              {"evidence_class", "contract"},
                              {"reason", "The order form names the unit as user."}})));
  }
  Say("three subscriptions belong to the unit, by their order forms");
  return {};
}

Status Storyteller::RunChecks() {
  Now("2026-08-17T09:00:00Z");
  PROVISO_TRY(ImportUsage("2026-05", "2026-07"));
  Show("case", PROVISO_TRY(Act("anna", "case run", Json::Of({{"case", case_id_}}))));
  return {};
}

// Preliminary ones; what August's metering shows comes later.
Status Storyteller::RecordFindings() {
  Now("2026-08-18T14:00:00Z");
  for (const ClaimText& claim : kClaims) {
    if (std::string(claim.name) == "leaving") continue;
    PROVISO_TRY(Find(claim.name, claim.outcome, claim.reason, claim.against_draft));
  }
  return {};
}

}  // namespace proviso::demo
