// proviso hearing ..., notice ..., appeal ..., update ..., step ..., conflict ...
#include <cstdio>
#include <memory>

#include "cli/internal/act_command.h"
#include "cli/internal/new_file.h"
#include "cli/terminal.h"
#include "crypto/hash.h"

namespace proviso::cli {
namespace {

// How a letter is shown: its text, or written to a file as a page or as JSON.
struct LetterOptions {
  SharedFields fields = std::make_shared<Fields>();
  std::string html;
};

void AddHtml(CLI::App& command, const std::shared_ptr<LetterOptions>& options) {
  command.add_option("--html", options->html, "New file that takes it as a page too");
}

Status WriteHtml(const Invocation& invocation, const Json& letter, const std::string& path) {
  if (path.empty()) return {};
  const std::string html = letter.StringOr("html", "");
  PROVISO_TRY(WriteNewFile(invocation, path, AsBytes(html)));
  std::fprintf(stderr, "written: %s\n", path.c_str());
  return {};
}

void PrintMarkdown(const Json& letter) {
  std::printf("%s\n", letter.StringOr("markdown", "").c_str());
}

Result<int> ShowLetter(const Invocation& invocation, const std::string& use_case,
                       const LetterOptions& options) {
  if (!options.html.empty()) PROVISO_TRY(CheckNewFile(invocation, options.html));
  service::Request request;
  request.use_case = use_case;
  request.args = options.fields->args;
  const Json letter = PROVISO_TRY(Ask(invocation, request));
  PROVISO_TRY(WriteHtml(invocation, letter, options.html));
  if (invocation.json) {
    PrintJson(letter);
  } else {
    PrintMarkdown(letter);
  }
  return kExitOk;
}

// A letter that a person sends: what is sent is what was shown, by its hash.
struct Sending {
  std::string show;       // use case that renders it
  std::string send;       // use case that sends it
  std::string hash_key;   // argument that names the text
  std::string code_note;  // what the code in the answer is for; empty: there is none
};

Result<int> SendLetter(const Invocation& invocation, const Sending& sending,
                       const SharedFields& fields) {
  service::Request show;
  show.use_case = sending.show;
  show.args = fields->args;
  const Json letter = PROVISO_TRY(Ask(invocation, show));
  service::Request send;
  send.use_case = sending.send;
  send.args = fields->args;
  send.args[sending.hash_key] = crypto::Sha256(letter.StringOr("markdown", "")).Hex();
  return ActAndPrint(invocation, std::move(send), [&sending](const Json& answer) {
    PrintMarkdown(answer);
    std::printf("Sent: %s (log entry %s).\nSHA-256 of the text: %s\n",
                answer.StringOr("id", "").c_str(),
                std::to_string(answer.IntegerOr("index", 0)).c_str(),
                answer.StringOr("sha256", "").c_str());
    if (!sending.code_note.empty()) {
      std::printf(
          "%s\n  %s\nIt is shown this once; send it with the letter. If it is lost: proviso code "
          "renew %s\n",
          sending.code_note.c_str(), Bold(answer.StringOr("code", "")).c_str(),
          answer.StringOr("id", "").c_str());
    }
  });
}

// What comes in by code, from somebody without an account.
struct ByCode {
  std::string code;
  std::string file;
  std::string hearing;  // a person takes it down instead
  std::string notice;   // SHA-256 of the notice that it answers; empty: not said
};

Result<int> SendByCode(const Invocation& invocation, const std::string& use_case,
                       const ByCode& options) {
  service::Request request;
  request.use_case = use_case;
  const std::string text = PROVISO_TRY(ReadTextFile(invocation, options.file));
  request.attachments = Json::Of({{"text", text}});
  if (options.hearing.empty()) {
    if (options.code.empty()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "give the code that came with the letter: --code CODE, or PROVISO_CODE");
    }
    request.attachments["code"] = options.code;
    if (!options.notice.empty()) request.args["notice_sha256"] = options.notice;
  } else {
    request.args =
        Json::Of({{"hearing", options.hearing}, {"text_sha256", crypto::Sha256(text).Hex()}});
    if (!options.notice.empty()) request.args["notice_sha256"] = options.notice;
    PROVISO_TRY(SignRequest(invocation, true, request));
  }
  return AskAndPrint(invocation, request, [](const Json& answer) {
    std::printf("Received: %s (log entry %s). Keep this number.\n",
                answer.StringOr("id", "").c_str(),
                std::to_string(answer.IntegerOr("index", 0)).c_str());
    const std::string notice = answer.StringOr("notice_sha256", "");
    if (!notice.empty()) std::printf("SHA-256 of the notice that it answers: %s\n", notice.c_str());
  });
}

void AddByCode(CLI::App& command, const std::shared_ptr<ByCode>& options) {
  command.add_option("--code", options->code, "The code that came with the letter")
      ->envname("PROVISO_CODE");
  command.add_option("FILE", options->file, "The text, as a file")->required();
}

void AddAcknowledgement(CLI::App& group, Invocation& invocation) {
  auto show = std::make_shared<LetterOptions>();
  CLI::App& showing = AddCommand(
      group, invocation,
      {"acknowledgement", "Show the acknowledgement of an answer as it would be sent",
       "  proviso hearing acknowledgement hearing-1"},
      [&invocation, show] { return ShowLetter(invocation, "hearing acknowledgement", *show); });
  AddText(showing, show->fields, {"HEARING", "hearing", "Hearing, such as hearing-1"});
  AddHtml(showing, show);
  auto send = std::make_shared<Fields>();
  CLI::App& sending =
      AddCommand(group, invocation,
                 {"acknowledge",
                  "Acknowledge the customer's answer: a person's act about the very text",
                  "  proviso hearing acknowledge hearing-1 --key lea.key",
                  {"hearing acknowledge"}},
                 [&invocation, send] {
                   return SendLetter(invocation,
                                     {.show = "hearing acknowledgement",
                                      .send = "hearing acknowledge",
                                      .hash_key = "text_sha256",
                                      .code_note = ""},
                                     send);
                 });
  AddText(sending, send, {"HEARING", "hearing", "Hearing, such as hearing-1"});
}

void PrintLetterHead(const Json& answer, const std::string& status) {
  std::printf("%s of %s, about %s: %s\n", Bold(answer.StringOr("id", "")).c_str(),
              answer.StringOr("case", "").c_str(), answer.StringOr("decision", "").c_str(),
              status.c_str());
}

void PrintHearing(const Json& answer) {
  const std::string status = answer.StringOr("status", "");
  const std::string until = answer.StringOr("until", "");
  PrintLetterHead(answer, status);
  std::printf("  opened %s by %s, until %s\n", answer.StringOr("opened_at", "").c_str(),
              Called(answer, answer.StringOr("opened_by", "")).c_str(), until.c_str());
  if (answer.StringOr("answered_at", "").empty()) {
    std::printf("  no answer yet\n");
    return;
  }
  std::printf("  answered %s by %s\n\n%s\n", answer.StringOr("answered_at", "").c_str(),
              Called(answer, answer.StringOr("answered_by", "")).c_str(),
              answer.StringOr("answer", "").c_str());
  if (status == "answered") {
    std::printf("\nIt is to be acknowledged: proviso hearing acknowledge %s\n",
                answer.StringOr("id", "").c_str());
  }
}

void PrintAppeal(const Json& answer) {
  const std::string id = answer.StringOr("id", "");
  const std::string outcome = answer.StringOr("outcome", "");
  PrintLetterHead(answer, outcome.empty() ? "waits" : outcome);
  std::printf("  filed %s\n\n%s\n\n", answer.StringOr("filed_at", "").c_str(),
              answer.StringOr("text", "").c_str());
  if (!outcome.empty()) {
    std::printf("%s by %s at %s: %s\n", outcome.c_str(),
                Called(answer, answer.StringOr("heard_by", "")).c_str(),
                answer.StringOr("decided_at", "").c_str(), answer.StringOr("reason", "").c_str());
    return;
  }
  std::printf(
      "What it is against: proviso decision statement %s\n"
      "Somebody without a part in %s decides it: proviso appeal decide %s\n",
      answer.StringOr("decision", "").c_str(), answer.StringOr("case", "").c_str(), id.c_str());
}

// Reading what a customer wrote: signed, for a purpose, and in the log.
void AddReading(CLI::App& command, const SharedFields& fields, const std::string& purpose) {
  fields->args["purpose"] = purpose;
  AddOptionalText(
      command, fields,
      {"--purpose", "purpose", "review, hearing, appeal or audit; default: " + purpose});
}

void AddHearing(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "hearing", "The customer is heard before anybody signs");
  auto notice = std::make_shared<LetterOptions>();
  CLI::App& showing = AddCommand(
      group, invocation,
      {"notice", "Show the notice of intent as it would be sent",
       "  proviso hearing notice decision-2 --until 2026-12-20"},
      [&invocation, notice] { return ShowLetter(invocation, "hearing notice", *notice); });
  AddText(showing, notice->fields, {"DECISION", "decision", "Decision, such as decision-2"});
  AddText(showing, notice->fields, {"--until", "until", "The last day for an answer"});
  AddHtml(showing, notice);
  auto open = std::make_shared<Fields>();
  CLI::App& opening =
      AddCommand(group, invocation,
                 {"open",
                  "Send the notice of intent; nobody signs before the hearing is concluded",
                  "  proviso hearing open decision-2 --until 2026-12-20 --key lea.key",
                  {"hearing open"}},
                 [&invocation, open] {
                   return SendLetter(invocation,
                                     {.show = "hearing notice",
                                      .send = "hearing open",
                                      .hash_key = "notice_sha256",
                                      .code_note = "The customer answers with this code:"},
                                     open);
                 });
  AddText(opening, open, {"DECISION", "decision", "Decision, such as decision-2"});
  AddText(opening, open, {"--until", "until", "The last day for an answer"});
  auto answer = std::make_shared<ByCode>();
  CLI::App& answering = AddCommand(
      group, invocation,
      {"answer",
       "The customer's answer, by code; or taken down by a person",
       "  proviso hearing answer letter.txt --code 7K2QX-...\n"
       "  proviso hearing answer minutes.txt --hearing hearing-1 --key lea.key",
       {"hearing answer"}},
      [&invocation, answer] { return SendByCode(invocation, "hearing answer", *answer); });
  AddByCode(answering, answer);
  answering.add_option("--hearing", answer->hearing,
                       "Hearing, such as hearing-1, when a person takes the answer down");
  answering.add_option("--notice", answer->notice,
                       "SHA-256 of the notice of intent that it answers: refused when another was "
                       "sent");
  auto show = std::make_shared<Fields>();
  CLI::App& reading = AddAct(group, invocation,
                             {"show", "Read a hearing with the customer's answer; the log says who",
                              "  proviso hearing show hearing-1 --key lea.key"},
                             show, PrintHearing);
  AddText(reading, show, {"HEARING", "hearing", "Hearing, such as hearing-1"});
  AddReading(reading, show, "hearing");
  AddAcknowledgement(group, invocation);
}

void AddCodes(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "code", "Codes by which customers answer and appeal");
  auto renew = std::make_shared<Fields>();
  AddText(AddAct(group, invocation,
                 {"renew", "Give out a new code where one was lost; those before are void",
                  "  proviso code renew hearing-1 --key lea.key\n"
                  "  proviso code renew decision-1 --key lea.key   # for an appeal against it"},
                 renew,
                 [](const Json& answer) {
                   Recorded("new code of")(answer);
                   std::printf(
                       "  %s\nIt is shown this once; send it to the customer. Codes that "
                       "went out before are void.\n",
                       Bold(answer.StringOr("code", "")).c_str());
                 }),
          renew, {"OF", "of", "Hearing or decision, such as hearing-1"});
}

void AddNoticeFields(CLI::App& command, const SharedFields& fields) {
  AddText(command, fields, {"KIND", "kind", "staff, public, update or appeal-answer"});
  AddOptionalText(command, fields, {"--decision", "decision", "Decision, such as decision-1"});
  AddOptionalText(command, fields, {"--case", "case", "Case, for an update"});
  AddOptionalText(command, fields, {"--appeal", "appeal", "Appeal, for an answer to it"});
  AddOptionalText(command, fields,
                  {"--audience", "audience", "Of an update: customer, staff or public"});
}

void AddNotices(CLI::App& app, Invocation& invocation) {
  CLI::App& group =
      AddGroup(app, "notice", "What staff, the public and the customer are told, and no more");
  auto show = std::make_shared<LetterOptions>();
  CLI::App& showing =
      AddCommand(group, invocation,
                 {"show", "Show a notice as it would be issued",
                  "  proviso notice show public --decision decision-1\n"
                  "  proviso notice show update --case case-1 --audience staff --html update.html"},
                 [&invocation, show] { return ShowLetter(invocation, "notice show", *show); });
  AddNoticeFields(showing, show->fields);
  AddHtml(showing, show);
  auto issue = std::make_shared<Fields>();
  CLI::App& issuing = AddCommand(
      group, invocation,
      {"issue",
       "Issue a notice: a person's act about the very text",
       "  proviso notice issue public --decision decision-1 --key lea.key",
       {"notice issue"}},
      [&invocation, issue] {
        return SendLetter(
            invocation,
            {.show = "notice show", .send = "notice issue", .hash_key = "sha256", .code_note = ""},
            issue);
      });
  AddNoticeFields(issuing, issue);
  CLI::App& updates = AddGroup(app, "update", "What is to be said, and by when");
  auto schedule = std::make_shared<Fields>();
  CLI::App& scheduling = AddAct(
      updates, invocation,
      {"schedule", "Schedule an update on a case",
       "  proviso update schedule --case case-1 --audience public --due 2026-12-20 --key lea.key"},
      schedule, Recorded("update"));
  AddCase(scheduling, schedule);
  AddText(scheduling, schedule, {"--audience", "audience", "customer, staff or public"});
  AddText(scheduling, schedule, {"--due", "due", "Day, such as 2026-12-20"});
}

void AddAppeal(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "appeal", "Filed by code, heard by somebody who had no part");
  auto file = std::make_shared<ByCode>();
  AddByCode(
      AddCommand(group, invocation,
                 {"file", "File an appeal with the code that came with the statement",
                  "  proviso appeal file letter.txt --code 7K2QX-..."},
                 [&invocation, file] { return SendByCode(invocation, "appeal file", *file); }),
      file);
  auto show = std::make_shared<Fields>();
  CLI::App& reading = AddAct(group, invocation,
                             {"show", "Read an appeal; the log says who did",
                              "  proviso appeal show appeal-1 --key hana.key"},
                             show, PrintAppeal);
  AddText(reading, show, {"APPEAL", "appeal", "Appeal, such as appeal-1"});
  AddReading(reading, show, "appeal");
  auto decide = std::make_shared<Fields>();
  CLI::App& deciding = AddAct(
      group, invocation,
      {"decide", "Decide an appeal: the decision is upheld, changed or reversed",
       "  proviso appeal decide appeal-1 --outcome reversed --reason \"...\" --key hana.key"},
      decide, Recorded("decision of"));
  AddText(deciding, decide, {"APPEAL", "appeal", "Appeal, such as appeal-1"});
  AddText(deciding, decide, {"--outcome", "outcome", "upheld, changed or reversed"});
  AddText(deciding, decide, {"--reason", "reason", "Why, as the customer will read it"});
}

void AddSteps(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "step", "What the customer agreed to do by a day");
  auto agree = std::make_shared<Fields>();
  CLI::App& agreeing = AddAct(
      group, invocation,
      {"agree", "Record an agreed step, with what shows that it was done",
       "  proviso step agree --case case-1 --text \"Show the agreements\" --due 2026-12-20 \\\n"
       "    --check 'contracted(unit: u, class: speech-to-text) at 2026-12-20' --key anna.key"},
      agree, Recorded("step"));
  AddCase(agreeing, agree);
  AddText(agreeing, agree, {"--text", "text", "What is to be done"});
  AddText(agreeing, agree, {"--due", "due", "Day, such as 2026-12-20"});
  AddChecks(agreeing, agree, true);
  auto record = std::make_shared<Fields>();
  CLI::App& recording = AddAct(group, invocation,
                               {"record", "Record what became of a step: met or missed",
                                "  proviso step record step-1 --case case-1 --outcome missed "
                                "--reason \"nothing came\" --key anna.key"},
                               record, Recorded("end of"));
  AddText(recording, record, {"STEP", "step", "Step, such as step-1"});
  AddCase(recording, record);
  AddText(recording, record, {"--outcome", "outcome", "met or missed"});
  AddText(recording, record, {"--reason", "reason", "What shows it"});
  CLI::App& conflicts = AddGroup(app, "conflict", "Conflicts of interest");
  auto declare = std::make_shared<Fields>();
  CLI::App& declaring =
      AddAct(conflicts, invocation,
             {"declare", "Declare your own conflict: you act on the case no more",
              "  proviso conflict declare --case case-1 --reason \"a relative works there\" --key "
              "cora.key"},
             declare, Recorded("conflict in"));
  AddCase(declaring, declare);
  AddText(declaring, declare, {"--reason", "reason", "Why"});
}

}  // namespace

void AddHearingCommands(CLI::App& app, Invocation& invocation) {
  AddSteps(app, invocation);
  AddHearing(app, invocation);
  AddCodes(app, invocation);
  AddNotices(app, invocation);
  AddAppeal(app, invocation);
}

}  // namespace proviso::cli
