#include "telemetry/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include "io/files/descriptor.h"
#include "io/files/temporary_folder.h"

namespace proviso::telemetry {
namespace {

// What a service manager would hear.
class Listening {
 public:
  explicit Listening(const std::string& name)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    EXPECT_EQ(::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address),
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
              0);
  }
  std::string Heard() const {
    std::array<char, 4096> text{};
    const ssize_t count = ::recv(socket_.number(), text.data(), text.size(), 0);
    return {text.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
  }

 private:
  io::Descriptor socket_;
};

TEST(ServiceManager, SaysWhatSystemdReads) {
  const auto folder = io::TemporaryFolder::Make(testing::TempDir()).value();
  const std::string name = (folder.path() / "notify").string();
  const Listening listening(name);
  const ServiceManager manager(name, std::nullopt);
  manager.SayReady("table 118\nREADY=0");
  EXPECT_EQ(listening.Heard(), "READY=1\nSTATUS=table 118 READY=0");
  manager.SayReloading();
  EXPECT_TRUE(listening.Heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  manager.SayAlive();
  EXPECT_EQ(listening.Heard(), "WATCHDOG=1");
  manager.SayStopping();
  EXPECT_EQ(listening.Heard(), "STOPPING=1");
}

TEST(ServiceManager, ReachesANameThatIsInNoFolder) {
  const std::string name =
      "@proviso-test-" + io::TemporaryFolder::Make().value().path().filename().string();
  const Listening listening(name);
  ServiceManager(name, std::nullopt).SayStatus("x");
  EXPECT_EQ(listening.Heard(), "STATUS=x");
}

TEST(ServiceManager, IsSilentWhereNobodyListens) {
  for (const std::string& name : {std::string(), std::string("relative"),
                                  std::string("/no/such/socket"), "/" + std::string(300, 'x')}) {
    const ServiceManager manager(name, std::nullopt);
    manager.SayReady("x");
    EXPECT_FALSE(manager.WatchdogPatience());
  }
}

}  // namespace
}  // namespace proviso::telemetry
