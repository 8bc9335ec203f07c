#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "enforcement/act.h"

namespace proviso::service {

// One use case, asked for by the command line: in this process, or through the socket of a running
// `proviso serve`. Both ways take the same requests and give the same answers.
struct Request {
  std::string use_case;                   // "case open", "import usage", ...
  Json args = Json::MakeObject();         // what the act signs, when there is one
  Json attachments = Json::MakeObject();  // bulky or confidential texts that args name by hash
  // A person's signature; absent for the operator.
  std::optional<enforcement::Act> act = std::nullopt;

  Json ToJson() const;
  static Result<Request> FromJson(const Json& json);
};

// Hears how far long work has come: {"phase","share"?: thousandths, "file"?}; and before the answer
// to a signed act, whose it is: {"acting_as":{"name","roles"}}; and what is to be told to people
// whatever they asked: {"warning"}, with `about` where it is not the clock.
using Progress = std::function<void(const Json&)>;

// An answer as it travels: {"result":...} or {"error":{"code","message"}}.
Json AnswerToJson(const Result<Json>& answer);
Result<Json> AnswerFromJson(const Json& json);

}  // namespace proviso::service
