#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "http_server/http_server.h"
#include "http_server/internal/body_buffer.h"
#include "http_server/internal/chunks.h"
#include "http_server/internal/head.h"
#include "http_server/later.h"

namespace proviso::http_server {

// What the conversations of one thread have in common.
struct Desk {
  std::size_t header_bytes_max = 0;
  HeadLimits limits;
  std::string refusal_header;                      // for the code of a refusal; empty: none
  std::function<Response(const Request&)> answer;  // never throws
  std::function<void(const AccessRecord&)> log;    // never throws; may be empty
  Deferrer* deferrer = nullptr;                    // for handlers
  bool deferred = false;                           // set by `deferrer` while `answer` runs
  // Where there is a log: when the thread last looked at the clock. It does so when bytes have come
  // and after each answer, so this is when the request began that it answers next.
  std::chrono::steady_clock::time_point now = {};
  std::string date;       // for answers given now
  bool stopping = false;  // each answer is the last of its connection
};

// Overwrites what `text` holds, and empties it. Memory beyond what most requests need is given
// back.
void Wipe(std::string& text);

// The words on one connection, without the connection: bytes come in, in pieces of any size, and
// answers go out in the order of the requests. Belongs to one thread.
class Conversation {
 public:
  explicit Conversation(Desk& desk) : desk_(&desk) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() {
    head_.Clear();
    Wipe(head_text_);
  }

  // Takes all of `bytes`, and appends what is to be sent to `out`.
  void Take(std::string_view bytes, std::string& out);

  // An answer was put off: nothing is taken until it is there.
  bool waiting() const { return waiting_; }
  // Gives the answer that was put off, and goes on with what came meanwhile.
  void Finish(const Response& response, std::string& out);

  // The last answer was given: once it is sent, nothing more is read but to be dropped.
  bool over() const { return over_; }

 private:
  using Moment = std::chrono::steady_clock::time_point;
  // How many bytes of `text` it took; 0: it needs more.
  std::size_t TakeOne(std::string_view text, std::string& out);
  std::size_t TakeHead(std::string_view text, std::string& out);
  std::size_t TakeBody(std::string_view text, std::string& out);
  std::size_t Refuse(int status, std::string_view code, std::string& out);
  void Answer(std::string_view body, std::string& out);
  // What is to be known of a request when its answer is sent.
  struct Sending {
    bool last = false;
    std::size_t body_bytes = 0;  // of the request
    Moment begun;
    bool head_only = false;
    std::string_view method;
    std::string_view path;
    std::string_view refusal = {};
  };
  void Send(const Response& response, const Sending& sending, std::string& out);

  Desk* desk_;
  BodyBuffer pending_;  // the part of a head, and what came while an answer was put off
  HeadScanner scanner_;
  Head head_;
  bool in_body_ = false;
  std::string head_text_;  // what head_ points into while the body comes
  BodyBuffer body_;
  ChunkReader chunks_;
  bool over_ = false;
  bool waiting_ = false;
  Sending put_off_;
  std::string put_off_method_;  // what put_off_ points into, where there is a log
  std::string put_off_path_;
};

}  // namespace proviso::http_server
