#include "verifier/http_source.h"

#include <deque>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "io/http/client.h"

namespace proviso::verifier {
namespace {

// The largest file of a log: a bundle of 256 entries of 65,535 bytes with their lengths.
constexpr std::size_t kFileBytesMax = 256U * (65'535U + 2U);

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;
constexpr int kServerErrors = 500;

io::HttpClientOptions ClientOptions(const HttpSourceOptions& options) {
  io::HttpClientOptions client;
  client.timeout = options.timeout;
  client.bytes_max = kFileBytesMax;
  client.ca_file = options.ca_file;
  return client;
}

std::string WithoutSlashes(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

bool IsHttpUrl(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

class HttpSource::Fetcher {
 public:
  Fetcher(std::string url, const Options& options)
      : url_(WithoutSlashes(std::move(url))), options_(options), own_(ClientOptions(options)) {
    for (int i = 0; i < options.connections; ++i) {
      clients_.emplace_back(ClientOptions(options));
    }
    for (io::HttpClient& client : clients_) {
      threads_.emplace_back([this, &client] { Work(client); });
    }
  }
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;
  ~Fetcher() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
    }
    for (io::HttpClient& client : clients_) client.Stop();
    changed_.NotifyAll();
  }

  void Expect(const std::string& path) EXCLUDES(mutex_) {
    if (threads_.empty()) return;
    {
      const MutexLock lock(mutex_);
      if (!files_.try_emplace(path).second) return;
      waiting_.push_back(path);
    }
    changed_.NotifyAll();
  }

  Result<Bytes> Read(const std::string& path, std::uint64_t bytes_max) EXCLUDES(mutex_) {
    auto ahead = TakeExpected(path);
    Result<Bytes> bytes = ahead ? std::move(*ahead) : Fetch(own_, path);
    if (bytes && bytes->size() > bytes_max) {
      return Fail(ErrorCode::kResourceExhausted, "`" + url_ + "/" + path + "`: expected at most " +
                                                     std::to_string(bytes_max) + " bytes, found " +
                                                     std::to_string(bytes->size()));
    }
    return bytes;
  }

 private:
  // Absent for a file that was not announced.
  std::optional<Result<Bytes>> TakeExpected(const std::string& path) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    while (!found->second) changed_.Wait(mutex_);
    auto taken = std::move(found->second);
    files_.erase(found);
    return taken;
  }

  void Work(io::HttpClient& client) EXCLUDES(mutex_) {
    for (;;) {
      std::string path;
      {
        const MutexLock lock(mutex_);
        while (waiting_.empty() && !stopping_) changed_.Wait(mutex_);
        if (stopping_) return;
        path = std::move(waiting_.front());
        waiting_.pop_front();
      }
      Result<Bytes> bytes = Fetch(client, path);
      {
        const MutexLock lock(mutex_);
        files_.find(path)->second = std::move(bytes);
      }
      changed_.NotifyAll();
    }
  }

  // A server that closed a kept connection, or one of several that is ill, may answer the next
  // time.
  Result<Bytes> Fetch(io::HttpClient& client, const std::string& path) const {
    io::HttpRequest request{.url = url_ + "/" + path};
    // Whatever stands between may keep the files, which never change; the checkpoint does.
    if (path == "checkpoint") request.headers.push_back({"Cache-Control", "no-cache"});
    Error last(ErrorCode::kUnavailable, "no attempt");
    for (int attempt = 0; attempt < options_.attempts; ++attempt) {
      auto response = client.Send(request);
      if (!response && response.error().code() != ErrorCode::kUnavailable) {
        return tl::unexpected(std::move(response).error());
      }
      if (!response) {
        last = Error(ErrorCode::kUnavailable, request.url + ": " + response.error().message());
        continue;
      }
      if (response->status == kOk) return Bytes(response->body.begin(), response->body.end());
      if (response->status == kNotFound || response->status == kGone) {
        return Fail(ErrorCode::kNotFound, request.url + ": there is no such file");
      }
      last = Error(ErrorCode::kUnavailable, request.url + ": expected status 200, found " +
                                                std::to_string(response->status));
      if (response->status < kServerErrors && response->status != kTooManyRequests) break;
    }
    return tl::unexpected(std::move(last));
  }

  const std::string url_;
  const Options options_;
  io::HttpClient own_;
  std::deque<io::HttpClient> clients_;
  Mutex mutex_;
  Condition changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::deque<std::string> waiting_ GUARDED_BY(mutex_);
  // Announced and not yet read; empty until it is fetched.
  std::map<std::string, std::optional<Result<Bytes>>> files_ GUARDED_BY(mutex_);
  std::vector<std::jthread> threads_;  // last: they end before what they use
};

HttpSource::HttpSource(std::string url, Options options)
    : fetcher_(std::make_unique<Fetcher>(std::move(url), options)) {}

HttpSource::~HttpSource() = default;

Result<Bytes> HttpSource::Read(const std::string& path, std::uint64_t bytes_max) {
  return fetcher_->Read(path, bytes_max);
}

Result<std::vector<std::string>> HttpSource::List(const std::string&) {
  return Fail(ErrorCode::kUnimplemented, "a log behind a URL cannot be listed");
}

void HttpSource::Expect(const std::string& path, std::uint64_t) { fetcher_->Expect(path); }

}  // namespace proviso::verifier
