#include <fstream>
#include <sstream>

#include "crypto/sealed_box.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/ledger_fixture.h"
#include "ledger/merkle.h"
#include "ledger/prove.h"

namespace proviso::ledger {
namespace {

// Yields the byte ab for ever, as the worked example says.
class ConstantRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override { std::fill(bytes.begin(), bytes.end(), 0xAB); }
};

// The block of the document that begins with "```<label>", without line breaks unless `lines`.
std::string Block(const std::string& label, bool lines = false) {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/ledger.md");
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside && line == "```") return block;
    if (inside) block += lines ? line + "\n" : line;
    if (line == "```" + label) inside = true;
  }
  ADD_FAILURE() << "docs/formats/ledger.md has no block `" << label << "`";
  return block;
}

class LedgerDocument : public testing::Test {
 protected:
  LedgerDocument() {
    draft_.time = ParseTime("2026-11-22T09:30:00.125Z").value();
    draft_.case_id = "case-1";
    draft_.actor = "p-7f3a";
    draft_.event.type = "claim.added";
    draft_.event.open = Json::Of({{"claim", "claim-1"}});
    draft_.event.sealed["details"] = Json::Of({{"text", "stores recordings"}});
    entry_ = EncodeEntry(draft_, random_).value();
  }
  Draft draft_;
  ConstantRandom random_;
  EncodedEntry entry_;
};

TEST_F(LedgerDocument, ShowsTheAddendumAndHowItIsStored) {
  const Addendum& addendum = entry_.addenda.at(0);
  EXPECT_EQ(Block("hex addendum"), HexEncode(addendum.plaintext));
  EXPECT_EQ(Block("hex digest"), addendum.digest.Hex());
  crypto::SymmetricKey key{};
  random_.Fill(key);
  const Bytes sealed = crypto::Seal(key, addendum.plaintext, addendum.digest.bytes, random_);
  EXPECT_EQ(Block("hex sealed"), HexEncode(sealed));
}

TEST_F(LedgerDocument, ShowsTheEntryAndItsParts) {
  const std::string json = Block("json content");
  EXPECT_EQ(Block("hex entry"), HexEncode(entry_.bytes));
  EXPECT_EQ(AsText(ByteView(entry_.bytes).first(json.size())), json);
  const std::string tail = Block("hex digest") + Block("hex offset") + Block("hex count");
  EXPECT_EQ(HexEncode(ByteView(entry_.bytes).subspan(json.size())), tail);
  EXPECT_EQ(DecodeEntry(HexDecode(Block("hex entry")).value()).value().parts.size(), 1U);
}

TEST_F(LedgerDocument, ShowsTheFilesOfALogWithThisEntry) {
  const crypto::Hash leaf = crypto::LeafHash(entry_.bytes);
  EXPECT_EQ(Block("hex tile/0/000.p/1"), HexEncode(TileBytes(std::span(&leaf, 1))));
  Bytes bundle;
  AppendToBundle(bundle, entry_.bytes);
  EXPECT_EQ(Block("hex tile/entries/000.p/1"), HexEncode(bundle));
  const Checkpoint checkpoint = SignCheckpoint("example.org/log", 1, leaf, LogKey(7));
  EXPECT_EQ(Block("text checkpoint", true), checkpoint.note);
  const crypto::NoteVerifier verifier{.name = "example.org/log", .key = LogKey(7).Public()};
  EXPECT_EQ(Block("text verifier key"), verifier.ToText());
}

TEST_F(LedgerDocument, ShowsTheProofOfTheSecondOfTwoSuchEntries) {
  const crypto::Hash leaf = crypto::LeafHash(entry_.bytes);
  const Proof proof{
      .index = 1,
      .entry = entry_.bytes,
      .path = {leaf},
      .checkpoint = SignCheckpoint("example.org/log", 2, crypto::NodeHash(leaf, leaf), LogKey(7))};
  EXPECT_EQ(Block("text proof", true), proof.ToText());
}

}  // namespace
}  // namespace proviso::ledger
