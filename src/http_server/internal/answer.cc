#include "http_server/internal/answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http_server/internal/octets.h"
#include "http_server/internal/status.h"

namespace proviso::http_server {
namespace {

void AppendNumber(std::size_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto [end, problem] = std::to_chars(digits.begin(), digits.end(), number);
  out.append(digits.begin(), end);
}

// Answers without a body have no length either (RFC 9110, section 8.6).
bool HasLength(int status) { return status != 204 && status != 304; }

}  // namespace

bool AreSendable(const std::vector<ResponseHeader>& headers) {
  return std::ranges::all_of(headers, [](const ResponseHeader& header) {
    return IsToken(header.name) && IsFieldValue(header.value);
  });
}

void AppendHeaders(const std::vector<ResponseHeader>& headers, std::string& out) {
  for (const ResponseHeader& header : headers) {
    out += "\r\n";
    out += header.name;
    out += ": ";
    out += header.value;
  }
}

bool AppendAnswer(const Response& response, const AnswerFrame& frame, std::string& out) {
  if (response.status < 200 || response.status > 599) return false;
  if (!AreSendable(response.headers)) return false;
  if (response.prepared != nullptr && !response.prepared->sendable()) return false;
  if (response.status == 200) {
    // Nearly every answer.
    out += "HTTP/1.1 200 OK\r\nDate: ";
  } else {
    out += "HTTP/1.1 ";
    AppendNumber(static_cast<std::size_t>(response.status), out);
    out += ' ';
    out += ReasonPhrase(response.status);
    out += "\r\nDate: ";
  }
  out += frame.date;
  if (HasLength(response.status)) {
    out += "\r\nContent-Length: ";
    AppendNumber(response.body.size(), out);
  }
  if (frame.last) out += "\r\nConnection: close";
  if (response.prepared != nullptr) out += response.prepared->lines();
  AppendHeaders(response.headers, out);
  out += "\r\n\r\n";
  if (!frame.head_only && HasLength(response.status)) out += response.body;
  return true;
}

}  // namespace proviso::http_server
