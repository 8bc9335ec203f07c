// What others sign below a checkpoint: it stays with the checkpoint that it is about, and binds.
#include "crypto/cosignature.h"
#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"
#include "ledger/merkle.h"
#include "ledger/prove.h"
#include "ledger/tree_proof.h"

namespace proviso::ledger {
namespace {

class CosignedTest : public LedgerTest {
 protected:
  static Checkpoint Cosigned(Checkpoint checkpoint) {
    const std::string text = checkpoint.note.substr(0, checkpoint.note.find("\n\n") + 1);
    checkpoint.note +=
        crypto::Cosign(text, "witness.example.org/w1", LogKey(11), 1795339800).ToLine();
    return checkpoint;
  }
  // Has `size` entries and a cosigned checkpoint, whose note it returns.
  std::string GrowAndCosign(std::uint64_t size) {
    GrowTo(size);
    const Checkpoint cosigned = Cosigned(ledger_->latest());
    const auto added = ledger_->AddSignatures(cosigned);
    EXPECT_TRUE(added && *added) << (added ? "not the newest" : added.error().message());
    return cosigned.note;
  }
  std::string Published() {
    const auto log = ReadLogFolder(Data(), Verifier());
    EXPECT_TRUE(log) << log.error().message();
    return log ? log->checkpoint : std::string();
  }
};

TEST_F(CosignedTest, StaysPublishedWhenTheLogIsOpenedAgainOrWrittenAnew) {
  for (const std::uint64_t size : {0U, 3U, 256U, 300U}) {
    Open();
    const std::string note = GrowAndCosign(size);
    EXPECT_EQ(Published(), note);
    EXPECT_EQ(ledger_->latest().note, note);
    ASSERT_TRUE(ledger_->Rebuild());
    EXPECT_EQ(Published(), note);
    Open();  // without Close: the files are written again
    EXPECT_EQ(Published(), note);
    EXPECT_EQ(ledger_->latest().note, note);
    Close();
    Open();
    EXPECT_EQ(Published(), note);
    Close();
    Ledger::Options options = Options();
    options.rewrite_files = true;
    ledger_ = Ledger::Open(options, LogKey()).value();
    EXPECT_EQ(Published(), note);
    Close();
  }
}

TEST_F(CosignedTest, TheNextEntryIsPublishedWithoutWaitingForOthers) {
  Open();
  const std::string note = GrowAndCosign(3);
  GrowTo(4);
  EXPECT_NE(Published(), note);
  EXPECT_EQ(Published(), ledger_->latest().note);
  EXPECT_EQ(Published().find("witness"), std::string::npos);
}

TEST_F(CosignedTest, ACheckpointThatIsNotTheNewestChangesNothing) {
  Open();
  GrowTo(3);
  const Checkpoint old = Cosigned(ledger_->latest());
  GrowTo(4);
  const std::string before = Published();
  EXPECT_FALSE(ledger_->AddSignatures(old).value());
  Checkpoint another = Cosigned(SignCheckpoint(kOrigin, 4, crypto::Sha256("x"), LogKey()));
  EXPECT_FALSE(ledger_->AddSignatures(another).value());
  // The right size and root over the note of another.
  another.root = ledger_->latest().root;
  EXPECT_FALSE(ledger_->AddSignatures(another).value());
  Checkpoint unsigned_note = ledger_->latest();
  unsigned_note.note = "nothing\n";
  EXPECT_FALSE(ledger_->AddSignatures(unsigned_note));
  EXPECT_EQ(Published(), before);
}

TEST_F(CosignedTest, KnowsTheTreesItHadAndNoOthers) {
  Open();
  std::vector<Checkpoint> had = {ledger_->latest()};
  for (const std::uint64_t size : {2U, 3U, 256U, 257U}) {
    GrowTo(size);
    had.push_back(ledger_->latest());
  }
  Open();
  for (const Checkpoint& checkpoint : had) {
    EXPECT_TRUE(ledger_->Knows(checkpoint).value()) << checkpoint.size;
    Checkpoint other = checkpoint;
    other.root = crypto::Sha256("other");
    EXPECT_FALSE(ledger_->Knows(other).value()) << checkpoint.size;
  }
  Checkpoint larger = had.back();
  larger.size = 258;
  EXPECT_FALSE(ledger_->Knows(larger).value());
}

TEST_F(CosignedTest, ARefusedLogTakesNothingAndLosesNothing) {
  Open();
  GrowTo(3);
  ledger_->Refuse(Error(ErrorCode::kDataLoss, "a witness knows more"));
  const auto index = ledger_->Append({NumberedDraft(3)});
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code(), ErrorCode::kDataLoss);
  const std::string& said = index.error().message();
  EXPECT_NE(said.find("this was not stored"), std::string::npos) << said;
  EXPECT_NE(said.find("the log has stopped: a witness knows more"), std::string::npos) << said;
  EXPECT_EQ(ledger_->latest().size, 3U);
  Open();
  EXPECT_TRUE(ledger_->Append({NumberedDraft(3)}));
}

TEST_F(CosignedTest, AProofCarriesEverySignature) {
  Open();
  const std::string note = GrowAndCosign(5);
  const Proof proof = ProveEntry(files_, Data() / "log", Verifier(), 2).value();
  EXPECT_EQ(proof.checkpoint.note, note);
  EXPECT_TRUE(proof.ToText().ends_with("\n\n" + note));
  GrowTo(300);
  // Against the older checkpoint, which is not published any more.
  const Proof older = ProveEntryTo(files_, Data() / "log", Verifier(), 2, note).value();
  EXPECT_TRUE(older.ToText().ends_with("\n\n" + note));
  EXPECT_FALSE(ProveEntryTo(files_, Data() / "log", Verifier(), 5, note));
}

TEST_F(CosignedTest, ProvesThatItGrewFromEverySize) {
  Open();
  GrowTo(300);
  const Checkpoint now = ledger_->latest();
  const LogFolder log = ReadLogFolder(Data(), Verifier()).value();
  const auto read = [&](std::uint64_t begin, int height) -> Result<crypto::Hash> {
    return TreeRoot(
        std::span(log.leaves).subspan(begin, std::size_t{1} << static_cast<unsigned>(height)));
  };
  for (std::uint64_t old_size = 1; old_size <= 300; ++old_size) {
    const auto path = ProveGrowth(files_, Data() / "log", now, old_size);
    ASSERT_TRUE(path) << path.error().message();
    ASSERT_EQ(*path, ConsistencyPath(old_size, 300, read).value()) << old_size;
  }
  for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{301}, UINT64_MAX}) {
    EXPECT_FALSE(ProveGrowth(files_, Data() / "log", now, wrong));
  }
}

}  // namespace
}  // namespace proviso::ledger
