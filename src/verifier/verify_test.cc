#include "verifier/verify.h"

#include <algorithm>
#include <functional>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "io/files/temporary_folder.h"
#include "verifier/test_log.h"

namespace proviso::verifier {
namespace {

namespace fs = std::filesystem;

VerifyReport Verify(const fs::path& folder, const std::string& vkey) {
  io::PosixFileSystem files;
  return VerifyLog(files, folder, {.vkey = vkey, .first_roster_hash = {}}).value();
}

std::string Joined(const std::vector<std::string>& problems) {
  std::string text;
  for (const std::string& problem : problems) text += problem + "\n";
  return text;
}

bool Mentions(const VerifyReport& report, std::string_view text) {
  return std::ranges::any_of(report.problems, [&](const std::string& problem) {
    return problem.find(text) != std::string::npos;
  });
}

// A log of fillers on disk.
struct Fixture {
  TestLog log;
  io::TemporaryFolder temporary = io::TemporaryFolder::Make().value();
  fs::path folder = temporary.path() / "log";

  explicit Fixture(std::uint64_t size) {
    log.AddFillers(size);
    log.WriteTo(folder);
  }
  VerifyReport Verify() const { return verifier::Verify(folder, log.vkey()); }
  void Flip(const fs::path& name, std::size_t at) const {
    Bytes bytes = ReadBytes(folder / name);
    bytes.at(at) ^= 0x01;
    WriteBytes(folder / name, bytes);
  }
};

TEST(VerifyLog, AcceptsWholeLogsOfManySizes) {
  for (const std::uint64_t size : {0U, 1U, 2U, 3U, 255U, 256U, 257U, 511U, 512U, 513U, 600U}) {
    const Fixture fixture(size);
    const VerifyReport report = fixture.Verify();
    EXPECT_TRUE(report.ok) << size << "\n" << Joined(report.problems);
    EXPECT_EQ(report.size, size);
    EXPECT_EQ(report.entries, size);
    EXPECT_EQ(report.origin, "log.example.com/test");
    EXPECT_NE(fixture.log.Checkpoint(size).find("\n" + report.root_base64 + "\n"),
              std::string::npos);
  }
}

TEST(VerifyLog, AcceptsALogWhoseTilesNeedFoldersOfAThousand) {
  TestLog log;
  log.AddFillers(1);
  const std::uint64_t size = 256 * 1000 + 1;
  const Bytes entry = log.entry(0);
  for (std::uint64_t i = 1; i < size; ++i) log.AddRaw(entry);
  const auto temporary = io::TemporaryFolder::Make().value();
  log.WriteTo(temporary.path());
  ASSERT_TRUE(fs::exists(temporary.path() / "tile/entries/x001/000.p/1"));
  const VerifyReport whole = Verify(temporary.path(), log.vkey());
  EXPECT_TRUE(whole.ok) << Joined(whole.problems);
  // 1001 tiles and as many bundles, 4 tiles above, 1 on top, the checkpoint and the marker.
  EXPECT_EQ(whole.files_checked, 1001U + 1001U + 4U + 1U + 2U);

  fs::create_directories(temporary.path() / "tile/0/x002");
  fs::create_directories(temporary.path() / "tile/0/x001/x000");
  WriteBytes(temporary.path() / "tile/0/x001/001.p/3", Bytes(96));
  const VerifyReport more = Verify(temporary.path(), log.vkey());
  EXPECT_TRUE(Mentions(more, "`tile/0/x002`")) << Joined(more.problems);
  EXPECT_TRUE(Mentions(more, "`tile/0/x001/x000`")) << Joined(more.problems);
  EXPECT_TRUE(Mentions(more, "`tile/0/x001/001.p`")) << Joined(more.problems);
  EXPECT_EQ(more.problem_count, 3U);
}

TEST(VerifyLog, AcceptsPartialTilesThatWereLeftOver) {
  const Fixture fixture(600);
  for (const std::uint64_t size : {1U, 200U, 257U, 300U, 599U}) {
    fixture.log.WriteTiles(fixture.folder, size);
  }
  ASSERT_TRUE(fs::exists(fixture.folder / "tile/entries/000.p/200"));
  ASSERT_TRUE(fs::exists(fixture.folder / "tile/1/000.p/1"));
  const VerifyReport report = fixture.Verify();
  EXPECT_TRUE(report.ok) << Joined(report.problems);
}

TEST(VerifyLog, RefusesLeftOverPartialTilesThatAreNoPrefix) {
  for (const char* name : {"tile/0/000.p/200", "tile/entries/000.p/200", "tile/1/000.p/1",
                           "tile/entries/002.p/87", "tile/0/002.p/87"}) {
    const Fixture fixture(600);
    for (const std::uint64_t size : {200U, 256U, 599U}) {
      fixture.log.WriteTiles(fixture.folder, size);
    }
    fixture.Flip(name, 20);
    const VerifyReport report = fixture.Verify();
    EXPECT_EQ(report.problem_count, 1U) << name << "\n" << Joined(report.problems);
    EXPECT_TRUE(Mentions(report, "`" + std::string(name) + "`")) << Joined(report.problems);
  }
}

TEST(VerifyLog, NamesTheTileAndTheHashThatWereChanged) {
  for (const std::string name : {"tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"}) {
    const Fixture fixture(600);
    const Bytes before = ReadBytes(fixture.folder / name);
    fixture.Flip(name, 32 + 5);
    const VerifyReport report = fixture.Verify();
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.problem_count, 1U) << Joined(report.problems);
    const std::string expected = HexEncode(ByteView(before).subspan(32, 32));
    EXPECT_TRUE(Mentions(report, "`" + name + "`: hash 1 (entry ")) << Joined(report.problems);
    EXPECT_TRUE(Mentions(report, "expected `" + expected + "`, found `"))
        << Joined(report.problems);
  }
}

TEST(VerifyLog, NamesTheEntryWhoseContentWasChanged) {
  const Fixture fixture(600);
  Bytes bundle = ReadBytes(fixture.folder / "tile/entries/001");
  const std::string_view text = AsText(bundle);
  const std::size_t at = text.find("\"number\":259");
  ASSERT_NE(at, std::string_view::npos);
  bundle[at + 10] = '7';
  WriteBytes(fixture.folder / "tile/entries/001", bundle);
  const VerifyReport report = fixture.Verify();
  EXPECT_TRUE(Mentions(report, "`tile/entries/001`: entry 259: expected the hash `"))
      << Joined(report.problems);
  EXPECT_EQ(report.problem_count, 1U) << Joined(report.problems);
}

TEST(VerifyLog, RefusesEveryChangedByteOfASmallLog) {
  const Fixture fixture(3);
  for (const char* name : {"checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"}) {
    const Bytes before = ReadBytes(fixture.folder / name);
    for (std::size_t at = 0; at < before.size(); ++at) {
      fixture.Flip(name, at);
      EXPECT_FALSE(fixture.Verify().ok) << name << " byte " << at;
      WriteBytes(fixture.folder / name, before);
    }
  }
  EXPECT_TRUE(fixture.Verify().ok);
}

TEST(VerifyLog, RefusesFilesOfTheWrongLength) {
  for (const char* name : {"tile/0/001", "tile/1/000.p/2", "tile/entries/001", "checkpoint"}) {
    const Fixture fixture(600);
    Bytes bytes = ReadBytes(fixture.folder / name);
    bytes.push_back(0);
    WriteBytes(fixture.folder / name, bytes);
    const VerifyReport longer = fixture.Verify();
    EXPECT_TRUE(Mentions(longer, "`" + std::string(name) + "`")) << Joined(longer.problems);
    WriteBytes(fixture.folder / name, ByteView(bytes).first(bytes.size() - 2));
    const VerifyReport shorter = fixture.Verify();
    EXPECT_TRUE(Mentions(shorter, "`" + std::string(name) + "`")) << Joined(shorter.problems);
  }
}

TEST(VerifyLog, NamesMissingFiles) {
  for (const char* name : {"tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000",
                           "tile/entries/002.p/88", "addenda.v1", "checkpoint"}) {
    const Fixture fixture(600);
    fs::remove(fixture.folder / name);
    const VerifyReport report = fixture.Verify();
    EXPECT_FALSE(report.ok);
    EXPECT_TRUE(Mentions(report, "`" + std::string(name) + "`: missing"))
        << name << "\n"
        << Joined(report.problems);
  }
}

TEST(VerifyLog, GoesOnWithTheHashesWhenEntriesAreLost) {
  const Fixture fixture(600);
  fs::remove(fixture.folder / "tile/entries/001");
  fixture.Flip("tile/0/002.p/88", 0);
  const VerifyReport report = fixture.Verify();
  EXPECT_EQ(report.problem_count, 2U) << Joined(report.problems);
  EXPECT_TRUE(Mentions(report, "`tile/entries/001`: missing"));
  EXPECT_TRUE(Mentions(report, "`tile/0/002.p/88`: hash 0"));
  EXPECT_EQ(report.entries, 600U - 256U);
}

TEST(VerifyLog, SaysWhereItStopsWhenHashesAreLostToo) {
  const Fixture fixture(600);
  fs::remove(fixture.folder / "tile/entries/001");
  fs::remove(fixture.folder / "tile/0/001");
  const VerifyReport report = fixture.Verify();
  EXPECT_TRUE(Mentions(report, "entries from 256 on: not checked")) << Joined(report.problems);
  EXPECT_EQ(report.root_base64, "");
}

TEST(VerifyLog, RefusesFilesThatDoNotBelongToTheLog) {
  for (const char* name :
       {"notes.txt", "tile/notes", "tile/2/000.p/1", "tile/00/000", "tile/0/0000", "tile/0/abc",
        "tile/0/003", "tile/0/002", "tile/0/003.p/1", "tile/0/002.p/89", "tile/0/002.p/088",
        "tile/0/002.p/0", "tile/0/002.p/256", "tile/0/x000/001", "tile/0/x001/001",
        "tile/entries/003", "tile/entries/002.p/200", "tile/entries/000.txt", "tile/1/000.p/x"}) {
    const Fixture fixture(600);
    ASSERT_FALSE(fs::exists(fixture.folder / name)) << name;
    WriteBytes(fixture.folder / name, Bytes{1});
    const VerifyReport report = fixture.Verify();
    EXPECT_EQ(report.problem_count, 1U) << name << "\n" << Joined(report.problems);
    // The name, or the folder that should not be there.
    std::string place = "`" + std::string(name) + "`";
    while (!Mentions(report, place) && place.find('/') != std::string::npos) {
      place = place.substr(0, place.rfind('/')) + "`";
    }
    EXPECT_TRUE(Mentions(report, place)) << name << "\n" << Joined(report.problems);
  }
}

TEST(VerifyLog, RefusesTilesInAnEmptyLog) {
  const Fixture fixture(0);
  WriteBytes(fixture.folder / "tile/entries/000.p/1", Bytes{0, 0});
  EXPECT_TRUE(Mentions(fixture.Verify(), "`tile/entries`"));
}

TEST(VerifyLog, RefusesAMarkerWithContent) {
  const Fixture fixture(1);
  WriteBytes(fixture.folder / "addenda.v1", Bytes{1});
  EXPECT_TRUE(Mentions(fixture.Verify(), "`addenda.v1`: expected an empty file"));
}

TEST(VerifyLog, RefusesALogWithoutACheckpoint) {
  const Fixture fixture(1);
  fs::remove(fixture.folder / "checkpoint");
  EXPECT_TRUE(Mentions(fixture.Verify(), "`checkpoint`: missing"));
  WriteBytes(fixture.folder / "checkpoint", {});
  EXPECT_FALSE(fixture.Verify().ok);
}

TEST(VerifyLog, RefusesCheckpointsThatAreSignedButNotCanonical) {
  const Fixture fixture(3);
  std::array<std::uint8_t, 32> seed{};
  seed.fill(0x42);  // the test log's own key
  const auto key = crypto::PrivateKey::FromSeed(seed);
  const std::string origin = fixture.log.origin();
  const std::string good = fixture.log.Checkpoint(3);
  const std::string root = good.substr(good.find("\n3\n") + 3, 44);
  for (const std::string& text :
       {origin + "\n03\n" + root + "\n", origin + "\n3 \n" + root + "\n",
        origin + "\n-3\n" + root + "\n", origin + "\n3\n" + root + "\nmore\n",
        origin + "\n3\n" + root.substr(0, 40) + "\n", origin + "\n3\n", origin + "x\n3\n" + root,
        origin + "\n9223372036854775808\n" + root + "\n", origin + "\n\n" + root + "\n",
        "log.example.com/other\n3\n" + root + "\n"}) {
    const std::string body = text.ends_with('\n') ? text : text + "\n";
    WriteBytes(fixture.folder / "checkpoint", AsBytes(crypto::SignNote(body, origin, key)));
    const VerifyReport report = fixture.Verify();
    EXPECT_EQ(report.problem_count, 1U) << body;
    EXPECT_TRUE(Mentions(report, "`checkpoint`: expected")) << Joined(report.problems);
  }
}

TEST(VerifyLog, RefusesACheckpointThatAnotherKeySigned) {
  const Fixture fixture(3);
  SeededRandom random(1);
  const auto other = crypto::PrivateKey::Generate(random);
  const std::string text = fixture.log.Checkpoint(3);
  const std::string body = text.substr(0, text.find("\n\n") + 1);
  WriteBytes(fixture.folder / "checkpoint",
             AsBytes(crypto::SignNote(body, fixture.log.origin(), other)));
  EXPECT_TRUE(Mentions(fixture.Verify(), "no signature of a known key"));
}

TEST(VerifyLog, RefusesACheckpointOfAnotherSizeOrRoot) {
  const Fixture fixture(600);
  WriteBytes(fixture.folder / "checkpoint", AsBytes(fixture.log.Checkpoint(599)));
  EXPECT_TRUE(Mentions(fixture.Verify(), "lies beyond the checkpoint"));
  TestLog other;
  other.AddFillers(599);
  other.Add("test.other", "operator", nullptr, Json::MakeObject());
  WriteBytes(fixture.folder / "checkpoint", AsBytes(other.Checkpoint(600)));
  const VerifyReport report = fixture.Verify();
  EXPECT_EQ(report.problem_count, 1U) << Joined(report.problems);
  EXPECT_TRUE(Mentions(report, "`checkpoint`: its root is"));
}

TEST(VerifyLog, SaysThatACheckpointIsAnotherLogs) {
  const Fixture fixture(3);
  std::array<std::uint8_t, 32> seed{};
  seed.fill(0x17);
  const auto key = crypto::PrivateKey::FromSeed(seed);
  const crypto::NoteVerifier other{.name = "log.example.com/other", .key = key.Public()};
  const std::string ours = fixture.log.vkey();
  const std::string note = "log.example.com/other\n3\n" + Base64Encode(Bytes(32)) + "\n";
  WriteBytes(fixture.folder / "checkpoint", AsBytes(crypto::SignNote(note, other.name, key)));
  const VerifyReport report = fixture.Verify();
  EXPECT_TRUE(report.other_log);
  EXPECT_EQ(report.problem_count, 1U) << Joined(report.problems);
  const std::string theirs = other.ToText();
  const auto named = [](const std::string& vkey) {
    return "`" + vkey.substr(0, vkey.find('+') + 9) + "`";
  };
  EXPECT_TRUE(Mentions(report, "`checkpoint`: it is another log's: expected the key " +
                                   named(ours) + ", found " + named(theirs)))
      << Joined(report.problems);
  fixture.log.WriteTo(fixture.folder);
  EXPECT_FALSE(fixture.Verify().other_log);
  fixture.Flip("checkpoint", 3);
  EXPECT_FALSE(fixture.Verify().other_log) << "damaged, and signed by our key";
}

TEST(VerifyLog, LetsFilesPassThatADeadWriterHadNotPublished) {
  for (const std::uint64_t grown : {301U, 512U, 600U}) {
    const Fixture fixture(300);
    TestLog more;
    more.AddFillers(grown);
    more.WriteTiles(fixture.folder, grown);
    io::PosixFileSystem files;
    const auto verify = [&](std::uint64_t until) {
      return VerifyLog(files, fixture.folder,
                       {.vkey = fixture.log.vkey(), .unfinished_until = until})
          .value();
    };
    const VerifyReport known = verify(grown);
    EXPECT_TRUE(known.ok) << grown << "\n" << Joined(known.problems);
    EXPECT_GT(known.temporary_files, 0U);
    EXPECT_FALSE(verify(300).ok) << grown;
    EXPECT_FALSE(verify(0).ok) << grown;
  }
}

TEST(VerifyLog, CountsTemporaryFilesWithoutBlame) {
  const Fixture fixture(300);
  const std::string name = ".tmp-1";
  ASSERT_TRUE(io::IsTemporaryName(name));
  WriteBytes(fixture.folder / name, Bytes{1});
  WriteBytes(fixture.folder / "tile/0" / name, Bytes{1});
  const VerifyReport report = fixture.Verify();
  EXPECT_TRUE(report.ok) << Joined(report.problems);
  EXPECT_EQ(report.temporary_files, 2U);
}

// A file system under which the log grows as soon as its folder is walked.
class GrowingLog final : public io::FileSystem {
 public:
  GrowingLog(fs::path folder, std::function<void()> grow, int times)
      : folder_(std::move(folder)), grow_(std::move(grow)), times_(times) {}
  Result<Bytes> ReadFile(const fs::path& path, std::uint64_t bytes_max) override {
    if (path == folder_ / "addenda.v1" && times_-- > 0) grow_();
    return real_.ReadFile(path, bytes_max);
  }
  Result<std::vector<std::string>> List(const fs::path& path) override { return real_.List(path); }
  Result<bool> Exists(const fs::path& path) override { return real_.Exists(path); }
  Status WriteFile(const fs::path&, ByteView, int) override { return Refused(); }
  Status SyncFile(const fs::path&) override { return Refused(); }
  Status SyncDirectory(const fs::path&) override { return Refused(); }
  Status WriteBack(const fs::path&) override { return Refused(); }
  Status CreateDirectories(const fs::path&) override { return Refused(); }
  Status Rename(const fs::path&, const fs::path&) override { return Refused(); }
  Status Remove(const fs::path&) override { return Refused(); }
  Status RemoveTree(const fs::path&) override { return Refused(); }

 private:
  static Status Refused() { return Fail(ErrorCode::kInternal, "a verifier changes nothing"); }
  io::PosixFileSystem real_;
  fs::path folder_;
  std::function<void()> grow_;
  int times_;
};

TEST(VerifyLog, ChecksALogThatGrowsMeanwhileOnceMore) {
  TestLog log;
  log.AddFillers(1000);
  for (const int times : {1, 2, 3}) {
    const auto temporary = io::TemporaryFolder::Make().value();
    std::uint64_t size = 300;
    log.WriteTo(temporary.path(), size);
    const auto grow = [&] { log.WriteTo(temporary.path(), size += 100); };
    GrowingLog files(temporary.path(), grow, times);
    const auto report =
        VerifyLog(files, temporary.path(), {.vkey = log.vkey(), .first_roster_hash = {}}).value();
    EXPECT_EQ(report.ok, times < 3) << times << "\n" << Joined(report.problems);
    EXPECT_EQ(report.size, times < 3 ? size : 500U);
  }
}

TEST(VerifyLog, ListsTheFirst100ProblemsAndCountsAll) {
  const Fixture fixture(300);
  for (int i = 0; i < 150; ++i) {
    WriteBytes(fixture.folder / ("junk" + std::to_string(i)), {});
  }
  const VerifyReport report = fixture.Verify();
  EXPECT_EQ(report.problems.size(), 100U);
  EXPECT_EQ(report.problem_count, 150U);
}

TEST(VerifyLog, FailsForAFolderThatIsNotThereAndForBadOptions) {
  io::PosixFileSystem files;
  const TestLog log;
  const auto missing = VerifyLog(files, "/nonexistent/log", {.vkey = log.vkey()});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  const Fixture fixture(1);
  EXPECT_EQ(VerifyLog(files, fixture.folder, {.vkey = "x"}).error().code(),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(VerifyLog(files, fixture.folder, {.vkey = log.vkey(), .first_roster_hash = "ab"})
                .error()
                .code(),
            ErrorCode::kInvalidArgument);
}

TEST(VerifyLog, WarnsOfTimesThatGoBackwards) {
  Fixture fixture(2);
  const auto add = [&](const char* time) {
    fixture.log.AddEnvelope(Json::Of({{"act", nullptr},
                                      {"actor", "operator"},
                                      {"addenda", Json::MakeArray()},
                                      {"data", Json::MakeObject()},
                                      {"time", time},
                                      {"type", "test.filled"},
                                      {"v", 1}}),
                            0);
  };
  add("2126-11-22T09:30:00.125Z");
  add("1970-01-01T00:00:00.000Z");
  fixture.log.WriteTo(fixture.folder);
  const VerifyReport report = fixture.Verify();
  EXPECT_TRUE(report.ok) << "clocks are corrected: " << Joined(report.problems);
  const Json json = report.ToJson();
  const Json* const times = json.Find("times_backwards");
  ASSERT_NE(times, nullptr);
  EXPECT_EQ(times->IntegerAt("count").value(), 1);
  EXPECT_EQ(times->Find("first")->Canonical(),
            R"({"after_entry":2,"after_time":"2126-11-22T09:30:00.125Z",)"
            R"("entry":3,"time":"1970-01-01T00:00:00.000Z"})");
}

TEST(VerifyReport, ShowsItselfAsJson) {
  const Fixture fixture(2);
  const Json json = fixture.Verify().ToJson();
  EXPECT_EQ(json.BoolAt("ok").value(), true);
  EXPECT_EQ(json.IntegerAt("size").value(), 2);
  EXPECT_EQ(json.IntegerAt("entries").value(), 2);
  EXPECT_EQ(json.StringAt("root").value().size(), 44U);
  EXPECT_EQ(json.ArrayAt("problems").value()->size(), 0U);
}

}  // namespace
}  // namespace proviso::verifier
