#include "io/http/poster.h"

#include <curl/curl.h>
#include <string.h>

#include <cstring>
#include <unordered_map>
#include <utility>

#include "io/internal/curl.h"

namespace proviso::io {
namespace {

struct CurlFree {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
template <typename T>
using CurlOwned = std::unique_ptr<T, CurlFree>;
// To libcurl, this is the same type as the handle of one transfer.
struct CurlMultiFree {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};

constexpr int kIdleMilliseconds = 1000;

Error Unanswered(const char* why) {
  return {ErrorCode::kUnavailable, std::string("no answer: ") + why};
}

}  // namespace

// One question, from when it is put until its answer is there.
struct HttpPoster::Job {
  Job(std::string_view text, Done then, std::size_t limit)
      : body(std::make_unique<char[]>(text.size())),
        size(text.size()),
        done(std::move(then)),
        answer_bytes_max(limit) {
    if (size > 0) std::memcpy(body.get(), text.data(), size);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() { explicit_bzero(body.get(), size); }

  static std::size_t Take(char* data, std::size_t one, std::size_t count, void* self) noexcept {
    Job& job = *static_cast<Job*>(self);
    const std::size_t bytes = one * count;
    if (bytes > job.answer_bytes_max - job.answer.size()) return CURL_WRITEFUNC_ERROR;
    job.answer.append(data, bytes);
    return bytes;
  }

  std::unique_ptr<char[]> body;
  const std::size_t size;
  Done done;
  const std::size_t answer_bytes_max;
  std::string answer;
};

// What only the thread of the poster touches, but for `multi`, which may be woken from any.
struct HttpPoster::Loop {
  bool Open(const HttpPosterOptions& options);
  void Begin(std::unique_ptr<Job> job, const HttpPosterOptions& options, HttpPoster& poster);
  void EndFinished(HttpPoster& poster);

  std::unique_ptr<CURLM, CurlMultiFree> multi;
  CurlOwned<curl_slist> headers;
  struct Transfer {
    std::unique_ptr<Job> job;
    CurlOwned<CURL> handle;
  };
  std::unordered_map<CURL*, Transfer> transfers;
};

bool HttpPoster::Loop::Open(const HttpPosterOptions& options) {
  if (!CurlIsReady()) return false;
  multi.reset(curl_multi_init());
  if (multi == nullptr) return false;
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, options.connections_max);
  // Else idle ones would be closed when few questions are under way.
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, options.connections_max);
  for (const char* line : {"Content-Type: application/json", "Expect:"}) {
    curl_slist* const longer = curl_slist_append(headers.get(), line);
    if (longer == nullptr) return false;
    static_cast<void>(headers.release());
    headers.reset(longer);
  }
  return true;
}

void HttpPoster::Loop::Begin(std::unique_ptr<Job> job, const HttpPosterOptions& options,
                             HttpPoster& poster) {
  // A handle for each question: what it held is given back, and so overwritten, with the answer.
  CurlOwned<CURL> handle(curl_easy_init());
  bool set = handle != nullptr;
  const auto with = [&](CURLoption option, auto value) {
    set = set && curl_easy_setopt(handle.get(), option, value) == CURLE_OK;
  };
  with(CURLOPT_NOSIGNAL, 1L);
  with(CURLOPT_PROTOCOLS_STR, "http,https");
  with(CURLOPT_PROXY, "");
  with(CURLOPT_URL, options.url.c_str());
  with(CURLOPT_POST, 1L);
  with(CURLOPT_POSTFIELDS, job->body.get());
  with(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(job->size));
  with(CURLOPT_HTTPHEADER, headers.get());
  with(CURLOPT_USERAGENT, "proviso");
  with(CURLOPT_FOLLOWLOCATION, 0L);
  with(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  with(CURLOPT_WRITEFUNCTION, &Job::Take);
  with(CURLOPT_WRITEDATA, static_cast<void*>(job.get()));
  CURL* const key = handle.get();
  if (!set || curl_multi_add_handle(multi.get(), key) != CURLM_OK) {
    return poster.End(std::move(job), tl::unexpected(Unanswered("libcurl cannot be used")));
  }
  transfers.emplace(key, Transfer{std::move(job), std::move(handle)});
}

void HttpPoster::Loop::EndFinished(HttpPoster& poster) {
  int left = 0;
  while (CURLMsg* const message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const key = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto found = transfers.find(key);
    if (found == transfers.end()) continue;
    Transfer transfer = std::move(found->second);
    transfers.erase(found);
    curl_multi_remove_handle(multi.get(), key);
    if (code != CURLE_OK) {
      poster.End(std::move(transfer.job), tl::unexpected(Unanswered(curl_easy_strerror(code))));
      continue;
    }
    long status = 0;
    curl_easy_getinfo(key, CURLINFO_RESPONSE_CODE, &status);
    HttpResponse answer{.status = static_cast<int>(status),
                        .content_type = {},
                        .body = std::move(transfer.job->answer)};
    transfer.handle.reset();
    poster.End(std::move(transfer.job), std::move(answer));
  }
}

HttpPoster::HttpPoster(HttpPosterOptions options)
    : options_(std::move(options)), loop_(std::make_unique<Loop>()) {}

Result<std::unique_ptr<HttpPoster>> HttpPoster::Start(HttpPosterOptions options) {
  std::unique_ptr<HttpPoster> poster(new HttpPoster(std::move(options)));
  if (!poster->loop_->Open(poster->options_)) {
    return Fail(ErrorCode::kInternal, "libcurl cannot be used");
  }
  poster->thread_ =
      std::jthread([self = poster.get()](const std::stop_token& stop) { self->Run(stop); });
  return poster;
}

HttpPoster::~HttpPoster() {
  thread_.request_stop();
  curl_multi_wakeup(loop_->multi.get());
  if (thread_.joinable()) thread_.join();
}

bool HttpPoster::Post(std::string_view body, Done done) {
  auto job = std::make_unique<Job>(body, std::move(done), options_.bytes_max);
  {
    const MutexLock lock(mutex_);
    if (under_way_ == options_.under_way_max) return false;
    ++under_way_;
    queue_.push_back(std::move(job));
  }
  curl_multi_wakeup(loop_->multi.get());
  return true;
}

std::vector<std::unique_ptr<HttpPoster::Job>> HttpPoster::TakeQueue() {
  const MutexLock lock(mutex_);
  return std::exchange(queue_, {});
}

void HttpPoster::End(std::unique_ptr<Job> job, Result<HttpResponse> answer) {
  const Done done = std::move(job->done);
  // Nothing of what was sent is left when the answer is known.
  job.reset();
  {
    const MutexLock lock(mutex_);
    --under_way_;
  }
  done(std::move(answer));
}

void HttpPoster::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    for (auto& job : TakeQueue()) loop_->Begin(std::move(job), options_, *this);
    int running = 0;
    curl_multi_perform(loop_->multi.get(), &running);
    loop_->EndFinished(*this);
    curl_multi_poll(loop_->multi.get(), nullptr, 0, kIdleMilliseconds, nullptr);
  }
  for (auto& [key, transfer] : loop_->transfers) {
    curl_multi_remove_handle(loop_->multi.get(), key);
    End(std::move(transfer.job), tl::unexpected(Unanswered("stopped")));
  }
  loop_->transfers.clear();
  for (auto& job : TakeQueue()) End(std::move(job), tl::unexpected(Unanswered("stopped")));
}

}  // namespace proviso::io
