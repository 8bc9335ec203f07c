#include "service/request.h"

#include <array>

namespace proviso::service {
namespace {

constexpr std::array kCodes = {ErrorCode::kInvalidArgument,    ErrorCode::kNotFound,
                               ErrorCode::kAlreadyExists,      ErrorCode::kPermissionDenied,
                               ErrorCode::kFailedPrecondition, ErrorCode::kResourceExhausted,
                               ErrorCode::kUnimplemented,      ErrorCode::kUnavailable,
                               ErrorCode::kDataLoss,           ErrorCode::kInternal};

ErrorCode CodeFromName(std::string_view name) {
  for (const ErrorCode code : kCodes) {
    if (ErrorCodeName(code) == name) return code;
  }
  return ErrorCode::kInternal;
}

}  // namespace

Json Request::ToJson() const {
  Json json = Json::Of({{"use_case", use_case}, {"args", args}, {"attachments", attachments}});
  if (act) json["act"] = act->ToJson();
  return json;
}

Result<Request> Request::FromJson(const Json& json) {
  Request request;
  request.use_case = PROVISO_TRY(json.StringAt("use_case"));
  request.args = Json(*PROVISO_TRY(json.ObjectAt("args")));
  request.attachments = Json(*PROVISO_TRY(json.ObjectAt("attachments")));
  if (const Json* act = json.Find("act"); act != nullptr && !act->IsNull()) {
    request.act = PROVISO_TRY(enforcement::Act::FromJson(*act));
  }
  return request;
}

Json AnswerToJson(const Result<Json>& answer) {
  if (answer) return Json::Of({{"result", *answer}});
  return Json::Of({{"error", Json::Of({{"code", ErrorCodeName(answer.error().code())},
                                       {"message", answer.error().message()}})}});
}

Result<Json> AnswerFromJson(const Json& json) {
  if (const Json* result = json.Find("result")) return *result;
  const Json* error = json.Find("error");
  if (error == nullptr) {
    return Fail(ErrorCode::kInternal, "the running server gave an answer without a result");
  }
  return Fail(CodeFromName(error->StringOr("code", "")), error->StringOr("message", "unknown"));
}

}  // namespace proviso::service
