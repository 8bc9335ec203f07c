#include "records/source.h"

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "catalogue/faults.h"

namespace proviso::records {

namespace {

constexpr std::size_t kWordShownMax = 64;

bool IsIdCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Status CheckId(std::string_view id) {
  const bool fits = !id.empty() && id.size() <= Source::kIdBytesMax && id.front() != '-' &&
                    std::ranges::all_of(id, IsIdCharacter);
  if (fits) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "the id of a source has 1 to " + std::to_string(Source::kIdBytesMax) +
                  " characters of `a-z`, `0-9` and `-` and does not begin with `-`, found " +
                  std::to_string(id.size()) +
                  " bytes that do not fit; name it for example `contract-register`");
}

Status CheckLine(std::string_view what, std::string_view text) {
  const std::string_view blank = " ";
  if (text.empty() || text.size() > Source::kTextBytesMax ||
      text.find_first_not_of(blank) == std::string_view::npos) {
    return Fail(
        ErrorCode::kInvalidArgument,
        "the " + std::string(what) + " of a source has 1 to " +
            std::to_string(Source::kTextBytesMax) + " bytes, found " +
            (text.empty() || text.size() <= Source::kTextBytesMax ? "none that say anything"
                                                                  : std::to_string(text.size())) +
            "; say it in one line");
  }
  if (!IsUtf8(text) || std::ranges::any_of(text, IsControl)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the " + std::string(what) +
                    " of a source is one line of UTF-8 text, found a line break, a control "
                    "character or other bytes; say it in one line");
  }
  return {};
}

}  // namespace

std::string_view SourceClassName(SourceClass cls) {
  switch (cls) {
    case SourceClass::kBilling:
      return "billing";
    case SourceClass::kContract:
      return "contract";
  }
  return "";
}

Result<SourceClass> ParseSourceClass(std::string_view text) {
  if (text == "billing") return SourceClass::kBilling;
  if (text == "contract") return SourceClass::kContract;
  if (text == "content" || text == "customer-content" || text == "customer_content") {
    return Fail(ErrorCode::kPermissionDenied,
                "customer content is never read, so no source may hold it; expected `billing` or "
                "`contract`");
  }
  if (text == "correspondence") {
    return Fail(ErrorCode::kUnimplemented,
                "this version does not read correspondence; expected `billing` or `contract`");
  }
  const std::vector<std::string> names = {"billing", "contract"};
  std::string shown(text.substr(0, kWordShownMax));
  // A cut or damaged word is told by its size alone.
  if (!IsUtf8(shown) || std::ranges::any_of(shown, IsControl)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the class of a source is one of `billing` and "
                "`contract`, found " +
                    std::to_string(text.size()) + " other bytes");
  }
  return Fail(ErrorCode::kInvalidArgument,
              "`" + shown + "` is no class of sources" + catalogue::DidYouMean(text, names));
}

Status CheckSource(const Source& source) {
  PROVISO_TRY(CheckId(source.id));
  PROVISO_TRY(CheckLine("owner", source.owner));
  return CheckLine("purpose", source.purpose);
}

}  // namespace proviso::records
