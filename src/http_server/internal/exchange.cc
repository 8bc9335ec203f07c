#include "http_server/internal/exchange.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace proviso::http_server {
namespace {

// tchar of RFC 9110, section 5.6.2.
constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (const char byte : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(byte)] = true;
  }
  return table;
}();

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char byte) {
    return kTokenBytes[static_cast<unsigned char>(byte)];
  });
}

bool IsFieldValue(std::string_view text) {
  return std::ranges::none_of(text, [](char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return (value < 0x20 && byte != '\t') || value == 0x7F;
  });
}

// Follows the head of a request through the buffer that libmicrohttpd 0.9 read it into, and finds
// out whether every byte of it stands in what the library made of it.
//
// That version ends a line at a zero byte, ends the head at a line that begins with a colon or a
// zero, takes a bare LF for a line end, and glues a folded line (RFC 9112, section 5.2) to the
// *name* of its header: `X-A: v`, then ` -B`, becomes `X-A-B: v`. Each puts words into a request
// that a gateway read differently. Its strings lie in its buffer, where it overwrote the colon
// after a name and the CR LF of a line with zeros: so the place of each string is known.
class HeadTrace {
 public:
  bool RequestLine(std::string_view method, const char* target, std::string_view target_text,
                   std::string_view version) {
    begin_ = method.data();
    if (target != begin_ + method.size() + 1) return false;
    if (version.data() != target + target_text.size() + 1) return false;
    return EndLine(version);
  }
  bool Header(std::string_view name, std::string_view value) {
    if (name.data() != line_) return false;
    const char* between = name.data() + name.size() + 1;
    while (*between == ' ' || *between == '\t') ++between;
    return between == value.data() && EndLine(value);
  }
  bool End(std::size_t head_bytes) const {
    return line_[0] == '\0' && line_[1] == '\0' && line_ + 2 == begin_ + head_bytes;
  }

 private:
  bool EndLine(std::string_view last) {
    const char* const end = last.data() + last.size();
    line_ = end + 2;
    return end[0] == '\0' && end[1] == '\0';
  }
  const char* begin_ = nullptr;
  const char* line_ = nullptr;  // where the next one must begin
};

// Later versions do not read so, and do not leave such a buffer.
bool LibraryReadsLeniently() { return std::string_view(MHD_get_version()).starts_with("0."); }

std::string_view TrimEnd(std::string_view text) {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

}  // namespace

void Exchange::Begin(const char* uri) {
  uri_in_buffer_ = uri;
  uri_ = uri == nullptr ? "" : uri;
  method_.clear();
  target_.path = {};
  target_.query.clear();
  headers_.clear();
  body_.clear();
  body_too_large_ = false;
  head_read = false;
  status = 0;
  answer_bytes = 0;
}

// tidy: the parameters are those of MHD_KeyValueIteratorN.
MHD_Result Exchange::TakeHeader(void* self, MHD_ValueKind, const char* name, std::size_t name_size,
                                const char* value, std::size_t value_size) noexcept {
  Exchange& exchange = *static_cast<Exchange*>(self);
  exchange.headers_.push_back(
      {{name, name_size},
       value == nullptr ? std::string_view() : std::string_view(value, value_size)});
  return MHD_YES;
}

int Exchange::ReadHead(MHD_Connection* connection, const char* method, const char* version) {
  head_read = true;
  method_ = method;
  const MHD_ConnectionInfo* const size =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (size == nullptr || size->header_size > limits_.header_bytes_max) {
    return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
  }
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &Exchange::TakeHeader, this);
  if (headers_.size() > limits_.header_count_max) return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
  if (LibraryReadsLeniently() && !IsWhole({method, method_.size()}, version, size->header_size)) {
    return MHD_HTTP_BAD_REQUEST;
  }
  for (Field& header : headers_) {
    if (!IsToken(header.name) || !IsFieldValue(header.value)) return MHD_HTTP_BAD_REQUEST;
    header.value = TrimEnd(header.value);
  }
  if (!IsToken(method_) || !ParseTarget(uri_, target_)) return MHD_HTTP_BAD_REQUEST;
  return CheckFraming(std::string_view(version) == MHD_HTTP_VERSION_1_0);
}

bool Exchange::IsWhole(std::string_view method, std::string_view version,
                       std::size_t head_bytes) const {
  HeadTrace trace;
  if (!trace.RequestLine(method, uri_in_buffer_, uri_, version)) return false;
  for (const Field& header : headers_) {
    if (!trace.Header(header.name, header.value)) return false;
  }
  return trace.End(head_bytes);
}

int Exchange::CheckFraming(bool http_1_0) const {
  const Request request = AsRequest();
  const Found length = request.FindHeader("Content-Length");
  const Found encoding = request.FindHeader("Transfer-Encoding");
  const std::size_t hosts = request.FindHeader("Host").count;
  // Two readers that take different ones of these find different requests on one connection.
  if (length.count > 1 || encoding.count > 1 || (length.count > 0 && encoding.count > 0) ||
      hosts > 1 || (hosts == 0 && !http_1_0)) {
    return MHD_HTTP_BAD_REQUEST;
  }
  if (encoding.count > 0 && (http_1_0 || !EqualsIgnoringCase(encoding.value, "chunked"))) {
    return MHD_HTTP_BAD_REQUEST;
  }
  if (length.count > 0) {
    std::uint64_t bytes = 0;
    const char* const end = length.value.data() + length.value.size();
    const auto [rest, problem] = std::from_chars(length.value.data(), end, bytes);
    if (problem != std::errc() || rest != end) return MHD_HTTP_BAD_REQUEST;
    if (bytes > limits_.body_bytes_max) return MHD_HTTP_CONTENT_TOO_LARGE;
  }
  const Found expect = request.FindHeader("Expect");
  if (expect.count > 0 && !EqualsIgnoringCase(expect.value, "100-continue")) {
    return MHD_HTTP_EXPECTATION_FAILED;
  }
  return 0;
}

bool Exchange::AppendBody(std::string_view part) {
  if (!body_too_large_ && part.size() <= limits_.body_bytes_max - body_.size()) {
    body_.append(part);
    return true;
  }
  // The library takes an answer only after the whole body, so a little more is read and dropped.
  if (!body_too_large_) dropped_bytes_ = body_.size();
  body_too_large_ = true;
  dropped_bytes_ += part.size();
  return dropped_bytes_ / 2 <= limits_.body_bytes_max;
}

Request Exchange::AsRequest() const {
  return {.method = method_,
          .path = target_.path,
          .query = target_.query,
          .headers = headers_,
          .body = body_};
}

}  // namespace proviso::http_server
