#include <fstream>

#include "verifier/policy.h"
#include "witness/witness_fixture.h"

namespace proviso::witness {
namespace {

// The block of the document that begins with "```<label>", with its line breaks.
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

crypto::NoteVerifier LogOfTheDocument() {
  return {.name = "example.org/log", .key = KeyOf(7).Public()};
}

TEST(WitnessDocument, ShowsACosignature) {
  EXPECT_EQ(Block("text witness key"), WitnessFixture::Key().ToText() + "\n");
  const std::string cosigned = Block("text cosigned");
  const std::string text = cosigned.substr(0, cosigned.find("\n\n") + 1);
  EXPECT_EQ(cosigned, crypto::SignNote(text, "example.org/log", KeyOf(7)) +
                          crypto::Cosign(text, kWitnessName, KeyOf(11), 1795339800).ToLine());
}

TEST(WitnessDocument, ShowsAPolicyAndWhatIsMissing) {
  const auto policy = verifier::Policy::Read(Block("text policy")).value();
  EXPECT_TRUE(policy.Accepts(LogOfTheDocument()));
  ASSERT_EQ(policy.witnesses().size(), 3U);
  const auto report = policy.Check(Block("text cosigned")).value();
  EXPECT_FALSE(report.met);
  EXPECT_EQ(report.missing + "\n", Block("text missing"));
}

// The conversation that the document tells, answered with the line that it shows.
TEST(WitnessDocument, ShowsARequestAndItsAnswer) {
  WitnessFixture witness({LogOfTheDocument()});
  const std::string request = Block("text add-checkpoint");
  const std::string root = request.substr(6, 44);
  const std::string first =
      crypto::SignNote("example.org/log\n1\n" + root + "\n", "example.org/log", KeyOf(7));
  ASSERT_EQ(witness->Add("old 0\n\n" + first).status, 200);
  const Answer answer = witness->Add(request);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(Block("text cosigned").ends_with(answer.body)) << answer.body;
}

}  // namespace
}  // namespace proviso::witness
