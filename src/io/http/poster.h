#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "io/http/client.h"

namespace proviso::io {

struct HttpPosterOptions {
  std::string url;
  std::chrono::milliseconds timeout{200};         // of each answer
  std::size_t bytes_max = std::size_t{1} << 20U;  // of an answer
  std::size_t under_way_max = 1024;               // questions without an answer yet
  long connections_max = 32;                      // more questions wait for one of them
};

// Sends JSON to one server, many questions at a time, over connections that stay open, from a
// thread of its own. Overwrites what it sent: it may be secret. Thread-safe.
class HttpPoster {
 public:
  // Called once, on the thread of the poster, which it must not hold up. Any status is an answer;
  // kUnavailable when no whole one came in time, or the poster ends.
  using Done = std::function<void(Result<HttpResponse>)>;

  static Result<std::unique_ptr<HttpPoster>> Start(HttpPosterOptions options);
  HttpPoster(const HttpPoster&) = delete;
  HttpPoster& operator=(const HttpPoster&) = delete;
  ~HttpPoster();

  // False when too much is under way: then `done` is never called.
  bool Post(std::string_view body, Done done);

 private:
  struct Job;
  struct Loop;

  explicit HttpPoster(HttpPosterOptions options);
  void Run(const std::stop_token& stop);
  std::vector<std::unique_ptr<Job>> TakeQueue();
  void End(std::unique_ptr<Job> job, Result<HttpResponse> answer);

  const HttpPosterOptions options_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Job>> queue_ GUARDED_BY(mutex_);
  std::size_t under_way_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<Loop> loop_;
  std::jthread thread_;
};

}  // namespace proviso::io
