#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http_server/internal/body_buffer.h"

namespace proviso::http_server {

// Reads a body that comes in chunks (RFC 9112, section 7.1), in pieces of any size. Extensions and
// trailers are read over.
class ChunkReader {
 public:
  // Begins a body of at most `body_bytes_max` bytes, with size lines and trailers of at most
  // `line_bytes_max` in all.
  void Begin(std::uint64_t body_bytes_max, std::size_t line_bytes_max);

  // Takes what it can from the front of `text`, and appends data to `body`. How many bytes it took.
  std::size_t Take(std::string_view text, BodyBuffer& body);

  bool done() const { return step_ == Step::kDone; }
  int refusal() const { return refusal_; }  // 0, or a status

 private:
  enum class Step { kSize, kData, kDataEnd, kTrailer, kDone, kRefused };
  std::size_t TakeLine(std::string_view text);
  void EndSizeLine();
  void EndTrailer();
  void Refuse(int status);

  Step step_ = Step::kDone;
  int refusal_ = 0;
  std::uint64_t left_ = 0;       // of the chunk
  std::uint64_t body_left_ = 0;  // of what a body may have
  std::size_t lines_left_ = 0;
  std::string line_;  // what came of a line
};

}  // namespace proviso::http_server
