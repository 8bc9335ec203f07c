// Logs whose files cannot be listed, as behind a URL; and which entry a problem is about.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "io/files/temporary_folder.h"
#include "verifier/log_source.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

namespace fs = std::filesystem;

// A folder of which nobody tells what is in it.
class UnlistedSource final : public LogSource {
 public:
  explicit UnlistedSource(fs::path folder) : folder_(std::move(folder)) {}
  Result<Bytes> Read(const std::string& path, std::uint64_t bytes_max) override {
    if (path.starts_with("tile/0/") || path.starts_with("tile/entries/")) {
      unexpected_ += expected_.erase(path) == 0 && !path.ends_with("/002") ? 1 : 0;
    }
    return files_.ReadFile(folder_ / path, bytes_max);
  }
  bool CanList() const override { return false; }
  Result<std::vector<std::string>> List(const std::string&) override {
    ADD_FAILURE() << "asked to list";
    return Fail(ErrorCode::kUnimplemented, "no lists");
  }
  void Expect(const std::string& path, std::uint64_t) override {
    EXPECT_TRUE(expected_.insert(path).second) << path;
    most_expected_ = std::max(most_expected_, expected_.size());
  }

  io::PosixFileSystem files_;
  fs::path folder_;
  std::set<std::string> expected_;
  std::size_t most_expected_ = 0;
  int unexpected_ = 0;
};

struct Fixture {
  TestLog log;
  io::TemporaryFolder temporary = io::TemporaryFolder::Make().value();
  fs::path folder = temporary.path();

  explicit Fixture(std::uint64_t size) {
    log.AddFillers(size);
    log.WriteTo(folder);
  }
  VerifyReport ByLists() const {
    io::PosixFileSystem files;
    return VerifyLog(files, folder, {.vkey = log.vkey()}).value();
  }
  VerifyReport WithoutLists() const {
    UnlistedSource source(folder);
    return VerifyLog(source, {.vkey = log.vkey()}).value();
  }
  void Flip(const fs::path& name, std::size_t at) const {
    Bytes bytes = ReadBytes(folder / name);
    bytes.at(at) ^= 0x01;
    WriteBytes(folder / name, bytes);
  }
};

TEST(UnlistedLog, IsVerifiedFromTheFilesThatItsCheckpointImplies) {
  for (const std::uint64_t size : {0U, 1U, 255U, 256U, 257U, 600U, 6000U}) {
    const Fixture fixture(size);
    UnlistedSource source(fixture.folder);
    const auto report = VerifyLog(source, {.vkey = fixture.log.vkey()}).value();
    EXPECT_TRUE(report.ok) << size << (report.first ? report.first->text : "");
    EXPECT_EQ(report.entries, size);
    EXPECT_EQ(source.unexpected_, 0) << "each bundle and leaf tile was announced";
    EXPECT_TRUE(source.expected_.empty()) << "and read";
    EXPECT_LE(source.most_expected_, 16U) << "a bound of what a source keeps";
  }
}

TEST(UnlistedLog, FindsTheSameDamageAsAListedOne) {
  for (const char* name : {"tile/entries/001", "tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88",
                           "tile/entries/002.p/88", "checkpoint"}) {
    const Fixture fixture(600);
    fixture.Flip(name, 40);
    const VerifyReport listed = fixture.ByLists();
    ASSERT_FALSE(listed.ok) << name;
    EXPECT_EQ(fixture.WithoutLists().problems, listed.problems) << name;
    if (std::string(name) == "checkpoint") continue;
    fs::remove(fixture.folder / name);
    const VerifyReport without = fixture.ByLists();
    ASSERT_FALSE(without.ok);
    EXPECT_EQ(fixture.WithoutLists().problems, without.problems) << name;
  }
}

TEST(UnlistedLog, IsNoLogWithoutACheckpoint) {
  const Fixture fixture(3);
  fs::remove(fixture.folder / "checkpoint");
  UnlistedSource source(fixture.folder);
  EXPECT_EQ(VerifyLog(source, {.vkey = fixture.log.vkey()}).error().code(), ErrorCode::kNotFound);
}

// A log may drop a partial tile as soon as the full one is there.
TEST(UnlistedLog, TakesTheBeginningOfAFullTileForAPartialOneThatIsGone) {
  TestLog log;
  log.AddFillers(768);
  const auto temporary = io::TemporaryFolder::Make().value();
  log.WriteTo(temporary.path());
  WriteBytes(temporary.path() / "checkpoint", AsBytes(log.Checkpoint(600)));
  WriteBytes(temporary.path() / "tile/1/000.p/2",
             ByteView(ReadBytes(temporary.path() / "tile/1/000.p/3")).first(64));
  UnlistedSource source(temporary.path());
  const auto report = VerifyLog(source, {.vkey = log.vkey()}).value();
  EXPECT_TRUE(report.ok) << (report.first ? report.first->text : "");
  EXPECT_EQ(report.size, 600U);
  EXPECT_EQ(report.entries, 600U);
}

struct DamageCase {
  const char* file;
  std::size_t at;
  std::optional<std::uint64_t> entry;
  std::string expected;  // a part of it
  std::string found;
};

TEST(FirstProblem, NamesTheFirstEntryThatIsTouched) {
  const std::vector<DamageCase> cases = {
      {"tile/0/000", 32 * 7, 7, "`", "`"},
      {"tile/0/001", 32 * 3 + 31, 259, "`", "`"},
      {"tile/0/002.p/88", 32 * 87, 599, "`", "`"},
      {"tile/1/000.p/2", 32, 256, "`", "`"},
      {"tile/entries/001", 1, 256, "256 entries and no byte more", " entries in "},
      {"tile/entries/001", 60, 256, "`", "`"},
      {"checkpoint", 30, std::nullopt, "", ""},
  };
  for (const DamageCase& each : cases) {
    const Fixture fixture(600);
    fixture.Flip(each.file, each.at);
    const VerifyReport report = fixture.ByLists();
    ASSERT_TRUE(report.first) << each.file;
    EXPECT_EQ(report.first->entry, each.entry) << report.first->text;
    EXPECT_NE(report.first->expected.find(each.expected), std::string::npos) << each.file;
    EXPECT_NE(report.first->found.find(each.found), std::string::npos) << each.file;
    const Json json = report.ToJson();
    EXPECT_EQ(json.Find("first")->StringOr("problem", ""), report.first->text);
    EXPECT_EQ(json.Find("first")->Find("entry")->IsNull(), !each.entry);
  }
}

TEST(FirstProblem, IsTheOneOfTheEarliestEntryWhateverWasFoundFirst) {
  const Fixture fixture(600);
  WriteBytes(fixture.folder / "junk", {});
  fixture.Flip("tile/1/000.p/2", 0);  // found at the end, and about entry 0
  fixture.Flip("tile/0/001", 0);
  const VerifyReport report = fixture.ByLists();
  ASSERT_TRUE(report.first);
  EXPECT_EQ(report.first->entry, 0U) << report.first->text;
  EXPECT_EQ(report.problem_count, 3U);
}

TEST(FirstProblem, IsTheEntryRatherThanTheHashesAboveIt) {
  const Fixture fixture(600);
  Bytes bundle = ReadBytes(fixture.folder / "tile/entries/001");
  const std::size_t at = AsText(bundle).find("\"number\":259");
  ASSERT_NE(at, std::string_view::npos);
  bundle[at + 10] = '7';
  WriteBytes(fixture.folder / "tile/entries/001", bundle);
  fixture.Flip("tile/1/000.p/2", 40);  // then no tile leads to the root
  const VerifyReport report = fixture.ByLists();
  EXPECT_EQ(report.problem_count, 3U) << "the leaf, the hash above it, the root";
  EXPECT_EQ(report.first->entry, 259U) << report.first->text;
  EXPECT_TRUE(report.first->text.starts_with("`tile/0/001`: hash 3 (entry 259): expected `"));
}

TEST(FirstProblem, IsAbsentWhenNothingIsWrong) {
  const VerifyReport report = Fixture(3).ByLists();
  EXPECT_FALSE(report.first);
  EXPECT_TRUE(report.ToJson().Find("first")->IsNull());
}

TEST(VerifyLogProgress, TellsHowFarItIs) {
  const Fixture fixture(6000);
  io::PosixFileSystem files;
  std::vector<std::uint64_t> told;
  const auto progress = [&](std::uint64_t entries, std::uint64_t size) {
    EXPECT_EQ(size, 6000U);
    told.push_back(entries);
  };
  EXPECT_TRUE(
      VerifyLog(files, fixture.folder, {.vkey = fixture.log.vkey(), .progress = progress})->ok);
  EXPECT_EQ(told, (std::vector<std::uint64_t>{0, 4096, 6000}));
}

}  // namespace
}  // namespace proviso::verifier
