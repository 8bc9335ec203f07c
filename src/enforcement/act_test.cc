#include "enforcement/act.h"

#include <array>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/bytes.h"

namespace proviso::enforcement {
namespace {

constexpr std::string_view kOrigin = "example.org/log";

crypto::PrivateKey KeyOf(std::uint8_t byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(byte);
  return crypto::PrivateKey::FromSeed(seed);
}

// Yields one byte over and over.
class ConstantRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override {
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0xab});
  }
};

Act Example(std::string name = "decision sign") {
  ConstantRandom random;
  return SignAct(
      std::move(name),
      Json::Of({{"decision", "decision-1"},
                {"plan_hash", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}}),
      ParseTime("2026-11-22T09:30:00.125Z").value(), kOrigin, KeyOf(7), random);
}

std::string Document() {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/acts.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The content of the block that begins with "```<label>".
std::string Block(const std::string& document, const std::string& label) {
  const std::string opening = "```" + label + "\n";
  const auto start = document.find(opening);
  if (start == std::string::npos) return "no block " + label;
  const auto first = start + opening.size();
  return document.substr(first, document.find("\n```", first) - first);
}

TEST(Act, MatchesTheWorkedExampleOfTheDocument) {
  const std::string document = Document();
  const Act act = Example();
  EXPECT_EQ(act.args.Canonical(), Block(document, "json args"));
  EXPECT_EQ(act.Message(kOrigin), Block(document, "json message"));
  EXPECT_EQ(Base64Encode(act.signature.bytes), Block(document, "text signature"));
}

TEST(Act, VerifiesWhatWasSigned) { EXPECT_TRUE(Example().VerifySignature(kOrigin)); }

TEST(Act, FailsWhenAnySignedMemberChanges) {
  const std::vector<std::pair<const char*, std::function<void(Act&)>>> changes = {
      {"name", [](Act& act) { act.name = "decision adopt"; }},
      {"at", [](Act& act) { act.at += std::chrono::milliseconds(1); }},
      {"args", [](Act& act) { act.args["decision"] = "decision-2"; }},
      {"more args", [](Act& act) { act.args["extra"] = Json(); }},
      {"nonce", [](Act& act) { act.nonce[0] = 'b'; }},
      {"key", [](Act& act) { act.key = KeyOf(8).Public(); }},
      {"signature", [](Act& act) { act.signature.bytes[63] ^= 1; }}};
  for (const auto& [what, change] : changes) {
    Act act = Example();
    change(act);
    const Status status = act.VerifySignature(kOrigin);
    ASSERT_FALSE(status) << what;
    EXPECT_EQ(status.error().code(), ErrorCode::kPermissionDenied) << what;
  }
  EXPECT_FALSE(Example().VerifySignature("example.org/other-log"));
}

TEST(Act, FailsWhenAnyByteOfItsJsonChanges) {
  const std::string text = Example().ToJson().Canonical();
  const auto verifies = [](const std::string& changed) {
    const auto json = ParseJson(changed);
    if (!json) return false;
    const auto act = Act::FromJson(*json);
    return act && act->VerifySignature(kOrigin).has_value();
  };
  ASSERT_TRUE(verifies(text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char other : {'0', 'a', ' ', '"', 'Z'}) {
      if (text[i] == other) continue;
      std::string changed = text;
      changed[i] = other;
      EXPECT_FALSE(verifies(changed)) << "byte " << i << ": " << changed;
    }
  }
}

TEST(Act, RoundTripsThroughJson) {
  const Act act = Example("claim add");
  const Act read = Act::FromJson(ParseJson(act.ToJson().Canonical()).value()).value();
  EXPECT_EQ(read.ToJson(), act.ToJson());
  EXPECT_TRUE(read.VerifySignature(kOrigin));
}

TEST(Act, HidesArgumentsOfConfidentialActsInTheLog) {
  const Json confidential = Example("claim add").ToLogJson();
  EXPECT_EQ(confidential.Find("args"), nullptr);
  EXPECT_EQ(confidential.Find("nonce"), nullptr);
  EXPECT_EQ(confidential.Canonical().find("decision-1"), std::string::npos);
  EXPECT_EQ(confidential.StringAt("body").value(), Example().BodyHash());
}

TEST(Act, ShowsArgumentsOfOpenActsInTheLogSoThatAnybodyCanCheckThem) {
  const Json open = Example("decision sign").ToLogJson();
  const auto read = Act::FromJson(open);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_TRUE(read->VerifySignature(kOrigin));
}

TEST(Act, GivesEqualArgumentsDifferentBodiesThroughTheNonce) {
  SeededRandom random(1);
  const Time at = ParseTime("2026-11-22T09:30:00Z").value();
  const Act first = SignAct("claim add", Json::MakeObject(), at, kOrigin, KeyOf(7), random);
  const Act second = SignAct("claim add", Json::MakeObject(), at, kOrigin, KeyOf(7), random);
  EXPECT_NE(first.BodyHash(), second.BodyHash());
}

TEST(Act, RefusesWhatIsNotInItsOneForm) {
  struct Case {
    const char* what;
    std::function<void(Json&)> change;
    ErrorCode code;
  };
  const std::vector<Case> cases = {
      {"unknown member", [](Json& j) { j["extra"] = 1; }, ErrorCode::kInvalidArgument},
      {"algorithm", [](Json& j) { j["algorithm"] = "webauthn"; }, ErrorCode::kUnimplemented},
      {"time", [](Json& j) { j["at"] = "2026-11-22T09:30:00.1250Z"; }, ErrorCode::kInvalidArgument},
      {"nonce", [](Json& j) { j["nonce"] = "abab"; }, ErrorCode::kInvalidArgument},
      {"nonce case", [](Json& j) { j["nonce"] = std::string(32, 'A'); },
       ErrorCode::kInvalidArgument},
      {"body", [](Json& j) { j["body"] = std::string(64, '0'); }, ErrorCode::kInvalidArgument},
      {"args", [](Json& j) { j["args"] = Json::MakeArray(); }, ErrorCode::kInvalidArgument},
      {"fraction", [](Json& j) { j["args"]["x"] = Json(Json::Fraction{"1.5"}); },
       ErrorCode::kInvalidArgument},
      {"nested integer", [](Json& j) { j["args"]["x"].Append(std::int64_t{1} << 60); },
       ErrorCode::kInvalidArgument},
      {"name", [](Json& j) { j["name"] = ""; }, ErrorCode::kInvalidArgument},
      {"signature", [](Json& j) { j["signature"] = "AAAA"; }, ErrorCode::kInvalidArgument},
      {"key", [](Json& j) { j["key"] = "ed25519:AAAA"; }, ErrorCode::kInvalidArgument}};
  for (const Case& test : cases) {
    Json json = Example().ToJson();
    test.change(json);
    const auto act = Act::FromJson(json);
    ASSERT_FALSE(act) << test.what;
    EXPECT_EQ(act.error().code(), test.code) << test.what << ": " << act.error().message();
  }
  EXPECT_FALSE(Act::FromJson(Json("text")));
}

TEST(Act, IsOpenExactlyWhereTheDocumentSaysSo) {
  std::istringstream document(Document());
  int rows = 0;
  for (std::string line; std::getline(document, line);) {
    const auto end = line.find("` | ");
    if (!line.starts_with("| `") || end == std::string::npos) continue;
    const std::string rest = line.substr(end + 4);
    if (!rest.starts_with("yes |") && !rest.starts_with("no |")) continue;
    ++rows;
    EXPECT_EQ(IsOpenAct(line.substr(3, end - 3)), rest.starts_with("yes")) << line;
  }
  EXPECT_EQ(rows, 48);
  EXPECT_FALSE(IsOpenAct("anything else"));
}

}  // namespace
}  // namespace proviso::enforcement
