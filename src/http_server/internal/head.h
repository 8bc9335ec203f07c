#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "http_server/internal/target.h"
#include "http_server/message.h"

namespace proviso::http_server {

// Finds the end of a request's head in bytes that come in pieces. Every line must end in CR LF: a
// reader that also takes a bare LF finds other lines than one that does not.
class HeadScanner {
 public:
  enum class Found { kNothing, kEnd, kFault };
  // `text` is all that came of the request so far, each time from its first byte.
  Found Scan(std::string_view text);
  std::size_t head_bytes() const { return line_; }  // after kEnd
  bool in_first_line() const { return line_ == 0; }

 private:
  std::size_t line_ = 0;     // where the line begins that is being read
  std::size_t scanned_ = 0;  // what was looked at already
};

struct HeadLimits {
  std::size_t header_count_max = 0;
  std::uint64_t body_bytes_max = 0;
};

// A request's head, taken apart (RFC 9112, sections 2 to 6). Views point into its bytes, or into
// `target`. Its memory is used again from request to request.
struct Head {
  std::string_view method;
  Target target;
  std::vector<Field> headers;
  bool last = false;  // the client wants no answer after this one
  bool chunked = false;
  bool expects_continue = false;
  std::uint64_t body_bytes = 0;  // when not chunked

  // Reads `text`, a whole head with its empty line. 0, or the status to refuse the request with:
  // 400 for whatever two readers could understand differently.
  int Read(std::string_view text, const HeadLimits& limits);
  // Forgets what it points into.
  void Clear();

 private:
  int ReadRequestLine(std::string_view line);
  bool ReadHeader(std::string_view line);
  int ReadFraming(const HeadLimits& limits);
  bool http_1_0_ = false;
};

}  // namespace proviso::http_server
