#include "ledger/prove.h"

#include <fstream>

#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"
#include "ledger/merkle.h"

namespace proviso::ledger {
namespace {

class ProveEntryTest : public LedgerTest {
 protected:
  void WriteLog(std::uint64_t size) {
    Open();
    GrowTo(size);
    Close();
  }
  Result<Proof> Prove(std::uint64_t index) {
    return ProveEntry(files_, Data() / "log", Verifier(), index);
  }
  void Flip(const std::string& path, std::size_t at) {
    Bytes bytes = disk_.ReadFile(Log(path)).value();
    bytes.at(at) ^= 1;
    ASSERT_TRUE(disk_.WriteFile(Log(path), bytes));
  }

  io::FileSystem& disk_ = files_;
};

TEST_F(ProveEntryTest, ProvesEveryEntryAtManySizes) {
  for (const std::uint64_t size : {1U, 2U, 3U, 255U, 256U, 257U, 300U, 513U}) {
    WriteLog(size);
    const LogFolder log = ReadLogFolder(Data(), Verifier()).value();
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = Prove(index);
      ASSERT_TRUE(proof) << proof.error().message();
      ASSERT_EQ(AsText(proof->entry), log.entries[index]) << index << " of " << size;
      ASSERT_EQ(proof->checkpoint.note, log.checkpoint);
    }
  }
}

TEST_F(ProveEntryTest, TakesTheFullTileWhereThePartialOneIsGone) {
  WriteLog(300);
  const std::string old_checkpoint(AsText(disk_.ReadFile(Log("checkpoint")).value()));
  WriteLog(520);
  ASSERT_TRUE(disk_.WriteFile(Log("checkpoint"), AsBytes(old_checkpoint)));
  for (const std::uint64_t index : {0U, 255U, 256U, 299U}) {
    const auto proof = Prove(index);
    ASSERT_TRUE(proof) << proof.error().message();
    EXPECT_EQ(proof->checkpoint.size, 300U);
  }
}

TEST_F(ProveEntryTest, SaysHowManyEntriesThereAre) {
  WriteLog(3);
  const auto proof = Prove(3);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(proof.error().message().find("no entry 3: the log has 3"), std::string::npos)
      << proof.error().message();
}

TEST_F(ProveEntryTest, RefusesAnotherKeyAndAFolderWithoutALog) {
  WriteLog(3);
  const crypto::NoteVerifier other{.name = kOrigin, .key = LogKey(8).Public()};
  EXPECT_EQ(ProveEntry(files_, Data() / "log", other, 0).error().code(), ErrorCode::kDataLoss);
  EXPECT_EQ(ProveEntry(files_, Data(), Verifier(), 0).error().code(), ErrorCode::kNotFound);
}

TEST_F(ProveEntryTest, NeverGivesAProofFromDamagedFiles) {
  WriteLog(300);
  struct Damage {
    std::string path;
    std::size_t at;
  };
  const std::vector<Damage> damages = {{"tile/entries/001.p/44", 5}, {"tile/entries/001.p/44", 0},
                                       {"tile/0/001.p/44", 40 * 32}, {"tile/0/001.p/44", 32},
                                       {"tile/1/000.p/1", 31},       {"checkpoint", 30}};
  for (const Damage& damage : damages) {
    Flip(damage.path, damage.at);
    const auto proof = Prove(256);
    ASSERT_FALSE(proof) << damage.path << " " << damage.at;
    EXPECT_EQ(proof.error().code(), ErrorCode::kDataLoss) << proof.error().message();
    Flip(damage.path, damage.at);
  }
  EXPECT_TRUE(Prove(256));
}

TEST_F(ProveEntryTest, NamesTheFileThatIsMissingOrShort) {
  WriteLog(300);
  for (const std::string path : {"tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"}) {
    const Bytes whole = disk_.ReadFile(Log(path)).value();
    ASSERT_TRUE(disk_.WriteFile(Log(path), ByteView(whole).first(3)));
    const auto cut = Prove(299);
    ASSERT_FALSE(cut) << path;
    EXPECT_NE(cut.error().message().find("`" + path + "`"), std::string::npos);
    ASSERT_TRUE(disk_.Remove(Log(path)));
    const auto missing = Prove(299);
    ASSERT_FALSE(missing) << path;
    EXPECT_EQ(missing.error().code(), ErrorCode::kDataLoss);
    EXPECT_NE(missing.error().message().find("`" + path + "` is missing"), std::string::npos);
    ASSERT_TRUE(disk_.WriteFile(Log(path), whole));
  }
}

// A log of empty entries, large enough for a third level of tiles.
TEST_F(ProveEntryTest, FindsItsWayThroughTilesOfThreeLevels) {
  constexpr std::uint64_t kSize = 65'536 + 256 + 3;
  const crypto::Hash leaf = crypto::LeafHash(ByteView());
  std::vector<TileTree::FullTile> full;
  TileTree tree;
  for (std::uint64_t i = 0; i < kSize; ++i) tree.Append(leaf, full);
  const auto write = [&](const std::string& path, ByteView bytes) {
    ASSERT_TRUE(disk_.CreateDirectories(Log(path).parent_path()));
    ASSERT_TRUE(disk_.WriteFile(Log(path), bytes));
  };
  for (const TileTree::FullTile& tile : full) write(TilePath(tile.id), TileBytes(tile.hashes));
  const TileId edges[] = {{0, 257, 3}, {1, 1, 1}, {2, 0, 1}};
  for (const TileId& edge : edges) write(TilePath(edge), TileBytes(tree.Edge(edge.level)));
  for (const std::uint64_t number : {0U, 255U, 256U}) {
    write(BundlePath(number, kTileWidth), Bytes(kTileWidth * 2));
  }
  write(BundlePath(257, 3), Bytes(6));
  const Checkpoint checkpoint = SignCheckpoint(kOrigin, kSize, tree.Root(), LogKey());
  write("checkpoint", AsBytes(checkpoint.note));
  for (const std::uint64_t index : {0U, 255U, 65'535U, 65'536U, 65'791U, 65'792U, 65'794U}) {
    const auto proof = Prove(index);
    ASSERT_TRUE(proof) << index << ": " << proof.error().message();
  }
}

TEST(Proof, LeavesOutAnEntryThatOtherReadersCouldNotTake) {
  Proof proof;
  proof.entry = Bytes(kProofEntryBytesMax, 'x');
  EXPECT_TRUE(proof.CarriesEntry());
  const std::string text = proof.ToText();
  const std::size_t extra = text.find("extra ");
  EXPECT_LT(text.find('\n', extra) - extra, 64U * 1024U);
  proof.entry.push_back('x');
  EXPECT_FALSE(proof.CarriesEntry());
  EXPECT_EQ(proof.ToText().find("extra "), std::string::npos);
}

}  // namespace
}  // namespace proviso::ledger
