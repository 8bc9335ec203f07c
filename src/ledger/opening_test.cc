#include "ledger/opening.h"

#include "ledger/ledger_fixture.h"

namespace proviso::ledger {
namespace {

class OpenEntryTest : public EachStoreTest {
 protected:
  // A log whose entry 1 has the parts `details` and `reason`.
  void SetUp() override {
    Open();
    Draft draft = NumberedDraft(1);
    draft.event.sealed["reason"] = Json("an invoice");
    ASSERT_TRUE(ledger_->Append({NumberedDraft(0), draft}));
  }
  OpenedEntry Opened() { return OpenEntry(Options(), 1).value(); }
};

PROVISO_EACH_STORE(OpenEntryTest);

TEST_P(OpenEntryTest, ShowsEachPartThatHasTheCommittedDigest) {
  const OpenedEntry opened = Opened();
  EXPECT_EQ(opened.event.index, 1U);
  EXPECT_EQ(opened.event.event.type, "claim.added");
  ASSERT_EQ(opened.parts.size(), 2U);
  EXPECT_EQ(opened.parts[0].name, "details");
  EXPECT_EQ(opened.parts[0].state, PartState::kHeld);
  EXPECT_EQ(opened.parts[0].value.IntegerOr("secret", 0), 1);
  EXPECT_EQ(opened.parts[1].name, "reason");
  EXPECT_EQ(opened.parts[1].value, Json("an invoice"));
  EXPECT_NE(opened.parts[0].digest, opened.parts[1].digest);
}

TEST_P(OpenEntryTest, SaysThatAPartWasErased) {
  const crypto::Hash digest = Opened().parts[0].digest;
  ASSERT_TRUE(ledger_->Erase(1, "details"));
  const OpenedEntry opened = Opened();
  EXPECT_EQ(opened.parts[0].state, PartState::kErased);
  EXPECT_TRUE(opened.parts[0].value.IsNull());
  EXPECT_EQ(opened.parts[0].digest, digest);
  EXPECT_EQ(opened.parts[1].state, PartState::kHeld);
}

TEST_P(OpenEntryTest, SaysThatAPartIsAbsent) {
  Execute("DELETE FROM log_addendum_key WHERE position = 1 AND name = 'reason'");
  Execute("DELETE FROM log_addendum WHERE position = 1 AND name = 'reason'");
  const OpenedEntry opened = Opened();
  EXPECT_EQ(opened.parts[0].state, PartState::kHeld);
  EXPECT_EQ(opened.parts[1].state, PartState::kAbsent);
}

TEST_P(OpenEntryTest, SaysHowAPartIsDamaged) {
  struct Damage {
    std::string statement;
    std::string fault;
  };
  const std::vector<Damage> damages = {
      {"UPDATE log_addendum_key SET secret = zeroblob(1) WHERE position = 1", "a key of 32 bytes"},
      {"UPDATE log_addendum_key SET secret = zeroblob(32) WHERE position = 1", ""},
      {"UPDATE log_addendum SET digest = zeroblob(32) WHERE position = 1",
       "that the entry commits to, found 0000"},
  };
  for (const Damage& damage : damages) {
    Execute(damage.statement);
    const OpenedEntry opened = Opened();
    for (const OpenedPart& part : opened.parts) {
      EXPECT_EQ(part.state, PartState::kDamaged) << damage.statement;
      EXPECT_TRUE(part.value.IsNull());
      EXPECT_FALSE(part.fault.empty());
      EXPECT_NE(part.fault.find(damage.fault), std::string::npos) << part.fault;
    }
  }
}

TEST_P(OpenEntryTest, RefusesAnEntryThatIsNotThere) {
  EXPECT_EQ(OpenEntry(Options(), 2).error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace proviso::ledger
