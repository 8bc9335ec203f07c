#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "http_server/http_server.h"
#include "io/files/file_system.h"

namespace proviso::publishing {

struct LogPublisherOptions {
  std::filesystem::path folder;  // of the log: DATA/log
  std::string address = "127.0.0.1:0";
  // The log lies below it: PREFIX/checkpoint. "" or "/a/b": begins with a slash, ends with none.
  std::string prefix = "/log";
  int threads = 2;
};

// A web server for the files of a log, and for nothing else: for verifiers, followers, witnesses,
// browsers. What it answers is what any web server over the same folder may answer
// (docs/guides/publish.md). Takes each file from the folder as it is asked for. Thread-safe.
class LogPublisher {
 public:
  // kInvalidArgument for a malformed prefix; the errors of HttpServer::Start. `files` must outlive
  // the publisher.
  static Result<std::unique_ptr<LogPublisher>> Start(io::FileSystem& files,
                                                     const LogPublisherOptions& options);
  std::uint16_t port() const { return server_->port(); }
  void Stop() { server_->Stop(); }

 private:
  explicit LogPublisher(std::unique_ptr<http_server::HttpServer> server)
      : server_(std::move(server)) {}
  std::unique_ptr<http_server::HttpServer> server_;
};

}  // namespace proviso::publishing
