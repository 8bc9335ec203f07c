#include "io/local_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"

namespace proviso::io {
namespace {

class LocalSocketTest : public testing::Test {
 protected:
  // A listener and a connection to it, both ends.
  void Connect() {
    listener_.emplace(LocalListener::Listen(folder_.path(), "s").value());
    client_.emplace(LocalConnection::Connect(folder_.path(), "s").value());
    server_ = listener_->Accept().value();
  }
  TemporaryFolder folder_ = TemporaryFolder::Make(testing::TempDir()).value();
  std::optional<LocalListener> listener_;
  std::optional<LocalConnection> client_;
  std::optional<LocalConnection> server_;
};

TEST_F(LocalSocketTest, CarriesFramesBothWays) {
  Connect();
  ASSERT_TRUE(client_->Send(AsBytes("question")));
  ASSERT_TRUE(client_->Send({}));
  EXPECT_EQ(AsText(*server_->Receive().value()), "question");
  EXPECT_TRUE(server_->Receive().value()->empty());
  ASSERT_TRUE(server_->Send(AsBytes("answer")));
  EXPECT_EQ(AsText(*client_->Receive().value()), "answer");
  client_.reset();
  EXPECT_FALSE(server_->Receive().value().has_value());
}

TEST_F(LocalSocketTest, CarriesAFrameLargerThanTheSocketBuffer) {
  Connect();
  const Bytes large(5'000'000, 42);
  std::jthread sender([&] { EXPECT_TRUE(client_->Send(large)); });
  EXPECT_EQ(server_->Receive().value(), large);
}

// Connects as a peer that need not keep to the format.
int ConnectRaw(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  EXPECT_LT(path.string().size(), sizeof(address.sun_path));
  path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int raw = ::socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_EQ(::connect(raw, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return raw;
}

TEST_F(LocalSocketTest, RefusesToSendAFrameAboveTheLimit) {
  Connect();
  const Bytes large(std::size_t{kLocalFrameBytesMax} + 1);
  EXPECT_EQ(client_->Send(large).error().code(), ErrorCode::kResourceExhausted);
}

TEST_F(LocalSocketTest, RefusesToReceiveWhatIsTooLongOrCutShort) {
  struct Row {
    std::vector<unsigned char> sent;
    ErrorCode expected;
  };
  const std::vector<Row> rows = {
      {{0x04, 0x00, 0x00, 0x01}, ErrorCode::kResourceExhausted},  // 64 MiB and one byte
      {{0x04, 0x00, 0x00, 0x00}, ErrorCode::kUnavailable},        // allowed, but nothing comes
      {{0x00, 0x00}, ErrorCode::kUnavailable},
      {{0x00, 0x00, 0x00, 0x03, 'a', 'b'}, ErrorCode::kUnavailable},
  };
  listener_.emplace(LocalListener::Listen(folder_.path(), "s").value());
  for (const Row& row : rows) {
    const int raw = ConnectRaw(folder_.path() / "s");
    auto taken = listener_->Accept().value();
    EXPECT_EQ(::write(raw, row.sent.data(), row.sent.size()),
              static_cast<ssize_t>(row.sent.size()));
    ::close(raw);
    EXPECT_EQ(taken->Receive().error().code(), row.expected);
  }
}

TEST_F(LocalSocketTest, APeerThatIsGoneIsAnErrorNotASignal) {
  Connect();
  server_.reset();
  Status status;
  for (int i = 0; i < 3 && status; ++i) status = client_->Send(AsBytes("x"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kUnavailable);
}

TEST_F(LocalSocketTest, WaitsNoLongerThanTheTimeout) {
  Connect();
  ASSERT_TRUE(server_->SetTimeout(std::chrono::milliseconds(1)));
  const auto got = server_->Receive();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code(), ErrorCode::kUnavailable);
}

TEST_F(LocalSocketTest, ShutdownEndsAReceiveOfAnotherThread) {
  Connect();
  std::jthread receiver([&] { EXPECT_FALSE(server_->Receive().value().has_value()); });
  server_->Shutdown();
}

TEST_F(LocalSocketTest, StopEndsAccept) {
  listener_.emplace(LocalListener::Listen(folder_.path(), "s").value());
  std::jthread accepter([&] { EXPECT_FALSE(listener_->Accept().value().has_value()); });
  listener_->Stop();
  accepter.join();
  EXPECT_FALSE(listener_->Accept().value().has_value());
}

TEST_F(LocalSocketTest, TheSocketIsItsOwnersAloneAndGoesWithTheListener) {
  listener_.emplace(LocalListener::Listen(folder_.path(), "s").value());
  struct stat info {};
  ASSERT_EQ(::stat((folder_.path() / "s").c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  listener_.reset();
  EXPECT_EQ(LocalConnection::Connect(folder_.path(), "s").error().code(), ErrorCode::kNotFound);
}

TEST_F(LocalSocketTest, ReplacesTheSocketOfADeadProcessOnly) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto listener = LocalListener::Listen(folder_.path(), "s");
    ::_exit(listener ? 0 : 1);  // No destructor runs: the file stays.
  }
  int state = 0;
  ASSERT_EQ(::waitpid(child, &state, 0), child);
  ASSERT_EQ(state, 0);
  EXPECT_EQ(LocalConnection::Connect(folder_.path(), "s").error().code(), ErrorCode::kUnavailable);
  listener_.emplace(LocalListener::Listen(folder_.path(), "s").value());
  EXPECT_TRUE(LocalConnection::Connect(folder_.path(), "s"));
  EXPECT_EQ(LocalListener::Listen(folder_.path(), "s").error().code(), ErrorCode::kUnavailable);
  PosixFileSystem files;
  ASSERT_TRUE(files.WriteFile(folder_.path() / "file", AsBytes("x"), 0644));
  EXPECT_EQ(LocalListener::Listen(folder_.path(), "file").error().code(),
            ErrorCode::kAlreadyExists);
}

TEST_F(LocalSocketTest, WorksInAFolderWithAPathLongerThanAnAddress) {
  PosixFileSystem files;
  const auto deep = folder_.path() / std::string(120, 'd') / std::string(120, 'e');
  ASSERT_TRUE(files.CreateDirectories(deep));
  listener_.emplace(LocalListener::Listen(deep, "proviso.sock").value());
  EXPECT_TRUE(LocalConnection::Connect(deep, "proviso.sock"));
  EXPECT_EQ(LocalListener::Listen(deep, "a/b").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(LocalConnection::Connect(deep / "absent", "s").error().code(), ErrorCode::kNotFound);
}

TEST_F(LocalSocketTest, ClosesConnectionsOfOtherUsersUnheard) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  listener_.emplace(LocalListener::Listen(folder_.path(), "s").value());
  // Open the doors that would stop the other user earlier.
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((folder_.path() / "s").c_str(), 0666), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(65534) != 0) ::_exit(2);
    auto stranger = LocalConnection::Connect(folder_.path(), "s");
    if (!stranger) ::_exit(3);
    const auto got = stranger->Receive();
    ::_exit(got && got->has_value() ? 4 : 0);
  }
  client_.emplace(LocalConnection::Connect(folder_.path(), "s").value());
  ASSERT_TRUE(client_->Send(AsBytes("mine")));
  std::jthread waiter([&] {
    int state = 0;
    EXPECT_EQ(::waitpid(child, &state, 0), child);
    EXPECT_EQ(WEXITSTATUS(state), 0);
    listener_->Stop();
  });
  int accepted = 0;
  while (true) {
    auto next = listener_->Accept().value();
    if (!next) break;
    ++accepted;
    EXPECT_EQ(AsText(*next->Receive().value()), "mine");
    server_ = std::move(next);
  }
  EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace proviso::io
