#include "service/internal/arguments.h"

namespace proviso::service {

Result<Date> DateAt(const Json& args, std::string_view key) {
  const std::string text = PROVISO_TRY(args.StringAt(key));
  return ParseDate(text);
}

Result<std::optional<Date>> OptionalDateAt(const Json& args, std::string_view key) {
  if (args.StringOr(key, "").empty()) return std::optional<Date>();
  return std::optional<Date>(PROVISO_TRY(DateAt(args, key)));
}

}  // namespace proviso::service
