#include "http_server/internal/head.h"

#include <string.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "http_server/internal/octets.h"
#include "http_server/internal/status.h"

namespace proviso::http_server {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Whether a list of words, with commas between, has `lower` among them.
bool ListHas(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (EqualsInAnyCase(Trimmed(list.substr(0, comma)), lower)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// The headers that say where a request ends, and what its sender expects.
struct Framing {
  Found host;
  Found length;
  Found encoding;
  Found expect;
  bool close = false;
};

Framing FramingOf(const std::vector<Field>& headers) {
  Framing framing;
  const auto count = [](Found& found, const Field& header, std::string_view name) {
    if (!EqualsInAnyCase(header.name, name)) return;
    if (found.count++ == 0) found.value = header.value;
  };
  for (const Field& header : headers) {
    // Most headers are none of these, and most of those have another length.
    switch (header.name.size()) {
      case std::string_view("Host").size():
        count(framing.host, header, "Host");
        break;
      case std::string_view("Expect").size():
        count(framing.expect, header, "Expect");
        break;
      case std::string_view("Connection").size():
        framing.close |=
            EqualsInAnyCase(header.name, "Connection") && ListHas(header.value, "close");
        break;
      case std::string_view("Content-Length").size():
        count(framing.length, header, "Content-Length");
        break;
      case std::string_view("Transfer-Encoding").size():
        count(framing.encoding, header, "Transfer-Encoding");
        break;
      default:
        break;
    }
  }
  return framing;
}

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

}  // namespace

HeadScanner::Found HeadScanner::Scan(std::string_view text) {
  while (true) {
    const void* const found = std::memchr(text.data() + scanned_, '\n', text.size() - scanned_);
    if (found == nullptr) {
      scanned_ = text.size();
      return Found::kNothing;
    }
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    if (at == line_ || text[at - 1] != '\r') return Found::kFault;
    const bool empty = at == line_ + 1;
    // A request line is never empty.
    if (empty && line_ == 0) return Found::kFault;
    line_ = at + 1;
    scanned_ = line_;
    if (empty) return Found::kEnd;
  }
}

void Head::Clear() {
  explicit_bzero(target.storage.data(), target.storage.size());
  method = {};
  target.path = {};
  target.query.clear();
  headers.clear();
  last = chunked = expects_continue = false;
  body_bytes = 0;
}

int Head::Read(std::string_view text, const HeadLimits& limits) {
  Clear();
  // The scanner saw that each line ends in CR LF.
  std::size_t end = text.find('\n') - 1;
  if (const int refusal = ReadRequestLine(text.substr(0, end)); refusal != 0) return refusal;
  for (text.remove_prefix(end + 2); text.size() > 2; text.remove_prefix(end + 2)) {
    end = text.find('\n') - 1;
    if (headers.size() == limits.header_count_max) return kHeadTooLarge;
    if (!ReadHeader(text.substr(0, end))) return kBadRequest;
  }
  return ReadFraming(limits);
}

int Head::ReadRequestLine(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return kBadRequest;
  const std::string_view word = line.substr(0, first);
  const std::string_view version = line.substr(second + 1);
  if (!IsToken(word)) return kBadRequest;
  method = word;
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.') return kBadRequest;
  if (!IsDigit(version[5]) || !IsDigit(version[7])) return kBadRequest;
  if (version[5] != '1') return kVersionNotSupported;
  http_1_0_ = version[7] == '0';
  last = http_1_0_;
  if (ParseTarget(line.substr(first + 1, second - first - 1), target)) return 0;
  target.path = {};
  return kBadRequest;
}

bool Head::ReadHeader(std::string_view line) {
  // A folded line begins with a blank, which is no letter of a name.
  const std::size_t colon = TokenBytes(line);
  if (colon == 0 || colon == line.size() || line[colon] != ':') return false;
  const std::string_view value = Trimmed(line.substr(colon + 1));
  if (!IsFieldValue(value)) return false;
  headers.push_back({line.substr(0, colon), value});
  return true;
}

int Head::ReadFraming(const HeadLimits& limits) {
  const Framing framing = FramingOf(headers);
  const Found& length = framing.length;
  const Found& encoding = framing.encoding;
  const std::size_t hosts = framing.host.count;
  // Two readers that take different ones of these find different requests on one connection.
  if (length.count > 1 || encoding.count > 1 || (length.count > 0 && encoding.count > 0) ||
      hosts > 1 || (hosts == 0 && !http_1_0_)) {
    return kBadRequest;
  }
  if (encoding.count > 0) {
    if (http_1_0_ || !EqualsInAnyCase(encoding.value, "chunked")) return kBadRequest;
    chunked = true;
  }
  if (length.count > 0) {
    const std::string_view digits = length.value;
    if (digits.empty() || !std::ranges::all_of(digits, IsDigit)) return kBadRequest;
    const auto [rest, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), body_bytes);
    if (problem != std::errc() || body_bytes > limits.body_bytes_max) return kBodyTooLarge;
  }
  last |= framing.close;
  const Found& expect = framing.expect;
  if (expect.count > 0 && !EqualsInAnyCase(expect.value, "100-continue")) {
    return kExpectationFailed;
  }
  expects_continue = expect.count > 0 && !http_1_0_;
  return 0;
}

}  // namespace proviso::http_server
