// Which of the files of a log is damaged: where two of them differ, the signed tree says which.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "io/files/temporary_folder.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  TestLog log;
  io::TemporaryFolder temporary = io::TemporaryFolder::Make().value();
  fs::path folder = temporary.path();

  explicit Fixture(std::uint64_t size) {
    log.AddFillers(size);
    log.WriteTo(folder);
  }
  VerifyReport Verify(std::optional<std::string> seen = {}) const {
    io::PosixFileSystem files;
    return VerifyLog(files, folder, {.vkey = log.vkey(), .seen_checkpoint = std::move(seen)})
        .value();
  }
  void Flip(const fs::path& name, std::size_t at) const {
    Bytes bytes = ReadBytes(folder / name);
    bytes.at(at) ^= 0x01;
    WriteBytes(folder / name, bytes);
  }
};

std::string Joined(const VerifyReport& report) {
  std::string text;
  for (const std::string& problem : report.problems) text += problem + "\n";
  return text;
}

// A byte within the text of entry 0 of a bundle: behind its length.
constexpr std::size_t kInFirstEntry = 2 + 20;

TEST(DamagedFile, IsTheBundleWhereTheTilesLeadToTheSignedRoot) {
  struct Case {
    std::uint64_t size;
    const char* file;
    std::uint64_t entry;
  };
  for (const Case& each :
       {Case{.size = 50, .file = "tile/entries/000.p/50", .entry = 0},
        Case{.size = 256, .file = "tile/entries/000", .entry = 0},
        Case{.size = 512, .file = "tile/entries/001", .entry = 256},
        Case{.size = 600, .file = "tile/entries/001", .entry = 256},
        Case{.size = 600, .file = "tile/entries/002.p/88", .entry = 512},
        Case{.size = 256 * 256 + 3, .file = "tile/entries/255", .entry = 255 * 256},
        Case{.size = 256 * 256 + 3, .file = "tile/entries/256.p/3", .entry = 256 * 256}}) {
    Fixture fixture(each.size);
    fixture.Flip(each.file, kInFirstEntry);
    const VerifyReport report = fixture.Verify();
    const crypto::Hash right = crypto::LeafHash(fixture.log.entry(each.entry));
    const Bytes damaged = ReadBytes(fixture.folder / each.file);
    const std::size_t length = std::size_t{damaged[0]} << 8U | damaged[1];
    const crypto::Hash wrong = crypto::LeafHash(ByteView(damaged).subspan(2, length));
    EXPECT_EQ(report.problem_count, 1U) << each.file << "\n" << Joined(report);
    EXPECT_EQ(Joined(report), "`" + std::string(each.file) + "`: entry " +
                                  std::to_string(each.entry) + ": expected the hash `" +
                                  right.Hex() + "` of the signed tree, found `" + wrong.Hex() +
                                  "`\n");
    EXPECT_EQ(report.first->entry, each.entry);
    EXPECT_FALSE(report.root_base64.empty());
    EXPECT_EQ(report.entries, each.size - 1);
  }
}

TEST(DamagedFile, BlamesNoneThatWasLeftOver) {
  const Fixture fixture(51);
  for (std::uint64_t size = 1; size < 51; ++size) fixture.log.WriteTiles(fixture.folder, size);
  fixture.Flip("tile/entries/000.p/51", kInFirstEntry);
  const VerifyReport one = fixture.Verify();
  EXPECT_EQ(one.problem_count, 1U) << Joined(one);
  // But those that are damaged as well, also in the same way.
  fixture.Flip("tile/entries/000.p/7", kInFirstEntry);
  fixture.Flip("tile/entries/000.p/8", 1);
  fixture.Flip("tile/0/000.p/9", 3);
  const VerifyReport more = fixture.Verify();
  EXPECT_EQ(more.problem_count, 4U) << Joined(more);
  for (const char* name : {"`tile/entries/000.p/51`: entry 0", "`tile/entries/000.p/7`: entry 0",
                           "`tile/entries/000.p/8`: expected 8", "`tile/0/000.p/9`: hash 0"}) {
    EXPECT_NE(Joined(more).find(name), std::string::npos) << name << "\n" << Joined(more);
  }
}

TEST(DamagedFile, IsNamedOnceForAllItsEntries) {
  Fixture fixture(40);
  const std::string checkpoint = fixture.log.Checkpoint(40);
  const Bytes tile = ReadBytes(fixture.folder / "tile/0/000.p/40");
  for (std::size_t i = 10; i < 40; ++i) fixture.log.entry(i)[5] ^= 0x01;
  fixture.log.WriteTo(fixture.folder);
  WriteBytes(fixture.folder / "checkpoint", AsBytes(checkpoint));
  WriteBytes(fixture.folder / "tile/0/000.p/40", tile);
  const VerifyReport report = fixture.Verify();
  EXPECT_EQ(report.problem_count, 1U) << Joined(report);
  EXPECT_NE(Joined(report).find("; and 29 more of its entries"), std::string::npos)
      << Joined(report);
}

TEST(DamagedFile, IsNoForkOfWhatWasSeenBefore) {
  const Fixture fixture(300);
  fixture.Flip("tile/entries/000", kInFirstEntry);
  const VerifyReport report = fixture.Verify(fixture.log.Checkpoint(200));
  EXPECT_EQ(report.problem_count, 1U) << Joined(report);
  EXPECT_EQ(Joined(report).find("two histories"), std::string::npos) << Joined(report);
}

TEST(DamagedFile, IsTheTileWhereItDoesNotLeadToTheRoot) {
  for (const char* name : {"tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"}) {
    const Fixture fixture(600);
    fixture.Flip(name, 3);
    const VerifyReport report = fixture.Verify();
    EXPECT_EQ(report.problem_count, 1U) << Joined(report);
    EXPECT_NE(Joined(report).find("`" + std::string(name) + "`: hash 0"), std::string::npos)
        << Joined(report);
  }
}

}  // namespace
}  // namespace proviso::verifier
