// Reports: taken in, grouped into stories, joined to cases, read there, drafted into claims.
#include <algorithm>

#include "crypto/hash.h"
#include "crypto/sealed_box.h"
#include "intake/claim_drafts.h"
#include "intake/read_report.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/core.h"
#include "service/internal/kept_files.h"
#include "service/internal/stories.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

// Named by its key, which no other report has: nothing that is written later can take its place.
fs::path SealedPath(const Context& context, ByteView key) {
  return context.core.directory / "reports" / SealedReportName(key);
}

// Keeps the original unchanged, under a key of its own that lies in the log. Durable before the log
// speaks of it; what was kept for nothing is removed when the directory is opened again.
Result<std::string> KeepOriginal(const Context& context, const std::string& id, ByteView bytes) {
  crypto::SymmetricKey key{};
  context.core.environment.random->Fill(key);
  const Bytes sealed =
      crypto::Seal(key, bytes, AsBytes(SealContext(id)), *context.core.environment.random);
  io::FileSystem& files = *context.core.environment.files;
  PROVISO_TRY(files.CreateDirectories(context.core.directory / "reports"));
  PROVISO_TRY_DOING(io::WriteFileDurably(files, SealedPath(context, key), sealed, 0600),
                    "keep the original");
  return HexEncode(key);
}

Result<Bytes> OpenOriginal(const Context& context, const review::ReceivedReport& report) {
  const Bytes key = PROVISO_TRY(HexDecode(report.original_key));
  if (key.empty()) {
    return Fail(ErrorCode::kNotFound, "the original of " + report.id + " was erased");
  }
  const fs::path path = SealedPath(context, key);
  const auto damaged = [&](const std::string& why) {
    return Fail(ErrorCode::kDataLoss, "the original of " + report.id + " cannot be shown: `" +
                                          path.string() + "` " + why +
                                          "; restore it from a backup");
  };
  const Result<Bytes> sealed =
      context.core.environment.files->ReadFile(path, 2 * intake::kReportFileBytesMax);
  if (!sealed) return damaged("cannot be read");
  Result<Bytes> original = UnsealOriginal(
      {.report = report.id, .key = report.original_key, .sha256 = report.sha256}, *sealed);
  if (!original) return damaged(original.error().message());
  return original;
}

Result<intake::IncomingFile> Incoming(const Context& context) {
  const Json& args = context.request.args;
  intake::IncomingFile file;
  file.name = PROVISO_TRY(args.StringAt("file"));
  const std::string encoded = PROVISO_TRY(context.request.attachments.StringAt("base64"));
  file.bytes = PROVISO_TRY(Base64Decode(encoded));
  const std::string sha256 = PROVISO_TRY(args.StringAt("sha256"));
  if (crypto::Sha256(file.bytes).Hex() != sha256) {
    return Fail(ErrorCode::kInvalidArgument,
                "the document is not the one whose hash was signed; add it again");
  }
  if (const std::string kind = args.StringOr("kind", ""); !kind.empty()) {
    file.kind = PROVISO_TRY(intake::ParseReportKind(kind));
  }
  return file;
}

// Who is said to have given a letter is a customer of ours, by id.
Status CheckCustomer(const State& state, const std::string& id) {
  if (id.empty()) return {};
  if (state.customers && state.customers->FindCustomer(id) != nullptr) return {};
  return Fail(ErrorCode::kNotFound, "there is no customer `" + id + "`; give its id");
}

Result<const review::ReceivedReport*> FindReport(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("report"));
  const review::ReceivedReport* report = context.state().review.FindReport(id);
  if (report == nullptr) return Fail(ErrorCode::kNotFound, "there is no report `" + id + "`");
  return report;
}

Json DraftJson(const intake::ClaimDraft& draft, const review::Claim* adopted) {
  return Json::Of({{"id", draft.id},
                   {"report", draft.report},
                   {"begin", draft.begin},
                   {"end", draft.end},
                   {"text", draft.text},
                   {"denial", draft.denial},
                   {"about", AboutOf(draft)},
                   {"why", draft.why},
                   {"adopted", adopted == nullptr ? Json() : Json(adopted->id)}});
}

}  // namespace

Result<Json> AddReport(const Context& context) {
  const intake::IncomingFile file = PROVISO_TRY(Incoming(context));
  const Result<intake::Report> read = intake::ReadReport(file);
  if (!read && read.error().code() == ErrorCode::kResourceExhausted) {
    // Too large a document is the document's fault; the disk and the log are fine.
    return Fail(ErrorCode::kInvalidArgument, read.error().message());
  }
  const intake::Report report = PROVISO_TRY(read);
  const review::ReviewState& state = context.state().review;
  const std::string id = state.NextReportId();
  review::ReceiveReport command;
  command.kind = intake::ReportKindName(report.kind);
  command.sha256 = crypto::Sha256(file.bytes).Hex();
  command.document = report.ToJson();
  command.from_customer = context.request.args.StringOr("from_customer", "");
  PROVISO_TRY(CheckCustomer(context.state(), command.from_customer));
  const review::ReceivedReport* same = state.FindReportByHash(command.sha256);
  const std::string same_as = same == nullptr ? "" : same->id;
  command.original_key = PROVISO_TRY(KeepOriginal(context, id, file.bytes));
  Event event = PROVISO_TRY(review::Handle(state, command, {.person = context.person}));
  const std::uint64_t index = PROVISO_TRY(context.Record("", std::move(event)));
  Json answer = review::ReportJson(*context.state().review.FindReport(id));
  Json defects = Json::MakeArray();
  for (const std::string& defect : report.defects) defects.Append(defect);
  answer["defects"] = std::move(defects);
  // The same document again is another report: each one received counts.
  answer["same_as"] = same_as.empty() ? Json() : Json(same_as);
  answer["file"] = file.name;
  answer["index"] = index;
  return answer;
}

Result<Json> ListReports(const Context& context) {
  const review::ReviewState& state = context.state().review;
  Json reports = Json::MakeArray();
  for (const review::ReceivedReport& report : state.reports()) {
    reports.Append(review::ReportJson(report));
  }
  const std::size_t received = state.reports().size();
  Json stories = PROVISO_TRY(StoriesJson(context));
  return Json::Of(
      {{"received", received}, {"reports", std::move(reports)}, {"stories", std::move(stories)}});
}

// One report, or all of a story.
Result<Json> JoinReport(const Context& context) {
  review::JoinReport command;
  command.case_id = PROVISO_TRY(context.request.args.StringAt("case"));
  command.report = PROVISO_TRY(FindReport(context))->id;
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  return Made(command.report, PROVISO_TRY(context.Record(command.case_id, std::move(event))));
}

// Originals are shown only in their case, and that they were is in the log.
Result<Json> ShowReport(const Context& context) {
  const review::ReceivedReport& report = *PROVISO_TRY(FindReport(context));
  const Json& args = context.request.args;
  review::ReadRecord command;
  command.case_id = PROVISO_TRY(args.StringAt("case"));
  command.evidence_class = "public";
  command.what = report.id;
  command.purpose = PROVISO_TRY(args.StringAt("purpose"));
  if (std::find(report.cases.begin(), report.cases.end(), command.case_id) == report.cases.end()) {
    return Fail(ErrorCode::kPermissionDenied,
                report.id +
                    " is read in its own case; expected a case that it was joined to, "
                    "found `" +
                    command.case_id + "`");
  }
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const Bytes original = PROVISO_TRY(OpenOriginal(context, report));
  Json answer = review::ReportJson(report);
  answer["document"] = report.document;
  if (args.BoolOr("original", false)) answer["base64"] = Base64Encode(original);
  const std::string id = report.id;  // the next line moves the state
  answer["index"] = PROVISO_TRY(context.Record(command.case_id, std::move(event)));
  return answer;
}

Result<Json> DraftClaims(const Context& context) {
  const std::string case_id = PROVISO_TRY(context.request.args.StringAt("case"));
  Json drafts = Json::MakeArray();
  const std::vector<intake::ClaimDraft> all = PROVISO_TRY(DraftsOf(context.state(), case_id));
  for (const intake::ClaimDraft& draft : all) {
    const auto* adopted = context.state().review.FindClaimFrom(case_id, SourceOf(draft));
    drafts.Append(DraftJson(draft, adopted));
  }
  return Json::Of({{"case", case_id}, {"drafts", std::move(drafts)}});
}

}  // namespace proviso::service
