#include "points/table_follower.h"

// The functions alone, without the library.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <fstream>

#include "io/files/fault_file_system.h"
#include "io/files/temporary_folder.h"
#include "points/internal/example_table.h"
#include "points/table_heartbeat.h"

namespace proviso::points {
namespace {

namespace fs = std::filesystem;

const std::vector<enforcement::Restriction> kRestrictions{internal::MakeRestriction(
    "decision-1/1", terms::Stage::kSuspended, {{"sub-1", "blob-store", "nl-1"}})};

Bytes TableOf(std::uint64_t number) { return internal::CompileOrDie(number, kRestrictions); }

// A table of another log: nothing is restricted.
Bytes OtherTableOf(std::uint64_t number) { return internal::CompileOrDie(number, {}); }

TableName NameOf(ByteView table) { return TableSnapshot::FromBytes(table).value()->name(); }

// Gives `table` the checksum of the bytes that it has: what a faulty writer would do.
Bytes Resealed(Bytes table) {
  const std::size_t covered = table.size() - 16;
  const XXH128_hash_t sum = XXH3_128bits(table.data(), covered);
  std::memcpy(table.data() + covered, &sum.low64, 8);
  std::memcpy(table.data() + covered + 8, &sum.high64, 8);
  return table;
}

// A table file, what follows it, and what it told.
class TableFollowerTest : public testing::Test {
 protected:
  void Write(ByteView bytes) { ASSERT_TRUE(files_.WriteFile(file_, bytes, 0600)); }

  void Follow() {
    points_ = PointServer::Start({}, clock_, {.uptime = [this] { return uptime_; }}).value();
    follower_ = std::make_unique<TableFollower>(
        TableFollowerOptions{.file = file_, .state = state_}, files_, *points_,
        [this](const TableNews& news) { news_.push_back(news); });
    follower_->Begin();
  }

  std::uint64_t served() const { return points_->NewestTable().Get()->table().number(); }
  bool restricts() const { return points_->NewestTable().Get()->table().Knows("sub-1"); }
  bool serves_none() const { return points_->NewestTable().Get() == nullptr; }

  FakeClock clock_{ParseTime("2026-12-02T00:00:00Z").value()};
  std::chrono::milliseconds uptime_{1'000'000};
  io::PosixFileSystem files_;
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
  fs::path file_ = folder_.path() / "current";
  fs::path state_;
  std::vector<TableNews> news_;
  std::unique_ptr<PointServer> points_;
  std::unique_ptr<TableFollower> follower_;
};

TEST_F(TableFollowerTest, ServesEachNewTable) {
  Write(TableOf(5));
  Follow();
  EXPECT_EQ(served(), 5U);
  EXPECT_FALSE(follower_->alarm());
  Write(TableOf(6));
  follower_->Look();
  EXPECT_EQ(served(), 6U);
  EXPECT_EQ(follower_->number(), 6U);
  follower_->Look();
  EXPECT_EQ(news_.size(), 2U) << "a file that did not change is not looked at again";
}

TEST_F(TableFollowerTest, KeepsTheLastGoodTableWhateverComesInstead) {
  const Bytes next = TableOf(6);
  const auto changed = [&](std::size_t at, std::uint8_t to) {
    Bytes bytes = next;
    bytes.at(at) = to;
    return bytes;
  };
  const struct {
    const char* what;
    Bytes bytes;
    TableFault fault;
  } kCases[] = {
      {"nothing", {}, TableFault::kTruncated},
      {"the beginning of the header", Bytes(next.begin(), next.begin() + 12),
       TableFault::kTruncated},
      {"all but the last byte", Bytes(next.begin(), next.end() - 1), TableFault::kTruncated},
      {"one bit", changed(next.size() / 2, next[next.size() / 2] ^ 1U), TableFault::kDamaged},
      {"text", Bytes(600, 'x'), TableFault::kDamaged},
      {"zeros", Bytes(600, 0), TableFault::kDamaged},
      {"another magic", Resealed(changed(0, 'Q')), TableFault::kDamaged},
      {"a version of the future", Resealed(changed(8, 99)), TableFault::kOtherVersion},
      {"an older table", TableOf(4), TableFault::kRolledBack},
  };
  Write(TableOf(5));
  Follow();
  std::array<std::uint64_t, kTableFaultCount> wanted{};
  for (const auto& row : kCases) {
    news_.clear();
    Write(row.bytes);
    follower_->Look();
    follower_->Look();
    EXPECT_EQ(served(), 5U) << row.what;
    EXPECT_TRUE(follower_->alarm()) << row.what;
    ASSERT_EQ(news_.size(), 1U) << row.what;
    EXPECT_EQ(news_[0].fault, row.fault) << row.what << ": " << news_[0].message;
    EXPECT_NE(news_[0].message.find("table 5 stays"), std::string::npos) << news_[0].message;
    EXPECT_EQ(follower_->Rejected(row.fault), ++wanted.at(static_cast<std::size_t>(row.fault)))
        << row.what;
  }
  Write(TableOf(6));
  follower_->Look();
  EXPECT_EQ(served(), 6U);
  EXPECT_FALSE(follower_->alarm());
}

TEST_F(TableFollowerTest, ServesOrRefusesATableThatIsWrongUnderARightChecksum) {
  const Bytes next = TableOf(6);
  int refused = 0;
  for (std::size_t at = 8; at < next.size() - 16; ++at) {
    Write(TableOf(5));
    Follow();
    Bytes bytes = next;
    bytes[at] = 0xFF;
    Write(Resealed(std::move(bytes)));
    follower_->Look();
    EXPECT_EQ(follower_->alarm(), served() == 5) << "byte " << at;
    refused += follower_->alarm() ? 1 : 0;
    // What is served answers something, and reads nowhere outside.
    const enforcement::DecisionTable& table = points_->NewestTable().Get()->table();
    for (const char* service : {"blob-store", "speech", "threat-watch"}) {
      static_cast<void>(table.Describe({.subscription = "sub-1",
                                        .service = service,
                                        .region = "nl-1",
                                        .operation = enforcement::Operation::kRead,
                                        .at = clock_.Now()},
                                       /*unknown_allowed=*/false));
    }
  }
  EXPECT_GT(refused, 60);
}

TEST_F(TableFollowerTest, ReadsNoMoreThanTheHeaderOfWhatIsNoTable) {
  Follow();
  std::ofstream(file_).close();
  fs::resize_file(file_, std::uintmax_t{1} << 40U);  // more than memory can hold a copy of
  follower_->Look();
  ASSERT_EQ(news_.size(), 2U);
  EXPECT_EQ(news_[1].fault, TableFault::kDamaged) << news_[1].message;
  Write(TableOf(5));
  follower_->Look();
  EXPECT_EQ(served(), 5U);
}

TEST_F(TableFollowerTest, TellsOnceThatTheFileIsGone) {
  Write(TableOf(5));
  Follow();
  fs::remove(file_);
  for (int i = 0; i < 3; ++i) follower_->Look();
  EXPECT_EQ(served(), 5U);
  EXPECT_TRUE(follower_->alarm());
  EXPECT_EQ(follower_->Rejected(TableFault::kMissing), 1U);
  fs::create_directory(file_);
  for (int i = 0; i < 3; ++i) follower_->Look();
  EXPECT_EQ(follower_->Rejected(TableFault::kUnreadable), 1U);
  fs::remove(file_);
  Write(TableOf(5));
  follower_->Look();
  EXPECT_FALSE(follower_->alarm());
}

TEST_F(TableFollowerTest, KeepsServingATableWhoseFileIsWrittenOver) {
  Write(TableOf(5));
  Follow();
  fs::resize_file(file_, 10);  // where the file itself is mapped: a bus error
  follower_->Look();
  EXPECT_NE(points_->NewestTable().Get()->table().ServiceNumber("speech"),
            enforcement::DecisionTable::kUnknown);
}

TEST_F(TableFollowerTest, KeepsATableFromRunToRun) {
  state_ = folder_.path() / "state";
  fs::create_directory(state_);
  Write(TableOf(5));
  Follow();
  fs::remove(file_);
  Follow();
  EXPECT_EQ(served(), 5U);
  EXPECT_TRUE(follower_->alarm());
  Write(TableOf(4));
  Follow();
  EXPECT_EQ(served(), 5U) << "an older file than the table kept";
  EXPECT_EQ(follower_->Rejected(TableFault::kRolledBack), 1U);
  Write(TableOf(6));
  Follow();
  EXPECT_EQ(served(), 6U);
  EXPECT_EQ(TableSnapshot::FromMapped(io::MappedFile::Open(state_ / "table").value())
                .value()
                ->table()
                .number(),
            6U);
}

TEST_F(TableFollowerTest, ServesTheFileWhenTheKeptTableIsDamaged) {
  state_ = folder_.path() / "state";
  fs::create_directory(state_);
  ASSERT_TRUE(files_.WriteFile(state_ / "table", Bytes(40, 'x'), 0600));
  Follow();
  EXPECT_TRUE(serves_none());
  Write(TableOf(5));
  follower_->Look();
  EXPECT_EQ(served(), 5U);
  EXPECT_FALSE(follower_->alarm());
}

TEST_F(TableFollowerTest, ServesATableThatItCannotKeep) {
  state_ = folder_.path() / "no-such-folder";
  Write(TableOf(5));
  Follow();
  EXPECT_EQ(served(), 5U);
  ASSERT_EQ(news_.size(), 2U);
  EXPECT_NE(news_[1].message.find("cannot be kept"), std::string::npos) << news_[1].message;
  follower_->Look();
  EXPECT_EQ(news_.size(), 2U);
}

TEST_F(TableFollowerTest, ConfirmsATableWhileTheHeartbeatOfItsMakerMoves) {
  constexpr std::chrono::hours kLong{1};
  Write(TableOf(5));
  TableHeartbeat heart(folder_.path() / kHeartbeatName, 0600);
  ASSERT_TRUE(heart.Beat({.number = 5}));
  Follow();
  EXPECT_GT(points_->SinceConfirmed(), kLong) << "a heartbeat at rest may be old";
  ASSERT_TRUE(heart.Beat({.number = 5}));
  follower_->Look();
  EXPECT_EQ(points_->SinceConfirmed().count(), 0);
  uptime_ += kLong;
  follower_->Look();
  EXPECT_EQ(points_->SinceConfirmed(), kLong) << "it stood still";
  ASSERT_TRUE(heart.Beat({.number = 6}));
  follower_->Look();
  EXPECT_EQ(points_->SinceConfirmed(), kLong) << "it speaks of another table";
  EXPECT_EQ(follower_->newest(), 6U);
  Write(TableOf(6));
  ASSERT_TRUE(heart.Beat({.number = 6}));
  follower_->Look();
  EXPECT_EQ(points_->SinceConfirmed().count(), 0);
}

TEST_F(TableFollowerTest, ServesItsOwnMakersTableWhateverItsNumber) {
  Write(TableOf(5));
  Follow();
  follower_->Offer(TableOf(3));
  EXPECT_EQ(served(), 3U);
  follower_->Offer(Bytes(3, 'x'));
  EXPECT_EQ(served(), 3U);
}

TEST_F(TableFollowerTest, RefusesAnotherTableUnderTheNumberOfTheOneServed) {
  Write(TableOf(5));
  Follow();
  Write(OtherTableOf(5));
  for (int i = 0; i < 3; ++i) follower_->Look();
  EXPECT_TRUE(restricts());
  EXPECT_TRUE(follower_->alarm());
  EXPECT_EQ(follower_->Rejected(TableFault::kOtherTable), 1U);
  EXPECT_NE(news_.back().message.find("of another log"), std::string::npos);
  Write(TableOf(5));
  follower_->Look();
  EXPECT_FALSE(follower_->alarm());
}

TEST_F(TableFollowerTest, RefusesAnotherTableUnderTheNumberOfTheOneKept) {
  state_ = folder_.path() / "state";
  fs::create_directory(state_);
  Write(TableOf(5));
  Follow();
  Write(OtherTableOf(5));
  Follow();
  EXPECT_TRUE(restricts());
  EXPECT_TRUE(follower_->alarm());
}

TEST_F(TableFollowerTest, TakesNoTableThatTheMovingHeartbeatDoesNotName) {
  Write(TableOf(5));
  TableHeartbeat heart(folder_.path() / kHeartbeatName, 0600);
  ASSERT_TRUE(heart.Beat(NameOf(TableOf(5))));
  Follow();
  ASSERT_TRUE(heart.Beat(NameOf(TableOf(5))));
  follower_->Look();
  Write(OtherTableOf(9));
  follower_->Look();
  EXPECT_TRUE(follower_->waits());
  EXPECT_FALSE(follower_->alarm()) << "the heartbeat is written after the file";
  for (int i = 0; i < 4; ++i) {
    uptime_ += std::chrono::seconds(1);
    ASSERT_TRUE(heart.Beat(NameOf(TableOf(5))));
    follower_->Look();
  }
  EXPECT_FALSE(follower_->waits());
  EXPECT_TRUE(follower_->alarm());
  EXPECT_EQ(follower_->Rejected(TableFault::kNotNamed), 1U);
  EXPECT_EQ(points_->SinceConfirmed().count(), 0) << "the table that is served is the newest";
  uptime_ += std::chrono::hours(1);
  follower_->Look();
  EXPECT_EQ(served(), 5U) << "its maker is silent, and never named the other";
  Write(TableOf(6));
  ASSERT_TRUE(heart.Beat(NameOf(TableOf(6))));
  follower_->Look();
  EXPECT_EQ(served(), 6U);
  EXPECT_FALSE(follower_->alarm());
}

TEST_F(TableFollowerTest, GoesBackFromATableThatNobodyNamedToTheOneThatIsNamed) {
  state_ = folder_.path() / "state";
  fs::create_directory(state_);
  Write(OtherTableOf(9));
  TableHeartbeat heart(folder_.path() / kHeartbeatName, 0600);
  ASSERT_TRUE(heart.Beat(NameOf(TableOf(5))));
  Follow();
  EXPECT_EQ(served(), 9U) << "a heartbeat at rest may be old";
  EXPECT_FALSE(fs::exists(state_ / "table")) << "and it may move";
  for (int i = 0; i < 4; ++i) {
    uptime_ += std::chrono::seconds(1);
    ASSERT_TRUE(heart.Beat(NameOf(TableOf(5))));
    follower_->Look();
  }
  EXPECT_TRUE(follower_->alarm());
  EXPECT_GT(points_->SinceConfirmed(), std::chrono::hours(1));
  Write(TableOf(5));
  follower_->Look();
  EXPECT_TRUE(restricts());
  EXPECT_FALSE(follower_->alarm());
  Write(TableOf(4));
  ASSERT_TRUE(heart.Beat(NameOf(TableOf(4))));
  follower_->Look();
  EXPECT_EQ(served(), 5U) << "from a table that was named, nothing leads back";
}

TEST_F(TableFollowerTest, RaisesTheAlarmWhileTheHeartbeatNamesANewerTable) {
  Write(TableOf(5));
  TableHeartbeat heart(folder_.path() / kHeartbeatName, 0600);
  ASSERT_TRUE(heart.Beat({.number = 6}));
  Follow();
  follower_->Look();
  EXPECT_FALSE(follower_->alarm());
  uptime_ += std::chrono::seconds(2);
  for (int i = 0; i < 3; ++i) follower_->Look();
  EXPECT_TRUE(follower_->alarm()) << "whether it moves or not";
  EXPECT_EQ(follower_->Rejected(TableFault::kNotNamed), 1U);
  EXPECT_NE(news_.back().message.find("names table 6 as the newest"), std::string::npos)
      << news_.back().message;
  Write(TableOf(6));
  follower_->Look();
  EXPECT_FALSE(follower_->alarm());
}

TEST_F(TableFollowerTest, SaysOfABadKeptTableWhatItIs) {
  state_ = folder_.path() / "state";
  fs::create_directory(state_);
  Bytes later = TableOf(5);
  later[8] = 99;
  ASSERT_TRUE(files_.WriteFile(state_ / "table", later, 0600));
  Write(TableOf(5));
  Follow();
  EXPECT_EQ(follower_->Rejected(TableFault::kOtherVersion), 1U);
  EXPECT_FALSE(follower_->alarm()) << "it was replaced";
  fs::remove(state_ / "table");
  fs::create_directory(state_ / "table");
  Follow();
  EXPECT_EQ(follower_->Rejected(TableFault::kUnreadable), 1U);
  EXPECT_TRUE(follower_->unkept());
}

TEST_F(TableFollowerTest, SaysWhichTableStaysWhenItBeganFromTheKeptOne) {
  state_ = folder_.path() / "state";
  fs::create_directory(state_);
  ASSERT_TRUE(files_.WriteFile(state_ / "table", TableOf(5), 0600));
  Follow();
  ASSERT_EQ(news_.size(), 2U);
  EXPECT_NE(news_[0].message.find("serves kept table 5"), std::string::npos) << news_[0].message;
  EXPECT_NE(news_[1].message.find("table 5 stays"), std::string::npos) << news_[1].message;
}

TEST(TableHeartbeat, ReadsOnlyWhatItWrote) {
  const auto folder = io::TemporaryFolder::Make(testing::TempDir()).value();
  io::PosixFileSystem files;
  const fs::path path = folder.path() / "alive";
  TableHeartbeat heart(path, 0640);
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{118}, std::uint64_t{1} << 53U}) {
    for (const char* sum : {"", "bcbe075f6fa77d89"}) {
      ASSERT_TRUE(heart.Beat({.number = number, .sum = sum}));
      const std::string text(AsText(files.ReadFile(path, 4096).value()));
      ASSERT_EQ(text.size(), 64U);
      const auto name = TableHeartbeat::Read(text);
      ASSERT_TRUE(name) << text;
      EXPECT_EQ(name->number, number);
      EXPECT_EQ(name->sum, sum);
      EXPECT_FALSE(TableHeartbeat::Read(text.substr(1)));
    }
  }
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
}

TEST(TableHeartbeat, ReadsWhatOtherProgramsWrite) {
  const struct {
    const char* text;
    std::optional<TableName> name;
  } kCases[] = {
      {"", std::nullopt},
      {"table 99999999999999999999 beat 1", std::nullopt},
      {"table 9007199254740993 beat 1", std::nullopt},  // more than a table may have
      {"table 118 beat 42", TableName{.number = 118}},  // of a program without sums
      {"table 118 beat 42 sum bcbe075f6fa77d89",
       TableName{.number = 118, .sum = "bcbe075f6fa77d89"}},
      {"table 118 beat 42 sum bcbe075f6fa77d89 more 1",
       TableName{.number = 118, .sum = "bcbe075f6fa77d89"}},
      {"table 118 beat 42 sum bcbe075f6fa77d", std::nullopt},
      {"table 118 beat 42 sum BCBE075F6FA77D89", std::nullopt},
      {"table 118 sum bcbe075f6fa77d89", std::nullopt},
      {"log 3 table 118 beat 42", std::nullopt},
  };
  for (const auto& row : kCases) {
    std::string text(row.text);
    if (!text.empty()) text.resize(63, ' ');
    if (!text.empty()) text += '\n';
    const auto name = TableHeartbeat::Read(text);
    ASSERT_EQ(name.has_value(), row.name.has_value()) << row.text;
    if (!name) continue;
    EXPECT_EQ(name->number, row.name->number) << row.text;
    EXPECT_EQ(name->sum, row.name->sum) << row.text;
  }
}

}  // namespace
}  // namespace proviso::points
