#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "verifier/log_source.h"

namespace proviso::verifier {

struct HttpSourceOptions {
  int connections = 4;                        // that fetch ahead, beside the reader's own
  std::chrono::milliseconds timeout{60'000};  // of one file
  int attempts = 3;                           // at one file, when a server cannot answer
  std::filesystem::path ca_file = {};         // PEM; empty: what the system trusts
};

// True for "http://..." and "https://...".
bool IsHttpUrl(std::string_view text);

// A log behind a URL, such as "https://example.com/log": the checkpoint lies at URL/checkpoint.
// Files that were announced are fetched ahead, in the order of announcement, by connections of
// their own; what was fetched and not yet read is kept, so the reader bounds it by what it
// announces. Belongs to one thread.
class HttpSource final : public LogSource {
 public:
  using Options = HttpSourceOptions;

  explicit HttpSource(std::string url, Options options = {});
  ~HttpSource() override;

  // kUnavailable, with the file's URL and the server's answer, when it can be had at no attempt.
  Result<Bytes> Read(const std::string& path, std::uint64_t bytes_max) override;
  bool CanList() const override { return false; }
  Result<std::vector<std::string>> List(const std::string& folder) override;
  void Expect(const std::string& path, std::uint64_t bytes_max) override;

 private:
  class Fetcher;
  std::unique_ptr<Fetcher> fetcher_;
};

}  // namespace proviso::verifier
