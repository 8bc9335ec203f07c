#include "verifier/http_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/mutex.h"
#include "http_server/http_server.h"
#include "io/files/temporary_folder.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

namespace fs = std::filesystem;
using http_server::HttpServer;
using http_server::Request;
using http_server::Response;

// Serves a folder below /log, and counts.
class LogServer {
 public:
  explicit LogServer(fs::path folder) : folder_(std::move(folder)) {
    server_ = HttpServer::Start({.threads = 6}, [this] {
                return [this](const Request& request) { return Answer(request); };
              }).value();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/log"; }

  // The first `times` requests for `path` are answered with `status`.
  void Fail(const std::string& path, int status, int times) {
    const MutexLock lock(mutex_);
    failing_ = path;
    status_ = status;
    times_ = times;
  }
  std::multiset<std::string> asked() {
    const MutexLock lock(mutex_);
    return asked_;
  }

 private:
  Response Answer(const Request& request) {
    const std::string path(request.path.substr(std::min<std::size_t>(5, request.path.size())));
    {
      const MutexLock lock(mutex_);
      asked_.insert(path);
      if (path == failing_ && times_ != 0) {
        --times_;
        return {.status = status_};
      }
    }
    std::ifstream file(folder_ / path, std::ios::binary);
    if (!file.good()) return {.status = 404};
    return {.body = std::string(std::istreambuf_iterator<char>(file), {})};
  }

  const fs::path folder_;
  Mutex mutex_;
  std::multiset<std::string> asked_ GUARDED_BY(mutex_);
  std::string failing_ GUARDED_BY(mutex_);
  int status_ GUARDED_BY(mutex_) = 0;
  int times_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<HttpServer> server_;
};

struct Fixture {
  TestLog log;
  io::TemporaryFolder temporary = io::TemporaryFolder::Make().value();
  LogServer server{temporary.path()};

  explicit Fixture(std::uint64_t size) {
    log.AddFillers(size);
    log.WriteTo(temporary.path());
  }
  Result<VerifyReport> Verify(HttpSourceOptions options = {}) {
    HttpSource source(server.url(), options);
    return VerifyLog(source, {.vkey = log.vkey()});
  }
};

TEST(HttpSource, VerifiesALogByItsUrlAndAsksForEachFileOnce) {
  Fixture fixture(6000);
  const VerifyReport report = fixture.Verify().value();
  EXPECT_TRUE(report.ok) << (report.first ? report.first->text : "");
  EXPECT_EQ(report.entries, 6000U);
  const auto asked = fixture.server.asked();
  // 24 bundles, as many leaf tiles, one tile above, the checkpoint, the marker.
  EXPECT_EQ(asked.size(), 24U + 24U + 1U + 2U);
  EXPECT_EQ(std::set<std::string>(asked.begin(), asked.end()).size(), asked.size());
}

TEST(HttpSource, TakesAUrlWithASlashAtItsEnd) {
  Fixture fixture(3);
  HttpSource source(fixture.server.url() + "/", {});
  EXPECT_TRUE(VerifyLog(source, {.vkey = fixture.log.vkey()})->ok);
}

TEST(HttpSource, NamesWhatIsMissingOrDamaged) {
  Fixture fixture(600);
  fs::remove(fixture.temporary.path() / "tile/entries/001");
  const VerifyReport report = fixture.Verify().value();
  ASSERT_TRUE(report.first);
  EXPECT_EQ(report.first->text, "`tile/entries/001`: missing");
  EXPECT_EQ(report.first->entry, 256U);
}

TEST(HttpSource, AsksAgainWhenAServerIsIll) {
  for (const int status : {500, 503, 429}) {
    Fixture fixture(600);
    fixture.server.Fail("tile/0/001", status, 2);
    const auto report = fixture.Verify();
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_TRUE(report->ok);
    EXPECT_EQ(fixture.server.asked().count("tile/0/001"), 3U);
  }
}

TEST(HttpSource, SaysWhichUrlFailedAndHow) {
  for (const auto& [status, attempts] : {std::pair{503, 3}, {403, 1}, {301, 1}}) {
    for (const std::string path : {"checkpoint", "tile/entries/001"}) {
      Fixture fixture(600);
      fixture.server.Fail(path, status, -1);
      const auto report = fixture.Verify();
      ASSERT_FALSE(report) << status;
      EXPECT_EQ(report.error().code(), ErrorCode::kUnavailable);
      EXPECT_NE(
          report.error().message().find(fixture.server.url() + "/" + path +
                                        ": expected status 200, found " + std::to_string(status)),
          std::string::npos)
          << report.error().message();
      EXPECT_EQ(fixture.server.asked().count(path), static_cast<std::size_t>(attempts));
    }
  }
}

TEST(HttpSource, TakesGoneForMissing) {
  Fixture fixture(600);
  fixture.server.Fail("tile/0/001", 410, -1);
  EXPECT_EQ(fixture.Verify()->first->text, "`tile/0/001`: missing");
}

TEST(HttpSource, FailsWhenNobodyAnswers) {
  HttpSource source("http://127.0.0.1:1/log", {});
  const auto bytes = source.Read("checkpoint", 100);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code(), ErrorCode::kUnavailable);
  EXPECT_TRUE(bytes.error().message().starts_with("http://127.0.0.1:1/log/checkpoint: "))
      << bytes.error().message();
}

TEST(HttpSource, RefusesFilesLargerThanTheReaderTakes) {
  Fixture fixture(3);
  HttpSource source(fixture.server.url(), {});
  EXPECT_EQ(source.Read("checkpoint", 10).error().code(), ErrorCode::kResourceExhausted);
  EXPECT_EQ(source.List("").error().code(), ErrorCode::kUnimplemented);
}

TEST(HttpSource, EndsWithFilesStillOnTheirWay) {
  Fixture fixture(6000);
  for (int i = 0; i < 20; ++i) {
    HttpSource source(fixture.server.url(), {});
    for (const char* path : {"tile/entries/000", "tile/entries/001", "tile/0/000", "none"}) {
      source.Expect(path, 1U << 24U);
    }
    EXPECT_EQ(source.Read("none", 10).error().code(), ErrorCode::kNotFound);
  }
}

TEST(HttpSource, ReadsWithoutFetchingAheadToo) {
  Fixture fixture(600);
  EXPECT_TRUE(fixture.Verify({.connections = 0})->ok);
}

// As when a tile became full between the checkpoint and the reading of it.
TEST(HttpSource, FallsBackFromAPartialTileToTheFullOne) {
  TestLog log;
  log.AddFillers(768);
  const auto temporary = io::TemporaryFolder::Make().value();
  log.WriteTo(temporary.path());
  WriteBytes(temporary.path() / "checkpoint", AsBytes(log.Checkpoint(600)));
  WriteBytes(temporary.path() / "tile/1/000.p/2",
             ByteView(ReadBytes(temporary.path() / "tile/1/000.p/3")).first(64));
  LogServer server(temporary.path());
  HttpSource source(server.url(), {});
  const auto report = VerifyLog(source, {.vkey = log.vkey()}).value();
  EXPECT_TRUE(report.ok) << (report.first ? report.first->text : "");
  EXPECT_EQ(server.asked().count("tile/0/002.p/88"), 1U);
  EXPECT_EQ(server.asked().count("tile/0/002"), 1U);
}

TEST(IsHttpUrl, KnowsTheTwoSchemes) {
  EXPECT_TRUE(IsHttpUrl("http://a/b"));
  EXPECT_TRUE(IsHttpUrl("https://a"));
  EXPECT_FALSE(IsHttpUrl("copy/log"));
  EXPECT_FALSE(IsHttpUrl("ftp://a"));
}

}  // namespace
}  // namespace proviso::verifier
