#include "ledger/ledger.h"

#include <algorithm>
#include <fstream>
#include <latch>
#include <set>

#include "io/files/fault_file_system.h"
#include "io/sql/sqlite.h"
#include "ledger/ledger_fixture.h"
#include "ledger/log_folder_check.h"

namespace proviso::ledger {
namespace {

PROVISO_EACH_STORE(EachStoreTest);

std::vector<RecordedEvent> Replayed(const Ledger& ledger, std::uint64_t from = 0) {
  std::vector<RecordedEvent> events;
  const Status status = ledger.Replay(from, [&](const RecordedEvent& event) -> Status {
    events.push_back(event);
    return {};
  });
  EXPECT_TRUE(status) << status.error().message();
  return events;
}

TEST_P(EachStoreTest, ANewLogPublishesTheEmptyTree) {
  Open();
  EXPECT_EQ(ledger_->latest().size, 0U);
  EXPECT_EQ(ledger_->latest().root, crypto::Sha256(std::string_view()));
  EXPECT_TRUE(ReadLogFolder(Data(), Verifier()));
}

TEST_P(EachStoreTest, ReplaysWhatWasAppendedAlsoAfterReopening) {
  Open();
  EXPECT_EQ(ledger_->Append({NumberedDraft(0)}).value(), 0U);
  EXPECT_EQ(ledger_->Append(NumberedDrafts(1, 3)).value(), 1U);
  for (const bool reopen : {false, true}) {
    if (reopen) Open();
    const std::vector<RecordedEvent> events = Replayed(*ledger_);
    ASSERT_EQ(events.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(events[i].index, i);
      EXPECT_EQ(events[i].case_id, "case-1");
      EXPECT_EQ(events[i].actor, "operator");
      EXPECT_TRUE(events[i].act.IsNull());
      EXPECT_EQ(events[i].event.open.IntegerOr("number", -1), static_cast<std::int64_t>(i));
      EXPECT_EQ(events[i].event.sealed.at("details").IntegerOr("secret", -1),
                static_cast<std::int64_t>(i));
    }
    EXPECT_EQ(Replayed(*ledger_, 2).front().index, 2U);
    EXPECT_TRUE(Replayed(*ledger_, 4).empty());
  }
}

TEST_P(EachStoreTest, AnErrorOfTheVisitorEndsTheReplay) {
  Open();
  ASSERT_TRUE(ledger_->Append(NumberedDrafts(0, 5)));
  int seen = 0;
  const Status status = ledger_->Replay(0, [&](const RecordedEvent&) -> Status {
    if (++seen == 3) return Fail(ErrorCode::kUnimplemented, "enough");
    return {};
  });
  EXPECT_EQ(status.error().code(), ErrorCode::kUnimplemented);
  EXPECT_EQ(seen, 3);
}

TEST_P(EachStoreTest, WritesFilesThatHoldTogetherAtEverySizeAroundATile) {
  Open();
  const std::set<std::uint64_t> sizes = {1, 2, 255, 256, 257, 300, 511, 512, 513};
  for (const std::uint64_t size : sizes) {
    GrowTo(size);
    const auto log = ReadLogFolder(Data(), Verifier());
    ASSERT_TRUE(log) << size << ": " << log.error().message();
    EXPECT_EQ(log->leaves.size(), size);
    EXPECT_EQ(log->checkpoint, ledger_->latest().note);
  }
}

TEST_P(EachStoreTest, KeepsAPartialTileForEachCheckpointUntilTheTileIsFull) {
  Open();
  GrowTo(3);  // 1, 2, 3
  ASSERT_TRUE(ledger_->Append(NumberedDrafts(3, 4)));
  for (const char* path : {"tile/0/000.p/1", "tile/0/000.p/3", "tile/0/000.p/7",
                           "tile/entries/000.p/3", "tile/entries/000.p/7"}) {
    EXPECT_TRUE(files_.Exists(Log(path)).value()) << path;
  }
  EXPECT_FALSE(files_.Exists(Log("tile/0/000.p/5")).value()) << "no checkpoint had this size";
  ASSERT_TRUE(ledger_->Append(NumberedDrafts(7, 249)));
  EXPECT_TRUE(files_.Exists(Log("tile/0/000")).value());
  EXPECT_FALSE(files_.Exists(Log("tile/0/000.p")).value());
  EXPECT_FALSE(files_.Exists(Log("tile/entries/000.p")).value());
  EXPECT_TRUE(files_.Exists(Log("tile/1/000.p/1")).value());
}

TEST_P(EachStoreTest, GrowsOnFromEverySizeItWasClosedAt) {
  for (std::uint64_t size = 100; size <= 1'100; size += 100) {
    Open();
    const int first = static_cast<int>(ledger_->latest().size);
    ASSERT_TRUE(ledger_->Append(NumberedDrafts(first, static_cast<int>(size) - first)));
    Close();
  }
  EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 1'100U);
}

TEST_P(EachStoreTest, CommitsWhatIsQueuedMeanwhileAsOneGroup) {
  // The first commit waits until all the others are queued behind it.
  constexpr int kThreads = 8;
  std::latch first_is_committing(1);
  std::latch go_on(1);
  bool first = true;
  Ledger::Options options = Options();
  options.crash_hook = [&](std::string_view point) {
    if (point != "entries.committed" || !first) return;
    first = false;
    first_is_committing.count_down();
    go_on.wait();
  };
  ledger_ = Ledger::Open(options, LogKey()).value();
  std::vector<std::jthread> threads;
  threads.emplace_back([&] { EXPECT_TRUE(ledger_->Append({NumberedDraft(0)})); });
  first_is_committing.wait();
  for (int i = 1; i <= kThreads; ++i) {
    threads.emplace_back([&, i] { EXPECT_TRUE(ledger_->Append({NumberedDraft(i)})); });
  }
  while (ledger_->stats().queued < kThreads) std::this_thread::yield();
  go_on.count_down();
  threads.clear();
  EXPECT_EQ(ledger_->stats().entries, 1U + kThreads);
  EXPECT_EQ(ledger_->stats().groups, 2U);
  std::set<std::int64_t> numbers;
  for (const RecordedEvent& event : Replayed(*ledger_)) {
    numbers.insert(event.event.open.IntegerOr("number", -1));
  }
  EXPECT_EQ(numbers.size(), 1U + kThreads);
}

TEST_P(EachStoreTest, AnAcknowledgementWaitsForOneTransaction) {
  std::vector<std::string> reached;
  Ledger::Options options = Options();
  options.crash_hook = [&](std::string_view point) { reached.emplace_back(point); };
  ledger_ = Ledger::Open(options, LogKey()).value();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ledger_->Append({NumberedDraft(i)}));
    const auto stored = std::ranges::find(reached, "entries.committed");
    const auto published = std::ranges::find(reached, "checkpoint.published");
    ASSERT_LT(stored, published);
    ASSERT_NE(published, reached.end());
    EXPECT_EQ(std::find(stored, published, "checkpoint.committed"), published);
    ASSERT_TRUE(ledger_->Rebuild());  // Lets the appender come to rest.
    reached.clear();
  }
}

TEST_P(EachStoreTest, ManyThreadsGetOneIndexEachAndTheirOwn) {
  Open();
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const auto index = ledger_->Append(NumberedDrafts(1000 * t + 2 * i, 2));
        ASSERT_TRUE(index);
        const auto seen = Replayed(*ledger_, *index);
        EXPECT_EQ(seen.front().event.open.IntegerOr("number", -1), 1000 * t + 2 * i);
        EXPECT_EQ(seen.at(1).event.open.IntegerOr("number", -1), 1000 * t + 2 * i + 1);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(ledger_->latest().size, 320U);
  EXPECT_EQ(ReadLogFolder(Data(), Verifier()).value().leaves.size(), 320U);
}

TEST_P(EachStoreTest, RefusesMoreThanItsQueueHolds) {
  Ledger::Options options = Options();
  options.queue_entries_max = 10;
  ledger_ = Ledger::Open(options, LogKey()).value();
  const auto refused = ledger_->Append(NumberedDrafts(0, 11));
  EXPECT_EQ(refused.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_TRUE(ledger_->Append(NumberedDrafts(0, 10)));
  EXPECT_EQ(ledger_->Append({}).error().code(), ErrorCode::kInvalidArgument);
}

TEST_P(EachStoreTest, RefusesADraftWithoutStoringItsNeighbours) {
  Open();
  std::vector<Draft> drafts = NumberedDrafts(0, 2);
  drafts[1] = NumberedDraft(1, kEntryBytesMax);
  EXPECT_EQ(ledger_->Append(drafts).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(ledger_->latest().size, 0U);
  EXPECT_TRUE(Replayed(*ledger_).empty());
}

TEST_P(EachStoreTest, RefusesAnotherKeyAndAnotherOrigin) {
  Open();
  ASSERT_TRUE(ledger_->Append({NumberedDraft(0)}));
  Close();
  const auto other_key = Ledger::Open(Options(), LogKey(8));
  ASSERT_FALSE(other_key);
  EXPECT_EQ(other_key.error().code(), ErrorCode::kFailedPrecondition);
  Ledger::Options options = Options();
  options.origin = "log.example.org/other";
  EXPECT_EQ(Ledger::Open(options, LogKey()).error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_TRUE(TryOpen());
}

TEST_P(EachStoreTest, AClosedLogTakesNothing) {
  Open();
  ASSERT_TRUE(ledger_->Close());
  ASSERT_TRUE(ledger_->Close());
  EXPECT_EQ(ledger_->Append({NumberedDraft(0)}).error().code(), ErrorCode::kFailedPrecondition);
}

TEST_P(EachStoreTest, AnErasedKeyLeavesTheEventAndTheTreeAsTheyWere) {
  Open();
  ASSERT_TRUE(ledger_->Append(NumberedDrafts(0, 2)));
  const auto before = ReadTree(Data());
  ASSERT_TRUE(ledger_->Erase(0, "details"));
  EXPECT_EQ(ledger_->Erase(0, "details").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(ledger_->Erase(7, "details").error().code(), ErrorCode::kNotFound);
  const std::vector<RecordedEvent> events = Replayed(*ledger_);
  EXPECT_TRUE(events[0].event.sealed.empty());
  EXPECT_EQ(events[0].event.open.IntegerOr("number", -1), 0);
  EXPECT_EQ(events[1].event.sealed.size(), 1U);
  EXPECT_EQ(ReadTree(Data()), before);
}

TEST_F(LedgerTest, ADatabaseOfOneServerKeepsNoReceipts) {
  Open();
  const auto refused = ledger_->Append({NumberedDraft(0)}, Receipt{.request = "a", .answer = {}});
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnimplemented);
  EXPECT_EQ(ledger_->Append({NumberedDraft(0)}).value(), 0U);
}

// Every file of the database as one string.
std::string DatabaseBytes(const std::filesystem::path& data) {
  std::string all;
  for (const char* name : {"proviso.db", "proviso.db-wal"}) {
    std::ifstream file(data / name, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

TEST_F(LedgerTest, AnErasedKeyIsNowhereInTheDatabaseFiles) {
  Open();
  for (int i = 0; i < 300; i += 10) ASSERT_TRUE(ledger_->Append(NumberedDrafts(i, 10)));
  std::vector<std::string> keys;
  {
    io::Database database = io::Database::Open(Data() / "proviso.db", {}).value();
    io::Statement select =
        database.Prepare("SELECT secret FROM log_addendum_key ORDER BY position").value();
    while (select.Step().value()) keys.emplace_back(AsText(select.Blob(0)));
  }
  ASSERT_EQ(keys.size(), 300U);
  for (const std::uint64_t index : {0U, 1U, 17U, 150U, 298U, 299U}) {
    ASSERT_NE(DatabaseBytes(Data()).find(keys[index]), std::string::npos);
    ASSERT_TRUE(ledger_->Erase(index, "details"));
    EXPECT_EQ(DatabaseBytes(Data()).find(keys[index]), std::string::npos) << index;
  }
}

TEST_F(LedgerTest, SealedPartsAreNotInClearInAnyFile) {
  Open();
  Draft draft = NumberedDraft(0);
  draft.event.sealed["details"] = Json("a canary that must not sing");
  ASSERT_TRUE(ledger_->Append({draft}));
  EXPECT_EQ(DatabaseBytes(Data()).find("canary"), std::string::npos);
  for (const auto& [path, bytes] : ReadTree(Data())) {
    EXPECT_EQ(bytes.find("canary"), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace proviso::ledger
