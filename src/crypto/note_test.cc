#include "crypto/note.h"

#include <algorithm>

#include "crypto/hash.h"

namespace proviso::crypto {
namespace {

// The example of the signed-note specification.
constexpr std::string_view kSpecKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kSpecNote =
    "This is an example message.\n\n"
    "\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

// The key and the checkpoint of size 15 of a log that another implementation wrote.
constexpr std::string_view kLogName = "example.com/log/testdata";
constexpr std::string_view kLogKey =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
constexpr std::string_view kLogTypedSeed = "AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
constexpr std::string_view kCheckpointText =
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n";
constexpr std::string_view kCheckpoint =
    "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
    "\u2014 example.com/log/testdata "
    "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/"
    "fmwlM/dlPWF74ewI=\n";

PrivateKey LogKey() {
  const Bytes typed = Base64Decode(kLogTypedSeed).value();
  std::array<std::uint8_t, 32> seed{};
  std::copy(typed.begin() + 1, typed.end(), seed.begin());
  return PrivateKey::FromSeed(seed);
}

NoteVerifier VerifierOf(std::string_view vkey) { return NoteVerifier::FromText(vkey).value(); }

TEST(NoteVerifier, ReadsBackItsText) {
  for (const std::string_view vkey : {kSpecKey, kLogKey}) {
    EXPECT_EQ(VerifierOf(vkey).ToText(), vkey);
  }
  EXPECT_EQ(VerifierOf(kSpecKey).KeyId(), 0x530d903aU);
}

TEST(NoteVerifier, HasThePublishedKeyOfAPublishedSeed) {
  // The key pair of the tests of Go's note package.
  const Bytes typed = Base64Decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").value();
  std::array<std::uint8_t, 32> seed{};
  ASSERT_EQ(typed.size(), 1 + seed.size());
  std::copy(typed.begin() + 1, typed.end(), seed.begin());
  const NoteVerifier verifier{"PeterNeumann", PrivateKey::FromSeed(seed).Public()};
  EXPECT_EQ(verifier.ToText(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST(NoteVerifier, RefusesOtherTexts) {
  const std::vector<std::string> texts = {
      "",
      "example.com/foo",
      "example.com/foo+530d903a",
      "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/fo +530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2l",
      "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==",
  };
  for (const std::string& text : texts) {
    const auto verifier = NoteVerifier::FromText(text);
    ASSERT_FALSE(verifier) << text;
    EXPECT_EQ(verifier.error().code(), ErrorCode::kInvalidArgument) << text;
  }
}

TEST(SignNote, WritesTheCheckpointOfAnotherImplementationByteForByte) {
  EXPECT_EQ(SignNote(kCheckpointText, kLogName, LogKey()), kCheckpoint);
}

TEST(OpenNote, AcceptsThePublishedNotes) {
  const OpenedNote spec = OpenNote(kSpecNote, {VerifierOf(kSpecKey)}).value();
  EXPECT_EQ(spec.text, "This is an example message.\n");
  EXPECT_EQ(spec.verified, (std::vector<std::string>{"example.com/foo"}));
  EXPECT_EQ(OpenNote(kCheckpoint, {VerifierOf(kLogKey)}).value().text, kCheckpointText);
}

TEST(OpenNote, RefusesEveryCutAndEveryChangedByte) {
  const std::vector<NoteVerifier> known = {VerifierOf(kSpecKey)};
  for (std::size_t i = 0; i < kSpecNote.size(); ++i) {
    EXPECT_FALSE(OpenNote(kSpecNote.substr(0, i), known)) << i;
    EXPECT_FALSE(OpenNote(kSpecNote.substr(i + 1), known)) << i;
    std::string changed(kSpecNote);
    changed[i] = static_cast<char>(changed[i] + 1);
    const auto opened = OpenNote(changed, known);
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss) << i;
  }
}

// The note of the specification with more signature lines after its own.
std::string NoteWith(std::string_view lines) {
  std::string note;
  note.reserve(kSpecNote.size() + lines.size());
  note.append(kSpecNote).append(lines);
  return note;
}

std::string NoteWithOthers(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    lines.append("\u2014 w").append(std::to_string(i)).append(" AAAAAAE=\n");
  }
  return NoteWith(lines);
}

struct LineCase {
  std::string what;
  std::string line;
};

TEST(OpenNote, RefusesMalformedLinesEvenBesideAGoodOne) {
  const std::vector<LineCase> cases = {
      {"no dash", "- example.com/bar AAAAAAE=\n"},
      {"no space after the dash", "\u2014example.com/bar AAAAAAE=\n"},
      {"no signature", "\u2014 example.com/bar\n"},
      {"signature of a key id alone", "\u2014 example.com/bar AAAAAA==\n"},
      {"base64 that is not canonical", "\u2014 example.com/bar AAAAAAF=\n"},
      {"base64 without padding", "\u2014 example.com/bar AAAAAAE\n"},
      {"text after the signature", "\u2014 example.com/bar AAAAAAE= x\n"},
      {"plus sign in the name", "\u2014 a+b AAAAAAE=\n"},
      {"no-break space in the name", "\u2014 a\u00A0b AAAAAAE=\n"},
      {"empty name", "\u2014  AAAAAAE=\n"},
      {"carriage return", "\u2014 example.com/bar AAAAAAE=\r\n"},
      {"no line end", "\u2014 example.com/bar AAAAAAE="},
      {"invalid UTF-8", "\u2014 b\xFFr AAAAAAE=\n"},
      {"empty line", "\n"},
  };
  for (const LineCase& each : cases) {
    EXPECT_FALSE(OpenNote(NoteWith(each.line), {VerifierOf(kSpecKey)})) << each.what;
  }
}

TEST(OpenNote, IgnoresUnknownSignersButNeedsOneKnown) {
  const std::string note = NoteWith("\u2014 example.com/bar AAAAAAE=\n");
  EXPECT_EQ(OpenNote(note, {VerifierOf(kSpecKey)}).value().verified.size(), 1U);
  EXPECT_FALSE(OpenNote(note, {VerifierOf(kLogKey)}));
  EXPECT_FALSE(OpenNote(note, {}));
}

TEST(OpenNote, RefusesABadSignatureOfAKnownKeyBesideAGoodOne) {
  const NoteVerifier log = VerifierOf(kLogKey);
  const std::string elsewhere = SignNote("another text\n", kLogName, LogKey());
  const std::string bad_line = elsewhere.substr(elsewhere.find("\u2014"));
  const std::string note = NoteWith(bad_line);
  EXPECT_TRUE(OpenNote(note, {VerifierOf(kSpecKey)}));
  const auto opened = OpenNote(note, {VerifierOf(kSpecKey), log});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message().find("example.com/log/testdata"), std::string::npos);
}

TEST(OpenNote, SplitsAtTheLastBlankLine) {
  const std::string text = "one\n\ntwo\n";
  const std::string note = SignNote(text, kLogName, LogKey());
  EXPECT_EQ(OpenNote(note, {VerifierOf(kLogKey)}).value().text, text);
}

TEST(OpenNote, Takes100SignatureLinesAndNoMore) {
  EXPECT_TRUE(OpenNote(NoteWithOthers(99), {VerifierOf(kSpecKey)}));
  EXPECT_FALSE(OpenNote(NoteWithOthers(100), {VerifierOf(kSpecKey)}));
}

TEST(OpenNote, RefusesMoreThanOneMebibyte) {
  const std::string fits(900U << 10U, 'x');
  EXPECT_TRUE(OpenNote(SignNote(fits + "\n", kLogName, LogKey()), {VerifierOf(kLogKey)}));
  const std::string large(1U << 20U, 'x');
  EXPECT_FALSE(OpenNote(SignNote(large + "\n", kLogName, LogKey()), {VerifierOf(kLogKey)}));
}

TEST(SignNoteDeath, TextWithoutALineEndIsABug) {
  EXPECT_DEATH((void)SignNote("text", kLogName, LogKey()), "line end");
  EXPECT_DEATH((void)SignNote("text\n", "a b", LogKey()), "name");
}

}  // namespace
}  // namespace proviso::crypto
