#include "verifier/addendum.h"

#include <gtest/gtest.h>

#include "crypto/note.h"
#include "io/files/temporary_folder.h"
#include "ledger/entry.h"
#include "ledger/prove.h"
#include "verifier/test_log.h"

namespace proviso::verifier {
namespace {

Bytes Of(const std::string& hex) { return HexDecode(hex).value(); }

std::string Repeat(const std::string& hex, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += hex;
  return all;
}

TEST(AddendaOf, ReadsThePublishedVectorsAsTheWriterDoes) {
  EXPECT_TRUE(AddendaOf(Of("00"))->empty());
  EXPECT_TRUE(AddendaOf(Of("deadbeef00"))->empty());
  const std::string aa = Repeat("aa", 32);
  const std::string bb = Repeat("bb", 32);
  EXPECT_EQ(AddendaOf(Of("cafe" + aa + "0000000201"))->at(0).Hex(), aa);
  const auto two = AddendaOf(Of("cafe" + aa + bb + "000000220000000202")).value();
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].Hex(), bb);
  EXPECT_EQ(two[1].Hex(), aa);
  EXPECT_EQ(AddendaOf(Of(Repeat("ab", 40) + "000000000000000802"))->size(), 2U) << "overlapping";
}

TEST(AddendaOf, RefusesThePublishedMalformedOnes) {
  for (const std::string& entry :
       {std::string(), std::string("aa02"), std::string("cafe0000000001"),
        Repeat("ab", 40) + "0000001e01", Repeat("ab", 32) + "0000000501",
        Repeat("ab", 32) + "ffffffff01"}) {
    EXPECT_FALSE(AddendaOf(Of(entry))) << entry;
  }
}

class CheckAddendumTest : public testing::Test {
 protected:
  CheckAddendumTest() {
    SeededRandom random(5);
    ledger::Draft draft;
    draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
    draft.actor = "operator";
    draft.event.type = "test.filled";
    draft.event.sealed["details"] = Json::Of({{"text", "stores recordings"}});
    draft.event.sealed["reason"] = "an invoice";
    ledger::EncodedEntry entry = ledger::EncodeEntry(draft, random).value();
    details_ = entry.addenda[0].plaintext;
    reason_ = entry.addenda[1].plaintext;
    log_.AddFillers(4);
    log_.AddRaw(std::move(entry.bytes));
    log_.AddFillers(3);
    log_.WriteTo(temporary_.path());
  }
  std::string Proof(std::uint64_t index) {
    const auto key = crypto::NoteVerifier::FromText(log_.vkey()).value();
    return ledger::ProveEntry(files_, temporary_.path(), key, index)->ToText();
  }
  AddendumReport Check(ByteView addendum, const std::string& proof) {
    return CheckAddendum(addendum, proof, {.vkey = log_.vkey(), .entry = {}}).value();
  }

  TestLog log_;
  io::PosixFileSystem files_;
  io::TemporaryFolder temporary_ = io::TemporaryFolder::Make().value();
  Bytes details_;
  Bytes reason_;
};

TEST_F(CheckAddendumTest, SaysWhichPartItIsAndWhatItSays) {
  const AddendumReport details = Check(details_, Proof(4));
  EXPECT_TRUE(details.ok) << details.problem;
  EXPECT_EQ(details.part, "details");
  EXPECT_EQ(details.value.StringOr("text", ""), "stores recordings");
  EXPECT_EQ(details.digest, crypto::Sha256(details_).Hex());
  const AddendumReport reason = Check(reason_, Proof(4));
  EXPECT_TRUE(reason.ok);
  EXPECT_EQ(reason.part, "reason");
}

TEST_F(CheckAddendumTest, RefusesEveryChangedByteAndOtherEntries) {
  for (std::size_t i = 0; i < details_.size(); ++i) {
    Bytes changed = details_;
    changed[i] ^= 1U;
    const AddendumReport report = Check(changed, Proof(4));
    EXPECT_FALSE(report.ok) << i;
    EXPECT_NE(report.problem.find("digests that the entry commits to"), std::string::npos);
    EXPECT_TRUE(report.value.IsNull());
  }
  EXPECT_FALSE(Check(details_, Proof(1)).ok) << "of another entry";
  std::string proof = Proof(4);
  proof[proof.find("index 4") + 6] = '3';
  EXPECT_NE(Check(details_, proof).problem.find("proof of the entry does not hold"),
            std::string::npos);
}

}  // namespace
}  // namespace proviso::verifier
