#include "publishing/log_publisher.h"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

#include "http_server/loopback_client.h"
#include "io/files/fault_file_system.h"
#include "io/files/temporary_folder.h"

namespace proviso::publishing {
namespace {

namespace fs = std::filesystem;
using http_server::HeaderOf;
using http_server::LoopbackClient;
using http_server::Response;

void Write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// A data directory, of which only the log may be seen.
class LogPublisherTest : public testing::Test {
 protected:
  LogPublisherTest() {
    Write(temporary_.path() / "data/proviso.db", "secret");
    Write(temporary_.path() / "data/log/checkpoint", "log\n1\nroot\n");
    Write(temporary_.path() / "data/log/addenda.v1", "");
    Write(temporary_.path() / "data/log/tile/0/000.p/1", std::string(32, 'h'));
    Write(temporary_.path() / "data/log/tile/entries/000.p/1", std::string("\0\1x", 3));
    Write(temporary_.path() / "data/log/tile/0/.tmp-1", "unfinished");
    Write(temporary_.path() / "data/log/secret", "secret");
  }
  std::unique_ptr<LogPublisher> Start(const std::string& prefix = "/log") {
    return LogPublisher::Start(files_, {.folder = temporary_.path() / "data/log", .prefix = prefix})
        .value();
  }
  Response Ask(std::string_view method, std::string_view target,
               const std::vector<http_server::ResponseHeader>& headers = {}) {
    if (!publisher_) publisher_ = Start();
    auto client = LoopbackClient::Connect(publisher_->port()).value();
    return client.Ask(method, target, headers).value();
  }

  io::TemporaryFolder temporary_ = io::TemporaryFolder::Make().value();
  io::PosixFileSystem files_;
  std::unique_ptr<LogPublisher> publisher_;
};

struct Row {
  const char* path;
  const char* type;
  const char* cache;
  std::string body;
};

TEST_F(LogPublisherTest, ServesEachKindOfFileWithItsHeaders) {
  const char* const for_ever = "public, max-age=31536000, immutable";
  const std::vector<Row> rows = {
      {"/log/checkpoint", "text/plain; charset=utf-8", "public, max-age=2", "log\n1\nroot\n"},
      {"/log/tile/0/000.p/1", "application/octet-stream", for_ever, std::string(32, 'h')},
      {"/log/tile/entries/000.p/1", "application/octet-stream", for_ever, {"\0\1x", 3}},
      {"/log/addenda.v1", "application/octet-stream", for_ever, ""},
  };
  for (const Row& row : rows) {
    const Response response = Ask("GET", row.path);
    EXPECT_EQ(response.status, 200) << row.path;
    EXPECT_EQ(response.body, row.body);
    EXPECT_EQ(HeaderOf(response, "Content-Type"), row.type);
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), row.cache);
    EXPECT_EQ(HeaderOf(response, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(HeaderOf(response, "X-Content-Type-Options"), "nosniff");
    const Response head = Ask("HEAD", row.path);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(HeaderOf(head, "Content-Length"), std::to_string(row.body.size()));
    EXPECT_EQ(HeaderOf(head, "ETag"), HeaderOf(response, "ETag"));
  }
}

TEST_F(LogPublisherTest, AnswersThatNothingChangedToWhoHasIt) {
  const std::string tag(HeaderOf(Ask("GET", "/log/checkpoint"), "ETag"));
  ASSERT_EQ(tag.size(), 34U);
  for (const std::string& has : {tag, "\"other\", " + tag, "W/" + tag, std::string("*")}) {
    const Response same = Ask("GET", "/log/checkpoint", {{"If-None-Match", has}});
    EXPECT_EQ(same.status, 304) << has;
    EXPECT_EQ(same.body, "");
  }
  Write(temporary_.path() / "data/log/checkpoint", "log\n2\nroot\n");
  const Response next = Ask("GET", "/log/checkpoint", {{"If-None-Match", tag}});
  EXPECT_EQ(next.status, 200);
  EXPECT_EQ(next.body, "log\n2\nroot\n");
}

TEST_F(LogPublisherTest, ServesNothingElse) {
  for (const char* path :
       {"/", "/log", "/log/", "/log/secret", "/log/tile", "/log/tile/0/", "/log/tile/0/000",
        "/log/tile/0/000.p/2", "/log/tile/0/.tmp-1", "/log/../proviso.db", "/log/%2e%2e/proviso.db",
        "/log/..%2fproviso.db", "/log/tile/0/../../../proviso.db", "/log//checkpoint",
        "/checkpoint", "/logx/checkpoint", "/log/checkpoint/", "/healthz"}) {
    const Response response = Ask("GET", path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body, "") << path;
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "no-store") << path;
  }
}

TEST_F(LogPublisherTest, TakesNothing) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    const Response response = Ask(method, "/log/checkpoint");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(HeaderOf(response, "Allow"), "GET, HEAD");
  }
}

TEST_F(LogPublisherTest, LiesBelowThePrefixThatItIsGiven) {
  publisher_ = Start("");
  EXPECT_EQ(Ask("GET", "/checkpoint").status, 200);
  publisher_ = Start("/a/b.c");
  EXPECT_EQ(Ask("GET", "/a/b.c/checkpoint").status, 200);
  for (const char* prefix : {"log", "/", "/log/", "/l og", "/l?g"}) {
    const auto refused = LogPublisher::Start(files_, {.folder = "/nowhere", .prefix = prefix});
    ASSERT_FALSE(refused) << prefix;
    EXPECT_EQ(refused.error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST_F(LogPublisherTest, SaysSoWhenADiskDoesNotAnswer) {
  io::FaultFileSystem broken(files_, [](io::FaultFileSystem::Operation, const fs::path&) {
    return Status(Fail(ErrorCode::kUnavailable, "input/output error"));
  });
  publisher_ = LogPublisher::Start(broken, {.folder = temporary_.path() / "data/log"}).value();
  EXPECT_EQ(Ask("GET", "/log/checkpoint").status, 503);
  publisher_->Stop();
}

}  // namespace
}  // namespace proviso::publishing
