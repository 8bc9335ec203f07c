#include "intake/read_report.h"

#include <array>
#include <charconv>
#include <cstring>

#include "base/unseen.h"
#include "intake/internal/article_html.h"
#include "intake/internal/encoding.h"
#include "intake/internal/plain_text.h"
#include "intake/internal/words.h"
#include "intake/internal/xarf.h"
#include "io/sandbox/sandbox.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kNameShownBytesMax = 100;
constexpr std::size_t kDefectsMax = 100;
// What the sandbox may send back: the report, and payloads whose hashes are compared here.
constexpr io::SandboxLimits kLimits{.wall_time_max = std::chrono::seconds(30),
                                    .processor_time_max = std::chrono::seconds(10),
                                    .memory_bytes_max = std::size_t{2} << 30U,
                                    .answer_bytes_max = std::size_t{24} << 20U};

struct Signature {
  std::string_view bytes;
  std::string_view what;
};
constexpr std::array<Signature, 7> kNoText{{
    {"%PDF-", "a PDF document"},
    {"PK\x03\x04", "a ZIP archive or an office document"},
    {"\x1F\x8B", "a gzip archive"},
    {"\x89PNG", "a picture (PNG)"},
    {"\xFF\xD8\xFF", "a picture (JPEG)"},
    {"GIF8", "a picture (GIF)"},
    {"\xD0\xCF\x11\xE0", "an office document"},
}};

// The work in the sandbox answers with pieces: each its length (eight bytes) and its bytes.
void AppendPiece(ByteView piece, Bytes& to) {
  const auto size = static_cast<std::uint64_t>(piece.size());
  std::array<std::uint8_t, sizeof size> length{};
  std::memcpy(length.data(), &size, sizeof size);
  to.insert(to.end(), length.begin(), length.end());
  to.insert(to.end(), piece.begin(), piece.end());
}

Result<ByteView> TakePiece(ByteView& from) {
  std::uint64_t size = 0;
  if (from.size() < sizeof size) return Fail(ErrorCode::kInternal, "a piece is missing");
  std::memcpy(&size, from.data(), sizeof size);
  from = from.subspan(sizeof size);
  if (size > from.size()) return Fail(ErrorCode::kInternal, "a piece is cut");
  const ByteView piece = from.first(static_cast<std::size_t>(size));
  from = from.subspan(piece.size());
  return piece;
}

// The beginnings of JSON that prose does not have: an object, or an array of objects. A text in
// brackets, such as `[Update] ...`, is prose.
bool LooksLikeJson(std::string_view text) {
  const std::string_view trimmed = Trimmed(text);
  if (trimmed.starts_with('{')) return true;
  return trimmed.starts_with('[') && Trimmed(trimmed.substr(1)).starts_with('{');
}

// What `text` is as a whole where it is JSON and not one text: "an array", ...; else empty. Nobody
// reports by a bare list or number.
std::string_view JsonKindOf(std::string_view text) {
  constexpr int kDepthMax = 32;
  const Result<Json> json = ParseJson(text, {.depth_max = kDepthMax});
  if (!json || json->AsString() != nullptr) return "";
  if (json->AsArray() != nullptr) return "an array";
  if (json->AsObject() != nullptr) return "an object";
  if (json->AsBool() != nullptr || json->IsNull()) return "a bare word";
  return "a number";
}

Status CheckIsNoBareJson(std::string_view text) {
  const std::string_view kind = JsonKindOf(text);
  if (kind.empty() || kind == "an object") return {};
  return Fail(ErrorCode::kInvalidArgument,
              "is JSON that is no report; expected one JSON object with `xarf_version`, found " +
                  std::string(kind) + "; add each report as a file of its own, or save the text " +
                  "as a plain text file");
}

// Whether `text` begins as pages do, comments and declarations aside.
bool LooksLikeHtml(std::string_view text) {
  constexpr std::size_t kBeginningBytes = 4096;
  std::string beginning = Lower(Trimmed(text).substr(0, kBeginningBytes));
  std::string_view rest = beginning;
  while (rest.starts_with("<!--") || rest.starts_with("<?")) {
    const std::string_view end = rest.starts_with("<!--") ? "-->" : "?>";
    const std::size_t at = rest.find(end);
    if (at == std::string_view::npos) return rest.starts_with("<!--");
    rest = Trimmed(rest.substr(at + end.size()));
  }
  for (const std::string_view start : {"<!doctype html", "<html", "<head", "<body", "<article",
                                       "<meta", "<title", "<div", "<p>"}) {
    if (rest.starts_with(start)) return true;
  }
  return false;
}

bool LooksLikeMail(std::string_view text) {
  const std::string beginning = Lower(Trimmed(text).substr(0, 2000));
  return beginning.starts_with("return-path:") || beginning.starts_with("received:") ||
         beginning.starts_with("delivered-to:") ||
         beginning.find("\nmime-version:") != std::string::npos;
}

Status CheckIsText(std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    std::size_t line = 1;
    for (const char letter : text.substr(0, nul)) line += letter == '\n' ? 1 : 0;
    return Fail(ErrorCode::kInvalidArgument, "line " + std::to_string(line) + ", byte " +
                                                 std::to_string(nul + 1) +
                                                 ": a NUL byte; expected text, HTML or JSON");
  }
  if (Trimmed(text).empty()) {
    return Fail(ErrorCode::kInvalidArgument, "holds only white space; expected a document");
  }
  return {};
}

Result<Report> ReadProse(const std::string& text, std::optional<ReportKind> kind) {
  const bool html = LooksLikeHtml(text);
  if (LooksLikeMail(text)) {
    return Fail(ErrorCode::kUnimplemented,
                "a mail message with its headers, which is not read; save its text, or the report "
                "attached to it, as a file");
  }
  if (html && kind.value_or(ReportKind::kArticle) == ReportKind::kArticle) {
    return ReadHtmlArticle(text);
  }
  std::string plain = text;
  if (html) plain = PROVISO_TRY(HtmlAsPlainText(text));
  if (!kind && NamesALaw(plain)) kind = ReportKind::kLegalNotice;
  if (kind) return ReadPlainText(plain, *kind);
  Report article = PROVISO_TRY(ReadPlainText(plain, ReportKind::kArticle));
  // What an article says may be quoted to everybody, so that a text must show that it was
  // published.
  const bool published = !article.outlet.empty() || !article.url.empty();
  return published ? article : ReadPlainText(plain, ReportKind::kLetter);
}

Result<AbuseReport> ReadDocument(const std::string& text, std::optional<ReportKind> kind) {
  PROVISO_TRY(CheckIsText(text));
  PROVISO_TRY(CheckIsNoBareJson(text));
  if (LooksLikeJson(text)) {
    if (kind && *kind != ReportKind::kAbuseReport) {
      return Fail(ErrorCode::kInvalidArgument, "is JSON; expected " +
                                                   std::string(ReportKindName(*kind)) +
                                                   " as HTML or text; JSON is for abuse-report");
    }
    return ReadXarf(text);
  }
  if (kind == ReportKind::kAbuseReport) {
    return Fail(ErrorCode::kInvalidArgument,
                "an abuse-report is a JSON object with `xarf_version`; found other text, which can "
                "be taken in as a letter");
  }
  AbuseReport read;
  read.report = PROVISO_TRY(ReadProse(text, kind));
  return read;
}

void ShortenField(std::string_view name, std::string& field, std::vector<std::string>& defects) {
  if (field.size() <= kReportFieldBytesMax) return;
  field = CutTo(field, kReportFieldBytesMax);
  defects.push_back("the " + std::string(name) + " is longer than " +
                    std::to_string(kReportFieldBytesMax) + " bytes and was cut");
}

// How many were taken out.
std::size_t RemoveUnseen(std::string& text) {
  std::size_t removed = 0;
  std::string seen;
  for (std::size_t at = 0; at < text.size();) {
    const std::optional<Unseen> unseen = UnseenAtFront(std::string_view(text).substr(at));
    const bool keeps = !unseen || unseen->code == '\n' || unseen->code == '\t';
    const std::size_t bytes = keeps ? 1 : unseen->bytes;
    if (keeps) seen += text[at];
    removed += keeps ? 0 : 1;
    at += bytes;
  }
  text = std::move(seen);
  return removed;
}

std::size_t RemoveUnseenFrom(Json& json) {
  std::size_t removed = 0;
  if (const std::string* text = json.AsString()) {
    std::string seen = *text;
    removed = RemoveUnseen(seen);
    if (removed > 0) json = Json(std::move(seen));
  } else if (const Json::Array* items = json.AsArray()) {
    Json::Array seen = *items;
    for (Json& item : seen) removed += RemoveUnseenFrom(item);
    if (removed > 0) json = Json(std::move(seen));
  } else if (const Json::Object* members = json.AsObject()) {
    Json seen = Json::MakeObject();
    for (const auto& [key, member] : *members) {
      std::string name = key;
      removed += RemoveUnseen(name);
      Json value = member;
      removed += RemoveUnseenFrom(value);
      seen[name] = std::move(value);
    }
    if (removed > 0) json = std::move(seen);
  }
  return removed;
}

// What does not show must not steer the terminal of whoever reads, nor turn what they see.
void TakeOutUnseen(Report& report) {
  std::size_t removed = RemoveUnseenFrom(report.details);
  for (std::string* field :
       {&report.title, &report.text, &report.outlet, &report.author, &report.url}) {
    removed += RemoveUnseen(*field);
  }
  for (std::string& credit : report.credits) removed += RemoveUnseen(credit);
  for (std::string& defect : report.defects) RemoveUnseen(defect);
  if (removed == 0) return;
  report.defects.push_back(std::to_string(removed) +
                           " characters that do not show (controls, or such that turn the "
                           "direction of reading) were left out");
}

Status CheckLimits(Report& report) {
  if (report.text.size() > kReportTextBytesMax) {
    return Fail(ErrorCode::kResourceExhausted,
                "the text has " + std::to_string(report.text.size()) + " bytes, more than " +
                    std::to_string(kReportTextBytesMax) + "; take it in as several documents");
  }
  ShortenField("title", report.title, report.defects);
  ShortenField("outlet", report.outlet, report.defects);
  ShortenField("author", report.author, report.defects);
  ShortenField("url", report.url, report.defects);
  if (report.defects.size() > kDefectsMax) report.defects.resize(kDefectsMax);
  return {};
}

// All that touches the bytes of a stranger; runs in the sandbox.
Result<Bytes> Work(ByteView bytes, const Decoder& decoder, std::optional<ReportKind> kind) {
  const std::string text = PROVISO_TRY(decoder.Decode(bytes));
  AbuseReport read = PROVISO_TRY(ReadDocument(text, kind));
  Report& report = read.report;
  report.defects.insert(report.defects.begin(), decoder.defects().begin(), decoder.defects().end());
  TakeOutUnseen(report);
  PROVISO_TRY(CheckLimits(report));
  Bytes answer;
  AppendPiece(AsBytes(report.ToJson().Canonical()), answer);
  for (const EvidencePayload& payload : read.payloads) {
    AppendPiece(AsBytes(std::to_string(payload.position)), answer);
    AppendPiece(AsBytes(payload.hash), answer);
    AppendPiece(payload.bytes, answer);
  }
  return answer;
}

// Hashes are computed here, since the library that does reads its settings from a file.
Result<Report> Unpack(ByteView answer) {
  const ByteView document = PROVISO_TRY(TakePiece(answer));
  const Json json = PROVISO_TRY(ParseJson(AsText(document)));
  Report report = PROVISO_TRY(Report::FromJson(json));
  while (!answer.empty()) {
    EvidencePayload payload;
    const ByteView position = PROVISO_TRY(TakePiece(answer));
    const std::string_view digits = AsText(position);
    std::from_chars(digits.data(), digits.data() + digits.size(), payload.position);
    payload.hash = AsText(PROVISO_TRY(TakePiece(answer)));
    const ByteView bytes = PROVISO_TRY(TakePiece(answer));
    payload.bytes.assign(bytes.begin(), bytes.end());
    if (auto defect = HashDefect(payload)) report.defects.push_back(*std::move(defect));
  }
  return report;
}

Status CheckFile(ByteView bytes) {
  if (bytes.empty()) return Fail(ErrorCode::kInvalidArgument, "is empty; expected a document");
  if (bytes.size() > kReportFileBytesMax) {
    return Fail(ErrorCode::kResourceExhausted,
                "has " + std::to_string(bytes.size()) + " bytes, more than " +
                    std::to_string(kReportFileBytesMax) + "; save the text alone");
  }
  for (const Signature& signature : kNoText) {
    if (!AsText(bytes).starts_with(signature.bytes)) continue;
    return Fail(ErrorCode::kUnimplemented, "is " + std::string(signature.what) +
                                               ", which is not read; save its text as a plain "
                                               "text file");
  }
  return {};
}

Result<Report> Read(const IncomingFile& file) {
  PROVISO_TRY(CheckFile(file.bytes));
  const Decoder decoder = PROVISO_TRY(Decoder::For(file.bytes));
  const Bytes answer =
      PROVISO_TRY(io::RunSandboxed(file.bytes, kLimits, [&](ByteView bytes) -> Result<Bytes> {
        return Work(bytes, decoder, file.kind);
      }));
  return Unpack(answer);
}

}  // namespace

Result<Report> ReadReport(const IncomingFile& file) {
  return PROVISO_TRY_DOING(Read(file), "`" + CutTo(file.name, kNameShownBytesMax) + "`");
}

}  // namespace proviso::intake
