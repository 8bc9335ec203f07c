// proviso report ..., and the claims that reports come to
#include <cstdio>
#include <memory>

#include "cli/internal/act_command.h"
#include "cli/internal/new_file.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/told.h"
#include "crypto/hash.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFileBytesMax = std::uint64_t{20} << 20U;

struct AddOptions {
  std::vector<std::string> files;
  std::string kind;
  std::string from_customer;  // id
};

Result<Json> AddOne(const Invocation& invocation, const std::string& path,
                    const AddOptions& options, Session& session) {
  const Result<Bytes> file = invocation.environment.files->ReadFile(path, kFileBytesMax);
  if (!file && file.error().code() == ErrorCode::kResourceExhausted) {
    return Fail(ErrorCode::kInvalidArgument, "the document is larger than 20 MiB");
  }
  const Bytes bytes = PROVISO_TRY(file);
  service::Request request;
  request.use_case = "report add";
  request.args = Json::Of(
      {{"file", fs::path(path).filename().string()}, {"sha256", crypto::Sha256(bytes).Hex()}});
  if (!options.kind.empty()) request.args["kind"] = options.kind;
  if (!options.from_customer.empty()) request.args["from_customer"] = options.from_customer;
  request.attachments = Json::Of({{"base64", Base64Encode(bytes)}});
  PROVISO_TRY(session.Sign(true, request));
  return session.Ask(request);
}

void PrintAdded(const Json& answer) {
  const std::string title = answer.StringOr("title", "");
  std::printf("%s  %s  %s%s\n", Bold(answer.StringOr("id", "")).c_str(),
              answer.StringOr("kind", "").c_str(), title.empty() ? "(no title)" : title.c_str(),
              answer.StringOr("same_as", "").empty()
                  ? ""
                  : ("  (the same bytes as " + answer.StringOr("same_as", "") + ")").c_str());
  for (const Json& defect : ItemsOf(answer, "defects")) {
    if (defect.AsString() != nullptr) std::printf("  note: %s\n", defect.AsString()->c_str());
  }
}

// One bad document does not keep the others out.
Result<int> Add(const Invocation& invocation, const AddOptions& options) {
  Json reports = Json::MakeArray();
  Json refused = Json::MakeArray();
  Session session(invocation);
  for (const std::string& path : options.files) {
    const Result<Json> answer = AddOne(invocation, path, options, session);
    if (!answer && ExitCodeFor(answer.error().code()) == kExitFailure) {
      return tl::unexpected(answer.error());
    }
    if (!answer) {
      refused.Append(Json::Of({{"file", path}, {"error", answer.error().message()}}));
      std::fprintf(stderr, "proviso: %s: %s\n", path.c_str(), answer.error().message().c_str());
      continue;
    }
    if (!invocation.json) PrintAdded(*answer);
    reports.Append(*answer);
  }
  PROVISO_TRY(session.Close());
  const bool all = refused.AsArray()->empty();
  if (invocation.json) PrintJson(Json::Of({{"reports", reports}, {"refused", refused}}));
  return all ? kExitOk : kExitRefused;
}

void PrintStory(const Json& story) {
  std::string members;
  for (const Json& id : ItemsOf(story, "reports")) {
    members += (members.empty() ? "" : ", ") + *id.AsString();
  }
  std::printf("%s: %s\n", Bold(story.StringOr("id", "")).c_str(), members.c_str());
  for (const Json& echo : ItemsOf(story, "echoes")) {
    std::printf("  echo    %s of %s  %s\n", echo.StringOr("by", "").c_str(),
                echo.StringOr("of", "").c_str(), Dim(echo.StringOr("why", "")).c_str());
  }
  for (const Json& origin : ItemsOf(story, "origins")) {
    std::printf("  origin  %s  %s\n", origin.StringOr("name", "").c_str(),
                Dim(origin.StringOr("why", "")).c_str());
  }
  for (const Json& item : ItemsOf(story, "disagreements")) {
    std::printf("  differs in a %s:", item.StringOr("about", "").c_str());
    for (const Json& value : ItemsOf(item, "values")) {
      std::printf("  %s in %s", value.StringOr("value", "").c_str(),
                  value.StringOr("report", "").c_str());
    }
    std::printf("\n");
  }
}

}  // namespace

void PrintReports(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& report : ItemsOf(answer, "reports")) {
    rows.push_back({report.StringOr("id", ""), report.StringOr("kind", ""),
                    report.StringOr("date", ""), report.StringOr("outlet", ""),
                    report.StringOr("title", "")});
  }
  if (rows.empty()) {
    std::printf("No report yet. Add one: proviso report add FILE --key KEY\n");
    return;
  }
  std::printf("%s\n", FormatTable({"ID", "KIND", "DATE", "OUTLET", "TITLE"}, rows).c_str());
  for (const Json& story : ItemsOf(answer, "stories")) PrintStory(story);
  std::printf("%zu received, %zu stories\n", rows.size(), ItemsOf(answer, "stories").size());
}

namespace {

struct JoinOptions {
  std::string report;
  std::string story;
  std::string case_id;
};

Result<std::vector<std::string>> ReportsOf(Session& session, const std::string& story) {
  const Json listed = PROVISO_TRY(session.Ask({.use_case = "report list"}));
  for (const Json& item : ItemsOf(listed, "stories")) {
    if (item.StringOr("id", "") == story) return item.StringsAt("reports");
  }
  return Fail(ErrorCode::kNotFound,
              "there is no story `" + story + "`; list them with: proviso report list");
}

Result<int> Join(const Invocation& invocation, const JoinOptions& options) {
  Session session(invocation);
  std::vector<std::string> reports = {options.report};
  if (!options.story.empty()) reports = PROVISO_TRY(ReportsOf(session, options.story));
  Json joined = Json::MakeArray();
  for (const std::string& report : reports) {
    service::Request request;
    request.use_case = "report join";
    request.args = Json::Of({{"case", options.case_id}, {"report", report}});
    PROVISO_TRY(session.Sign(true, request));
    const Result<Json> answer = session.Ask(request);
    // Of a story, those that are in the case already stay there.
    if (!answer && !options.story.empty() && answer.error().code() == ErrorCode::kAlreadyExists) {
      continue;
    }
    joined.Append(PROVISO_TRY(answer));
    if (!invocation.json) std::printf("%s joined to %s\n", report.c_str(), options.case_id.c_str());
  }
  PROVISO_TRY(session.Close());
  if (invocation.json) PrintJson(Json::Of({{"joined", joined}}));
  return kExitOk;
}

Result<int> Show(const Invocation& invocation, const SharedFields& fields,
                 const std::string& original) {
  if (!original.empty()) PROVISO_TRY(CheckNewFile(invocation, original));
  service::Request request;
  request.use_case = "report show";
  request.args = fields->args;
  if (!original.empty()) request.args["original"] = true;
  PROVISO_TRY(SignRequest(invocation, true, request));
  Json answer = PROVISO_TRY(Ask(invocation, request));
  if (!original.empty()) {
    const std::string encoded = PROVISO_TRY(answer.StringAt("base64"));
    const Bytes bytes = PROVISO_TRY(Base64Decode(encoded));
    PROVISO_TRY(WriteNewFile(invocation, original, bytes));
    answer["base64"] = Json();
  }
  if (invocation.json) {
    PrintJson(answer);
    return kExitOk;
  }
  const Json* document = answer.Find("document");
  std::printf("%s  %s  %s  %s\n\n%s\n", Bold(answer.StringOr("id", "")).c_str(),
              answer.StringOr("outlet", "").c_str(), answer.StringOr("date", "").c_str(),
              answer.StringOr("title", "").c_str(),
              document == nullptr ? "" : document->StringOr("text", "").c_str());
  if (!original.empty()) std::printf("The original, unchanged: %s\n", original.c_str());
  return kExitOk;
}

void PrintDrafts(const Json& answer) {
  for (const Json& draft : ItemsOf(answer, "drafts")) {
    const std::string adopted = draft.StringOr("adopted", "");
    std::printf("%s%s%s\n  %s\n", Bold(draft.StringOr("id", "")).c_str(),
                draft.BoolOr("denial", false) ? "  denial" : "",
                adopted.empty() ? "" : ("  adopted as " + adopted).c_str(),
                draft.StringOr("text", "").c_str());
    if (const Json* about = draft.Find("about"); about != nullptr && about->AsObject() != nullptr) {
      std::string words;
      for (const auto& [key, value] : *about->AsObject()) {
        if (value.AsString() != nullptr) words += "  " + key + ": " + *value.AsString();
      }
      std::printf("%s\n", Dim(words).c_str());
    }
  }
  if (ItemsOf(answer, "drafts").empty()) {
    std::printf("No sentence of the case's reports says something that could be checked.\n");
  }
}

void PrintAdopted(const Json& answer) {
  Recorded("claim")(answer);
  std::printf("  %s\n", answer.StringOr("text", "").c_str());
}

}  // namespace

void AddReportCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "report", "Documents that come in, and what they tell together");
  auto add = std::make_shared<AddOptions>();
  CLI::App& adding = AddCommand(group, invocation,
                                {"add",
                                 "Take documents in, unchanged: articles, letters, notices",
                                 "  proviso report add article.html --key anna.key\n"
                                 "  proviso report add letter.txt --kind letter --key anna.key\n"
                                 "  proviso report add denial.txt --kind letter --from-customer "
                                 "ba-example-ministry --key anna.key\n"
                                 "  proviso report add xarf.json --key anna.key",
                                 {"report add"}},
                                [&invocation, add] { return Add(invocation, *add); });
  adding.add_option("FILE", add->files, "Documents: text, HTML, XARF v4 JSON")->required();
  const CLI::Validator not_empty(
      [](const std::string& text) {
        return text.empty() ? std::string("expected a value, found none; leave the option out")
                            : std::string();
      },
      "TEXT");
  adding
      .add_option(
          "--kind", add->kind,
          "article, abuse-report, legal-notice or letter; absent: found out, and a text that "
          "names no outlet and no address is a letter, which is not quoted to others")
      ->check(not_empty);
  adding
      .add_option("--from-customer", add->from_customer,
                  "Id of the customer that itself gave us this letter: only then may its "
                  "sentences be quoted back to it")
      ->check(not_empty);
  AddAsk(group, invocation,
         {"list", "List reports and the stories that they tell", "  proviso report list --json"},
         std::make_shared<Fields>(), PrintReports);
  auto join = std::make_shared<JoinOptions>();
  CLI::App& joining =
      AddCommand(group, invocation,
                 {"join",
                  "Join a report, or all of a story, to a case",
                  "  proviso report join report-2 --case case-1 --key anna.key\n"
                  "  proviso report join --story story-2 --case case-1 --key anna.key",
                  {"report join"}},
                 [&invocation, join] { return Join(invocation, *join); });
  CLI::Option* report = joining.add_option("REPORT", join->report, "Report, such as report-2");
  CLI::Option* story = joining.add_option("--story", join->story, "All reports of this story");
  report->excludes(story);
  joining.add_option("--case", join->case_id, "Case, such as case-1")->required();
  auto show = std::make_shared<Fields>();
  auto original = std::make_shared<std::string>();
  CLI::App& showing = AddCommand(
      group, invocation,
      {"show",
       "Read a report in its case; the log says who and what for",
       "  proviso report show report-2 --case case-1 --purpose review --key anna.key\n"
       "  proviso report show report-2 --case case-1 --purpose audit --original copy.html "
       "--key anna.key",
       {"report show"}},
      [&invocation, show, original] { return Show(invocation, show, *original); });
  AddText(showing, show, {"REPORT", "report", "Report, such as report-2"});
  AddCase(showing, show);
  AddText(showing, show, {"--purpose", "purpose", "review, hearing, appeal or audit"});
  showing.add_option("--original", *original, "Write the original, unchanged, to this file");
}

void AddDraftCommands(CLI::App& claims, Invocation& invocation) {
  auto drafts = std::make_shared<Fields>();
  AddCase(AddAsk(claims, invocation,
                 {"drafts", "List what the case's reports claim, sentence by sentence",
                  "  proviso claim drafts --case case-1"},
                 drafts, PrintDrafts),
          drafts);
  auto adopt = std::make_shared<Fields>();
  CLI::App& adopting = AddCommand(
      claims, invocation,
      {"adopt",
       "Make a draft a claim of the case, with its place in the report",
       "  proviso claim adopt report-2/3 --case case-1 --key anna.key\n"
       "  proviso claim adopt report-2/3 --case case-1 --text \"Stores recordings in NL\" \\\n"
       "    --check 'usage(unit: u, class: object-storage) at 2026-07-15 >= 5 PB' --key anna.key",
       {"claim add"}},
      [&invocation, adopt] {
        service::Request request;
        request.use_case = "claim add";
        request.args = adopt->args;
        return ActAndPrint(invocation, std::move(request), PrintAdopted);
      });
  AddText(adopting, adopt, {"DRAFT", "draft", "Draft, such as report-2/3"});
  AddCase(adopting, adopt);
  AddOptionalText(adopting, adopt, {"--text", "text", "Other words than the sentence's"});
  AddChecks(adopting, adopt, true);
  auto edit = std::make_shared<Fields>();
  CLI::App& editing = AddAct(claims, invocation,
                             {"edit", "Change a claim that has no finding yet",
                              "  proviso claim edit claim-2 --case case-1 --text \"...\" --reason "
                              "\"clearer\" --key anna.key"},
                             edit, Recorded("claim"));
  AddText(editing, edit, {"CLAIM", "claim", "Claim, such as claim-2"});
  AddCase(editing, edit);
  AddOptionalText(editing, edit, {"--text", "text", "The new words; absent: as they are"});
  AddChecks(editing, edit, false);
  AddText(editing, edit, {"--reason", "reason", "Why"});
  auto drop = std::make_shared<Fields>();
  CLI::App& dropping = AddAct(claims, invocation,
                              {"drop", "Pursue a claim no further; it stays in the record",
                               "  proviso claim drop claim-2 --case case-1 --reason \"said of "
                               "somebody else\" --key anna.key"},
                              drop, Recorded("claim"));
  AddText(dropping, drop, {"CLAIM", "claim", "Claim, such as claim-2"});
  AddCase(dropping, drop);
  AddText(dropping, drop, {"--reason", "reason", "Why"});
}

}  // namespace proviso::cli
