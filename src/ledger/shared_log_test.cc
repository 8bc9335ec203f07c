#include <functional>
#include <thread>

#include "ledger/appender_seat.h"
#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"
#include "ledger/mailbox.h"

namespace proviso::ledger {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSoon{5'000};
constexpr milliseconds kNow{0};

// A log in PostgreSQL, as several processes see it.
class SharedLogTest : public LedgerTest {
 protected:
  void SetUp() override {
    if (std::getenv("PROVISO_TEST_POSTGRES") == nullptr) {
      GTEST_SKIP() << "SKIPPED: PROVISO_TEST_POSTGRES names no server; `./run test real postgres` "
                      "starts one";
    }
    schema_ = std::make_unique<PostgresSchema>();
  }
  std::string Place() const { return schema_->place(); }
  std::int64_t Count(const std::string& table) {
    auto session = io::PostgresConnection::Open(Place()).value();
    return session.Query("SELECT count(*) FROM " + table).value().Integer(0, 0);
  }
  // As if another appender had sat down, while this one's session lives on.
  void RaiseEpoch() { Execute("UPDATE log_appender SET epoch = epoch + 1"); }
  void EndAppendersSession() {
    Execute("SELECT pg_terminate_backend(backend::int) FROM log_appender");
  }
  std::string Answer(const std::string& sql) {
    auto session = io::PostgresConnection::Open(Place()).value();
    const auto rows = session.Query(sql);
    EXPECT_TRUE(rows) << rows.error().message();
    return rows && rows->size() > 0 ? std::string(rows->Text(0, 0)) : std::string();
  }
  // In hexadecimal.
  std::string KeyOf(int position) {
    return Answer("SELECT encode(secret, 'hex') FROM log_addendum_key WHERE position = " +
                  std::to_string(position));
  }
  std::string KeyFile() { return Answer("SELECT pg_relation_filepath('log_addendum_key')"); }
  // Whether the bytes lie in the file of the table, whatever a query shows.
  bool IsInKeyFile(const std::string& hex) {
    Execute("CHECKPOINT");
    return Answer("SELECT position(decode('" + hex +
                  "', 'hex') in pg_read_binary_file(pg_relation_filepath('log_addendum_key')))"
                  "::text") != "0";
  }
  void WaitUntilVacuumWaits() {
    const std::string waiting =
        "SELECT count(*)::text FROM pg_stat_activity JOIN log_appender ON backend = pid"
        " WHERE query LIKE 'VACUUM%' AND wait_event_type = 'Lock'";
    for (int i = 0; i < 1'000 && Answer(waiting) != "1"; ++i) std::this_thread::yield();
    ASSERT_EQ(Answer(waiting), "1");
  }
  std::string Published() {
    return std::string(AsText(files_.ReadFile(Log("checkpoint"), 1 << 20).value()));
  }
};

TEST_F(SharedLogTest, OneProcessHasTheSeat) {
  auto first = AppenderSeat::Take(Place(), kNow).value();
  const auto second = AppenderSeat::Take(Place(), kNow);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message().find("in use"), std::string::npos);
  const std::int64_t epoch = first->epoch();
  first.reset();
  EXPECT_GT(AppenderSeat::Take(Place(), kSoon).value()->epoch(), epoch);
}

TEST_F(SharedLogTest, WhoWaitsInLineComesBeforeWhoTries) {
  auto first = AppenderSeat::Take(Place(), kNow).value();
  const auto next = AppenderSeat::Wait(Place(), [&] {
    if (first != nullptr) {
      first.reset();  // the lock is free now, but for who stands in line
      EXPECT_FALSE(AppenderSeat::Take(Place(), kNow));
    }
    return true;
  });
  ASSERT_TRUE(next) << next.error().message();
  ASSERT_NE(*next, nullptr);
  EXPECT_TRUE((*next)->is_held());
}

TEST_F(SharedLogTest, WaitingEndsWhenAskedTo) {
  const auto first = AppenderSeat::Take(Place(), kNow).value();
  const auto next = AppenderSeat::Wait(Place(), [] { return false; });
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, nullptr);
}

TEST_F(SharedLogTest, TwoLogsOfOneDatabaseHaveTheirOwnSeats) {
  const PostgresSchema other;
  const auto first = AppenderSeat::Take(Place(), kNow);
  const auto second = AppenderSeat::Take(other.place(), kNow);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
}

TEST_F(SharedLogTest, AServerThatMayLoseCommitsIsRefused) {
  for (const char* setting : {"off", "local", "remote_write"}) {
    const auto refused =
        AppenderSeat::Take(Place() + "%20-csynchronous_commit%3D" + std::string(setting), kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kFailedPrecondition);
    EXPECT_NE(refused.error().message().find(std::string("synchronous_commit ") + setting),
              std::string::npos)
        << refused.error().message();
  }
}

TEST_F(SharedLogTest, WhoLostTheSessionAppendsNoMore) {
  Open();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  EndAppendersSession();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = ledger_->Append({NumberedDraft(1)});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::kUnavailable) << refused.error().message();
  }
  EXPECT_TRUE(ledger_->Stopped());
  Open();
  EXPECT_EQ(ledger_->latest().size, 1U);
  EXPECT_EQ(ledger_->Append({NumberedDraft(1)}).value(), 1U);
}

TEST_F(SharedLogTest, AnEarlierAppenderWithASessionCommitsNothing) {
  Open();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  RaiseEpoch();
  EXPECT_EQ(ledger_->Append({NumberedDraft(1)}).error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(ledger_->Erase(0, "details").error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(Count("log_entry"), 1);
  EXPECT_EQ(Count("log_addendum_key"), 1);
}

// Who reads the table keeps the appender from writing it anew: there its session ends, with the row
// deleted and its bytes in the page. The next appender finishes it, though no key is there any
// more.
TEST_F(SharedLogTest, AnErasureThatDiedBeforeTheTableWasWrittenAnewIsFinished) {
  Open();
  ASSERT_TRUE(ledger_->Append(NumberedDrafts(0, 2)));
  const std::string key = KeyOf(0);
  const std::string other = KeyOf(1);
  auto reader = io::PostgresConnection::Open(Place()).value();
  ASSERT_TRUE(reader.Execute("BEGIN"));
  ASSERT_TRUE(reader.Execute("LOCK TABLE log_addendum_key IN ACCESS SHARE MODE"));
  Status erased;
  std::thread erasing([&] { erased = ledger_->Erase(0, "details"); });
  WaitUntilVacuumWaits();
  EndAppendersSession();
  erasing.join();
  ASSERT_TRUE(reader.Execute("COMMIT"));
  EXPECT_FALSE(erased);
  EXPECT_EQ(Count("log_addendum_key"), 1);
  ASSERT_TRUE(IsInKeyFile(key)) << "or this test tests nothing";
  Open();
  EXPECT_EQ(ledger_->Erase(0, "details").error().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(IsInKeyFile(key));
  EXPECT_TRUE(IsInKeyFile(other));
}

// Versions before this one kept no mark: what they left undone is not known, and done once.
TEST_F(SharedLogTest, TheFirstErasureThatIsAskedForAgainFinishesThoseOfEarlierVersions) {
  Open();
  ASSERT_TRUE(ledger_->Append(NumberedDrafts(0, 2)));
  const std::string key = KeyOf(0);
  Execute("DELETE FROM log_addendum_key WHERE position = 0");
  ASSERT_TRUE(IsInKeyFile(key));
  EXPECT_EQ(ledger_->Erase(0, "details").error().code(), ErrorCode::kNotFound);
  EXPECT_FALSE(IsInKeyFile(key));
  Execute("DELETE FROM log_addendum_key WHERE position = 1");
  const std::string file = KeyFile();
  EXPECT_EQ(ledger_->Erase(0, "details").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(KeyFile(), file) << "it is not written anew at each start";
}

// At each point of a commit somebody else takes over: what this process still does must be undone
// by nobody, and must not be seen.
TEST_F(SharedLogTest, WhoIsReplacedWithinACommitPublishesNothing) {
  for (const char* at :
       {"entries.inserted", "entries.committed", "checkpoint.signed", "partial.written"}) {
    SCOPED_TRACE(at);
    Forget();
    bool armed = false;
    Ledger::Options options = Options();
    options.crash_hook = [&](std::string_view point) {
      if (armed && point == at) EndAppendersSession();
    };
    ledger_ = Ledger::Open(options, LogKey()).value();
    ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
    const std::string before = Published();
    armed = true;
    EXPECT_EQ(ledger_->Append({NumberedDraft(1)}).error().code(), ErrorCode::kUnavailable);
    armed = false;
    EXPECT_EQ(Published(), before);
    Open();
    const auto log = ReadLogFolder(Data(), Verifier());
    ASSERT_TRUE(log) << log.error().message();
    EXPECT_EQ(log->leaves.size(), std::string_view(at) == "entries.inserted" ? 1U : 2U);
  }
}

// Between the last question to the database and the rename, the next appender comes and publishes.
TEST_F(SharedLogTest, WhoIsReplacedBeforeTheRenameReplacesNoNewerCheckpoint) {
  bool armed = false;
  std::unique_ptr<Ledger> next;
  std::string newest;
  Ledger::Options options = Options();
  options.crash_hook = [&](std::string_view point) {
    if (!armed || point != "checkpoint.publishing") return;
    armed = false;
    EndAppendersSession();
    auto opened = TryOpen();
    ASSERT_TRUE(opened) << opened.error().message();
    next = std::move(*opened);
    ASSERT_TRUE(next->Append({NumberedDraft(2)}));
    newest = Published();
  };
  ledger_ = Ledger::Open(options, LogKey()).value();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  armed = true;
  const auto late = ledger_->Append({NumberedDraft(1)});
  ASSERT_NE(next, nullptr);
  EXPECT_TRUE(!late && late.error().code() == ErrorCode::kUnavailable);
  EXPECT_EQ(Published(), newest);
  EXPECT_EQ(next->latest().size, 3U);
  EXPECT_TRUE(ledger_->Stopped());
  ledger_.reset();
  ASSERT_TRUE(next->Append({NumberedDraft(3)})) << "who was replaced removes nothing either";
}

TEST_F(SharedLogTest, ADatabaseThatIsNotTheOneBehindTheFilesPublishesNothing) {
  Open();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  // As a server does that goes on with another copy of the database.
  const Checkpoint fork = SignCheckpoint(kOrigin, 2, crypto::Sha256("another history"), LogKey());
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(fork.note), 0644));
  EXPECT_FALSE(ledger_->Append({NumberedDraft(1)}));
  EXPECT_EQ(Published(), fork.note);
}

TEST_F(SharedLogTest, ALateCheckpointIsReplacedByTheNewest) {
  Open();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  const std::string late = Published();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(1)}));
  const std::string newest = Published();
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(late), 0644));
  ASSERT_TRUE(ledger_->Tend());
  EXPECT_EQ(Published(), newest);
  ASSERT_TRUE(files_.WriteFile(Log("checkpoint"), AsBytes(late), 0644));
  EXPECT_TRUE(ledger_->Append({NumberedDraft(2)}));
}

class MailboxTest : public SharedLogTest {
 protected:
  void SetUp() override {
    SharedLogTest::SetUp();
    if (IsSkipped()) return;
    seat_ = AppenderSeat::Take(Place(), kSoon).value();
    asker_.emplace(Mailbox::Open(Place()).value());
    appender_.emplace(Mailbox::Open(Place()).value());
  }
  std::vector<Mailbox::Letter> Take() { return appender_->Take(seat_->epoch(), kNow).value(); }
  std::optional<std::string> Answered(const std::string& id) {
    const auto answer = asker_->WaitForAnswer(id, kNow).value();
    if (!answer) return std::nullopt;
    return std::string(AsText(*answer));
  }
  Bytes Text(std::string_view text) { return {AsBytes(text).begin(), AsBytes(text).end()}; }

  std::unique_ptr<AppenderSeat> seat_;
  std::optional<Mailbox> asker_;
  std::optional<Mailbox> appender_;
};

TEST_F(MailboxTest, ARequestIsTakenOnceAndAnswered) {
  ASSERT_TRUE(asker_->Post("a", AsBytes("please")));
  ASSERT_TRUE(asker_->Post("a", AsBytes("please")));
  const auto letters = Take();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(AsText(letters[0].request), "please");
  EXPECT_TRUE(Take().empty());
  EXPECT_FALSE(Answered("a"));
  ASSERT_TRUE(appender_->Answer({.request = "a", .answer = Text("done")}, seat_->epoch()));
  EXPECT_EQ(Answered("a"), "done");
  ASSERT_TRUE(asker_->Remove("a"));
  EXPECT_EQ(Count("log_mail"), 0);
}

TEST_F(MailboxTest, TheNextAppenderTakesWhatTheLastOneLeft) {
  ASSERT_TRUE(asker_->Post("a", AsBytes("please")));
  ASSERT_EQ(Take().size(), 1U);
  const std::int64_t before = seat_->epoch();
  seat_.reset();
  seat_ = AppenderSeat::Take(Place(), kSoon).value();
  EXPECT_TRUE(appender_->Take(before, kNow).value().empty()) << "who was replaced takes nothing";
  ASSERT_TRUE(appender_->Answer({.request = "a", .answer = Text("stale")}, before));
  EXPECT_FALSE(Answered("a")) << "nor answers";
  EXPECT_EQ(Take().size(), 1U);
}

TEST_F(MailboxTest, OnlyWhatNobodyBeganCanBeTakenBack) {
  using enum Mailbox::Withdrawal;
  EXPECT_EQ(asker_->Withdraw("a").value(), kGone);
  ASSERT_TRUE(asker_->Post("a", AsBytes("please")));
  EXPECT_EQ(asker_->Withdraw("a").value(), kWithdrawn);
  EXPECT_TRUE(Take().empty());
  ASSERT_TRUE(asker_->Post("b", AsBytes("please")));
  ASSERT_EQ(Take().size(), 1U);
  EXPECT_EQ(asker_->Withdraw("b").value(), kBegun);
  RaiseEpoch();
  EXPECT_EQ(asker_->Withdraw("b").value(), kWithdrawn) << "who began it is gone";
}

TEST_F(MailboxTest, AnAnswerIsCommittedWithItsEntriesAndShownAfterwards) {
  Ledger::Options options = Options();
  options.seat = seat_.get();
  ledger_ = Ledger::Open(options, LogKey()).value();
  ASSERT_TRUE(asker_->Post("a", AsBytes("please")));
  ASSERT_EQ(Take().size(), 1U);
  const Receipt receipt{.request = "a", .answer = Text("done")};
  EXPECT_EQ(ledger_->Append({NumberedDraft(0)}, receipt).value(), 0U);
  EXPECT_FALSE(Answered("a")) << "not before it is known to be published";
  EXPECT_EQ(asker_->Withdraw("a").value(), Mailbox::Withdrawal::kBegun);
  // Once is enough.
  const auto again = ledger_->Append({NumberedDraft(1)}, receipt);
  EXPECT_EQ(again.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(Count("log_entry"), 1);
  ASSERT_TRUE(appender_->ShowAll(seat_->epoch()));
  EXPECT_EQ(Answered("a"), "done");
  EXPECT_EQ(ledger_->Append({NumberedDraft(1)}).value(), 1U) << "the log goes on";
  ledger_.reset();
}

TEST_F(MailboxTest, NothingStaysForLong) {
  for (const char* id : {"old-request", "old-answer", "new-request"}) {
    ASSERT_TRUE(asker_->Post(id, AsBytes("please")));
  }
  Execute("UPDATE log_mail SET made = now() - interval '3 minutes' WHERE id = 'old-request'");
  Execute(
      "UPDATE log_mail SET made = now() - interval '2 hours', request = NULL, ready = true"
      " WHERE id = 'old-answer'");
  const auto letters = Take();
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].id, "new-request");
  EXPECT_EQ(Count("log_mail"), 1);
}

}  // namespace
}  // namespace proviso::ledger
