// The language of checks: what reads has one canonical text, which reads as the same check.
#include "checks/check.h"
#include "fuzz/fuzzing.h"

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto check = checks::ParseCheck(text);
  if (!check) {
    PROVISO_CHECK(check.error().code() == ErrorCode::kInvalidArgument, check.error().message());
    PROVISO_CHECK(check.error().message().starts_with("check"), check.error().message());
    return 0;
  }
  const std::string printed = checks::PrintCheck(*check);
  const auto again = checks::ParseCheck(printed);
  PROVISO_CHECK(again.has_value(), printed);
  PROVISO_CHECK(*again == *check, printed);
  PROVISO_CHECK(checks::PrintCheck(*again) == printed, printed);
  return 0;
}

}  // namespace proviso
