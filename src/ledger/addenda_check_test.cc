#include "ledger/addenda_check.h"

#include "io/sql/sqlite.h"
#include "ledger/ledger_fixture.h"

namespace proviso::ledger {
namespace {

// A log of 300 entries, one of which has a second part.
class CheckAddendaTest : public LedgerTest {
 protected:
  void SetUp() override {
    Open();
    std::vector<Draft> drafts = NumberedDrafts(0, 300);
    drafts[290].event.sealed["reason"] = Json("an invoice");
    ASSERT_TRUE(ledger_->Append(drafts));
  }
  AddendaReport Check() { return CheckAddenda(ledger_->options(), 300).value(); }
  void Execute(const std::string& statement) {
    io::Database database = io::Database::Open(Data() / "proviso.db", {.create = false}).value();
    const Status done = database.Execute(statement);
    ASSERT_TRUE(done) << done.error().message();
  }
};

TEST_F(CheckAddendaTest, CountsWhatIsHeldErasedAndAbsent) {
  AddendaReport report = Check();
  EXPECT_EQ(report.held, 301U);
  EXPECT_EQ(report.root, ledger_->latest().root);
  ASSERT_TRUE(ledger_->Erase(290, "reason"));
  Execute("DELETE FROM log_addendum_key WHERE position = 7");
  Execute("DELETE FROM log_addendum WHERE position = 7");
  report = Check();
  EXPECT_EQ(report.held, 299U);
  EXPECT_EQ(report.erased, 1U);
  EXPECT_EQ(report.absent, 1U);
  EXPECT_EQ(report.damaged, 0U);
}

TEST_F(CheckAddendaTest, NamesThePartThatWasReplaced) {
  // The whole of another part, sealed and with its key: only the committed digest tells.
  Execute(
      "UPDATE log_addendum SET (digest, sealed) ="
      " (SELECT digest, sealed FROM log_addendum WHERE position = 8) WHERE position = 259");
  Execute(
      "UPDATE log_addendum_key SET secret ="
      " (SELECT secret FROM log_addendum_key WHERE position = 8) WHERE position = 259");
  const AddendaReport report = Check();
  EXPECT_EQ(report.damaged, 1U);
  ASSERT_EQ(report.listed.size(), 1U);
  EXPECT_EQ(report.listed[0].entry, 259U);
  EXPECT_EQ(report.listed[0].name, "details");
  EXPECT_TRUE(report.listed[0].fault.starts_with("expected the digest ")) << report.listed[0].fault;
}

TEST_F(CheckAddendaTest, HasAnotherRootForOtherEntries) {
  const AddendaReport before = Check();
  // With its stored hash, so that the database agrees with itself.
  Execute(
      "UPDATE log_entry SET (content, leaf) ="
      " (SELECT content, leaf FROM log_entry WHERE position = 8) WHERE position = 9");
  EXPECT_NE(Check().root, before.root);
}

}  // namespace
}  // namespace proviso::ledger
