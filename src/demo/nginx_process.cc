#include "demo/nginx_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <utility>

#include "io/files/file_system.h"

namespace proviso::demo {
namespace {

constexpr int kStartMilliseconds = 10'000;
constexpr int kStopMilliseconds = 5'000;
constexpr std::size_t kLogBytesShown = 4096;

Error SystemFailure(std::string_view doing) {
  return Error(ErrorCode::kUnavailable,
               std::string(doing) + ": " + std::generic_category().message(errno));
}

std::optional<std::filesystem::path> FindNginx() {
  const char* const path = std::getenv("PATH");
  std::string folders = path == nullptr ? "" : path;
  // Debian puts servers where the PATH of people does not look.
  folders += ":/usr/sbin:/usr/local/sbin";
  std::size_t begin = 0;
  while (begin <= folders.size()) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    std::filesystem::path candidate = folders.substr(begin, end - begin) + "/nginx";
    if (end > begin && access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return std::nullopt;
}

Result<io::Descriptor> LoopbackSocket() {
  io::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.IsOpen()) return tl::unexpected(SystemFailure("open a socket"));
  return socket;
}

sockaddr_in LoopbackAddress(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

struct Account {
  uid_t user = 0;
  gid_t group = 0;
};

// Whom nginx is to run as; absent when this process has no privileges to give up.
Result<std::optional<Account>> UnprivilegedAccount() {
  if (geteuid() != 0) return std::nullopt;
  // tidy: getpwnam_r only adds a buffer; this is asked once, before threads of ours look up names.
  const passwd* const nobody = getpwnam("nobody");
  if (nobody == nullptr) {
    return Fail(ErrorCode::kUnavailable, "there is no user `nobody` to run nginx as");
  }
  return Account{nobody->pw_uid, nobody->pw_gid};
}

// By owner, group and others, as the kernel asks; extra groups are given up (RunChild).
bool MayEnter(const Account& account, const struct stat& folder) {
  if (folder.st_uid == account.user) return (folder.st_mode & S_IXUSR) != 0;
  if (folder.st_gid == account.group) return (folder.st_mode & S_IXGRP) != 0;
  return (folder.st_mode & S_IXOTH) != 0;
}

Status GiveTo(const Account& account, const std::filesystem::path& folder) {
  const auto give = [&account](const std::filesystem::path& path) {
    return lchown(path.c_str(), account.user, account.group) == 0;
  };
  bool given = give(folder);
  std::error_code problem;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, problem)) {
    given = given && give(entry.path());
  }
  if (!given || problem) {
    return tl::unexpected(SystemFailure("give `" + folder.string() + "` to the user of nginx"));
  }
  return {};
}

// What the child needs between fork and exec, where it may not allocate.
struct Launch {
  std::string program;
  std::vector<std::string> arguments;
  std::string environment;
  std::vector<int> sockets;
  int output = -1;
  std::optional<Account> account;
};

[[noreturn]] void RunChild(const Launch& launch, char* const* arguments, char* const* environment) {
  bool good = dup2(launch.output, STDOUT_FILENO) >= 0 && dup2(launch.output, STDERR_FILENO) >= 0;
  for (const int socket : launch.sockets) good = good && fcntl(socket, F_SETFD, 0) == 0;
  if (launch.account) {
    good = good && setgroups(0, nullptr) == 0 && setgid(launch.account->group) == 0 &&
           setuid(launch.account->user) == 0;
  }
  // After the change of user, which would undo it.
  good = good && prctl(PR_SET_PDEATHSIG, SIGTERM) == 0;
  if (good) execve(launch.program.c_str(), arguments, environment);
  _exit(127);
}

Result<pid_t> Spawn(Launch launch) {
  std::vector<char*> arguments;
  for (std::string& argument : launch.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const std::array<char*, 2> environment{launch.environment.data(), nullptr};
  const pid_t pid = fork();
  if (pid < 0) return tl::unexpected(SystemFailure("start nginx"));
  if (pid == 0) RunChild(launch, arguments.data(), environment.data());
  return pid;
}

}  // namespace

Result<ReservedPort> ReservedPort::Take() {
  io::Descriptor socket = PROVISO_TRY(LoopbackSocket());
  sockaddr_in address = LoopbackAddress(0);
  socklen_t size = sizeof address;
  // The socket calls want the base type of all addresses.
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(socket.number(), any, size) != 0 || listen(socket.number(), SOMAXCONN) != 0 ||
      getsockname(socket.number(), any, &size) != 0) {
    return tl::unexpected(SystemFailure("reserve a port"));
  }
  return ReservedPort(std::move(socket), ntohs(address.sin_port));
}

Status NginxProcess::CheckMayEnter(const std::filesystem::path& folder) {
  const std::optional<Account> account = PROVISO_TRY(UnprivilegedAccount());
  if (!account) return {};
  std::filesystem::path place;
  for (const std::filesystem::path& part : folder) {
    place /= part;
    struct stat found {};
    if (stat(place.c_str(), &found) != 0) {
      return tl::unexpected(SystemFailure("look at `" + place.string() + "`"));
    }
    if (MayEnter(*account, found)) continue;
    return Fail(ErrorCode::kFailedPrecondition,
                "nginx runs as `nobody`, who may not enter `" + place.string() +
                    "`; choose a folder elsewhere, such as below /tmp, or run: chmod o+x " +
                    place.string());
  }
  return {};
}

bool NginxProcess::IsInstalled() { return FindNginx().has_value(); }

std::string NginxProcess::HttpPaths(const std::filesystem::path& folder) {
  std::string text;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + (folder / "temporary" / kind).string() + ";\n";
  }
  return text + "access_log off;\n";
}

Result<NginxProcess> NginxProcess::Start(const std::filesystem::path& folder,
                                         std::string_view config, std::vector<ReservedPort> ports) {
  const std::optional<std::filesystem::path> program = FindNginx();
  if (!program) {
    return Fail(ErrorCode::kNotFound, "nginx is not installed; on Debian: apt install nginx-light");
  }
  if (ports.empty()) return Fail(ErrorCode::kInvalidArgument, "nginx needs a port to answer on");
  io::PosixFileSystem files;
  PROVISO_TRY(files.CreateDirectories(folder / "temporary"));
  PROVISO_TRY(files.WriteFile(folder / "nginx.conf", AsBytes(config), 0644));
  const std::optional<Account> account = PROVISO_TRY(UnprivilegedAccount());
  if (account) PROVISO_TRY(GiveTo(*account, folder));
  PROVISO_TRY(CheckMayEnter(std::filesystem::absolute(folder).lexically_normal()));

  const io::Descriptor output(
      open((folder / "output.log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!output.IsOpen()) return tl::unexpected(SystemFailure("write nginx's output"));
  Launch launch{
      .program = program->string(),
      .arguments = {"nginx", "-p", folder.string(), "-c", (folder / "nginx.conf").string(), "-e",
                    (folder / "error.log").string(), "-g",
                    "daemon off; pid " + (folder / "nginx.pid").string() + ";"},
      // How nginx hands its sockets to a new nginx when it is upgraded: here from us.
      .environment = "NGINX=",
      .sockets = {},
      .output = output.number(),
      .account = account};
  for (const ReservedPort& port : ports) {
    launch.sockets.push_back(port.descriptor());
    launch.environment += std::to_string(port.descriptor()) + ";";
  }
  const pid_t pid = PROVISO_TRY(Spawn(std::move(launch)));
  // By its number: the header of glibc 2.36 declares pidfd_open() for C alone.
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  NginxProcess nginx(io::Descriptor(process), pid, folder);
  const std::uint16_t port = ports.front().number();
  // Else a connection would wait for ever on a socket that only we still hold.
  ports.clear();
  Status answered = nginx.AwaitAnswer(port);
  if (!answered) {
    const std::string log = nginx.ErrorLog();
    return Fail(ErrorCode::kUnavailable, "nginx does not run: " + answered.error().message() +
                                             (log.empty() ? "" : "; it says:\n" + log));
  }
  return nginx;
}

Status NginxProcess::AwaitAnswer(std::uint16_t port) const {
  const io::Descriptor socket = PROVISO_TRY(LoopbackSocket());
  const sockaddr_in address = LoopbackAddress(port);
  // The port listens already, so this waits in its queue until nginx takes it.
  if (connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return tl::unexpected(SystemFailure("connect to it"));
  }
  constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
  if (send(socket.number(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) {
    return tl::unexpected(SystemFailure("ask it"));
  }
  std::array<pollfd, 2> waiting{{{.fd = socket.number(), .events = POLLIN, .revents = 0},
                                 {.fd = process_.number(), .events = POLLIN, .revents = 0}}};
  if (poll(waiting.data(), waiting.size(), kStartMilliseconds) <= 0) {
    return Fail(ErrorCode::kUnavailable, "no answer within 10 s");
  }
  if (waiting[1].revents != 0) return Fail(ErrorCode::kUnavailable, "it ended at once");
  std::array<char, 16> begin;
  if (recv(socket.number(), begin.data(), begin.size(), 0) <= 0) {
    return Fail(ErrorCode::kUnavailable, "it closed the connection");
  }
  return {};
}

std::string NginxProcess::ErrorLog() const {
  io::PosixFileSystem files;
  std::string shown;
  for (const char* name : {"error.log", "output.log"}) {
    const auto bytes = files.ReadFile(folder_ / name, 64U << 20U);
    if (bytes && !bytes->empty()) {
      const std::string_view text = AsText(*bytes);
      shown += text.substr(text.size() - std::min(text.size(), kLogBytesShown / 2));
    }
  }
  return shown;
}

void NginxProcess::Stop() noexcept {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  pollfd waiting{.fd = process_.number(), .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, kStopMilliseconds) <= 0) kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

}  // namespace proviso::demo
