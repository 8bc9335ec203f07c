#include "verifier/proof.h"

#include <fstream>
#include <functional>

#include "crypto/note.h"
#include "io/files/temporary_folder.h"
#include "ledger/prove.h"
#include "verifier/internal/proof_file.h"
#include "verifier/test_log.h"

namespace proviso::verifier {
namespace {

// The log's own prover writes proofs of a log that it did not write; the check shares no code with
// either.
struct Fixture {
  TestLog log;
  io::PosixFileSystem files;
  io::TemporaryFolder temporary = io::TemporaryFolder::Make().value();

  explicit Fixture(std::uint64_t size) {
    log.AddFillers(size);
    log.WriteTo(temporary.path());
  }
  ledger::Proof Prove(std::uint64_t index) {
    const auto log_key = crypto::NoteVerifier::FromText(log.vkey()).value();
    return ledger::ProveEntry(files, temporary.path(), log_key, index).value();
  }
  ProofReport Check(std::string_view proof, std::optional<Bytes> entry = {}) const {
    return CheckProof(proof, {.vkey = log.vkey(), .entry = std::move(entry)}).value();
  }
};

TEST(CheckProof, AcceptsEveryEntryAtManySizes) {
  for (const std::uint64_t size : {1U, 2U, 3U, 5U, 8U, 33U, 255U, 256U, 257U, 300U, 513U}) {
    Fixture fixture(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const ProofReport report = fixture.Check(fixture.Prove(index).ToText());
      ASSERT_TRUE(report.ok) << index << " of " << size << ": " << report.problem;
      ASSERT_EQ(report.index, index);
      ASSERT_EQ(report.size, size);
      ASSERT_EQ(report.entry.Find("data")->IntegerOr("number", -1),
                static_cast<std::int64_t>(index));
    }
  }
}

TEST(CheckProof, SaysWhatWasProvenAndAgainstWhat) {
  Fixture fixture(20);
  const Json json = fixture.Check(fixture.Prove(7).ToText()).ToJson();
  EXPECT_TRUE(json.BoolOr("ok", false));
  EXPECT_EQ(json.StringOr("origin", ""), "log.example.com/test");
  EXPECT_EQ(json.StringOr("problem", "-"), "");
  EXPECT_EQ(json.Find("entry")->StringOr("type", ""), "test.filled");
  EXPECT_NE(fixture.log.Checkpoint(20).find("\n" + json.StringOr("root", "-") + "\n"),
            std::string::npos);
}

TEST(CheckProof, RefusesEveryCutAndEveryChangedByte) {
  Fixture fixture(9);
  const std::string proof = fixture.Prove(8).ToText();
  ASSERT_TRUE(fixture.Check(proof).ok);
  const ProofOptions options{.vkey = fixture.log.vkey(), .entry = {}};
  const auto holds = [&](const std::string& text) {
    const auto report = CheckProof(text, options);
    return report && report->ok;
  };
  for (std::size_t i = 0; i < proof.size(); ++i) {
    EXPECT_FALSE(holds(proof.substr(0, i))) << i;
    EXPECT_FALSE(holds(proof.substr(i + 1))) << i;
    std::string changed = proof;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(holds(changed)) << i << "\n" << changed;
  }
  EXPECT_FALSE(holds(proof + "\n"));
  EXPECT_FALSE(holds(proof + proof));
}

struct Change {
  std::string what;
  std::function<void(ledger::Proof&)> make;
  std::string problem;
};

TEST(CheckProof, SaysWhyAProofDoesNotHold) {
  const std::vector<Change> changes = {
      {"another index", [](ledger::Proof& proof) { proof.index = 10; }, "signed root"},
      {"an index beyond", [](ledger::Proof& proof) { proof.index = 20; },
       "expected an index below the checkpoint's size 20, found 20"},
      {"a hash less", [](ledger::Proof& proof) { proof.path.pop_back(); },
       "for entry 11 of 20, found 4: too few"},
      {"a hash more", [](ledger::Proof& proof) { proof.path.push_back({}); },
       "for entry 11 of 20, found 6: too many"},
      {"another hash", [](ledger::Proof& proof) { proof.path[1].bytes[0] ^= 1; }, "signed root"},
      {"hashes in another order",
       [](ledger::Proof& proof) { std::swap(proof.path[0], proof.path[1]); }, "signed root"},
      {"another entry", [](ledger::Proof& proof) { proof.entry[5] ^= 1; }, "signed root"},
      {"another size", [](ledger::Proof& proof) { proof.checkpoint.note[21] = '3'; },
       "the signature of `log.example.com/test` does not hold"},
      {"no checkpoint", [](ledger::Proof& proof) { proof.checkpoint.note = ""; },
       "checkpoint: malformed note"},
  };
  Fixture fixture(20);
  for (const Change& change : changes) {
    ledger::Proof proof = fixture.Prove(11);
    change.make(proof);
    const ProofReport report = fixture.Check(proof.ToText());
    EXPECT_FALSE(report.ok) << change.what;
    EXPECT_NE(report.problem.find(change.problem), std::string::npos)
        << change.what << ": " << report.problem;
    EXPECT_TRUE(report.entry.IsNull()) << change.what;
  }
}

TEST(CheckProof, RefusesTheCheckpointOfAnotherKey) {
  Fixture fixture(3);
  const std::string proof = fixture.Prove(1).ToText();
  const auto other =
      crypto::NoteVerifier{"log.example.com/test",
                           crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{9}).Public()};
  const auto report = CheckProof(proof, {.vkey = other.ToText(), .entry = {}}).value();
  EXPECT_FALSE(report.ok);
  EXPECT_TRUE(
      report.problem.starts_with("checkpoint: no signature of a known key, but of another "))
      << report.problem;
  EXPECT_EQ(CheckProof(proof, {.vkey = "log", .entry = {}}).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(CheckProof, TakesTheEntryFromElsewhereWhenItIsGiven) {
  Fixture fixture(20);
  const ledger::Proof proof = fixture.Prove(4);
  std::string bare = proof.ToText();
  const std::size_t extra = bare.find("extra ");
  bare.erase(extra, bare.find('\n', extra) + 1 - extra);
  const auto without = CheckProof(bare, {.vkey = fixture.log.vkey(), .entry = {}});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(without.error().message().find("--entry"), std::string::npos);
  EXPECT_TRUE(fixture.Check(bare, proof.entry).ok);
  EXPECT_FALSE(fixture.Check(bare, fixture.Prove(5).entry).ok);
  // What was given counts, not what the proof carries.
  EXPECT_FALSE(fixture.Check(proof.ToText(), fixture.Prove(5).entry).ok);
}

TEST(CheckProof, SaysSoWhenAnEntryIsInTheLogButMalformed) {
  Fixture fixture(0);
  fixture.log.AddRaw(Bytes{'n', 'o', 0});
  fixture.log.WriteTo(fixture.temporary.path());
  const ProofReport report = fixture.Check(fixture.Prove(0).ToText());
  EXPECT_FALSE(report.ok);
  EXPECT_TRUE(report.problem.starts_with("the entry is in the log, but malformed: "))
      << report.problem;
}

// The block of the document that begins with "```<label>".
std::string Block(const std::string& label) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/ledger.md");
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside && line == "```") return block;
    if (inside) block += line + "\n";
    if (line == "```" + label) inside = true;
  }
  ADD_FAILURE() << "docs/formats/ledger.md has no block `" << label << "`";
  return block;
}

TEST(CheckProof, AcceptsTheProofOfTheDocument) {
  std::string vkey = Block("text verifier key");
  vkey.pop_back();
  const auto report = CheckProof(Block("text proof"), {.vkey = vkey, .entry = {}}).value();
  EXPECT_TRUE(report.ok) << report.problem;
  EXPECT_EQ(report.index, 1U);
  EXPECT_EQ(report.size, 2U);
  EXPECT_EQ(report.entry.StringOr("type", ""), "claim.added");
}

constexpr std::string_view kHash = "TEWhfNvAtlnf3b+M4sGKurUATF4ii1LcPiRk14z+Nf8=";

std::string File(const std::string& lines) { return "c2sp.org/tlog-proof@v1\n" + lines; }

TEST(ReadProofFile, TakesThePartsApart) {
  const std::string text =
      File("extra AAEC\nindex 7\n" + std::string(kHash) + "\n\nlog\n1\n\nrest");
  const ProofFile file = ReadProofFile(text).value();
  EXPECT_EQ(file.extra, (Bytes{0, 1, 2}));
  EXPECT_EQ(file.index, 7U);
  ASSERT_EQ(file.path.size(), 1U);
  EXPECT_EQ(Base64Encode(file.path[0].bytes), kHash);
  EXPECT_EQ(file.checkpoint, "log\n1\n\nrest");
  const std::string shortest = File("index 0\n\n");
  EXPECT_FALSE(ReadProofFile(shortest).value().extra);
  EXPECT_EQ(ReadProofFile(File("extra \nindex 0\n\n")).value().extra, Bytes());
}

TEST(ReadProofFile, RefusesWhatSomeReadersLetPass) {
  const std::string hash(kHash);
  std::string many;
  for (std::size_t i = 0; i <= kProofHashesMax; ++i) many += hash + "\n";
  struct Case {
    std::string text;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {"", "line 1: expected `c2sp.org/tlog-proof@v1`, found `the end`"},
      {"c2sp.org/tlog-proof@v1", "line 1"},
      {"c2sp.org/tlog-proof@v1\r\nindex 0\n\n", "line 1"},
      {"c2sp.org/tlog-proof@v2\nindex 0\n\n", "line 1"},
      {"index 0\n\n", "line 1"},
      {File(""), "line 2: expected `index ` and a number, found `the end`"},
      {File("index 0"), "line 2"},
      {File("index 007\n\n"), "line 2: expected `index ` and a number without leading zeros"},
      {File("index -1\n\n"), "line 2"},
      {File("index +1\n\n"), "line 2"},
      {File("index \n\n"), "line 2"},
      {File("index 1 \n\n"), "line 2"},
      {File("index 0\r\n\n"), "line 2"},
      {File("index 9223372036854775808\n\n"), "line 2"},
      {File("extra AAF=\nindex 0\n\n"), "line 2: expected `extra ` and canonical base64"},
      {File("extra AAE\nindex 0\n\n"), "line 2"},
      {File("extra AAEC\nextra AAEC\nindex 0\n\n"), "line 3"},
      {File("index 0\nextra AAEC\n\n"), "line 3: expected a hash"},
      {File("index 0\n"), "line 3"},
      {File("index 0\n" + hash + "\n"), "line 4"},
      {File("index 0\n" + hash + "\r\n\n"), "line 3"},
      {File("index 0\nAAEC\n\n"), "line 3: expected a hash of 32 bytes"},
      // The table of transparency-dev/formats, as far as it is not above.
      {"wrong-header\nindex 0\n\ncheckpoint\n", "line 1"},
      {File("extra !!notbase64!!\nindex 0\n\ncheckpoint\n"), "line 2"},
      {File("\n\ncheckpoint\n"), "line 2"},
      {File("index notanumber\n\ncheckpoint\n"), "line 2"},
      {File("index 0\n!!notbase64!!\n\ncheckpoint\n"), "line 3"},
      {File("index 0\n" + Base64Encode(Bytes(64)) + "\n\ncheckpoint\n"), "line 3"},
      {File("index 0\n" + std::string(65 * 1024, 'a') + "\n"), "line 3"},
      // One bit that belongs to no byte is set.
      {File("index 0\n" + hash.substr(0, 42) + "9=\n\n"), "line 3"},
      {File("index 0\n" + many + "\n"), "line 66: expected at most 63 hashes"},
  };
  for (const Case& each : cases) {
    const auto file = ReadProofFile(each.text);
    ASSERT_FALSE(file) << each.text;
    EXPECT_TRUE(file.error().message().starts_with(each.problem)) << file.error().message();
  }
}

}  // namespace
}  // namespace proviso::verifier
