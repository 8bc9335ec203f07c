#include "ledger/entry.h"

#include <algorithm>
#include <utility>

#include "ledger/addenda_index.h"

namespace proviso::ledger {
namespace {

using crypto::Hash;

constexpr std::int64_t kEntryVersion = 1;
constexpr std::int64_t kExactIntegerMax = std::int64_t{1} << 53U;
// Well below what ParseJson takes, so that whatever is written can be read.
constexpr int kDepthMax = 48;
constexpr std::string_view kCanonicalRule =
    "expected what canonical JSON can hold: no fractions, no integers beyond 2^53, UTF-8 only, at "
    "most 48 levels";

void AppendU32(Bytes& bytes, std::size_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>((value >> shift) & 0xFFU));
  }
}

// What Json::Canonical treats as a bug, or ParseJson would refuse, found before it gets there.
bool HasCanonicalForm(const Json& json, int depth = 0) {
  if (depth > kDepthMax) return false;
  if (const std::int64_t* integer = json.AsInteger()) {
    return *integer >= -kExactIntegerMax && *integer <= kExactIntegerMax;
  }
  if (json.AsFraction() != nullptr) return false;
  if (const std::string* text = json.AsString()) return IsUtf8(*text);
  if (const Json::Array* array = json.AsArray()) {
    for (const Json& item : *array) {
      if (!HasCanonicalForm(item, depth + 1)) return false;
    }
  }
  if (const Json::Object* object = json.AsObject()) {
    for (const auto& [key, value] : *object) {
      if (!IsUtf8(key) || !HasCanonicalForm(value, depth + 1)) return false;
    }
  }
  return true;
}

Error Refusal(ErrorCode code, const Draft& draft, std::string what) {
  return Error(code, "event `" + draft.event.type + "`: " + std::move(what));
}

Status CheckDraft(const Draft& draft) {
  const auto refuse = [&](ErrorCode code, std::string what) {
    return tl::unexpected<Error>(Refusal(code, draft, std::move(what)));
  };
  if (draft.event.type.empty() || draft.actor.empty()) {
    return refuse(ErrorCode::kInvalidArgument, "expected a type and an actor, found an empty one");
  }
  const auto time = ParseTime(FormatTime(draft.time));
  if (!time || *time != draft.time) {
    return refuse(ErrorCode::kInvalidArgument, "expected a time of the years 0 to 9999");
  }
  if (draft.event.open.AsObject() == nullptr) {
    return refuse(ErrorCode::kInvalidArgument, "expected an object as open data");
  }
  if (!draft.act.IsNull() && draft.act.AsObject() == nullptr) {
    return refuse(ErrorCode::kInvalidArgument, "expected an object or null as act");
  }
  if (draft.event.sealed.size() > kAddendaMax) {
    return refuse(ErrorCode::kResourceExhausted, "expected at most " + std::to_string(kAddendaMax) +
                                                     " sealed parts, found " +
                                                     std::to_string(draft.event.sealed.size()));
  }
  for (const auto& [name, value] : draft.event.sealed) {
    if (name.empty() || !IsUtf8(name) || !HasCanonicalForm(value)) {
      return refuse(ErrorCode::kInvalidArgument,
                    "sealed part `" + name + "`: " + std::string(kCanonicalRule));
    }
  }
  return {};
}

Result<Addendum> MakeAddendum(const Draft& draft, const std::string& name, const Json& value,
                              Random& random) {
  const std::string text = value.Canonical();
  if (text.size() > kAddendumBytesMax) {
    return tl::unexpected<Error>(Refusal(ErrorCode::kResourceExhausted, draft,
                                         "sealed part `" + name + "`: expected at most " +
                                             std::to_string(kAddendumBytesMax) + " bytes, found " +
                                             std::to_string(text.size())));
  }
  Addendum addendum{
      .name = name, .digest = {}, .plaintext = Bytes(kAddendumNonceBytes + text.size())};
  const std::span<std::uint8_t> bytes(addendum.plaintext);
  random.Fill(bytes.first(kAddendumNonceBytes));
  std::ranges::copy(text, bytes.begin() + kAddendumNonceBytes);
  addendum.digest = crypto::Sha256(addendum.plaintext);
  return addendum;
}

Json Content(const Draft& draft) {
  Json names = Json::MakeArray();
  for (const auto& [name, value] : draft.event.sealed) names.Append(name);
  Json content = Json::Of({{"act", draft.act},
                           {"actor", draft.actor},
                           {"addenda", std::move(names)},
                           {"data", draft.event.open},
                           {"time", FormatTime(draft.time)},
                           {"type", draft.event.type},
                           {"v", kEntryVersion}});
  if (!draft.case_id.empty()) content["case"] = draft.case_id;
  return content;
}

tl::unexpected<Error> Damaged(std::string_view expected) {
  return Fail(ErrorCode::kDataLoss, "entry: expected " + std::string(expected));
}

struct Split {
  std::string_view json;
  std::vector<Hash> digests;
};

// Takes the index of addenda and their digests off the end.
Result<Split> SplitEntry(ByteView bytes) {
  if (bytes.empty() || bytes.size() > kEntryBytesMax) return Damaged("1 to 65535 bytes");
  const AddendaIndex index = PROVISO_TRY(ReadAddendaIndex(bytes));
  const std::size_t digests = index.places.size() * Hash::kSize;
  if (index.content_size < digests)
    return Damaged("room for the digests that its last byte counts");
  const std::size_t json_size = index.content_size - digests;
  Split split;
  split.json = AsText(bytes.first(json_size));
  for (const AddendaIndex::Place& place : index.places) {
    if (place.offset != json_size + split.digests.size() * Hash::kSize) {
      return Damaged("digests that follow the JSON text in order");
    }
    split.digests.push_back(place.digest);
  }
  return split;
}

Result<DecodedEntry> ReadContent(const Json& json, std::vector<Hash> digests) {
  if (PROVISO_TRY(json.IntegerAt("v")) != kEntryVersion) {
    return Fail(ErrorCode::kUnimplemented,
                "entry: expected version 1, found " + std::to_string(json.IntegerOr("v", 0)));
  }
  DecodedEntry decoded;
  const std::string time = PROVISO_TRY(json.StringAt("time"));
  decoded.event.time = PROVISO_TRY(ParseTime(time));
  decoded.event.case_id = json.StringOr("case", "");
  decoded.event.actor = PROVISO_TRY(json.StringAt("actor"));
  const Json* act = json.Find("act");
  if (act == nullptr) return Damaged("a member `act`");
  decoded.event.act = *act;
  decoded.event.event.type = PROVISO_TRY(json.StringAt("type"));
  static_cast<void>(PROVISO_TRY(json.ObjectAt("data")));
  decoded.event.event.open = *json.Find("data");
  const std::vector<std::string> names = PROVISO_TRY(json.StringsAt("addenda"));
  if (names.size() != digests.size()) return Damaged("as many digests as names of addenda");
  for (std::size_t i = 0; i < names.size(); ++i) decoded.parts.push_back({names[i], digests[i]});
  return decoded;
}

}  // namespace

Result<EncodedEntry> EncodeEntry(const Draft& draft, Random& random) {
  PROVISO_TRY(CheckDraft(draft));
  const Json content = Content(draft);
  if (!HasCanonicalForm(content)) {
    return tl::unexpected<Error>(
        Refusal(ErrorCode::kInvalidArgument, draft, std::string(kCanonicalRule)));
  }
  EncodedEntry entry;
  const std::string text = content.Canonical();
  entry.bytes.assign(text.begin(), text.end());
  for (const auto& [name, value] : draft.event.sealed) {
    entry.addenda.push_back(PROVISO_TRY(MakeAddendum(draft, name, value, random)));
    const Hash& digest = entry.addenda.back().digest;
    entry.bytes.insert(entry.bytes.end(), digest.bytes.begin(), digest.bytes.end());
  }
  for (std::size_t i = 0; i < entry.addenda.size(); ++i) {
    AppendU32(entry.bytes, text.size() + i * Hash::kSize);
  }
  entry.bytes.push_back(static_cast<std::uint8_t>(entry.addenda.size()));
  if (entry.bytes.size() > kEntryBytesMax) {
    return tl::unexpected<Error>(Refusal(
        ErrorCode::kResourceExhausted, draft,
        "expected an entry of at most " + std::to_string(kEntryBytesMax) + " bytes, found " +
            std::to_string(entry.bytes.size()) + "; move large data into a sealed part"));
  }
  return entry;
}

Result<DecodedEntry> DecodeEntry(ByteView bytes) {
  Split split = PROVISO_TRY(SplitEntry(bytes));
  const auto json = ParseJson(split.json, {.bytes_max = kEntryBytesMax});
  if (!json) return Damaged("JSON: " + json.error().message());
  auto decoded = ReadContent(*json, std::move(split.digests));
  if (!decoded && decoded.error().code() == ErrorCode::kInvalidArgument) {
    return Damaged("an event: " + decoded.error().message());
  }
  return decoded;
}

Result<Json> OpenAddendum(ByteView plaintext, const Hash& digest) {
  const auto damaged = [](const std::string& expected) {
    return Fail(ErrorCode::kDataLoss, "addendum: expected " + expected);
  };
  const Hash found = crypto::Sha256(plaintext);
  if (found != digest) return damaged("digest " + digest.Hex() + ", found " + found.Hex());
  if (plaintext.size() < kAddendumNonceBytes) return damaged("16 random bytes, then JSON");
  auto value =
      ParseJson(AsText(plaintext.subspan(kAddendumNonceBytes)), {.bytes_max = kAddendumBytesMax});
  if (!value) return damaged("JSON: " + value.error().message());
  return value;
}

void AppendToBundle(Bytes& bundle, ByteView entry) {
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8U));
  bundle.push_back(static_cast<std::uint8_t>(entry.size() & 0xFFU));
  bundle.insert(bundle.end(), entry.begin(), entry.end());
}

std::optional<ByteView> TakeFromBundle(ByteView& bundle) {
  if (bundle.size() < kBundleLengthBytes) return std::nullopt;
  const std::size_t length = std::size_t{bundle[0]} << 8U | bundle[1];
  if (bundle.size() - kBundleLengthBytes < length) return std::nullopt;
  const ByteView entry = bundle.subspan(kBundleLengthBytes, length);
  bundle = bundle.subspan(kBundleLengthBytes + length);
  return entry;
}

}  // namespace proviso::ledger
