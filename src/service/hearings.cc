// Hearings, notices and appeals: letters that go out, and what comes back by code.
#include "crypto/hash.h"
#include "disclosure/notices.h"
#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/arguments.h"
#include "service/internal/code.h"
#include "service/internal/core.h"
#include "service/internal/letters.h"

namespace proviso::service {
namespace {

constexpr std::string_view kUpdateAudience = "public";  // of an update that names none

Result<disclosure::Document> Intent(const Context& context, const std::string& id, Date until) {
  const review::Decision* decision = context.state().review.FindDecision(id);
  if (decision == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + id + "`");
  }
  const disclosure::StatementInputs inputs =
      PROVISO_TRY(LetterInputs(context.state(), decision->terms, context.now()));
  return disclosure::RenderIntent(inputs, id, until);
}

Result<disclosure::Document> Acknowledgement(const Context& context, const std::string& id) {
  const review::Hearing* hearing = context.state().review.FindHearing(id);
  if (hearing == nullptr) return Fail(ErrorCode::kNotFound, "there is no hearing `" + id + "`");
  const auto* decision = context.state().review.FindDecision(hearing->decision);
  const disclosure::StatementInputs inputs =
      PROVISO_TRY(LetterInputs(context.state(), decision->terms, context.now()));
  return disclosure::RenderAcknowledgement(inputs, id);
}

// Letters come with the line ends of their writers' machines.
std::string WithLineFeeds(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!pair) out += text[i];
  }
  return out;
}

// What `notice show` and `notice issue` are about.
struct NoticeRequest {
  std::string case_id;
  std::string decision;  // empty: the case
  std::string kind;
};

Result<NoticeRequest> ReadNoticeRequest(const Context& context) {
  const Json& args = context.request.args;
  NoticeRequest request;
  request.kind = PROVISO_TRY(args.StringAt("kind"));
  request.decision = args.StringOr("decision", "");
  request.case_id = args.StringOr("case", "");
  if (const auto* appeal = context.state().review.FindAppeal(args.StringOr("appeal", ""))) {
    request.decision = appeal->decision;
  }
  if (const auto* decision = context.state().review.FindDecision(request.decision)) {
    request.case_id = decision->case_id;
  } else if (!request.decision.empty()) {
    return Fail(ErrorCode::kNotFound, "there is no decision `" + request.decision + "`");
  }
  if (context.state().review.FindCase(request.case_id) == nullptr) {
    return Fail(ErrorCode::kNotFound,
                request.case_id.empty()
                    ? "say what the notice is about: a decision, an appeal, or a case for an update"
                    : "there is no case `" + request.case_id + "`");
  }
  return request;
}

Result<disclosure::Document> Update(const Context& context, const std::string& case_id) {
  const Json& args = context.request.args;
  const std::string audience = args.StringOr("audience", kUpdateAudience);
  if (audience != "customer" && audience != "staff" && audience != "public") {
    return Fail(ErrorCode::kInvalidArgument,
                "expected an update for `customer`, `staff` or `public`, found `" + audience + "`");
  }
  disclosure::UpdateRequest request;
  request.case_id = case_id;
  request.audience = audience == "customer" ? disclosure::Audience::kCustomer
                     : audience == "staff"  ? disclosure::Audience::kStaff
                                            : disclosure::Audience::kPublic;
  request.now = context.now();
  const Date today = std::chrono::floor<std::chrono::days>(context.now());
  const review::Case& of = *context.state().review.FindCase(case_id);
  for (const auto& update : of.updates) {
    if (update.audience != audience) continue;
    std::optional<Date>& day = update.due > today ? request.next : request.promised;
    if (&day == &request.promised && review::WasGiven(of, update)) continue;
    if (!day || update.due < *day) day = update.due;
  }
  disclosure::StatementInputs inputs =
      PROVISO_TRY(LetterInputs(context.state(), "", context.now()));
  return disclosure::RenderUpdate(inputs, request);
}

Result<disclosure::Document> Notice(const Context& context, const NoticeRequest& request) {
  if (request.kind == "update") return Update(context, request.case_id);
  if (request.kind == "appeal-answer") {
    const std::string id = context.request.args.StringOr("appeal", "");
    const review::Appeal* appeal = context.state().review.FindAppeal(id);
    if (appeal == nullptr) return Fail(ErrorCode::kNotFound, "there is no appeal `" + id + "`");
    const auto* decision = context.state().review.FindDecision(appeal->decision);
    return disclosure::RenderAppealAnswer(
        PROVISO_TRY(LetterInputs(context.state(), decision->terms, context.now())), id);
  }
  const review::Decision* decision = context.state().review.FindDecision(request.decision);
  if (decision == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "this notice is about a decision; give it with --decision");
  }
  const disclosure::StatementInputs inputs =
      PROVISO_TRY(LetterInputs(context.state(), decision->terms, context.now()));
  if (request.kind == "staff") return disclosure::RenderStaff(inputs, decision->id, "");
  if (request.kind == "public") return disclosure::RenderPublic(inputs, decision->id);
  return Fail(
      ErrorCode::kInvalidArgument,
      "expected `staff`, `public`, `update` or `appeal-answer`, found `" + request.kind + "`");
}

}  // namespace

Result<disclosure::StatementInputs> LetterInputs(const State& state, const std::string& terms,
                                                 Time now) {
  if (!state.catalogue || !state.customers) {
    return Fail(ErrorCode::kFailedPrecondition, "import the catalogue and the customers first");
  }
  disclosure::StatementInputs inputs;
  inputs.state = &state.review;
  inputs.catalogue = &*state.catalogue;
  inputs.customers = &*state.customers;
  inputs.day = std::chrono::floor<std::chrono::days>(now);
  inputs.now = now;
  if (terms.empty()) return inputs;
  const auto found = state.terms.find(terms);
  if (found == state.terms.end()) {
    return Fail(ErrorCode::kNotFound, "terms `" + terms + "` were not imported");
  }
  inputs.terms = &found->second;
  return inputs;
}

Json LetterJson(const disclosure::Document& document) {
  const std::string markdown = disclosure::ToMarkdown(document);
  return Json::Of({{"markdown", markdown},
                   {"sha256", crypto::Sha256(markdown).Hex()},
                   {"html", disclosure::ToHtml(document)},
                   {"document", disclosure::ToJson(document)}});
}

Result<Json> ShowIntent(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("decision"));
  const Date until = PROVISO_TRY(DateAt(context.request.args, "until"));
  return LetterJson(PROVISO_TRY(Intent(context, id, until)));
}

Result<Json> OpenHearing(const Context& context) {
  const Json& args = context.request.args;
  review::OpenHearing command;
  command.decision = PROVISO_TRY(args.StringAt("decision"));
  command.until = PROVISO_TRY(DateAt(args, "until"));
  command.notice_sha256 = PROVISO_TRY(args.StringAt("notice_sha256"));
  command.notice =
      disclosure::ToMarkdown(PROVISO_TRY(Intent(context, command.decision, command.until)));
  const std::string code = NewCode(*context.core.environment.random);
  command.code_sha256 = PROVISO_TRY(HashOfCode(code));
  const std::string id = context.state().review.NextHearingId();
  Event event = PROVISO_TRY(review::Handle(context.state().review, command,
                                           {.person = context.person}, {.at = context.now()}));
  const std::string case_id = context.state().review.FindDecision(command.decision)->case_id;
  Json answer = Made(id, PROVISO_TRY(context.Record(case_id, std::move(event))));
  answer["until"] = FormatDate(command.until);
  answer["code"] = code;  // this once
  answer["markdown"] = command.notice;
  answer["sha256"] = command.notice_sha256;
  return answer;
}

Result<Json> AnswerHearing(const Context& context) {
  review::AnswerHearing command;
  const std::string text = PROVISO_TRY(context.request.attachments.StringAt("text"));
  command.text = WithLineFeeds(text);
  const review::ReviewState& state = context.state().review;
  const review::Hearing* hearing = nullptr;
  if (context.person != nullptr) {
    const std::string id = PROVISO_TRY(context.request.args.StringAt("hearing"));
    const std::string sha256 = PROVISO_TRY(context.request.args.StringAt("text_sha256"));
    if (crypto::Sha256(text).Hex() != sha256) {
      return Fail(ErrorCode::kInvalidArgument, "the answer is not the one that was signed");
    }
    hearing = state.FindHearing(id);
    if (hearing == nullptr) {
      return Fail(ErrorCode::kNotFound, "there is no hearing `" + id + "`");
    }
  } else {
    const std::string typed = PROVISO_TRY(context.request.attachments.StringAt("code"));
    const std::string code = PROVISO_TRY(HashOfCode(typed));
    hearing = state.FindHearingByCode(code);
    if (hearing == nullptr) {
      return Fail(ErrorCode::kPermissionDenied, "no hearing has this code");
    }
  }
  command.hearing = hearing->id;
  command.notice_sha256 = context.request.args.StringOr("notice_sha256", "");
  const std::string case_id = hearing->case_id;
  Event event = PROVISO_TRY(
      review::Handle(state, command, {.person = context.person}, {.at = context.now()}));
  const std::uint64_t index =
      context.person != nullptr ? PROVISO_TRY(context.Record(case_id, std::move(event)))
                                : PROVISO_TRY(context.RecordForCustomer(case_id, std::move(event)));
  Json answer = Made(command.hearing, index);
  answer["notice_sha256"] = context.state().review.FindHearing(command.hearing)->notice_sha256;
  return answer;
}

Result<Json> ShowAcknowledgement(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("hearing"));
  return LetterJson(PROVISO_TRY(Acknowledgement(context, id)));
}

Result<Json> AcknowledgeAnswer(const Context& context) {
  review::AcknowledgeAnswer command;
  command.hearing = PROVISO_TRY(context.request.args.StringAt("hearing"));
  command.sha256 = PROVISO_TRY(context.request.args.StringAt("text_sha256"));
  command.text = disclosure::ToMarkdown(PROVISO_TRY(Acknowledgement(context, command.hearing)));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const std::string case_id = context.state().review.FindHearing(command.hearing)->case_id;
  Json answer = Made(command.hearing, PROVISO_TRY(context.Record(case_id, std::move(event))));
  answer["markdown"] = command.text;
  answer["sha256"] = command.sha256;
  return answer;
}

Result<Json> ShowNotice(const Context& context) {
  const NoticeRequest request = PROVISO_TRY(ReadNoticeRequest(context));
  return LetterJson(PROVISO_TRY(Notice(context, request)));
}

Result<Json> IssueNotice(const Context& context) {
  const NoticeRequest request = PROVISO_TRY(ReadNoticeRequest(context));
  review::IssueNotice command;
  command.case_id = request.case_id;
  command.decision = request.decision;
  command.kind = request.kind;
  if (request.kind == "update") {
    command.audience = context.request.args.StringOr("audience", kUpdateAudience);
  }
  command.text = disclosure::ToMarkdown(PROVISO_TRY(Notice(context, request)));
  command.sha256 = PROVISO_TRY(context.request.args.StringAt("sha256"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  Json answer = Made(request.kind, PROVISO_TRY(context.Record(request.case_id, std::move(event))));
  answer["markdown"] = command.text;
  answer["sha256"] = command.sha256;
  return answer;
}

Result<Json> FileAppeal(const Context& context) {
  review::FileAppeal command;
  const std::string typed = PROVISO_TRY(context.request.attachments.StringAt("code"));
  const std::string text = PROVISO_TRY(context.request.attachments.StringAt("text"));
  command.text = WithLineFeeds(text);
  const std::string code = PROVISO_TRY(HashOfCode(typed));
  const review::Decision* decision = context.state().review.FindDecisionByAppealCode(code);
  if (decision == nullptr) {
    return Fail(ErrorCode::kPermissionDenied, "no decision has this code");
  }
  command.decision = decision->id;
  const std::string id = context.state().review.NextAppealId();
  const std::string case_id = decision->case_id;
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {}, {.at = context.now()}));
  Json answer = Made(id, PROVISO_TRY(context.RecordForCustomer(case_id, std::move(event))));
  answer["decision"] = command.decision;
  return answer;
}

Result<Json> DecideAppeal(const Context& context) {
  const Json& args = context.request.args;
  review::DecideAppeal command;
  command.appeal = PROVISO_TRY(args.StringAt("appeal"));
  command.outcome = PROVISO_TRY(args.StringAt("outcome"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  command.roster = context.state().roster.current();
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const std::string case_id = context.state().review.FindAppeal(command.appeal)->case_id;
  return Made(command.appeal, PROVISO_TRY(context.Record(case_id, std::move(event))));
}

}  // namespace proviso::service
