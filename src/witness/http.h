#pragma once

#include "http_server/message.h"
#include "witness/witness.h"

namespace proviso::witness {

// The answer of `witness` to an HTTP request: POST /add-checkpoint and GET /<origin
// hash>/checkpoint (C2SP tlog-witness, one prefix for both). Thread-safe.
http_server::Response AnswerHttp(Witness& witness, const http_server::Request& request);

}  // namespace proviso::witness
