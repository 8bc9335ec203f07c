#include "crypto/cosignature.h"

#include <algorithm>

#include "base/check.h"

namespace proviso::crypto {
namespace {

constexpr std::uint8_t kEd25519CosignatureV1 = 0x04;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kSignatureSize = 64;

TypedKey AsTyped(const Cosigner& cosigner) {
  return {.name = cosigner.name,
          .type = kEd25519CosignatureV1,
          .key = Bytes(cosigner.key.bytes.begin(), cosigner.key.bytes.end())};
}

std::string SignedMessage(std::string_view text, std::uint64_t time) {
  return "cosignature/v1\ntime " + std::to_string(time) + "\n" + std::string(text);
}

// The time of `line`, when it is what `cosigner` signed under `text`.
Result<std::uint64_t> TimeOf(const NoteSignature& line, std::string_view text,
                             const Cosigner& cosigner) {
  const auto refuse = [&](const std::string& why) {
    return Fail(ErrorCode::kDataLoss, "the cosignature of `" + line.name + "` " + why);
  };
  if (line.signature.size() != kTimeSize + kSignatureSize) {
    return refuse("has " + std::to_string(line.signature.size()) + " bytes, expected 72");
  }
  std::uint64_t time = 0;
  for (std::size_t i = 0; i < kTimeSize; ++i) time = time << 8U | line.signature[i];
  if (time > kCosignatureTimeMax) return refuse("has a time beyond 2^63 - 1");
  const auto signature =
      PROVISO_TRY(Signature::FromBytes(ByteView(line.signature).subspan(kTimeSize)));
  if (!Verify(cosigner.key, AsBytes(SignedMessage(text, time)), signature)) {
    return refuse("does not hold");
  }
  return time;
}

}  // namespace

std::uint32_t Cosigner::KeyId() const { return AsTyped(*this).KeyId(); }

std::string Cosigner::ToText() const { return AsTyped(*this).ToText(); }

Result<Cosigner> Cosigner::FromText(std::string_view vkey) {
  TypedKey typed = PROVISO_TRY_DOING(TypedKey::FromText(vkey), "witness key");
  Cosigner cosigner;
  if (typed.type != kEd25519CosignatureV1 || typed.key.size() != cosigner.key.bytes.size()) {
    return Fail(ErrorCode::kInvalidArgument,
                "witness key: expected an Ed25519 key for cosignatures (type 0x04, 32 bytes)");
  }
  cosigner.name = std::move(typed.name);
  std::ranges::copy(typed.key, cosigner.key.bytes.begin());
  return cosigner;
}

NoteSignature Cosign(std::string_view text, std::string_view name, const PrivateKey& key,
                     std::uint64_t time) {
  PROVISO_CHECK(text.ends_with('\n'), "the text of a note ends in a line end");
  PROVISO_CHECK(IsNoteName(name), "the name of a cosigner is not valid");
  PROVISO_CHECK(time <= kCosignatureTimeMax, "the time of a cosignature is too large");
  const Cosigner cosigner{.name = std::string(name), .key = key.Public()};
  NoteSignature line{.name = cosigner.name, .key_id = cosigner.KeyId(), .signature = {}};
  for (int shift = 56; shift >= 0; shift -= 8) {
    line.signature.push_back(static_cast<std::uint8_t>(time >> static_cast<unsigned>(shift)));
  }
  const Signature signature = key.Sign(AsBytes(SignedMessage(text, time)));
  line.signature.insert(line.signature.end(), signature.bytes.begin(), signature.bytes.end());
  return line;
}

Result<std::vector<Cosigned>> FindCosignatures(std::string_view note,
                                               const std::vector<Cosigner>& cosigners) {
  const SplitNote split = PROVISO_TRY(TakeNoteApart(note));
  std::vector<Cosigned> found;
  for (std::size_t i = 0; i < cosigners.size(); ++i) {
    const std::uint32_t key_id = cosigners[i].KeyId();
    bool first = true;
    for (const NoteSignature& line : split.signatures) {
      if (line.name != cosigners[i].name || line.key_id != key_id) continue;
      const std::uint64_t time = PROVISO_TRY(TimeOf(line, split.text, cosigners[i]));
      if (first) found.push_back({.cosigner = i, .time = time, .line = line});
      if (time > found.back().time) found.back() = {.cosigner = i, .time = time, .line = line};
      first = false;
    }
  }
  return found;
}

}  // namespace proviso::crypto
