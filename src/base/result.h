#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace proviso {

// The gRPC canonical codes that we use. cli/exit_codes.cc maps them to exit codes.
enum class ErrorCode {
  kInvalidArgument,     // the input itself is wrong
  kNotFound,            // names something that does not exist
  kAlreadyExists,       // would make something a second time
  kPermissionDenied,    // this person may not do this
  kFailedPrecondition,  // not now: wrong order, stale, or not signed
  kResourceExhausted,   // a named limit, the disk or the memory is used up
  kUnimplemented,       // a format or version that this build does not read
  kUnavailable,         // the disk, a process or a peer did not answer
  kDataLoss,            // stored data is damaged
  kInternal,            // a library failed in a way that is not the user's doing
};

// The canonical name of `code`, as in "FAILED_PRECONDITION".
std::string_view ErrorCodeName(ErrorCode code);

// Why an operation failed: a code for programs, a message for people.
// One pointer wide, so that Result<T> stays small. Never empty.
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message)
      : detail_(std::make_unique<Detail>(Detail{code, std::move(message)})) {}
  Error(const Error& other) : detail_(std::make_unique<Detail>(*other.detail_)) {}
  Error& operator=(const Error& other) {
    detail_ = std::make_unique<Detail>(*other.detail_);
    return *this;
  }
  Error(Error&&) noexcept = default;
  Error& operator=(Error&&) noexcept = default;
  ~Error() = default;

  ErrorCode code() const { return detail_->code; }
  const std::string& message() const { return detail_->message; }

  // Puts "<doing>: " before the message.
  Error Context(std::string_view doing) && {
    detail_->message.insert(0, std::string(doing) + ": ");
    return std::move(*this);
  }

 private:
  struct Detail {
    ErrorCode code;
    std::string message;
  };
  std::unique_ptr<Detail> detail_;
};

// A value or the Error that prevented it. Dropping one is a compile error.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};
using Status = Result<void>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}

// The value of a Result that has one; nothing for a Status.
template <typename R>
auto TakeValue(R&& result) {
  if constexpr (!std::is_void_v<typename std::remove_cvref_t<R>::value_type>) {
    return *std::forward<R>(result);
  }
}

}  // namespace proviso

#define PROVISO_JOIN_INNER(a, b) a##b
#define PROVISO_JOIN(a, b) PROVISO_JOIN_INNER(a, b)
#define PROVISO_TRY_AS(name, expression, error_expression)     \
  __extension__({                                              \
    auto&& name = (expression);                                \
    if (!name) [[unlikely]]                                    \
      return tl::unexpected(std::move(name).error_expression); \
    ::proviso::TakeValue(std::move(name));                     \
  })

// Yields the value of `expression` (nothing for a Status), or returns its Error from the caller.
#define PROVISO_TRY(expression) \
  PROVISO_TRY_AS(PROVISO_JOIN(proviso_result_, __COUNTER__), expression, error())

// PROVISO_TRY, with "<doing>: " before the message of the Error.
#define PROVISO_TRY_DOING(expression, doing) \
  PROVISO_TRY_AS(PROVISO_JOIN(proviso_result_, __COUNTER__), expression, error().Context(doing))
