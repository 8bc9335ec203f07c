// proviso case ..., claim ..., finding ..., attribution ...
#include <cstdio>
#include <memory>

#include "base/decimal.h"
#include "cli/internal/act_command.h"
#include "cli/internal/decision_print.h"
#include "cli/internal/new_file.h"
#include "cli/terminal.h"
#include "cli/told.h"

namespace proviso::cli {
namespace {

std::vector<double> SeriesValues(const Json& result) {
  std::vector<double> values;
  const Json* series = result.Find("series");
  const Json* list = series == nullptr ? nullptr : series->Find("values");
  if (list == nullptr || list->AsArray() == nullptr) return values;
  for (const Json& value : *list->AsArray()) {
    const std::string* text = value.AsString();
    values.push_back(text == nullptr ? 0.0 : Decimal::Parse(*text).value_or(Decimal()).ToDouble());
  }
  return values;
}

std::string OutcomeOf(const Json& claim, std::string_view which) {
  const Json* part = claim.Find(which);
  std::string outcome = part == nullptr ? "" : part->StringOr("outcome", "");
  if (outcome.empty()) return "-";
  if (outcome == "supported") return Red(outcome);
  return outcome;
}

void PrintCheck(const Json& check) {
  std::printf("      %s\n", check.StringOr("check", "").c_str());
  const Json* result = check.Find("result");
  if (result == nullptr || result->IsNull()) {
    std::printf("        not run yet\n");
    return;
  }
  const std::vector<double> values = SeriesValues(*result);
  if (!values.empty()) std::printf("        %s\n", Sparkline(values, 60).c_str());
  const std::string value = result->StringOr("value", "");
  std::printf("        %s%s%s  %s\n", result->StringOr("result", "").c_str(),
              value.empty() ? "" : (": " + WithThousands(value)).c_str(),
              (value.empty() ? "" : " " + result->StringOr("unit", "")).c_str(),
              Dim(result->StringOr("counterfactual", result->StringOr("why", ""))).c_str());
}

// That a finding is not what the checks had drafted, and why; nothing when it is.
void PrintDeparture(const Json* finding) {
  if (finding == nullptr) return;
  const std::string drafted = finding->StringOr("drafted", "");
  if (drafted.empty() || drafted == finding->StringOr("outcome", "")) return;
  std::printf("    against the draft of its time, %s: %s\n", drafted.c_str(),
              finding->StringOr("against_draft", "the reason was erased").c_str());
}

void PrintClaims(const Json& answer) {
  for (const Json& claim : ItemsOf(answer, "claims")) {
    std::printf("  %s %s%s\n", Bold(claim.StringOr("id", "")).c_str(),
                claim.BoolOr("denial", false) ? "(denial) " : "",
                claim.StringOr("text", "").c_str());
    const Json* dropped = claim.Find("dropped");
    if (dropped != nullptr && !dropped->IsNull()) {
      std::printf("    dropped: %s\n", dropped->StringOr("reason", "").c_str());
      continue;
    }
    std::printf("    draft: %s   finding: %s\n", OutcomeOf(claim, "draft").c_str(),
                OutcomeOf(claim, "finding").c_str());
    PrintDeparture(claim.Find("finding"));
    for (const Json& check : ItemsOf(claim, "checks")) PrintCheck(check);
  }
}

// A part of a case as a table: for each item of `key`, the texts of `members`.
struct Part {
  const char* title;
  const char* key;
  std::vector<std::string> head;
  std::vector<const char*> members;
};

void PrintPart(const Json& answer, const Part& part) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : ItemsOf(answer, part.key)) {
    std::vector<std::string> cells;
    for (const char* member : part.members) {
      const std::string text = item.StringOr(member, "");
      cells.push_back(text.empty() ? "-" : text);
    }
    rows.push_back(std::move(cells));
  }
  if (rows.empty()) return;
  std::printf("  %s\n%s", part.title, FormatTable(part.head, rows).c_str());
}

void PrintDecisions(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& decision : ItemsOf(answer, "decisions")) {
    rows.push_back(
        {decision.StringOr("id", ""), decision.StringOr("kind", ""), StandingOf(decision)});
  }
  if (rows.empty()) return;
  std::printf("  Decisions\n%s", FormatTable({"ID", "KIND", "STATUS"}, rows).c_str());
}

}  // namespace

void PrintAttention(const Json& answer) {
  for (const Json& item : ItemsOf(answer, "attention")) {
    std::printf("  %s %s\n    by %s at %s, %s days ago\n    %s\n", Red("ATTENTION").c_str(),
                item.StringOr("text", "").c_str(), Called(answer, item.StringOr("by", "")).c_str(),
                item.StringOr("at", "").c_str(),
                std::to_string(item.IntegerOr("age_days", 0)).c_str(),
                item.StringOr("remedy", "").c_str());
  }
}

void PrintCase(const Json& answer) {
  std::printf("%s %s (%s)\n", Bold(answer.StringOr("id", "")).c_str(),
              answer.StringOr("title", "").c_str(),
              answer.BoolOr("open", true) ? "open" : "closed");
  PrintAttention(answer);
  PrintPart(answer, {"Reports",
                     "reports",
                     {"ID", "KIND", "DATE", "OUTLET", "TITLE"},
                     {"id", "kind", "date", "outlet", "title"}});
  PrintClaims(answer);
  PrintPart(answer, {"Attributions",
                     "attributions",
                     {"ID", "SUBSCRIPTION", "BELONGS TO", "BY"},
                     {"id", "subscription", "unit", "evidence_class"}});
  PrintPart(
      answer,
      {"Agreed steps", "steps", {"ID", "DUE", "STATUS", "WHAT"}, {"id", "due", "status", "text"}});
  for (const Json& step : ItemsOf(answer, "steps")) {
    for (const Json& earlier : ItemsOf(step, "corrected")) {
      std::printf("  %s was recorded as %s at %s, and corrected\n", step.StringOr("id", "").c_str(),
                  earlier.StringOr("outcome", "").c_str(), earlier.StringOr("at", "").c_str());
    }
  }
  PrintPart(answer, {"Hearings",
                     "hearing",
                     {"ID", "ABOUT", "UNTIL", "STATUS"},
                     {"id", "decision", "until", "status"}});
  PrintDecisions(answer);
  PrintPart(answer, {"Appeals",
                     "appeals",
                     {"ID", "AGAINST", "OUTCOME", "LIFTED BY"},
                     {"id", "decision", "outcome", "lift"}});
  PrintPart(answer, {"Updates", "updates", {"ID", "FOR", "DUE"}, {"id", "audience", "due"}});
}

namespace {

// What was recorded, and what it means for decisions in force.
Printer RecordedWithAttention(const std::string& what) {
  return [recorded = Recorded(what)](const Json& answer) {
    recorded(answer);
    const std::string drafted = answer.StringOr("drafted", "");
    if (!drafted.empty() && drafted != answer.StringOr("outcome", "")) {
      std::printf("  against the draft of %s: its checks drafted %s, the finding says %s\n",
                  answer.StringOr("claim", "").c_str(), drafted.c_str(),
                  answer.StringOr("outcome", "").c_str());
    }
    PrintAttention(answer);
  };
}

void PrintClosing(const Json& answer) {
  Recorded("closing")(answer);
  for (const Json& left : ItemsOf(answer, "left_open")) {
    std::printf("  left open: %s, %s\n", left.StringOr("id", "").c_str(),
                left.StringOr("text", "").c_str());
  }
}

void PrintCaseList(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : *answer.Find("cases")->AsArray()) {
    rows.push_back({item.StringOr("id", ""), item.StringOr("status", ""),
                    std::to_string(item.IntegerOr("claims", 0)),
                    std::to_string(item.IntegerOr("attention", 0)), item.StringOr("title", "")});
  }
  if (rows.empty()) {
    std::printf("No case yet. Open one: proviso case open --title TEXT --key KEY\n");
    return;
  }
  std::printf("%s", FormatTable({"ID", "STATUS", "CLAIMS", "ATTENTION", "TITLE"}, rows).c_str());
}

void AddCaseLinks(CLI::App& group, Invocation& invocation) {
  auto reopen = std::make_shared<Fields>();
  CLI::App& reopening =
      AddAct(group, invocation,
             {"reopen", "Open a closed case again, for new evidence",
              "  proviso case reopen case-1 --class public --reason \"an article\" --key anna.key"},
             reopen, Recorded("reopening of"));
  AddText(reopening, reopen, {"CASE", "case", "Case, such as case-1"});
  AddText(reopening, reopen,
          {"--class", "evidence_class",
           "Class of what is new: usage, billing, contract, correspondence, public, "
           "customer_statement"});
  AddText(reopening, reopen, {"--reason", "reason", "What is new"});
  auto link = std::make_shared<Fields>();
  CLI::App& linking = AddAct(group, invocation,
                             {"link", "Link a case to an earlier one",
                              "  proviso case link case-2 --to case-1 --reason \"the same "
                              "unit\" --key anna.key"},
                             link, Recorded("link of"));
  AddText(linking, link, {"CASE", "case", "Case, such as case-2"});
  AddText(linking, link, {"--to", "to", "The other case"});
  AddText(linking, link, {"--reason", "reason", "What they have to do with each other"});
}

struct CaseFiles {
  std::string html;   // one page
  std::string plots;  // a folder
};

Result<int> ShowCase(const Invocation& invocation, const SharedFields& fields,
                     const CaseFiles& files) {
  if (!files.html.empty()) PROVISO_TRY(CheckNewFile(invocation, files.html));
  const Json shown = PROVISO_TRY(Ask(invocation, {.use_case = "case show", .args = fields->args}));
  if (!files.html.empty()) {
    PROVISO_TRY(WriteCasePage(invocation, shown, files.html));
    std::fprintf(stderr, "written: %s\n", files.html.c_str());
  }
  if (!files.plots.empty()) {
    const std::size_t plots = PROVISO_TRY(WriteCasePlots(invocation, shown, files.plots));
    std::fprintf(stderr, "written: %zu plots in %s\n", plots, files.plots.c_str());
  }
  if (invocation.json) {
    PrintJson(shown);
  } else if (files.html.empty() && files.plots.empty()) {
    PrintCase(shown);
  }
  return kExitOk;
}

void AddCaseGroup(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "case", "Reviews: open, look at, evaluate, close");
  auto open = std::make_shared<Fields>();
  AddText(AddAct(group, invocation,
                 {"open", "Open a case",
                  "  proviso case open --title \"Example report\" --key anna.key"},
                 open, Recorded("case")),
          open, {"--title", "title", "What the case is about"});
  AddCommand(
      group, invocation, {"list", "List all cases", "  proviso case list --json"},
      [&invocation] { return AskAndPrint(invocation, {.use_case = "case list"}, PrintCaseList); });
  auto show = std::make_shared<Fields>();
  auto files = std::make_shared<CaseFiles>();
  CLI::App& showing =
      AddCommand(group, invocation,
                 {"show", "Show a case with claims, checks and findings; or write it as a page",
                  "  proviso case show case-1\n"
                  "  proviso case show case-1 --html case-1.html\n"
                  "  proviso case show case-1 --plots plots"},
                 [&invocation, show, files] { return ShowCase(invocation, show, *files); });
  AddText(showing, show, {"CASE", "case", "Case, such as case-1"});
  showing.add_option("--html", files->html, "New file that takes it as one self-contained page");
  showing.add_option("--plots", files->plots,
                     "Write a plot for each check that was run into this folder");
  auto run = std::make_shared<Fields>();
  AddText(AddAct(group, invocation,
                 {"run", "Evaluate the checks of all claims and draft outcomes",
                  "  proviso case run case-1 --key anna.key"},
                 run, PrintCase),
          run, {"CASE", "case", "Case, such as case-1"});
  auto close = std::make_shared<Fields>();
  CLI::App& command = AddAct(group, invocation,
                             {"close", "Close a case, with the reason",
                              "  proviso case close case-1 --reason \"all done\" --key anna.key"},
                             close, PrintClosing);
  AddText(command, close, {"CASE", "case", "Case, such as case-1"});
  AddText(command, close, {"--reason", "reason", "Why it is closed"});
  AddCaseLinks(group, invocation);
}

void AddClaimGroup(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "claim", "Statements that can be true or false");
  AddDraftCommands(group, invocation);
  auto add = std::make_shared<Fields>();
  CLI::App& command = AddAct(
      group, invocation,
      {"add", "Add a claim with the checks that test it",
       "  proviso claim add --case case-1 --text \"Stores bulk recordings in NL\" \\\n"
       "    --check 'usage(unit: \"Example Signals Unit\", class: object-storage, region: nl-1) at "
       "2026-07-15 >= 5 PB' --key anna.key"},
      add, Recorded("claim"));
  AddText(command, add, {"--case", "case", "Case, such as case-1"});
  AddText(command, add, {"--text", "text", "The statement"});
  add->args["denial"] = false;
  AddChecks(command, add, true);
  command.add_flag_function(
      "--denial", [add](std::int64_t) { add->args["denial"] = true; },
      "The claim denies what another one says");
  auto list = std::make_shared<Fields>();
  AddText(AddCommand(group, invocation,
                     {"list", "List the claims of a case", "  proviso claim list --case case-1"},
                     [&invocation, list] {
                       return AskAndPrint(
                           invocation, {.use_case = "claim list", .args = list->args}, PrintClaims);
                     }),
          list, {"--case", "case", "Case, such as case-1"});
}

}  // namespace

void AddCaseCommands(CLI::App& app, Invocation& invocation) {
  AddCaseGroup(app, invocation);
  AddClaimGroup(app, invocation);
  auto finding = std::make_shared<Fields>();
  CLI::App& findings = AddGroup(app, "finding", "Outcomes of claims");
  CLI::App& record =
      AddAct(findings, invocation,
             {"record", "Record the finding for a claim: a person's judgement, with the reason",
              "  proviso finding record --case case-1 --claim claim-1 --outcome supported \\\n"
              "    --reason \"metering shows it\" --key anna.key"},
             finding, RecordedWithAttention("finding"));
  AddText(record, finding, {"--case", "case", "Case, such as case-1"});
  AddText(record, finding, {"--claim", "claim", "Claim, such as claim-1"});
  AddText(record, finding,
          {"--outcome", "outcome",
           "supported, partly_supported, not_supported, contradicted, undeterminable, "
           "records_missing"});
  AddText(record, finding, {"--reason", "reason", "Why"});
  AddOptionalText(record, finding,
                  {"--against-draft", "against_draft",
                   "Why it is not what the checks drafted; needed then, and only then"});
  auto attribution = std::make_shared<Fields>();
  CLI::App& attributions = AddGroup(app, "attribution", "Which subscription belongs to which unit");
  CLI::App& attribute =
      AddAct(attributions, invocation,
             {"record", "Record that a subscription belongs to a unit, by evidence",
              "  proviso attribution record --case case-1 --subscription sub-1 --unit unit-1 \\\n"
              "    --class contract --reason \"order form of 2024\" --key anna.key"},
             attribution, RecordedWithAttention("attribution"));
  AddText(attribute, attribution, {"--case", "case", "Case, such as case-1"});
  AddText(attribute, attribution, {"--subscription", "subscription", "Subscription"});
  AddText(attribute, attribution, {"--unit", "unit", "Unit, by id, name or alias"});
  AddText(attribute, attribution,
          {"--class", "evidence_class",
           "Class of the evidence: usage, billing, contract, correspondence, public, "
           "customer_statement"});
  AddText(attribute, attribution, {"--reason", "reason", "What shows it"});
}

}  // namespace proviso::cli
