#include "demo/nginx_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "http_server/loopback_client.h"
#include "io/files/temporary_folder.h"

namespace proviso::demo {
namespace {

class NginxProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!NginxProcess::IsInstalled()) GTEST_SKIP() << "nginx is not installed";
  }
  std::string Config(std::uint16_t port, const std::string& location) const {
    return "events {}\nhttp {\n" + NginxProcess::HttpPaths(folder_.path()) +
           "server { listen 127.0.0.1:" + std::to_string(port) + ";\n" + location + "}\n}\n";
  }

  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
};

TEST_F(NginxProcessTest, AnswersOnTheReservedPortAndEndsWithItsObject) {
  ReservedPort reserved = ReservedPort::Take().value();
  const std::uint16_t port = reserved.number();
  std::vector<ReservedPort> ports;
  ports.push_back(std::move(reserved));
  pid_t pid = 0;
  {
    const NginxProcess nginx =
        NginxProcess::Start(folder_.path(), Config(port, "location / { return 200 here; }"),
                            std::move(ports))
            .value();
    pid = nginx.pid();
    auto client = http_server::LoopbackClient::Connect(port).value();
    EXPECT_EQ(client.Ask("GET", "/").value().body, "here");
    // Not root, whoever runs the tests.
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    std::string line;
    while (std::getline(status, line) && !line.starts_with("Uid:")) {
    }
    EXPECT_EQ(line.find("\t0\t"), std::string::npos) << line;
  }
  EXPECT_NE(kill(pid, 0), 0);
  EXPECT_FALSE(http_server::LoopbackClient::Connect(port));
}

TEST_F(NginxProcessTest, TellsWhatNginxSaysOfABadConfig) {
  ReservedPort reserved = ReservedPort::Take().value();
  const std::uint16_t port = reserved.number();
  std::vector<ReservedPort> ports;
  ports.push_back(std::move(reserved));
  const auto nginx =
      NginxProcess::Start(folder_.path(), Config(port, "no_such_directive;\n"), std::move(ports));
  ASSERT_FALSE(nginx);
  EXPECT_EQ(nginx.error().code(), ErrorCode::kUnavailable);
  EXPECT_NE(nginx.error().message().find("no_such_directive"), std::string::npos)
      << nginx.error().message();
}

TEST_F(NginxProcessTest, NamesTheFolderThatItsUserMayNotEnter) {
  if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: only nginx of root runs as somebody else";
  const std::filesystem::path closed = folder_.path() / "closed";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  std::filesystem::create_directories(closed);
  std::filesystem::permissions(closed, std::filesystem::perms(0744));
  std::vector<ReservedPort> ports;
  ports.push_back(ReservedPort::Take().value());
  const auto nginx = NginxProcess::Start(closed / "nginx", "events {}", std::move(ports));
  ASSERT_FALSE(nginx);
  EXPECT_EQ(nginx.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(nginx.error().message(),
            "nginx runs as `nobody`, who may not enter `" + closed.string() +
                "`; choose a folder elsewhere, such as below /tmp, or run: chmod o+x " +
                closed.string());
  std::filesystem::permissions(closed, std::filesystem::perms(0711));
  EXPECT_TRUE(NginxProcess::CheckMayEnter(closed));
}

TEST_F(NginxProcessTest, NeedsAPort) {
  EXPECT_FALSE(NginxProcess::Start(folder_.path(), "events {}", {}));
}

}  // namespace
}  // namespace proviso::demo
