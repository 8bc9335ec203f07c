#include "crypto/cosignature.h"

#include <functional>

#include "crypto/hash.h"

namespace proviso::crypto {
namespace {

// A cosignature that another implementation made (Sunlight's test data).
constexpr std::string_view kMirrorKey =
    "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O";
constexpr std::string_view kMirrorText =
    "rome2026h1.example.org\n300\ngw31yQrqZZCcEOPrzX+bpy3nJ6QgngTKn8G1m0i62uU=\n";
constexpr std::string_view kMirrorLine =
    "\u2014 mirror.example.org "
    "P7FI7wAAAABpVGeAjA1S4pJm6MbcXjX7UUImu4azZtrfcVW2uyr/"
    "LXIYlwEJzXC0N0EiZkbqfLdXt/4gVEEuGmxJjAfXKMCISpsJAg==\n";
constexpr std::uint64_t kMirrorTime = 1767139200;

// Cosignatures that openssl made with a key whose seed is 32 bytes of 11.
constexpr std::string_view kOurKey =
    "witness.example.org/w1+54be6546+BGa+fjMsekUzMr2dCn99sFX1xe8aBq2mbZizn7aBDEc6";
constexpr std::string_view kOurName = "witness.example.org/w1";
constexpr std::string_view kOurText =
    "example.org/log\n1\nTEWhfNvAtlnf3b+M4sGKurUATF4ii1LcPiRk14z+Nf8=\n";
constexpr std::string_view kOurLine =
    "\u2014 witness.example.org/w1 "
    "VL5lRgAAAABrBVkYViuB9/mYzm5TAhGM8FjZHByn5e/"
    "nfptAmn/7R+5vd9beHmJoo9l85imxZ44VMjxs4At5KUd4jZerJZRRLP62DQ==\n";
constexpr std::uint64_t kOurTime = 1795512600;
constexpr std::string_view kLastTimeLine =
    "\u2014 witness.example.org/w1 "
    "VL5lRn//////////MLGoGb9xGwLqFvly+hAauP9qCEVEfD0jJNqRL/"
    "LfkQ8Lz7LvfazH9ifPMVJ0DbmXNdCuVkunrhL2dXR8gXbQDw==\n";
constexpr std::string_view kTooLateLine =
    "\u2014 witness.example.org/w1 "
    "VL5lRoAAAAAAAAAAm+4sETWweINVYs6Ri+KJES6QIpG2/2F9YmwH2AKvnLFPmLdeBv/"
    "nqR4YoRdypPDEKsUz9X7EIHcThy7uM//lCA==\n";

PrivateKey OurKey() {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(11);
  return PrivateKey::FromSeed(seed);
}

Cosigner CosignerOf(std::string_view vkey) { return Cosigner::FromText(vkey).value(); }

std::string NoteOf(std::string_view text, std::string_view lines) {
  return std::string(text) + "\n" + std::string(lines);
}

TEST(Cosigner, ReadsBackItsText) {
  for (const std::string_view vkey : {kMirrorKey, kOurKey}) {
    EXPECT_EQ(CosignerOf(vkey).ToText(), vkey);
  }
  EXPECT_EQ(CosignerOf(kMirrorKey).KeyId(), 0x3fb148efU);
  EXPECT_EQ((Cosigner{std::string(kOurName), OurKey().Public()}).ToText(), kOurKey);
}

TEST(Cosigner, RefusesOtherTexts) {
  const std::vector<std::string> texts = {
      "",
      // The key of a log, type 0x01.
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      // Another key id, and a key that is cut short.
      "mirror.example.org+3fb148ee+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O",
      "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94",
      "mirror.example.org+3fb148ef+",
      "mirror example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O",
  };
  for (const std::string& text : texts) {
    const auto cosigner = Cosigner::FromText(text);
    ASSERT_FALSE(cosigner) << text;
    EXPECT_EQ(cosigner.error().code(), ErrorCode::kInvalidArgument) << text;
  }
}

TEST(Cosign, WritesWhatOpensslWritesByteForByte) {
  EXPECT_EQ(Cosign(kOurText, kOurName, OurKey(), kOurTime).ToLine(), kOurLine);
  EXPECT_EQ(Cosign(kOurText, kOurName, OurKey(), kCosignatureTimeMax).ToLine(), kLastTimeLine);
}

TEST(FindCosignatures, AcceptsThoseOfOthers) {
  struct Case {
    std::string_view key, text, line;
    std::uint64_t time;
  };
  const std::vector<Case> cases = {
      {kMirrorKey, kMirrorText, kMirrorLine, kMirrorTime},
      {kOurKey, kOurText, kOurLine, kOurTime},
      {kOurKey, kOurText, kLastTimeLine, kCosignatureTimeMax},
  };
  for (const Case& each : cases) {
    const auto found =
        FindCosignatures(NoteOf(each.text, each.line), {CosignerOf(each.key)}).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].cosigner, 0U);
    EXPECT_EQ(found[0].time, each.time);
    EXPECT_EQ(found[0].line.ToLine(), each.line);
  }
}

TEST(FindCosignatures, RefusesATimeBeyond63Bits) {
  const auto found = FindCosignatures(NoteOf(kOurText, kTooLateLine), {CosignerOf(kOurKey)});
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message().find("2^63 - 1"), std::string::npos);
}

TEST(FindCosignatures, RefusesEveryCutAndEveryChangedByte) {
  const std::vector<Cosigner> known = {CosignerOf(kMirrorKey)};
  const std::string note = NoteOf(kMirrorText, kMirrorLine);
  const auto holds = [&](const std::string& text) {
    const auto found = FindCosignatures(text, known);
    return found && !found->empty();
  };
  ASSERT_TRUE(holds(note));
  for (std::size_t i = 0; i < note.size(); ++i) {
    EXPECT_FALSE(holds(note.substr(0, i))) << i;
    EXPECT_FALSE(holds(note.substr(i + 1))) << i;
    std::string changed = note;
    changed[i] = static_cast<char>(changed[i] + 1);
    EXPECT_FALSE(holds(changed)) << i;
  }
}

TEST(FindCosignatures, IgnoresUnknownSignersAndOtherKeysOfOneName) {
  const std::string note = NoteOf(kOurText, std::string(kOurLine) + std::string(kMirrorLine));
  // The mirror signed another text; who does not know it does not care.
  EXPECT_EQ(FindCosignatures(note, {CosignerOf(kOurKey)}).value().size(), 1U);
  EXPECT_TRUE(FindCosignatures(note, {}).value().empty());
  const Cosigner namesake{std::string(kOurName), CosignerOf(kMirrorKey).key};
  EXPECT_TRUE(FindCosignatures(note, {namesake}).value().empty());
}

TEST(FindCosignatures, RefusesTheNoteForABadLineOfAKnownCosigner) {
  const std::string note = NoteOf(kOurText, std::string(kOurLine) + std::string(kMirrorLine));
  const auto found = FindCosignatures(note, {CosignerOf(kOurKey), CosignerOf(kMirrorKey)});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(found.error().message(), "the cosignature of `mirror.example.org` does not hold");
}

TEST(FindCosignatures, DoesNotTakeTheSignatureOfALogForACosignature) {
  // The same key, name and text, signed as a log signs; under the key id of a cosigner.
  const Signature plain = OurKey().Sign(AsBytes(kOurText));
  NoteSignature line = Cosign(kOurText, kOurName, OurKey(), kOurTime);
  line.signature = Bytes(plain.bytes.begin(), plain.bytes.end());
  EXPECT_FALSE(FindCosignatures(NoteOf(kOurText, line.ToLine()), {CosignerOf(kOurKey)}));
  line.signature.insert(line.signature.begin(), 8, 0);
  EXPECT_FALSE(FindCosignatures(NoteOf(kOurText, line.ToLine()), {CosignerOf(kOurKey)}));
}

TEST(FindCosignatures, TakesTheLatestOfSeveral) {
  const auto line = [](std::uint64_t time) {
    return Cosign(kOurText, kOurName, OurKey(), time).ToLine();
  };
  const auto found =
      FindCosignatures(NoteOf(kOurText, line(20) + line(30) + line(10)), {CosignerOf(kOurKey)})
          .value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].time, 30U);
  EXPECT_EQ(found[0].line.ToLine(), line(30));
}

// The key pair of the tests of Go's note package, and a note of its own.
TEST(OpenNote, RefusesEveryCutAndEveryChangedByteOfAnotherPublishedKeysNote) {
  const NoteVerifier known =
      NoteVerifier::FromText("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
          .value();
  const Bytes typed = Base64Decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").value();
  std::array<std::uint8_t, 32> seed{};
  std::copy(typed.begin() + 1, typed.end(), seed.begin());
  const std::string note =
      SignNote("one line\n\nand one more\n", "PeterNeumann", PrivateKey::FromSeed(seed));
  ASSERT_TRUE(OpenNote(note, {known}));
  for (std::size_t from = 0; from < note.size(); ++from) {
    for (std::size_t count = 0; count < note.size() - from; ++count) {
      ASSERT_FALSE(OpenNote(note.substr(from, count), {known})) << from << " " << count;
    }
    if (from > 0) {
      ASSERT_FALSE(OpenNote(note.substr(from), {known})) << from;
    }
    std::string changed = note;
    changed[from] = static_cast<char>(changed[from] + 1);
    ASSERT_FALSE(OpenNote(changed, {known})) << from;
  }
}

}  // namespace
}  // namespace proviso::crypto
