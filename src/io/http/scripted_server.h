#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "io/files/descriptor.h"
#include "io/http/client.h"

namespace proviso::io {

// For tests: one connection of a server, plain, or with something around it.
class ScriptedStream {
 public:
  explicit ScriptedStream(int socket) : socket_(socket) {}
  ScriptedStream(const ScriptedStream&) = delete;
  ScriptedStream& operator=(const ScriptedStream&) = delete;
  virtual ~ScriptedStream() = default;
  virtual bool Begin() { return true; }
  virtual long Receive(char* data, std::size_t size) { return recv(socket_, data, size, 0); }
  virtual bool Send(const std::string& data) {
    return send(socket_, data.data(), data.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(data.size());
  }

 protected:
  const int socket_;
};

// Answers with bytes that a test makes up, so that nothing between the
// test and the client corrects them. A thread for each connection.
class ScriptedServer {
 public:
  // From the whole request to the bytes of the answer; "" closes the connection without one.
  using Script = std::function<std::string(const std::string& request)>;

  using MakeStream = std::function<std::unique_ptr<ScriptedStream>(int socket)>;
  static std::unique_ptr<ScriptedStream> Plain(int socket) {
    return std::make_unique<ScriptedStream>(socket);
  }

  explicit ScriptedServer(Script script, MakeStream make_stream = Plain)
      : script_(std::move(script)),
        make_stream_(std::move(make_stream)),
        socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_.number(), plain, size) != 0 || listen(socket_.number(), 16) != 0 ||
        getsockname(socket_.number(), plain, &size) != 0) {
      ADD_FAILURE() << "cannot listen on loopback";
    }
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { Accept(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    stopping_ = true;
    shutdown(socket_.number(), SHUT_RDWR);
    accepting_.join();
    for (Connection& connection : connections_) shutdown(connection.socket.number(), SHUT_RDWR);
  }

  std::string Url(const std::string& path, const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + path;
  }
  int connections() const { return accepted_; }
  int port() const { return port_; }

 private:
  struct Connection {
    Descriptor socket;
    std::jthread thread;
  };

  void Accept() {
    while (!stopping_) {
      Descriptor socket(accept(socket_.number(), nullptr, nullptr));
      if (!socket.IsOpen()) return;
      ++accepted_;
      Connection& connection = connections_.emplace_back();
      connection.socket = std::move(socket);
      connection.thread = std::jthread([this, number = connection.socket.number()] {
        const auto stream = make_stream_(number);
        if (stream->Begin()) Converse(*stream);
        shutdown(number, SHUT_RDWR);
      });
    }
  }
  void Converse(ScriptedStream& stream) {
    std::string received;
    while (!stopping_) {
      std::array<char, 4096> part{};
      const long count = stream.Receive(part.data(), part.size());
      if (count <= 0) return;
      received.append(part.data(), static_cast<std::size_t>(count));
      const std::size_t head = received.find("\r\n\r\n");
      if (head == std::string::npos || received.size() < head + 4 + BodySize(received)) continue;
      const std::string answer = script_(received);
      received.clear();
      if (answer.empty()) return;
      if (!stream.Send(answer)) return;
    }
  }
  static std::size_t BodySize(const std::string& request) {
    const std::string name = "Content-Length: ";
    const std::size_t at = request.find(name);
    return at == std::string::npos ? 0 : std::strtoul(&request[at + name.size()], nullptr, 10);
  }

  const Script script_;
  const MakeStream make_stream_;
  const Descriptor socket_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> accepted_{0};
  std::list<Connection> connections_;  // touched by accepting_ while it runs
  std::jthread accepting_;
};

inline std::string Answer(const std::string& body, const std::string& headers = {},
                          const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

inline std::string ErrorOf(const Result<HttpResponse>& response) {
  return response ? "an answer" : response.error().message();
}

}  // namespace proviso::io
