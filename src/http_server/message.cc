#include "http_server/message.h"

#include "http_server/internal/answer.h"
#include "http_server/internal/octets.h"

namespace proviso::http_server {

PreparedHeaders::PreparedHeaders(std::vector<ResponseHeader> headers)
    : headers_(std::move(headers)), sendable_(AreSendable(headers_)) {
  if (sendable_) AppendHeaders(headers_, lines_);
}

std::vector<ResponseHeader> AllHeaders(const Response& response) {
  std::vector<ResponseHeader> all;
  if (response.prepared != nullptr) all = response.prepared->headers();
  all.insert(all.end(), response.headers.begin(), response.headers.end());
  return all;
}

Found Request::FindHeader(std::string_view name) const {
  Found found;
  for (const Field& header : headers) {
    if (!EqualsInAnyCase(header.name, name)) continue;
    if (found.count++ == 0) found.value = header.value;
  }
  return found;
}

Found Request::FindQuery(std::string_view name) const {
  Found found;
  for (const Field& parameter : query) {
    if (parameter.name != name) continue;
    if (found.count++ == 0) found.value = parameter.value;
  }
  return found;
}

}  // namespace proviso::http_server
