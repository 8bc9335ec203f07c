#include "crypto/key_file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "crypto/note.h"

namespace proviso::crypto {
namespace {

constexpr ScryptCost kCheap = {.n = 16, .r = 1, .p = 1};

PrivateKey SomeKey() {
  std::array<std::uint8_t, 32> seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  return PrivateKey::FromSeed(seed);
}

std::string Sealed() {
  SeededRandom random(6);
  return SealKeyFile(SomeKey(), "correct horse", random, kCheap);
}

// The file with the member at `path` (at most two names) replaced.
std::string With(const std::string& file, const std::vector<std::string>& path, Json value) {
  Json json = ParseJson(file).value();
  Json* place = &json;
  for (const std::string& name : path) place = &(*place)[name];
  *place = std::move(value);
  return json.Pretty();
}

TEST(KeyFile, OpensWithThePassphraseAndNoOther) {
  const std::string file = Sealed();
  EXPECT_EQ(OpenKeyFile(file, "correct horse").value().Public(), SomeKey().Public());
  for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse"}) {
    const auto opened = OpenKeyFile(file, wrong);
    ASSERT_FALSE(opened) << wrong;
    EXPECT_EQ(opened.error().code(), ErrorCode::kPermissionDenied);
  }
}

TEST(KeyFile, ShowsThePublicKeyWithoutThePassphrase) {
  EXPECT_EQ(KeyFilePublicKey(Sealed()).value(), SomeKey().Public());
}

TEST(KeyFile, HoldsNeitherSeedNorPassphraseInClear) {
  const std::string file = Sealed();
  EXPECT_EQ(file.find(Base64Encode(SomeKey().seed())), std::string::npos);
  EXPECT_EQ(file.find(HexEncode(SomeKey().seed())), std::string::npos);
  EXPECT_EQ(file.find("correct horse"), std::string::npos);
}

TEST(KeyFile, TakesANewSaltAndNonceEachTime) {
  SystemRandom random;
  EXPECT_NE(SealKeyFile(SomeKey(), "x", random, kCheap),
            SealKeyFile(SomeKey(), "x", random, kCheap));
}

TEST(KeyFile, StoresItsDefaultCost) {
  SeededRandom random(7);
  const std::string file = SealKeyFile(SomeKey(), "x", random);
  const Json scrypt = *ParseJson(file).value().Find("scrypt");
  EXPECT_EQ(scrypt.IntegerAt("n").value(), 131072);
  EXPECT_EQ(scrypt.IntegerAt("r").value(), 8);
  EXPECT_EQ(scrypt.IntegerAt("p").value(), 1);
  EXPECT_TRUE(OpenKeyFile(file, "x"));
}

TEST(KeyFile, RefusesAPublicKeyThatWasPutInItsPlace) {
  SeededRandom random(8);
  const std::string other = PrivateKey::Generate(random).Public().ToText();
  const auto opened = OpenKeyFile(With(Sealed(), {"public_key"}, other), "correct horse");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kPermissionDenied);
}

struct Damage {
  std::vector<std::string> path;
  Json value;
};

TEST(KeyFile, RefusesDamageAndCostlyParameters) {
  const std::vector<Damage> damages = {
      {{"format"}, "proviso-key/v2"},
      {{"format"}, "proviso-service-key/v1"},
      {{"format"}, nullptr},
      {{"public_key"}, "ed25519:AAAA"},
      {{"public_key"}, nullptr},
      {{"sealed"}, "AAAA"},
      {{"sealed"}, "?"},
      {{"sealed"}, 1},
      {{"scrypt"}, nullptr},
      {{"scrypt"}, "n"},
      {{"scrypt", "salt"}, "00"},
      {{"scrypt", "salt"}, "zz"},
      {{"scrypt", "salt"}, std::string(130, '0')},
      {{"scrypt", "n"}, 0},
      {{"scrypt", "n"}, 1},
      {{"scrypt", "n"}, -16},
      {{"scrypt", "n"}, 1000},
      {{"scrypt", "n"}, 1 << 21},
      {{"scrypt", "n"}, std::int64_t{1} << 62},
      {{"scrypt", "r"}, 0},
      {{"scrypt", "r"}, 1000},
      {{"scrypt", "p"}, 0},
      {{"scrypt", "p"}, 1000},
  };
  for (const Damage& damage : damages) {
    const std::string file = With(Sealed(), damage.path, damage.value);
    const auto opened = OpenKeyFile(file, "correct horse");
    ASSERT_FALSE(opened) << file;
    EXPECT_EQ(opened.error().code(), ErrorCode::kInvalidArgument) << file;
  }
}

TEST(KeyFile, CountsMemoryAndRoundsTogether) {
  // 128 * 16 * 2^18 bytes = 512 MiB; 2^18 * 8 = 2^21 rounds.
  for (const char* member : {"r", "p"}) {
    std::string file = With(Sealed(), {"scrypt", "n"}, 1 << 18);
    file = With(file, {"scrypt", member}, std::string(member) == "r" ? 16 : 8);
    const auto opened = OpenKeyFile(file, "correct horse");
    ASSERT_FALSE(opened) << member;
    EXPECT_EQ(opened.error().code(), ErrorCode::kInvalidArgument) << member;
  }
}

TEST(KeyFile, RefusesTextThatIsNoJsonObject) {
  for (const char* text : {"", "{", "[]", "null", "\"x\""}) {
    EXPECT_EQ(OpenKeyFile(text, "x").error().code(), ErrorCode::kInvalidArgument) << text;
    EXPECT_FALSE(KeyFilePublicKey(text)) << text;
    EXPECT_FALSE(ParseServiceKey(text)) << text;
  }
}

TEST(KeyFile, AGoodFileInTheWrongPlaceIsToldAsThat) {
  const auto as_service = ParseServiceKey(Sealed());
  ASSERT_FALSE(as_service);
  EXPECT_EQ(as_service.error().message(),
            "key file: expected the key of a log or of a witness (the format "
            "`proviso-service-key/v1`), found a person's key (`proviso-key/v1`); give the right "
            "file");
  const auto as_person = OpenKeyFile(FormatServiceKey(SomeKey()), "correct horse");
  ASSERT_FALSE(as_person);
  EXPECT_EQ(as_person.error().message(),
            "key file: expected a person's key (the format `proviso-key/v1`), found the key of a "
            "log or of a witness (`proviso-service-key/v1`); give the right file");
}

TEST(ServiceKey, QuotesNothingOfADamagedFileAndSaysWhatToDo) {
  const std::string seed = Base64Encode(SomeKey().seed());
  const std::string good = FormatServiceKey(SomeKey());
  const std::size_t begin = good.find(seed);
  const auto with = [&](const std::string& old, const std::string& text) {
    std::string file = good;
    return file.replace(file.find(old), old.size(), text);
  };
  std::string wide = "\xFF\xFE";
  for (const char c : good) (wide += c) += '\0';
  const struct {
    const char* what;
    std::string file;
    const char* part;
  } cases[] = {
      {"empty", "", "line 1, column 1: expected JSON"},
      {"cut off", good.substr(0, begin + 43), "line 4, column "},
      {"a control character", good.substr(0, begin + 30) + '\x01', "line 4, column "},
      {"a NUL byte", good.substr(0, begin + 30) + '\0' + good.substr(begin + 31), "line 4"},
      {"UTF-16", wide, "UTF-8"},
      {"Latin-1", with(seed, seed + "\xE9"), "UTF-8"},
      {"no quotes", with("\"" + seed + "\"", seed), "line 4"},
      {"no base64", with(seed, "!" + seed.substr(1)), "expected `seed` in padded base64"},
      {"too short", with(seed, seed.substr(0, 40)), "expected a seed of 32 bytes, found 30 bytes"},
      {"the seed twice as a member", with("\"seed\"", "\"" + seed + "\": 1, \"" + seed + "\""),
       "expected JSON"},
      {"a member twice", with("\"seed\"", "\"seed\": 1, \"seed\""), "duplicate key `seed`"},
      {"the seed as the format", with("proviso-service-key/v1", seed), "found another"},
      {"the seed as the public key", with("ed25519:", seed), "expected `public_key`"},
      {"another's seed", with(seed, Base64Encode(Bytes(32, 7))), "belongs to the seed"},
  };
  for (const auto& [what, file, part] : cases) {
    const auto parsed = ParseServiceKey(file);
    ASSERT_FALSE(parsed) << what;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kInvalidArgument) << what;
    const std::string& said = parsed.error().message();
    EXPECT_NE(said.find(part), std::string::npos) << what << ": " << said;
    EXPECT_TRUE(said.ends_with("; restore it from a copy")) << what << ": " << said;
    for (std::size_t at = 0; at + 6 <= seed.size(); ++at) {
      EXPECT_EQ(said.find(seed.substr(at, 6)), std::string::npos) << what << ": " << said;
    }
  }
}

TEST(ServiceKey, ReadsBackWhatItWrites) {
  const std::string file = FormatServiceKey(SomeKey());
  EXPECT_EQ(ParseServiceKey(file).value().Public(), SomeKey().Public());
}

TEST(ServiceKey, RefusesAnotherPublicKeyAndDamage) {
  SeededRandom random(9);
  const std::string file = FormatServiceKey(SomeKey());
  EXPECT_FALSE(
      ParseServiceKey(With(file, {"public_key"}, PrivateKey::Generate(random).Public().ToText())));
  EXPECT_FALSE(ParseServiceKey(With(file, {"seed"}, "AAAA")));
  EXPECT_FALSE(ParseServiceKey(With(file, {"seed"}, nullptr)));
  EXPECT_FALSE(ParseServiceKey(Sealed()));
}

// The code blocks of docs/formats/keys.md, in order.
std::vector<std::string> Examples() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/keys.md");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::vector<std::string> blocks;
  constexpr std::string_view kFence = "\n```";
  for (std::size_t at = text.find(kFence); at != std::string::npos;) {
    const std::size_t begin = text.find('\n', at + 1) + 1;
    const std::size_t end = text.find(kFence, begin);
    blocks.push_back(text.substr(begin, end + 1 - begin));
    at = text.find(kFence, end + 1);
  }
  return blocks;
}

TEST(KeysFormat, TheDocumentedExamplesAreReadAndWrittenAsShown) {
  const std::vector<std::string> examples = Examples();
  ASSERT_EQ(examples.size(), 3U);
  EXPECT_EQ(OpenKeyFile(examples[0], "correct horse battery staple").value().Public(),
            SomeKey().Public());
  EXPECT_EQ(FormatServiceKey(SomeKey()), examples[1]);
  const NoteVerifier verifier{"log.example.com/proviso", SomeKey().Public()};
  EXPECT_EQ(verifier.ToText() + "\n", examples[2]);
}

}  // namespace
}  // namespace proviso::crypto
