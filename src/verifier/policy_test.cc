#include "verifier/policy.h"

#include <gtest/gtest.h>

#include <array>

namespace proviso::verifier {
namespace {

constexpr std::uint64_t kTime = 1795512600;
constexpr std::string_view kText =
    "example.org/log\n1\nTEWhfNvAtlnf3b+M4sGKurUATF4ii1LcPiRk14z+Nf8=\n";

crypto::PrivateKey KeyOf(std::size_t number) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(static_cast<std::uint8_t>(number));
  return crypto::PrivateKey::FromSeed(seed);
}
std::string KeyName(std::size_t number) { return "w.example.org/" + std::to_string(number); }
std::string KeyText(std::size_t number) {
  return crypto::Cosigner{.name = KeyName(number), .key = KeyOf(number).Public()}.ToText();
}
std::string LogText(std::size_t number) {
  return crypto::NoteVerifier{.name = "example.org/log", .key = KeyOf(number).Public()}.ToText();
}
// Lines `witness wN KEY` of 1..count.
std::string Witnesses(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) {
    text += "witness w" + std::to_string(i) + " " + KeyText(i) + "\n";
  }
  return text;
}
std::string NoteOf(const std::vector<std::size_t>& cosigners) {
  std::string note = crypto::SignNote(kText, "example.org/log", KeyOf(100));
  for (const std::size_t number : cosigners) {
    note += crypto::Cosign(kText, KeyName(number), KeyOf(number), kTime + number).ToLine();
  }
  return note;
}
PolicyReport CheckOf(const std::string& policy, const std::vector<std::size_t>& cosigners) {
  const auto read = Policy::Read(policy);
  EXPECT_TRUE(read) << policy << (read ? "" : read.error().message());
  return read->Check(NoteOf(cosigners)).value();
}

TEST(Policy, ReadsLogsWitnessesAndTheirAddresses) {
  const auto policy =
      Policy::Read("\n# a comment\n  \t# another\n\t log\t" + LogText(9) +
                   "  https://example.org/log/ \nwitness  \u00e9 " + KeyText(1) +
                   " https://w.example.org/#x\nwitness # " + KeyText(2) + "\nquorum #\n")
          .value();
  ASSERT_EQ(policy.logs().size(), 1U);
  EXPECT_EQ(policy.logs()[0].key.ToText(), LogText(9));
  EXPECT_EQ(policy.logs()[0].url, "https://example.org/log/");
  ASSERT_EQ(policy.witnesses().size(), 2U);
  EXPECT_EQ(policy.witnesses()[0].name, "\u00e9");
  EXPECT_EQ(policy.witnesses()[0].key->ToText(), KeyText(1));
  EXPECT_EQ(policy.witnesses()[0].url, "https://w.example.org/#x");
  EXPECT_EQ(policy.witnesses()[1].url, "");
  EXPECT_TRUE(policy.Accepts(crypto::NoteVerifier::FromText(LogText(9)).value()));
  EXPECT_FALSE(policy.Accepts(crypto::NoteVerifier::FromText(LogText(8)).value()));
}

TEST(Policy, CanAskWitnessesByHttpAlone) {
  const auto with = [](const std::string& address) {
    return Policy::Read("# who watches\nwitness a " + KeyText(1) + "\nwitness b " + KeyText(2) +
                        " " + address + "\nquorum b\n")
        .value();
  };
  for (const char* address : {"https://w.example.org/b", "http://127.0.0.1:7380/"}) {
    EXPECT_TRUE(CheckAddresses(with(address))) << address;
  }
  for (const char* address :
       {"ftp://w.example.org/", "file:///etc/passwd", "w.example.org", "httpx://w.example.org/"}) {
    const Status checked = CheckAddresses(with(address));
    ASSERT_FALSE(checked) << address;
    EXPECT_NE(checked.error().message().find("policy: line 3: "), std::string::npos)
        << checked.error().message();
    EXPECT_NE(checked.error().message().find(address), std::string::npos);
  }
}

TEST(Policy, WithoutLogsAcceptsEach) {
  const auto policy = Policy::Read("quorum none\n").value();
  EXPECT_TRUE(policy.Accepts(crypto::NoteVerifier::FromText(LogText(8)).value()));
}

TEST(Policy, TakesTheSameWitnessKeyWrittenAsThatOfALog) {
  const std::string as_log =
      crypto::NoteVerifier{.name = KeyName(1), .key = KeyOf(1).Public()}.ToText();
  EXPECT_TRUE(CheckOf("witness w1 " + as_log + "\nquorum w1\n", {1}).met);
}

struct QuorumCase {
  std::string lines;
  std::vector<std::size_t> cosigners;
  std::string missing;  // empty: the policy is met
};

TEST(Policy, CountsWitnessesAndGroups) {
  const std::string two = "group X 2 w1 w2 w3\nquorum X\n";
  const std::string nested =
      "group X 2 w1 w2 w3\ngroup Y any w4 w5 w6\ngroup both all X Y\nquorum both\n";
  const std::vector<QuorumCase> cases = {
      {"quorum none\n", {}, ""},
      {"quorum w2\n", {2}, ""},
      {"quorum w2\n", {1, 3}, "expected a cosignature of `w2`, found none"},
      {"group X all w1 w2\nquorum X\n", {1, 2}, ""},
      {"group X all w1 w2\nquorum X\n",
       {2},
       "group `X`: expected 2 of 2, found `w2`, missing `w1`"},
      {"group X any w1 w2\nquorum X\n", {2, 5}, ""},
      {"group X any w1 w2\nquorum X\n",
       {5},
       "group `X`: expected 1 of 2, found none, missing `w1`, `w2`"},
      {two, {1, 3}, ""},
      {two, {1, 1, 1}, "group `X`: expected 2 of 3, found `w1`, missing `w2`, `w3`"},
      {nested, {1, 3, 6}, ""},
      {nested,
       {1, 6},
       "group `both`: expected 2 of 2, found `Y`, missing `X`; "
       "group `X`: expected 2 of 3, found `w1`, missing `w2`, `w3`"},
      {nested,
       {},
       "group `both`: expected 2 of 2, found none, missing `X`, `Y`; "
       "group `X`: expected 2 of 3, found none, missing `w1`, `w2`, `w3`; "
       "group `Y`: expected 1 of 3, found none, missing `w4`, `w5`, `w6`"},
  };
  for (const QuorumCase& each : cases) {
    const PolicyReport report = CheckOf(Witnesses(6) + each.lines, each.cosigners);
    EXPECT_EQ(report.missing, each.missing) << each.lines;
    EXPECT_EQ(report.met, each.missing.empty()) << each.lines;
  }
}

TEST(Policy, SaysOfEachWitnessWhenItSignedAndWhetherItCounts) {
  const PolicyReport report = CheckOf(Witnesses(3) + "group X any w1 w2\nquorum X\n", {2, 3});
  ASSERT_EQ(report.witnesses.size(), 3U);
  EXPECT_FALSE(report.witnesses[0].cosigned);
  EXPECT_TRUE(report.witnesses[0].counts);
  EXPECT_TRUE(report.witnesses[1].cosigned);
  EXPECT_EQ(report.witnesses[1].time, kTime + 2);
  EXPECT_TRUE(report.witnesses[2].cosigned);
  EXPECT_FALSE(report.witnesses[2].counts);
  EXPECT_EQ(report.ToJson().Find("witnesses")->AsArray()->at(1).StringOr("time", ""),
            "2026-11-24T09:30:02.000Z");
  EXPECT_EQ(report.quorum, "X");
}

TEST(Policy, RefusesANoteWithABadLineOfItsWitness) {
  const auto policy = Policy::Read(Witnesses(1) + "quorum none\n").value();
  const std::string other = "example.org/log\n2\nTEWhfNvAtlnf3b+M4sGKurUATF4ii1LcPiRk14z+Nf8=\n";
  const std::string note = NoteOf({}) + crypto::Cosign(other, KeyName(1), KeyOf(1), kTime).ToLine();
  EXPECT_EQ(policy.Check(note).error().code(), ErrorCode::kDataLoss);
  EXPECT_FALSE(policy.Check("no note"));
}

TEST(Policy, NeverFindsAWitnessWhoseKindOfKeyItDoesNotKnow) {
  const std::string later =
      crypto::TypedKey{.name = "w.example.org/pq", .type = 0x06, .key = Bytes(1312, 7)}.ToText();
  const std::string lines = "witness pq " + later + "\n" + Witnesses(1);
  EXPECT_TRUE(CheckOf(lines + "group X any pq w1\nquorum X\n", {1}).met);
  EXPECT_FALSE(CheckOf(lines + "group X all pq w1\nquorum X\n", {1}).met);
}

struct RefusedCase {
  std::string policy;
  std::string why;
};

TEST(Policy, RefusesWhatCouldBeReadInTwoWays) {
  const std::string w = Witnesses(3);
  const std::vector<RefusedCase> cases = {
      {"", "line end"},
      {"\n", "expected a line `quorum NAME`"},
      {w, "expected a line `quorum NAME`"},
      {"quorum none", "line end after the last line"},
      {"quorum none\r\n", "control characters"},
      {"quorum none\n#\x7F\n", "control characters"},
      {"quorum none\n#\xFF\n", "UTF-8"},
      {"quorum none\nquorum none\n", "line 2: a second quorum"},
      {"quorum w1\n" + w, "line 1: no line above defines `w1`"},
      {w + "quorum w4\n", "line 4: no line above defines `w4`"},
      {w + "quorum w1 w2\n", "expected `quorum NAME`"},
      {w + "quorum\n", "expected `quorum NAME`"},
      {w + "group X 0 w1\nquorum X\n", "a number from 1 to 1, found `0`"},
      {w + "group X -1 w1\nquorum X\n", "found `-1`"},
      {w + "group X 01 w1\nquorum X\n", "found `01`"},
      {w + "group X 3 w1 w2\nquorum X\n", "a number from 1 to 2, found `3`"},
      {w + "group X most w1 w2\nquorum X\n", "found `most`"},
      {w + "group X 18446744073709551617 w1\nquorum X\n", "found `18446744073709551617`"},
      {w + "group X all\nquorum X\n", "expected `group NAME"},
      {w + "group X all w1 w1\nquorum X\n", "`w1` is a member already"},
      {w + "group X all w1\ngroup Y all w1 w2\nquorum X\n", "`w1` is a member already"},
      {w + "group X all X\nquorum X\n", "no line above defines `X`"},
      {w + "group X all Y\ngroup Y all w1\nquorum X\n", "no line above defines `Y`"},
      {w + "group X all none\nquorum X\n", "no line above defines `none`"},
      {w + "group w1 all w2\nquorum w1\n", "`w1` is defined twice"},
      {w + "group none 1 w1\nquorum none\n", "found the word `none`"},
      {"witness all " + KeyText(1) + "\nquorum all\n", "found the word `all`"},
      {"witness any " + KeyText(1) + "\nquorum any\n", "found the word `any`"},
      {"witness w1 " + KeyText(1) + "\nwitness w1 " + KeyText(2) + "\nquorum w1\n",
       "`w1` is defined twice"},
      {"witness w1 " + KeyText(1) + "\nwitness w2 " + KeyText(1) + "\nquorum w1\n",
       "another witness has the same key as `w2`"},
      {"witness w1 " + KeyText(1) + " https://a #b\nquorum w1\n", "expected `witness NAME KEY"},
      {"witness w1\nquorum w1\n", "expected `witness NAME KEY"},
      {"witness w1 w.example.org/1+00000000+BAAA\nquorum w1\n", "line 1: expected the key id"},
      {"log " + LogText(1) + "\nlog " + LogText(1) + "\nquorum none\n", "the same key"},
      {"log " + KeyText(1) + "\nquorum none\n", "type 0x01"},
      {"log\nquorum none\n", "expected `log KEY [ADDRESS]`"},
      {"Quorum none\n", "found `Quorum`"},
      {"# " + std::string(kPolicyBytesMax, 'x') + "\nquorum none\n", "at most 262144 bytes"},
  };
  for (const RefusedCase& each : cases) {
    const auto policy = Policy::Read(each.policy);
    ASSERT_FALSE(policy) << each.policy.substr(0, 300);
    EXPECT_EQ(policy.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(policy.error().message().find(each.why), std::string::npos)
        << policy.error().message() << "\nexpected: " << each.why;
  }
}

// The key of the same 32 bytes under another name is the same witness.
TEST(Policy, RefusesOneKeyUnderTwoNames) {
  const std::string again =
      crypto::Cosigner{.name = "w.example.org/other", .key = KeyOf(1).Public()}.ToText();
  EXPECT_FALSE(Policy::Read(Witnesses(1) + "witness w2 " + again + "\nquorum w1\n"));
}

TEST(Policy, TakesManyWitnessesAndGroups) {
  std::string text = Witnesses(64);
  std::string last = "w1";
  for (std::size_t i = 2; i <= 64; ++i) {
    const std::string group = "g" + std::to_string(i);
    text += "group " + group + " all " + last + " w" + std::to_string(i) + "\n";
    last = group;
  }
  std::vector<std::size_t> all;
  for (std::size_t i = 1; i <= 64; ++i) all.push_back(i);
  EXPECT_TRUE(CheckOf(text + "quorum " + last + "\n", all).met);
  all.pop_back();
  EXPECT_FALSE(CheckOf(text + "quorum " + last + "\n", all).met);
}

}  // namespace
}  // namespace proviso::verifier
