#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http_server/message.h"

namespace proviso::http_server {

struct AnswerFrame {
  std::string_view date;  // of the Date header, as RFC 9110 has it
  bool head_only = false;
  bool last = false;  // the connection is closed after it
};

// Whether each of `headers` is one line.
bool AreSendable(const std::vector<ResponseHeader>& headers);

// Each begins with CR LF, which ends the line before it.
void AppendHeaders(const std::vector<ResponseHeader>& headers, std::string& out);

// Appends `response` as bytes to `out`. False, and nothing is appended, when it cannot be sent as
// it is: a status that is none, or a header that is not one line.
bool AppendAnswer(const Response& response, const AnswerFrame& frame, std::string& out);

}  // namespace proviso::http_server
