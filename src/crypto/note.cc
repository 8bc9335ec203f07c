#include "crypto/note.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "crypto/hash.h"

namespace proviso::crypto {
namespace {

constexpr std::uint8_t kEd25519 = 0x01;
constexpr std::string_view kLineStart = "\xE2\x80\x94 ";  // em dash, space
constexpr std::size_t kNoteBytesMax = 1U << 20U;
constexpr std::size_t kSignaturesMax = 100;
constexpr std::size_t kKeyIdSize = 4;

// Every character that Unicode calls white space (property White_Space), in UTF-8.
constexpr std::string_view kSpaces[] = {
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
    "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
    "\xE3\x80\x80"};

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20; }

std::uint32_t ReadBigEndian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kKeyIdSize; ++i) value = value << 8U | bytes[i];
  return value;
}

Bytes BigEndian(std::uint32_t value) {
  Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
  return bytes;
}

tl::unexpected<Error> BadNote(const std::string& what) {
  return Fail(ErrorCode::kDataLoss, "malformed note: " + what);
}

Result<NoteSignature> ParseLine(std::string_view line, std::size_t number) {
  const std::string place = "signature line " + std::to_string(number);
  if (!line.starts_with(kLineStart)) return BadNote(place + " does not begin with `\u2014 `");
  line.remove_prefix(kLineStart.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return BadNote(place + " has no signature");
  const std::string_view name = line.substr(0, space);
  if (!IsNoteName(name)) return BadNote(place + " has no valid key name");
  auto decoded = Base64Decode(line.substr(space + 1));
  if (!decoded) return BadNote(place + ": " + decoded.error().message());
  if (decoded->size() <= kKeyIdSize) return BadNote(place + " has an empty signature");
  return NoteSignature{std::string(name), ReadBigEndian(*decoded),
                       Bytes(decoded->begin() + kKeyIdSize, decoded->end())};
}

// Parts of "<name>+<key id>+<base64>". The base64 may hold plus signs, the name may not.
struct VerifierParts {
  std::string_view name;
  std::string_view key_id;
  std::string_view key;
};

std::optional<VerifierParts> SplitVerifier(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = vkey.find('+', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return VerifierParts{vkey.substr(0, first), vkey.substr(first + 1, second - first - 1),
                       vkey.substr(second + 1)};
}

TypedKey AsTyped(const NoteVerifier& verifier) {
  return {.name = verifier.name,
          .type = kEd25519,
          .key = Bytes(verifier.key.bytes.begin(), verifier.key.bytes.end())};
}

}  // namespace

bool IsNoteName(std::string_view name) {
  return !name.empty() && IsUtf8(name) && name.find('+') == std::string_view::npos &&
         std::none_of(name.begin(), name.end(), IsControl) &&
         std::none_of(std::begin(kSpaces), std::end(kSpaces), [&](std::string_view space) {
           return name.find(space) != std::string_view::npos;
         });
}

Result<SplitNote> TakeNoteApart(std::string_view note) {
  if (note.size() > kNoteBytesMax) {
    return BadNote("expected at most 1 MiB, found " + std::to_string(note.size()) + " bytes");
  }
  if (!IsUtf8(note)) return BadNote("not UTF-8");
  if (std::any_of(note.begin(), note.end(), [](char c) { return IsControl(c) && c != '\n'; })) {
    return BadNote("a control character other than the line end");
  }
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return BadNote("no blank line before the signatures");
  SplitNote result;
  result.text = note.substr(0, blank + 1);
  std::string_view rest = note.substr(blank + 2);
  if (rest.empty()) return BadNote("no signature");
  if (!rest.ends_with('\n')) return BadNote("no line end after the last signature");
  while (!rest.empty()) {
    if (result.signatures.size() == kSignaturesMax) return BadNote("more than 100 signature lines");
    const std::size_t end = rest.find('\n');
    result.signatures.push_back(
        PROVISO_TRY(ParseLine(rest.substr(0, end), result.signatures.size() + 1)));
    rest.remove_prefix(end + 1);
  }
  return result;
}

std::string NoteSignature::ToLine() const {
  Bytes blob = BigEndian(key_id);
  blob.insert(blob.end(), signature.begin(), signature.end());
  return std::string(kLineStart) + name + " " + Base64Encode(blob) + "\n";
}

std::uint32_t TypedKey::KeyId() const {
  Bytes message(name.begin(), name.end());
  message.push_back('\n');
  message.push_back(type);
  message.insert(message.end(), key.begin(), key.end());
  return ReadBigEndian(Sha256(message).bytes);
}

std::string TypedKey::ToText() const {
  Bytes typed = {type};
  typed.insert(typed.end(), key.begin(), key.end());
  return name + "+" + HexEncode(BigEndian(KeyId())) + "+" + Base64Encode(typed);
}

Result<TypedKey> TypedKey::FromText(std::string_view vkey) {
  const auto parts = SplitVerifier(vkey);
  if (!parts) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a key `<name>+<8 hexadecimal digits>+<base64>`, found `" +
                    std::string(vkey.substr(0, 200)) + "`");
  }
  if (!IsNoteName(parts->name)) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a name without spaces, control characters and plus signs");
  }
  const Bytes typed = PROVISO_TRY(Base64Decode(parts->key));
  if (typed.empty()) return Fail(ErrorCode::kInvalidArgument, "expected a type and a key");
  TypedKey result{.name = std::string(parts->name),
                  .type = typed[0],
                  .key = Bytes(typed.begin() + 1, typed.end())};
  const std::string expected = HexEncode(BigEndian(result.KeyId()));
  if (parts->key_id != expected) {
    return Fail(ErrorCode::kInvalidArgument, "expected the key id `" + expected + "`, found `" +
                                                 std::string(parts->key_id.substr(0, 80)) + "`");
  }
  return result;
}

std::uint32_t NoteVerifier::KeyId() const { return AsTyped(*this).KeyId(); }

std::string NoteVerifier::ToText() const { return AsTyped(*this).ToText(); }

Result<NoteVerifier> NoteVerifier::FromText(std::string_view vkey) {
  TypedKey typed = PROVISO_TRY_DOING(TypedKey::FromText(vkey), "log key");
  NoteVerifier result;
  if (typed.key.size() != result.key.bytes.size() || typed.type != kEd25519) {
    return Fail(ErrorCode::kInvalidArgument,
                "log key: expected an Ed25519 key (type 0x01, 32 bytes)");
  }
  result.name = std::move(typed.name);
  std::ranges::copy(typed.key, result.key.bytes.begin());
  return result;
}

std::string SignNote(std::string_view text, std::string_view name, const PrivateKey& key) {
  PROVISO_CHECK(text.ends_with('\n'), "the text of a note ends in a line end");
  PROVISO_CHECK(IsNoteName(name), "the name of a note's signer is not valid");
  const NoteVerifier verifier{std::string(name), key.Public()};
  const Signature signature = key.Sign(AsBytes(text));
  const NoteSignature line{.name = verifier.name,
                           .key_id = verifier.KeyId(),
                           .signature = Bytes(signature.bytes.begin(), signature.bytes.end())};
  return std::string(text) + "\n" + line.ToLine();
}

Result<OpenedNote> OpenNote(std::string_view note, const std::vector<NoteVerifier>& verifiers) {
  const SplitNote split = PROVISO_TRY(TakeNoteApart(note));
  OpenedNote opened;
  opened.text = split.text;
  for (const NoteSignature& line : split.signatures) {
    const auto known =
        std::find_if(verifiers.begin(), verifiers.end(), [&](const NoteVerifier& verifier) {
          return verifier.name == line.name && verifier.KeyId() == line.key_id;
        });
    if (known == verifiers.end()) continue;
    const auto signature = Signature::FromBytes(line.signature);
    if (!signature || !Verify(known->key, AsBytes(split.text), *signature)) {
      return Fail(ErrorCode::kDataLoss, "the signature of `" + line.name + "` does not hold");
    }
    if (std::find(opened.verified.begin(), opened.verified.end(), line.name) ==
        opened.verified.end()) {
      opened.verified.push_back(line.name);
    }
  }
  if (opened.verified.empty()) {
    return Fail(ErrorCode::kDataLoss, "no signature of a known key on the note");
  }
  return opened;
}

}  // namespace proviso::crypto
