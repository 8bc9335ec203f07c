#include "intake/internal/xarf.h"

#include <algorithm>

#include "crypto/hash.h"
#include "intake/internal/schema_check.h"
#include "intake/internal/text_blocks.h"
#include "intake/internal/words.h"
#include "intake/internal/xarf_schemas.h"

namespace proviso::intake {
namespace {

constexpr std::string_view kCore = "xarf-core.json";
constexpr std::string_view kContentBase = "content-base.json";
constexpr std::int64_t kSafeIntegerMax = std::int64_t{1} << 53U;
constexpr std::size_t kDetailBytesMax = 1'000;
constexpr std::size_t kPayloadBytesMax = 5'242'880;
constexpr std::size_t kPayloadsBytesMax = 15U << 20U;
constexpr std::size_t kNamesShownMax = 50;
constexpr std::size_t kNameBytesMax = 64;
constexpr int kDepthMax = 32;

struct Pair {
  std::string_view category;
  std::string type;
  std::string_view schema;
};

// The schemas are named after their pairs, `copyright-ugc-platform.json` and the like.
std::vector<Pair> Pairs() {
  std::vector<Pair> pairs;
  for (const XarfSchema& schema : XarfSchemas()) {
    if (schema.name == kCore || schema.name == kContentBase) continue;
    const std::size_t dash = schema.name.find('-');
    std::string type(schema.name.substr(dash + 1));
    type.resize(type.size() - std::string_view(".json").size());
    std::replace(type.begin(), type.end(), '-', '_');
    pairs.push_back({schema.name.substr(0, dash), std::move(type), schema.name});
  }
  return pairs;
}

// The schema of the document's category and type, or what is wrong with them.
Result<std::string_view> SchemaFor(const Json& document) {
  const std::string category = document.StringOr("category", "");
  const std::string type = document.StringOr("type", "");
  std::string types;
  for (const Pair& pair : Pairs()) {
    if (pair.category != category) continue;
    if (pair.type == type) return pair.schema;
    types += (types.empty() ? "`" : ", `") + pair.type + "`";
  }
  // A member that is missing, or a category that is none, is found by the schema of all reports.
  if (category.empty() || type.empty() || types.empty()) return kCore;
  return Fail(ErrorCode::kInvalidArgument, "`$.type`: category `" + category + "` has no type `" +
                                               CutTo(type, kNameBytesMax) + "`, but " + types);
}

Result<SchemaChecker> CheckerFor(std::string_view name) {
  SchemaChecker checker;
  for (const XarfSchema& schema : XarfSchemas()) {
    if (schema.name != name && schema.name != kCore && schema.name != kContentBase) continue;
    PROVISO_TRY(checker.Add(schema.name, schema.text));
  }
  return checker;
}

// A value as the log can hold it: numbers that it cannot hold as text, long texts cut.
Json Storable(const Json& value) {
  if (const Json::Fraction* fraction = value.AsFraction()) return Json(fraction->text);
  if (const std::int64_t* integer = value.AsInteger()) {
    const bool safe = *integer <= kSafeIntegerMax && *integer >= -kSafeIntegerMax;
    return safe ? value : Json(std::to_string(*integer));
  }
  if (const std::string* text = value.AsString()) return Json(CutTo(*text, kDetailBytesMax));
  if (const Json::Array* items = value.AsArray()) {
    Json stored = Json::MakeArray();
    for (const Json& item : *items) stored.Append(Storable(item));
    return stored;
  }
  if (const Json::Object* members = value.AsObject()) {
    Json stored = Json::MakeObject();
    for (const auto& [name, member] : *members) {
      stored[CutTo(name, kNameBytesMax)] = Storable(member);
    }
    return stored;
  }
  return value;
}

// Takes the evidence apart: what it says of itself into the details, the payloads to be compared.
class EvidenceReader {
 public:
  explicit EvidenceReader(AbuseReport& read) : read_(read) {}

  Json Take(const Json::Array& evidence) {
    Json kept = Json::MakeArray();
    for (std::size_t i = 0; i < evidence.size(); ++i) kept.Append(TakeItem(evidence[i], i));
    return kept;
  }

  std::size_t payload_bytes() const { return payload_bytes_; }
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  Json TakeItem(const Json& item, std::size_t position) {
    Json kept = Json::MakeObject();
    for (const char* const name : {"content_type", "description", "hash"}) {
      if (const Json* member = item.Find(name)) kept[name] = Storable(*member);
    }
    const std::string place = "`$.evidence[" + std::to_string(position) + "]";
    Result<Bytes> bytes = Base64Decode(item.StringOr("payload", ""));
    const std::int64_t said = item.IntegerOr("size", -1);
    if (!bytes) {
      if (said >= 0) kept["size"] = said;
      Complain(place + ".payload` is no base64, so that its hash and size cannot be checked");
      return kept;
    }
    payload_bytes_ += bytes->size();
    if (bytes->size() > kPayloadBytesMax) {
      faults_.push_back(place + ".payload`: holds " + std::to_string(bytes->size()) +
                        " bytes, more than " + std::to_string(kPayloadBytesMax));
    }
    if (said >= 0 && static_cast<std::size_t>(said) != bytes->size()) {
      Complain(place + ".size` is " + std::to_string(said) + ", but the payload has " +
               std::to_string(bytes->size()) + " bytes");
    }
    kept["size"] = bytes->size();
    std::string hash = item.StringOr("hash", "");
    if (!hash.empty()) read_.payloads.push_back({position, std::move(hash), *std::move(bytes)});
    return kept;
  }

  void Complain(std::string what) { read_.report.defects.push_back(std::move(what)); }

  AbuseReport& read_;
  std::size_t payload_bytes_ = 0;
  std::vector<std::string> faults_;
};

std::string Joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += separator;
    joined += text;
  }
  return joined;
}

// Sorts the members into those that the schema knows, which are kept, and the names of others.
Json DetailsOf(const Json& document, const std::vector<std::string>& known, AbuseReport& read) {
  Json details = Json::MakeObject();
  Json others = Json::MakeArray();
  for (const auto& [name, member] : *document.AsObject()) {
    if (name == "evidence") continue;
    if (name == "_internal") {
      read.report.defects.emplace_back("`$._internal`, which senders keep to themselves, left out");
    } else if (std::binary_search(known.begin(), known.end(), name)) {
      details[name] = Storable(member);
    } else if (others.IsNull() || others.AsArray()->size() < kNamesShownMax) {
      others.Append(CutTo(name, kNameBytesMax));
    }
  }
  if (!others.AsArray()->empty()) details["other_members"] = std::move(others);
  return details;
}

Status CheckDocument(const Json& document, std::vector<std::string>& known) {
  std::vector<std::string> faults;
  const Result<std::string_view> schema = SchemaFor(document);
  if (!schema) faults.push_back(schema.error().message());
  const std::string_view name = schema ? *schema : kCore;
  const SchemaChecker checker = PROVISO_TRY(CheckerFor(name));
  for (const SchemaFault& fault : checker.Check(name, document)) {
    faults.push_back("`" + fault.path + "`: " + fault.reason);
  }
  known = checker.MembersOf(name);
  if (faults.empty()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "not a valid report in XARF v4: " + Joined(faults, "; "));
}

Status CheckVersion(const Json& document) {
  if (document.AsObject() == nullptr) {
    return Fail(ErrorCode::kInvalidArgument, "expected a JSON object with `xarf_version`");
  }
  if (document.Find("xarf_version") != nullptr) return {};
  if (document.Find("Version") != nullptr) {
    return Fail(ErrorCode::kUnimplemented,
                "a report in XARF v3 (`$.Version`), which is not read; ask the sender for XARF v4");
  }
  // One of these says that it means to be such a report; then its faults are told one by one.
  for (const std::string_view member : {"category", "type", "reporter", "report_id"}) {
    if (document.Find(member) != nullptr) return {};
  }
  return Fail(ErrorCode::kInvalidArgument,
              "is JSON that is no report; expected one JSON object with `xarf_version`, found an "
              "object without it; ask the sender for XARF v4, or save the text as a plain text "
              "file");
}

}  // namespace

Result<AbuseReport> ReadXarf(std::string_view text) {
  const Json document = PROVISO_TRY(ParseJson(text, {.depth_max = kDepthMax}));
  PROVISO_TRY(CheckVersion(document));
  std::vector<std::string> known;
  PROVISO_TRY(CheckDocument(document, known));
  AbuseReport read;
  Report& report = read.report;
  report.kind = ReportKind::kAbuseReport;
  report.text = WithSingleSpaces(document.StringOr("description", ""));
  report.outlet = WithSingleSpaces(document.Find("reporter")->StringOr("org", ""));
  if (const auto day = ParseDate(document.StringOr("timestamp", "").substr(0, 10))) {
    report.date = *day;
  }
  report.details = DetailsOf(document, known, read);
  const Json* evidence = document.Find("evidence");
  if (evidence == nullptr) return read;
  EvidenceReader reader(read);
  report.details["evidence"] = reader.Take(*evidence->AsArray());
  std::vector<std::string> faults = reader.faults();
  if (reader.payload_bytes() > kPayloadsBytesMax) {
    faults.push_back("`$.evidence`: the payloads hold " + std::to_string(reader.payload_bytes()) +
                     " bytes, more than " + std::to_string(kPayloadsBytesMax));
  }
  if (faults.empty()) return read;
  return Fail(ErrorCode::kInvalidArgument,
              "not a valid report in XARF v4: " + Joined(faults, "; "));
}

std::optional<std::string> HashDefect(const EvidencePayload& payload) {
  const std::string place = "`$.evidence[" + std::to_string(payload.position) + "].hash`";
  const std::size_t colon = payload.hash.find(':');
  const std::string algorithm = payload.hash.substr(0, colon);
  const Result<Bytes> digest = crypto::NamedDigest(algorithm, payload.bytes);
  if (!digest) return place + " was not checked: " + digest.error().message();
  const std::string said = colon == std::string::npos ? "" : Lower(payload.hash.substr(colon + 1));
  const std::string found = HexEncode(*digest);
  if (said == found) return std::nullopt;
  return place + " does not match its payload: said `" + CutTo(said, kNameBytesMax * 2) +
         "`, computed `" + found + "`";
}

}  // namespace proviso::intake
