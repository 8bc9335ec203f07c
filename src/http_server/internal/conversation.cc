#include "http_server/internal/conversation.h"

#include <string.h>

#include <algorithm>
#include <utility>

#include "http_server/internal/answer.h"
#include "http_server/internal/status.h"
#include "http_server/internal/why_refused.h"

namespace proviso::http_server {
namespace {

constexpr std::size_t kKeptBytesMax = 16384;

}  // namespace

void Wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
  if (text.capacity() > kKeptBytesMax) text.shrink_to_fit();
}

void Conversation::Take(std::string_view bytes, std::string& out) {
  if (over_) return;
  if (waiting_) {
    pending_.Append(bytes);
    return;
  }
  const bool had_part = pending_.size() > 0;
  if (had_part) pending_.Append(bytes);
  std::string_view text = had_part ? pending_.view() : bytes;
  while (!text.empty() && !over_ && !waiting_) {
    const std::size_t taken = TakeOne(text, out);
    if (taken == 0) break;
    text.remove_prefix(taken);
  }
  if (over_) text = {};
  if (had_part) {
    pending_.Drop(pending_.size() - text.size());
  } else {
    pending_.Append(text);
  }
}

std::size_t Conversation::TakeOne(std::string_view text, std::string& out) {
  return in_body_ ? TakeBody(text, out) : TakeHead(text, out);
}

std::size_t Conversation::TakeHead(std::string_view text, std::string& out) {
  // Some clients send an empty line after a body (RFC 9112, section 2.2).
  if (text.starts_with("\r\n")) {
    scanner_ = {};  // which may have seen the first of the two already
    return 2;
  }
  const std::string_view looked = text.substr(0, desk_->header_bytes_max);
  const HeadScanner::Found found = scanner_.Scan(looked);
  if (found == HeadScanner::Found::kFault) return Refuse(kBadRequest, refusal::kBadLineEnd, out);
  if (found == HeadScanner::Found::kNothing) {
    if (looked.size() < desk_->header_bytes_max) return 0;
    return scanner_.in_first_line() ? Refuse(kTargetTooLong, refusal::kTargetTooLong, out)
                                    : Refuse(kHeadTooLarge, refusal::kHeadTooLarge, out);
  }
  const std::size_t head_bytes = scanner_.head_bytes();
  scanner_ = {};
  if (const int status = head_.Read(text.substr(0, head_bytes), desk_->limits); status != 0) {
    return Refuse(status, WhyRefused(status, text.substr(0, head_bytes), head_), out);
  }
  if (head_.expects_continue) out += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string_view rest = text.substr(head_bytes);
  if (!head_.chunked && rest.size() >= head_.body_bytes) {
    const std::string_view body = rest.substr(0, head_.body_bytes);
    Answer(body, out);
    return head_bytes + body.size();
  }
  // The body comes later: what the head points into must stay.
  head_text_.assign(text.substr(0, head_bytes));
  head_.Read(head_text_, desk_->limits);
  in_body_ = true;
  if (head_.chunked) chunks_.Begin(desk_->limits.body_bytes_max, desk_->header_bytes_max);
  return head_bytes;
}

std::size_t Conversation::TakeBody(std::string_view text, std::string& out) {
  std::size_t taken = 0;
  bool whole = false;
  if (head_.chunked) {
    taken = chunks_.Take(text, body_);
    if (const int status = chunks_.refusal(); status != 0) {
      return Refuse(status, WhyBodyRefused(status), out);
    }
    whole = chunks_.done();
  } else {
    taken = std::min(text.size(), static_cast<std::size_t>(head_.body_bytes) - body_.size());
    body_.Append(text.substr(0, taken));
    whole = body_.size() == head_.body_bytes;
  }
  if (!whole) return taken;
  Answer(body_.view(), out);
  in_body_ = false;
  body_.Wipe();
  Wipe(head_text_);
  return taken;
}

std::size_t Conversation::Refuse(int status, std::string_view code, std::string& out) {
  Response response{.status = status};
  if (!desk_->refusal_header.empty()) {
    response.headers.push_back({desk_->refusal_header, std::string(code)});
  }
  // What follows cannot be told apart from the rest of this request.
  Send(response,
       {.last = true,
        .body_bytes = 0,
        .begun = desk_->now,
        .head_only = head_.method == "HEAD",
        .method = head_.method,
        .path = head_.target.path,
        .refusal = code},
       out);
  head_.Clear();
  body_.Wipe();
  Wipe(head_text_);
  return 0;
}

void Conversation::Answer(std::string_view body, std::string& out) {
  desk_->deferred = false;
  const Response response = desk_->answer({.method = head_.method,
                                           .path = head_.target.path,
                                           .query = head_.target.query,
                                           .headers = head_.headers,
                                           .body = body,
                                           .deferrer = desk_->deferrer});
  put_off_ = {.last = head_.last || desk_->stopping,
              .body_bytes = body.size(),
              .begun = desk_->now,
              .head_only = head_.method == "HEAD",
              .method = head_.method,
              .path = head_.target.path};
  if (desk_->deferred) {
    waiting_ = true;
    put_off_method_ = desk_->log ? head_.method : std::string_view();
    put_off_path_ = desk_->log ? head_.target.path : std::string_view();
    put_off_.method = put_off_method_;
    put_off_.path = put_off_path_;
  } else {
    Send(response, put_off_, out);
  }
  head_.Clear();
}

void Conversation::Finish(const Response& response, std::string& out) {
  if (!std::exchange(waiting_, false)) return;
  put_off_.last = put_off_.last || desk_->stopping;
  Send(response, put_off_, out);
  Take({}, out);
}

void Conversation::Send(const Response& response, const Sending& sending, std::string& out) {
  AnswerFrame frame{
      .date = desk_->date, .head_only = sending.head_only, .last = sending.last || response.last};
  int status = response.status;
  if (!AppendAnswer(response, frame, out)) {
    status = kServerError;
    frame.last = true;
    AppendAnswer({.status = status}, frame, out);
  }
  over_ = frame.last;
  if (desk_->log) {
    desk_->now = std::chrono::steady_clock::now();
    desk_->log({.method = sending.method,
                .path = sending.path,
                .status = status,
                .request_body_bytes = sending.body_bytes,
                .response_body_bytes = status == response.status ? response.body.size() : 0,
                .duration = std::chrono::duration_cast<std::chrono::microseconds>(desk_->now -
                                                                                  sending.begun),
                .refusal = sending.refusal.empty() ? response.refusal : sending.refusal});
  }
}

}  // namespace proviso::http_server
